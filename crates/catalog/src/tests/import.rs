//! Price files of others: what is taken over, and what is said about the rest.

use crate::import::{Format, ImportError, Imported, USUAL_PROVIDERS, Wanted, import};
use crate::{ImageOutput, Route, Task, Unit};

const LITELLM: &str = r#"{
  "sample_spec": {"litellm_provider": "one of them", "input_cost_per_token": 0.0},
  "m": {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 1e6, "max_output_tokens": 100,
    "input_cost_per_token": 1.25e-06, "output_cost_per_token": "1e-05", "cache_read_input_token_cost": 1.25e-07,
    "input_cost_per_token_priority": 2.5e-06, "output_cost_per_token_priority": 2e-05,
    "input_cost_per_token_above_272k_tokens": 2.5e-06, "output_cost_per_token_above_272k_tokens": 1.5e-05,
    "output_cost_per_thought": 3e-06, "input_cost_per_token_ultrafast": 9e-06, "some_cost": 0.0,
    "search_context_cost_per_query": {"search_context_size_low": 0.01, "search_context_size_medium": 0.025}},
  "m-2026-01-01": {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 1000000, "max_output_tokens": 100.0,
    "input_cost_per_token": 0.00000125, "output_cost_per_token": 1e-05, "cache_read_input_token_cost": 1.25e-07,
    "input_cost_per_token_priority": 2.5e-06, "output_cost_per_token_priority": 2e-05,
    "input_cost_per_token_above_272k_tokens": 2.5e-06, "output_cost_per_token_above_272k_tokens": 1.5e-05,
    "search_context_cost_per_query": {"search_context_size_low": 0.01, "search_context_size_medium": 0.025}},
  "claude": {"litellm_provider": "anthropic", "mode": "chat", "max_input_tokens": 1000, "max_output_tokens": 10,
    "input_cost_per_token": 1e-06, "output_cost_per_token": 5e-06, "cache_creation_input_token_cost": 1.25e-06,
    "cache_creation_input_token_cost_above_1hr": 2e-06, "provider_specific_entry": {"us": 1.1}},
  "openai/container": {"litellm_provider": "openai", "mode": "chat", "code_interpreter_cost_per_session": 0.03},
  "openai/w": {"litellm_provider": "openai", "mode": "audio_transcription", "input_cost_per_second": 0.0001,
    "output_cost_per_second": 0.0001},
  "e": {"litellm_provider": "openai", "mode": "embedding", "input_cost_per_token": 1.00000000001e-08},
  "hd/1024-x-1024/d": {"litellm_provider": "openai", "mode": "image_generation", "output_cost_per_image": 0.08},
  "512-x-512/d": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_pixel": 6.86e-08},
  "gpt-image-99": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_token": 5e-06,
    "output_cost_per_image_token": 4e-05},
  "v": {"litellm_provider": "openai", "mode": "video_generation", "output_cost_per_second": 0.1},
  "t": {"litellm_provider": "openai", "mode": "chat", "tiered_pricing": []},
  "windowless": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-06},
  "groq/other": {"litellm_provider": "groq", "mode": "chat"}
}"#;

fn read(text: &str, format: Format) -> Result<Imported, ImportError> {
    let providers = USUAL_PROVIDERS.map(str::to_owned);
    let wanted = Wanted {
        from: "2026-01-01T00:00:00Z".parse().unwrap(),
        version: "7",
        providers: &providers,
    };
    import(text, format, &wanted)
}

#[test]
fn litellms_prices_are_taken_over_as_they_are_written() {
    let catalog = read(LITELLM, Format::Litellm).unwrap().catalog;
    let model = catalog.model("m-2026-01-01").unwrap();
    assert_eq!(model.names().collect::<Vec<_>>(), ["m", "m-2026-01-01"]);
    assert_eq!(model.chat().unwrap().context(), 1_000_000);
    let prices = model.chat().unwrap().prices_at(super::now()).unwrap();
    let standard = &prices.rates.standard;
    assert_eq!(standard.input.get(), 1_250_000_000);
    let priority = prices.rates.priority.as_ref().unwrap();
    assert_eq!(priority.input.get(), 2_500_000_000);
    // No price of its own: the standard tier's.
    assert_eq!(priority.cached_input, standard.cached_input);
    assert!(prices.rates.flex.is_none());
    let long = prices.long_context.as_ref().unwrap();
    assert_eq!((long.above, long.rates.priority.is_none()), (272_000, true));
    assert_eq!(long.rates.standard.cached_input, standard.cached_input);
    let searches = prices.tools.price(Unit::WebSearchMedium).unwrap();
    assert_eq!(searches.get(), 25_000_000_000_000);
    let session = prices.tools.price(Unit::CodeSession).unwrap();
    assert_eq!(session.get(), 30_000_000_000_000);
}

#[test]
fn each_kind_of_model_is_read_by_its_own_keys() {
    let catalog = read(LITELLM, Format::Litellm).unwrap().catalog;
    let claude = catalog.model("claude").unwrap().text(Route::Messages);
    let prices = claude.unwrap().prices_at(super::now()).unwrap();
    let hour = prices.rates.standard.cache_write_1h.unwrap();
    assert_eq!(hour.get(), 2_000_000_000);
    let writes = catalog.model("w").unwrap().service(Task::Transcription);
    let list = writes.unwrap().prices_at(super::now()).unwrap();
    // The length of the sound is billed once, though its price stands at both ends.
    let units: Vec<_> = list.units.iter().map(|(unit, _)| *unit).collect();
    assert_eq!(units, [Unit::InputSecond]);
    let pictures = catalog.model("d").unwrap().image().unwrap();
    let ImageOutput::PerImage(rows) = &pictures.prices_at(super::now()).unwrap().output else {
        panic!("it is priced by the picture");
    };
    let rows: Vec<_> = rows
        .iter()
        .map(|row| (&*row.size, &*row.quality, row.price.get()))
        .collect();
    // 6.86e-08 × 262,144 pixels.
    let expected = [
        ("512x512", "*", 17_983_078_400_000),
        ("1024x1024", "hd", 80_000_000_000_000),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn what_is_not_taken_over_is_said() {
    let report = read(LITELLM, Format::Litellm).unwrap().report;
    let left_out: Vec<_> = report
        .left_out
        .iter()
        .map(|(why, models)| format!("{}: {why}", models.join(" ")))
        .collect();
    let expected = [
        "gpt-image-99: billed by the token, with no table of how many a picture has",
        "v: for what no route of ours is metered yet",
        "t: priced by a table of tiers or by the hour of the day",
        "openai/container windowless: without a window, so that nothing bounds a call",
    ];
    assert_eq!(left_out, expected);
    let keys: Vec<_> = report.unknown_keys.into_iter().collect();
    let thought = ("output_cost_per_thought".to_owned(), vec!["m".to_owned()]);
    assert_eq!(keys, [thought]);
    let uncharged: Vec<_> = report.uncharged_keys.keys().map(String::as_str).collect();
    let expected = ["input_cost_per_token_ultrafast", "provider_specific_entry"];
    assert_eq!(uncharged, expected);
    assert_eq!(report.rounded, ["e input_cost_per_token"]);
}

#[test]
fn a_file_that_is_none_is_refused_with_what_is_wrong() {
    for (text, says) in [
        ("[]", "not such a price file"),
        ("{}", "no model of openai"),
        (
            r#"{"m": {"litellm_provider": "openai", "mode": "embedding", "input_cost_per_token": -1}}"#,
            "`input_cost_per_token` is -1",
        ),
    ] {
        let error = read(text, Format::Litellm).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn models_devs_prices_are_dollars_per_million() {
    let text = r#"{
      "openai": {"id": "openai", "models": {
        "m": {"id": "m", "modalities": {"input": ["text"], "output": ["text"]}, "limit": {"context": 400000, "output": 1000},
          "cost": {"input": 1.25, "output": 10, "cache_read": 0.125, "reasoning": 12, "input_audio": 3, "blinks": 1,
            "context_over_200k": {"input": 2.5, "output": 15}}},
        "free": {"limit": {"context": 1000, "output": 10}},
        "picture": {"modalities": {"input": ["text"], "output": ["image"]}, "limit": {"context": 1000, "output": 10}}}},
      "anthropic": {"models": {"claude": {"limit": {"context": 1000, "input": 900, "output": 10},
        "cost": {"input": 1, "output": 5, "cache_read": 0.1, "cache_write": 1.25}}}},
      "groq": {"models": {}}
    }"#;
    let Imported { catalog, report } = read(text, Format::ModelsDev).unwrap();
    let prices = catalog.model("m").unwrap().chat().unwrap();
    let prices = prices.prices_at(super::now()).unwrap();
    let standard = &prices.rates.standard;
    assert_eq!(standard.input.get(), 1_250_000_000);
    assert_eq!(standard.reasoning.unwrap().get(), 12_000_000_000);
    let long = prices.long_context.as_ref().unwrap();
    assert_eq!(
        (long.above, long.rates.standard.input.get()),
        (200_000, 2_500_000_000)
    );
    assert_eq!(long.rates.standard.cached_input, standard.cached_input);
    let claude = catalog.model("claude").unwrap();
    assert_eq!(claude.text(Route::Messages).unwrap().context(), 900);
    assert_eq!(report.left_out.values().flatten().count(), 2);
    assert_eq!(report.unknown_keys.keys().collect::<Vec<_>>(), ["blinks"]);
    let said = report.to_string();
    assert!(said.contains("1 × blinks (m)"), "{said}");
}

#[test]
fn xais_threshold_is_long_already() {
    let row = |provider: &str| {
        let text = format!(
            r#"{{"{provider}/m": {{"litellm_provider": "{provider}", "mode": "chat", "max_input_tokens": 1, "max_output_tokens": 1,
                "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06,
                "input_cost_per_token_above_200k_tokens": 2e-06}}}}"#
        );
        let wanted = Wanted {
            from: "2026-01-01T00:00:00Z".parse().unwrap(),
            version: "7",
            providers: &[provider.to_owned()],
        };
        let catalog = import(&text, Format::Litellm, &wanted).unwrap().catalog;
        let prices = catalog.model("m").unwrap().chat().unwrap();
        let prices = prices.prices_at(super::now()).unwrap();
        prices.long_context.as_ref().unwrap().above
    };
    assert_eq!((row("xai"), row("groq")), (199_999, 200_000));
}

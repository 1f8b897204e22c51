use super::{chat, now};
use crate::{Catalog, Route, Shape, Task, Tier, Unit, Usage};

/// The table of prices as people read it: USD per million tokens, and the shutdown date.
#[test]
fn the_builtin_prices_are_those_of_the_table() {
    let catalog = Catalog::builtin();
    for row in [
        "gpt-6-astra    10    1      12.5   50",
        "gpt-6.1-sol    2     0.1    2.5    10",
        "gpt-6.1-terra  1     0.05   1.25   5",
        "gpt-5.6        4     0.4    5      20",
        "gpt-5.5        5     0.5    -      30",
        "gpt-5          1.25  0.125  -      10   2026-12-11",
        "gpt-5-mini     0.25  0.025  -      2    2026-12-11",
        "gpt-5-nano     0.05  0.005  -      0.4  2026-12-11",
        "gpt-audio      2.5    -      -      10   2027-01-20",
        "gpt-4.1        2     0.5    -      8",
        "gpt-4o         2.5   1.25   -      10",
        "gpt-4o-mini    0.15  0.075  -      0.6",
        "o3             2     0.5    -      8    2026-12-11",
        "o4-mini        1.1   0.275  -      4.4  2026-10-23",
        "gpt-4          30    -      -      60   2026-10-23",
        "gpt-3.5-turbo  0.5   -      -      1.5  2026-10-23",
        "sim/anything   0.25  0.025  -      2",
    ] {
        let [name, input, cached, write, output, shutdown @ ..] =
            &*row.split_whitespace().collect::<Vec<_>>()
        else {
            panic!("{row}");
        };
        let dollars = |text: &str| {
            (text != "-").then(|| money::Price::per_million(text.parse().unwrap()).unwrap())
        };
        let model = catalog.model(name).unwrap();
        let prices = model.chat().unwrap().prices_at(now()).unwrap();
        let rates = prices.rates.tier(Tier::Standard).unwrap();
        assert_eq!(Some(rates.input), dollars(input), "{name}");
        assert_eq!(rates.cached_input, dollars(cached), "{name}");
        assert_eq!(rates.cache_write, dollars(write), "{name}");
        assert_eq!(Some(rates.output), dollars(output), "{name}");
        assert_eq!(
            model.shutdown().map(|day| day.to_string()).as_deref(),
            shutdown.first().copied(),
            "{name}"
        );
    }
}

#[test]
fn every_builtin_model_has_prices_today_and_can_be_asked_for_by_each_of_its_names() {
    let catalog = Catalog::builtin();
    assert!(catalog.models().count() > 50);
    for model in catalog.models() {
        for name in model.names() {
            let found = catalog.model(&name.replace('*', "x")).unwrap();
            assert!(found.names().any(|known| known == name), "{name}");
        }
        if let Some(chat) = model.chat() {
            let prices = chat.prices_at(now()).unwrap();
            assert!(chat.context() >= 4_096 && chat.max_output() >= 4_096);
            assert!(prices.rates.standard.output >= prices.rates.standard.input);
        }
        if let Some(image) = model.image() {
            let usage = Usage {
                images: 1,
                image_output: 100,
                ..Usage::NOTHING
            };
            let shape = Shape {
                size: None,
                quality: None,
            };
            assert!(
                image
                    .prices_at(now())
                    .unwrap()
                    .cost(&usage, shape)
                    .unwrap()
                    .total
                    .is_positive()
            );
        }
    }
}

#[test]
fn a_snapshot_is_a_name_of_its_model_only_where_it_costs_the_same() {
    let catalog = Catalog::builtin();
    let same = |a, b| std::ptr::eq(catalog.model(a).unwrap(), catalog.model(b).unwrap());
    assert!(same("gpt-5", "gpt-5-2025-08-07"));
    assert!(!same("gpt-4o", "gpt-4o-2024-05-13"));
    let old = chat("gpt-4o-2024-05-13");
    assert_eq!(
        old.prices_at(now()).unwrap().rates.standard.input.get(),
        5_000_000_000
    );
    assert!(
        catalog.model("gpt-5-2099-01-01").is_none(),
        "a suffix is never guessed"
    );
    assert!(catalog.model("").is_none());
}

#[test]
fn the_simulated_provider_has_a_text_and_an_image_section() {
    let catalog = Catalog::builtin();
    let model = catalog
        .model("sim/refuse:billing_hard_limit_reached")
        .unwrap();
    assert!(model.chat().is_some() && model.image().is_some());
}

#[test]
fn every_task_has_a_model_that_is_priced_by_its_own_units() {
    let catalog = Catalog::builtin();
    for (name, task, unit, million) in [
        (
            "text-embedding-3-small",
            Task::Embedding,
            Unit::Input,
            "0.02",
        ),
        ("tts-1", Task::Speech, Unit::InputCharacter, "15.00"),
        (
            "whisper-1",
            Task::Transcription,
            Unit::InputSecond,
            "100.00",
        ),
        (
            "gpt-4o-transcribe",
            Task::Transcription,
            Unit::AudioInput,
            "2.50",
        ),
        (
            "omni-moderation-latest",
            Task::Moderation,
            Unit::Input,
            "0.00",
        ),
    ] {
        let service = catalog.model(name).unwrap().service(task).unwrap();
        let price = service.prices_at(now()).unwrap().price(unit).unwrap();
        assert_eq!(
            money::Nanos::new(price.get()).to_string(),
            million,
            "{name}"
        );
    }
}

#[test]
fn a_model_is_sold_along_the_routes_its_provider_has_it_on() {
    let catalog = Catalog::builtin();
    for (name, routes) in [
        ("gpt-5", &[Route::Chat, Route::Responses][..]),
        ("gpt-5-pro", &[Route::Responses]),
        // What its searches cost is not in a chat's answer.
        ("gpt-4o-search-preview", &[Route::Responses]),
        ("babbage-002", &[Route::Completions]),
        ("claude-opus-4-7", &[Route::Messages]),
        ("gpt-image-2", &[]),
    ] {
        assert_eq!(catalog.model(name).unwrap().routes(), routes, "{name}");
    }
}

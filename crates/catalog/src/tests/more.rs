//! Sound, pictures, tools, seconds and characters: units beside the text of a chat.

use money::{Femtos, Nanos, Price};
use proptest::prelude::any;

use crate::{
    CacheLife, Catalog, ChatPrices, ChatTerms, SearchContext, ServicePrices, ServiceTerms, Task,
    Tier, ToolTerms, ToolUsage, Unit, Unpriced, Usage, chat_bound, service_bound, tool_bound,
};

const FILE: &str = r#"version = "1"
[[model]]
names = ["hears"]
[model.chat]
context = 100000
max_output = 1000
bytes_per_token_at_least = 1
[[model.chat.prices]]
from = 2026-01-01
standard = { input = "1", cached_input = "0.1", cache_write = "1.25", cache_write_1h = "2", output = "4", reasoning = "6", audio_input = "40", cached_audio_input = "4", image_input = "3", audio_output = "80", image_output = "30" }
batch = { input = "0.5", output = "2" }
tools = { web_searches_low = "5000", web_searches_medium = "10000", web_searches_high = "25000", file_searches = "2500", code_interpreter_sessions = "30000" }
[[model]]
names = ["speaks"]
[model.speech]
[[model.speech.prices]]
from = 2026-01-01
units = { input_characters = "15" }
[[model]]
names = ["writes down"]
[model.transcription]
[[model.transcription.prices]]
from = 2026-01-01
units = { input_seconds = "283.333333333", input_tokens = "2.5", audio_input_tokens = "6", output_tokens = "10" }
"#;

fn hears() -> ChatPrices {
    let catalog = Catalog::parse(FILE).unwrap();
    let chat = catalog.model("hears").unwrap().chat().unwrap();
    chat.prices_at(super::now()).unwrap().clone()
}

fn service(name: &str, task: Task) -> ServicePrices {
    let catalog = Catalog::parse(FILE).unwrap();
    let service = catalog.model(name).unwrap().service(task).unwrap();
    service.prices_at(super::now()).unwrap().clone()
}

/// A usage in words: `audio_input 7 cached_audio_input 3`.
fn used(text: &str) -> Usage {
    let mut usage = Usage::NOTHING;
    for pair in text.split(", ") {
        let (field, count) = pair.split_once(' ').unwrap();
        let count = count.parse().unwrap_or(0);
        match field {
            "text_input" => usage.text_input = count,
            "cache_write" => usage.cache_write = count,
            "cache_write_1h" => usage.cache_write_1h = count,
            "audio_input" => usage.audio_input = count,
            "cached_audio_input" => usage.cached_audio_input = count,
            "audio_output" => usage.audio_output = count,
            "image_input" => usage.image_input = count,
            "image_output" => usage.image_output = count,
            "output" => usage.output = count,
            "reasoning" => usage.reasoning = count,
            "web_searches" => usage.tools.web_searches = count,
            "context" => usage.tools.search_context = SearchContext::High,
            "file_searches" => usage.tools.file_searches = count,
            "code_sessions" => usage.tools.code_sessions = count,
            "tier" => usage.tier = Tier::Batch,
            _ => panic!("{field}"),
        }
    }
    usage
}

#[test]
fn every_unit_is_billed_at_its_own_price_and_once() {
    for (text, dollars) in [
        ("audio_input 1000000", "40.00"),
        ("audio_input 1000000, cached_audio_input 1000000", "4.00"),
        ("audio_output 1000000", "80.00"),
        ("image_input 1000000", "3.00"),
        ("image_output 1000000", "30.00"),
        // Reasoning has a price of its own here, and is not output as well.
        ("output 1000000, reasoning 1000000", "6.00"),
        ("output 2000000, reasoning 1000000", "10.00"),
        ("text_input 1000000, cache_write 1000000", "1.25"),
        (
            "text_input 1000000, cache_write 1000000, cache_write_1h 500000",
            "1.625",
        ),
        ("text_input 1000000, tier batch", "0.50"),
        ("web_searches 3", "0.03"),
        ("web_searches 3, context high", "0.075"),
        ("file_searches 2, code_sessions 1", "0.035"),
    ] {
        let charge = hears().cost(&used(text)).unwrap();
        assert_eq!(charge.total.to_string(), dollars, "{text}");
    }
    let mut unpriced = Usage::NOTHING;
    unpriced.tools.computer_use_input = 1;
    assert_eq!(
        hears().cost(&unpriced),
        Err(Unpriced::Unit(Unit::ComputerUseInput))
    );
}

#[test]
fn anthropics_usage_becomes_the_one_meaning_by_adding_what_the_cache_gave_and_took() {
    let reported = Usage {
        text_input: 100,
        cached_input: 1000,
        cache_write: 10,
        cache_write_1h: 4,
        ..Usage::NOTHING
    };
    let usage = reported.with_cache_beside().unwrap();
    assert_eq!((usage.text_input, usage.input()), (1110, 1110));
    let lines: Vec<_> = hears().cost(&usage).unwrap().lines;
    let counted: Vec<_> = lines
        .iter()
        .map(|line| (line.unit, line.quantity))
        .collect();
    let expected = [
        (Unit::Input, 100),
        (Unit::CachedInput, 1000),
        (Unit::CacheWrite, 6),
        (Unit::CacheWrite1h, 4),
    ];
    assert_eq!(counted, expected);
    let too_much = Usage {
        text_input: u64::MAX,
        ..reported
    };
    assert_eq!(too_much.with_cache_beside(), None);
}

#[test]
fn a_plain_list_bills_seconds_characters_and_tokens() {
    let none = Usage::NOTHING;
    let speech = service("speaks", Task::Speech);
    let spoken = Usage {
        input_characters: 1000,
        ..none
    };
    assert_eq!(speech.cost(&spoken).unwrap().total.to_string(), "0.015");
    let transcription = service("writes down", Task::Transcription);
    let heard = Usage {
        input_seconds: 60,
        ..none
    };
    // 0.000283333333333 × 60, rounded up.
    assert_eq!(transcription.cost(&heard).unwrap().total.get(), 17_000_000);
    let counted = Usage {
        audio_input: 1000,
        text_input: 20,
        output: 100,
        ..none
    };
    assert_eq!(
        transcription.cost(&counted).unwrap().total.to_string(),
        "0.00705"
    );
    assert_eq!(
        transcription.cost(&Usage {
            tier: Tier::Flex,
            ..counted
        }),
        Err(Unpriced::Tier)
    );
    assert_eq!(
        speech.cost(&counted),
        Err(Unpriced::Unit(Unit::Input)),
        "a unit without a price is not free"
    );
}

#[test]
fn a_plain_bound_is_the_sum_of_the_most_of_each_unit() {
    let prices = service("writes down", Task::Transcription);
    let terms = [(Unit::InputSecond, 60), (Unit::Output, 100)];
    let bound = service_bound(&prices, &ServiceTerms { at_most: &terms }).unwrap();
    assert_eq!(bound.worst().get(), 18_000_000);
    assert_eq!(bound.units_within(Nanos::new(17_999_999)), None);
    let unknown = [(Unit::InputCharacter, 1)];
    assert_eq!(
        service_bound(&prices, &ServiceTerms { at_most: &unknown }),
        Err(Unpriced::Unit(Unit::InputCharacter))
    );
}

#[test]
fn a_search_whose_context_the_provider_chooses_counts_at_its_dearest() {
    let tools = hears().tools;
    let terms = ToolTerms {
        web_searches_at_most: 2,
        ..ToolTerms::NONE
    };
    let cost = |terms| tool_bound(&tools, &terms).unwrap().ceil_to_nanos().unwrap();
    assert_eq!(cost(terms).to_string(), "0.05");
    let low = ToolTerms {
        search_context: Some(SearchContext::Low),
        ..terms
    };
    assert_eq!(cost(low).to_string(), "0.01");
    let unpriced = ToolTerms {
        computer_use_output_at_most: 1,
        ..ToolTerms::NONE
    };
    assert_eq!(
        tool_bound(&tools, &unpriced),
        Err(Unpriced::Unit(Unit::ComputerUseOutput))
    );
    assert_eq!(tool_bound(&tools, &ToolTerms::NONE), Ok(Femtos::ZERO));
}

proptest::proptest! {
    /// Whatever kind its tokens are of, and whatever its tools did within the terms, a call costs no more than was held.
    #[test]
    fn no_kind_of_token_and_no_tool_costs_more_than_the_bound(
        at_most in 0_u64..200_000, max_output in 1_u64..10_000, split in any::<[u16; 8]>(), tools in any::<[u8; 3]>(),
        long: bool,
    ) {
        let [text, audio, cached, cached_audio, written, out, spoken, thought] = split.map(u64::from);
        let share = |whole: u64, part: u64| whole.checked_mul(part).unwrap() >> 16;
        let text_input = share(at_most, text);
        let audio_input = share(at_most.checked_sub(text_input).unwrap(), audio);
        let cached_input = share(text_input, cached);
        let cache_write = share(text_input.checked_sub(cached_input).unwrap(), written);
        let output = share(max_output, out);
        let [searches, files, sessions] = tools.map(u64::from);
        let usage = Usage {
            text_input,
            cached_input,
            cache_write,
            cache_write_1h: if long { cache_write } else { 0 },
            audio_input,
            cached_audio_input: share(audio_input, cached_audio),
            image_input: at_most.checked_sub(text_input).unwrap().checked_sub(audio_input).unwrap(),
            output,
            reasoning: share(output, thought),
            audio_output: share(max_output.checked_sub(output).unwrap(), spoken),
            tools: ToolUsage {
                web_searches: searches,
                search_context: if long { SearchContext::High } else { SearchContext::Low },
                file_searches: files,
                code_sessions: sessions,
                ..ToolUsage::NOTHING
            },
            ..Usage::NOTHING
        };
        let terms = ChatTerms {
            input_tokens_at_most: at_most, max_output, n: 1, service_tier: Some("default"),
            cache: if long { CacheLife::Hour } else { CacheLife::Short }, floor: 1,
        };
        let allowed = ToolTerms {
            web_searches_at_most: searches, file_searches_at_most: files, code_sessions_at_most: sessions,
            ..ToolTerms::NONE
        };
        let prices = hears();
        let bound = chat_bound(&prices, &terms).unwrap().with(tool_bound(&prices.tools, &allowed).unwrap()).unwrap();
        proptest::prop_assert!(prices.cost(&usage).unwrap().total <= bound.worst());
    }
}

#[test]
fn a_price_of_a_unit_that_is_no_unit_of_the_list_is_refused_with_its_place() {
    for (good, bad, says) in [
        ("input_characters", "input_letters", "no unit"),
        ("file_searches =", "pages =", "no tool"),
        (
            "units = { input_characters = \"15\" }",
            "units = {}",
            "needs the price",
        ),
    ] {
        let text = FILE.replacen(good, bad, 1);
        let error = Catalog::parse(&text).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    assert_eq!(hears().tools.price(Unit::Input), None::<Price>);
}

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof};

use super::{chat_prices, image_prices};
use crate::{
    CacheLife, ChatTerms, ImageTerms, Shape, Tier, Unpriced, Usage, chat_bound, image_bound,
    image_tokens,
};

const TERMS: ChatTerms<'_> = ChatTerms {
    input_tokens_at_most: 1000,
    max_output: 100,
    n: 1,
    service_tier: Some("default"),
    cache: CacheLife::Short,
    floor: 10,
};

#[test]
fn the_worst_case_is_the_dearest_reading_of_the_terms() {
    for (model, terms, dollars) in [
        ("gpt-5-mini", TERMS, "0.00045"),
        ("gpt-5-mini", ChatTerms { n: 3, ..TERMS }, "0.00085"),
        (
            "gpt-5-mini",
            ChatTerms {
                service_tier: None,
                ..TERMS
            },
            "0.00081",
        ),
        (
            "gpt-5-mini",
            ChatTerms {
                service_tier: Some("auto"),
                ..TERMS
            },
            "0.00081",
        ),
        (
            "gpt-5-mini",
            ChatTerms {
                service_tier: Some("fast"),
                ..TERMS
            },
            "0.00081",
        ),
        // A flex call may be served, and billed, as a standard one.
        (
            "gpt-5-mini",
            ChatTerms {
                service_tier: Some("flex"),
                ..TERMS
            },
            "0.00045",
        ),
        // Writing to the cache is dearer than not.
        ("gpt-5.6", TERMS, "0.007"),
        (
            "gpt-5.6",
            ChatTerms {
                cache: CacheLife::Long,
                ..TERMS
            },
            "0.012",
        ),
        // At the threshold, and where it can be passed.
        (
            "gpt-5.6",
            ChatTerms {
                input_tokens_at_most: 272_000,
                ..TERMS
            },
            "1.362",
        ),
        (
            "gpt-5.6",
            ChatTerms {
                input_tokens_at_most: 272_001,
                ..TERMS
            },
            "2.72301",
        ),
    ] {
        let bound = chat_bound(&chat_prices(model), &terms).unwrap();
        assert_eq!(bound.worst().to_string(), dollars, "{model} {terms:?}");
    }
}

#[test]
fn a_bound_can_be_cut_down_to_its_floor() {
    let bound = chat_bound(&chat_prices("gpt-5-mini"), &TERMS).unwrap();
    assert_eq!(bound.units(), 100);
    // The input costs 0.00025, each output token 0.000002.
    assert_eq!(bound.units_within("0.00035".parse().unwrap()), Some(50));
    assert_eq!(bound.units_within("0.000269".parse().unwrap()), None);
}

#[test]
fn a_tier_nobody_priced_is_refused() {
    for (model, tier) in [
        ("gpt-4", "flex"),
        ("gpt-4", "priority"),
        ("gpt-5", "scale"),
        ("gpt-5", "ultrafast"),
    ] {
        let terms = ChatTerms {
            service_tier: Some(tier),
            ..TERMS
        };
        assert_eq!(
            chat_bound(&chat_prices(model), &terms),
            Err(Unpriced::Tier),
            "{model} {tier}"
        );
    }
    let huge = ChatTerms {
        max_output: u64::MAX,
        n: u64::MAX,
        ..TERMS
    };
    assert_eq!(
        chat_bound(&chat_prices("gpt-5"), &huge),
        Err(Unpriced::OutOfRange)
    );
}

fn picture(size: Option<&'static str>, quality: Option<&'static str>) -> ImageTerms<'static> {
    ImageTerms {
        prompt_tokens_at_most: 100,
        shape: Shape { size, quality },
        n: 1,
        partial_images: 0,
    }
}

#[test]
fn a_picture_costs_at_most_its_row_of_the_table() {
    for (model, terms, dollars) in [
        (
            "gpt-image-1",
            picture(Some("1024x1024"), Some("high")),
            "0.1669",
        ),
        ("gpt-image-1", picture(Some("1024x1024"), None), "0.1669"),
        (
            "gpt-image-1",
            picture(Some("1024x1536"), Some("auto")),
            "0.2501",
        ),
        ("gpt-image-1", picture(None, Some("low")), "0.01682"),
        ("gpt-image-1", picture(None, None), "0.2501"),
        (
            "gpt-image-1",
            ImageTerms {
                n: 4,
                ..picture(None, None)
            },
            "1.0004",
        ),
        (
            "gpt-image-2.5-flare",
            picture(Some("1024x1024"), Some("low")),
            "0.00701",
        ),
        ("gpt-image-2", picture(None, None), "0.212"),
    ] {
        let bound = image_bound(&image_prices(model), &terms).unwrap();
        assert_eq!(bound.worst().to_string(), dollars, "{model} {terms:?}");
        assert_eq!(
            bound.units_within(bound.worst().saturating_sub(money::Nanos::new(1))),
            None
        );
    }
}

#[test]
fn an_unknown_size_or_quality_is_refused_with_the_known_ones() {
    let refuse = |size, quality| {
        image_bound(&image_prices("gpt-image-2"), &picture(size, quality)).unwrap_err()
    };
    let size = refuse(Some("3840x2160"), Some("low")).to_string();
    assert_eq!(
        size,
        "no price for size \"3840x2160\"; known sizes: 1024x1024, 1024x1536, 1536x1024"
    );
    let quality = refuse(Some("1024x1024"), Some("max")).to_string();
    assert_eq!(
        quality,
        "no price for quality \"max\"; known qualities: low, medium, high"
    );
    assert!(matches!(
        refuse(None, Some("max")),
        Unpriced::Quality { .. }
    ));
    let many = ImageTerms {
        n: u64::MAX,
        ..picture(None, None)
    };
    assert_eq!(
        image_bound(&image_prices("gpt-image-2"), &many),
        Err(Unpriced::OutOfRange)
    );
}

#[test]
fn a_picture_has_at_most_the_tokens_of_its_row_and_of_its_prompt() {
    let known = picture(Some("1024x1024"), Some("high"));
    let of = |terms: &ImageTerms<'_>| image_tokens(&image_prices("gpt-image-1"), terms);
    assert_eq!(of(&known), Ok(4160 + 100));
    assert_eq!(of(&ImageTerms { n: 4, ..known }), Ok(4 * 4260));
    // What is left open is the dearest there is.
    assert_eq!(of(&picture(None, None)), Ok(6240 + 100));
    assert_eq!(of(&picture(Some("auto"), Some("low"))), Ok(408 + 100));
    // More than can be counted stays more than any limit.
    assert_eq!(
        of(&ImageTerms {
            n: u64::MAX,
            ..known
        }),
        Ok(u64::MAX)
    );
    for odd in [picture(Some("7x7"), None), picture(None, Some("superb"))] {
        let bound = image_bound(&image_prices("gpt-image-1"), &odd).unwrap_err();
        assert_eq!(of(&odd), Err(bound));
    }
}

fn asked_and_served() -> impl Strategy<Value = (Option<&'static str>, Tier)> {
    prop_oneof![
        Just((None, Tier::Standard)),
        Just((None, Tier::Priority)),
        Just((Some("auto"), Tier::Flex)),
        Just((Some("flex"), Tier::Standard)),
        Just((Some("flex"), Tier::Flex)),
        Just((Some("fast"), Tier::Priority)),
        Just((Some("priority"), Tier::Standard)),
        Just((Some("default"), Tier::Standard)),
    ]
}

proptest::proptest! {
    /// The law the ledger rests on: what a call costs is never more than what was held for it.
    #[test]
    fn no_usage_within_the_terms_costs_more_than_the_bound(
        model in prop::sample::select(vec!["gpt-5.6", "gpt-6.1-sol", "gpt-5", "gpt-5.4", "gpt-5.5", "gpt-6-luna"]),
        (service_tier, tier) in asked_and_served(),
        at_most in 0_u64..600_000, n in 1_u64..5, max_output in 1_u64..10_000,
        parts in any::<[u16; 5]>(), long: bool,
    ) {
        let [used, cached, written, written_12h, out] = parts.map(u64::from);
        let cache = if long { CacheLife::Long } else { CacheLife::Short };
        let terms = ChatTerms { input_tokens_at_most: at_most, max_output, n, service_tier, cache, floor: 1 };
        // Each part is a share (in 65,536ths) of the one it belongs to.
        let share = |whole: u64, part: u64| whole.checked_mul(part).unwrap() >> 16;
        let text_input = share(at_most, used);
        let cached_input = share(text_input, cached);
        let prices = chat_prices(model);
        let writes = prices.rates.standard.cache_write.is_some();
        let cache_write = if writes { share(text_input.checked_sub(cached_input).unwrap(), written) } else { 0 };
        let cache_write_12h = if long { share(cache_write, written_12h) } else { 0 };
        let output = share(max_output.checked_mul(n).unwrap(), out);
        let usage = Usage { text_input, cached_input, cache_write, cache_write_12h, output, tier, ..Usage::NOTHING };
        if let Ok(charge) = prices.cost(&usage) {
            proptest::prop_assert!(charge.total <= chat_bound(&prices, &terms).unwrap().worst());
        }
    }
}

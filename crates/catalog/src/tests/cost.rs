use super::{chat_prices, image_prices};
use crate::{Catalog, Shape, Tier, Unit, Unpriced, Usage};

const ANY: Shape<'_> = Shape {
    size: None,
    quality: None,
};

fn text(input: u64, output: u64) -> Usage {
    Usage {
        text_input: input,
        output,
        ..Usage::NOTHING
    }
}

#[test]
fn chat_calls_cost_what_the_arithmetic_says() {
    for (model, usage, dollars) in [
        ("gpt-5-mini", text(1_000_000, 1_000_000), "2.25"),
        ("gpt-5-mini", text(1, 0), "0.00000025"),
        ("gpt-5-nano", text(1, 1), "0.00000045"),
        (
            "gpt-5",
            Usage {
                cached_input: 400_000,
                ..text(1_000_000, 0)
            },
            "0.80",
        ),
        (
            "gpt-4",
            Usage {
                cached_input: 0,
                ..text(1000, 1000)
            },
            "0.09",
        ),
        // 100 at 4, 300 from the cache at 0.4, 600 written at 5.
        (
            "gpt-5.6",
            Usage {
                cached_input: 300,
                cache_write: 600,
                ..text(1000, 0)
            },
            "0.00352",
        ),
        (
            "gpt-5.6",
            Usage {
                cache_write: 600,
                ..text(1000, 0)
            }
            .with_long_cache_writes(),
            "0.0076",
        ),
        (
            "gpt-5.6",
            Usage {
                tier: Tier::Priority,
                ..text(1000, 10)
            },
            "0.0084",
        ),
        (
            "gpt-5.6",
            Usage {
                tier: Tier::Flex,
                ..text(1000, 10)
            },
            "0.0021",
        ),
        ("gpt-5.6", text(272_000, 0), "1.088"),
        ("gpt-5.6", text(272_001, 1), "2.176038"),
        (
            "gpt-5",
            Usage {
                reasoning: 10,
                ..text(0, 10)
            },
            "0.0001",
        ),
        ("gpt-5", Usage::NOTHING, "0.00"),
    ] {
        let charge = chat_prices(model).cost(&usage).unwrap();
        assert_eq!(charge.total.to_string(), dollars, "{model} {usage:?}");
    }
}

#[test]
fn the_sum_is_rounded_up_once() {
    // 0.0125 per million is 12.5 nano-dollars per thousand; one token is 0.0125 nano-dollars.
    let usage = Usage {
        tier: Tier::Flex,
        cached_input: 1,
        ..text(1, 0)
    };
    assert_eq!(
        chat_prices("gpt-5-mini").cost(&usage).unwrap().total.get(),
        13
    );
    let two = Usage {
        cached_input: 2,
        ..Usage {
            text_input: 2,
            ..usage
        }
    };
    assert_eq!(
        chat_prices("gpt-5-mini").cost(&two).unwrap().total.get(),
        25
    );
}

#[test]
fn a_cached_token_without_a_price_of_its_own_costs_as_much_as_any() {
    let usage = Usage {
        cached_input: 500,
        ..text(1000, 0)
    };
    let prices = chat_prices("gpt-4");
    assert_eq!(
        prices.cost(&usage).unwrap().total,
        prices.cost(&text(1000, 0)).unwrap().total
    );
}

#[test]
fn what_has_no_price_is_never_free() {
    let prices = chat_prices("gpt-4o");
    for (usage, why) in [
        (
            Usage {
                cache_write: 1,
                ..text(1, 0)
            },
            Unpriced::Unit(Unit::CacheWrite),
        ),
        (
            Usage {
                audio_input: 1,
                ..text(1, 0)
            },
            Unpriced::Unit(Unit::AudioInput),
        ),
        (
            Usage {
                audio_output: 1,
                ..text(1, 0)
            },
            Unpriced::Unit(Unit::AudioOutput),
        ),
        (
            Usage {
                image_input: 1,
                ..text(1, 0)
            },
            Unpriced::Unit(Unit::ImageInput),
        ),
        (
            Usage {
                image_output: 1,
                ..text(1, 0)
            },
            Unpriced::Unit(Unit::ImageOutput),
        ),
        (
            Usage {
                tier: Tier::Flex,
                ..text(1, 0)
            },
            Unpriced::Tier,
        ),
        (
            Usage {
                tier: Tier::Other,
                ..text(1, 0)
            },
            Unpriced::Tier,
        ),
    ] {
        assert_eq!(prices.cost(&usage), Err(why), "{usage:?}");
    }
    let unpriced_long = Usage {
        tier: Tier::Priority,
        ..text(300_000, 0)
    };
    assert_eq!(
        chat_prices("gpt-5.4").cost(&unpriced_long),
        Err(Unpriced::Tier)
    );
}

#[test]
fn a_report_that_contradicts_itself_is_no_measurement() {
    let prices = chat_prices("gpt-5.6");
    for usage in [
        Usage {
            cached_input: 11,
            ..text(10, 0)
        },
        Usage {
            cached_input: 6,
            cache_write: 5,
            ..text(10, 0)
        },
        Usage {
            cached_input: u64::MAX,
            cache_write: u64::MAX,
            ..text(10, 0)
        },
        Usage {
            cache_write: 5,
            cache_write_12h: 6,
            ..text(10, 0)
        },
        Usage {
            reasoning: 11,
            ..text(10, 10)
        },
    ] {
        assert_eq!(
            prices.cost(&usage),
            Err(Unpriced::Contradiction),
            "{usage:?}"
        );
    }
    assert_eq!(
        prices.cost(&text(u64::MAX, u64::MAX)),
        Err(Unpriced::OutOfRange)
    );
}

#[test]
fn the_lines_of_a_charge_add_up_to_it() {
    let usage = Usage {
        cached_input: 300,
        cache_write: 600,
        ..text(1000, 7)
    };
    let charge = chat_prices("gpt-5.6").cost(&usage).unwrap();
    let lines: Vec<_> = charge
        .lines
        .iter()
        .map(|line| (line.unit, line.quantity))
        .collect();
    let expected = [
        (Unit::Input, 100),
        (Unit::CachedInput, 300),
        (Unit::CacheWrite, 600),
        (Unit::Output, 7),
    ];
    assert_eq!(lines, expected);
    let sum = charge.lines.iter().fold(money::Femtos::ZERO, |sum, line| {
        sum.checked_add(line.price.of(line.quantity)).unwrap()
    });
    assert_eq!(sum.ceil_to_nanos(), Some(charge.total));
}

#[test]
fn pictures_cost_their_tokens() {
    let usage = Usage {
        text_input: 50,
        image_output: 4160,
        images: 1,
        ..Usage::NOTHING
    };
    let charge = image_prices("gpt-image-1").cost(&usage, ANY).unwrap();
    assert_eq!(charge.total.to_string(), "0.16665");
    let wrote = Usage {
        output: 100,
        ..usage
    };
    assert_eq!(
        image_prices("gpt-image-1.5")
            .cost(&wrote, ANY)
            .unwrap()
            .total
            .to_string(),
        "0.13437"
    );
    assert_eq!(
        image_prices("gpt-image-1").cost(&wrote, ANY),
        Err(Unpriced::Unit(Unit::Output))
    );
    let edit = Usage {
        image_input: 1000,
        cached_image_input: 400,
        ..usage
    };
    assert_eq!(
        image_prices("gpt-image-1")
            .cost(&edit, ANY)
            .unwrap()
            .total
            .to_string(),
        "0.17365"
    );
}

#[test]
fn pictures_without_the_tokens_they_are_billed_by_are_not_free() {
    let usage = Usage {
        images: 1,
        ..Usage::NOTHING
    };
    assert_eq!(
        image_prices("gpt-image-1").cost(&usage, ANY),
        Err(Unpriced::NotReported)
    );
    let tier = Usage {
        image_output: 1,
        tier: Tier::Priority,
        ..usage
    };
    assert_eq!(
        image_prices("gpt-image-1").cost(&tier, ANY),
        Err(Unpriced::Tier)
    );
    let none_came = image_prices("gpt-image-1").cost(&text(1_000_000, 0), ANY);
    assert_eq!(none_came.unwrap().total.to_string(), "5.00");
}

#[test]
fn a_flat_price_is_per_picture() {
    let catalog = Catalog::parse(
        r#"version = "1"
[[model]]
names = ["flat"]
[model.image]
[[model.image.prices]]
from = 2026-01-01
per_image = [
    { size = "1024x1024", quality = "standard", price = "0.04" },
    { size = "1024x1024", quality = "hd", price = "0.08" },
]
"#,
    )
    .unwrap();
    let prices = catalog
        .model("flat")
        .unwrap()
        .image()
        .unwrap()
        .prices_at(super::now())
        .unwrap();
    let usage = Usage {
        images: 3,
        text_input: 900,
        ..Usage::NOTHING
    };
    let cost = |quality| {
        prices
            .cost(
                &usage,
                Shape {
                    size: Some("1024x1024"),
                    quality,
                },
            )
            .unwrap()
            .total
            .to_string()
    };
    assert_eq!(cost(Some("standard")), "0.12");
    assert_eq!(cost(Some("auto")), "0.24");
    assert_eq!(cost(None), "0.24");
}

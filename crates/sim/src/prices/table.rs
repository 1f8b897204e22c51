//! Reads the price table's text into rows, and refuses a row that contradicts itself.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;

use super::{ImageRow, Prices, Rates, TextRow, TierRates};
use crate::SimError;
use crate::decimal::billionths;
use crate::image::sizes::SizeTable;

/// Four prices in USD per million tokens: input, cached input, cache write, output.
type Four = [String; 4];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    text: Vec<TextEntry>,
    #[serde(default)]
    image: Vec<ImageEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextEntry {
    names: Vec<String>,
    max_output: Option<u64>,
    long_above: Option<u64>,
    default: Four,
    default_long: Option<Four>,
    flex: Option<Four>,
    flex_long: Option<Four>,
    priority: Option<Four>,
    priority_long: Option<Four>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImageEntry {
    names: Vec<String>,
    tokens: Option<SizeTable>,
    /// Text input, image input, image output, in USD per million tokens.
    prices: Option<[String; 3]>,
    /// USD for each image.
    per_image: Option<String>,
}

/// Reads a whole table.
pub(super) fn read(text: &str) -> Result<Prices, SimError> {
    let table: Table = toml::from_str(text)?;
    let mut prices = Prices {
        text: HashMap::new(),
        image: HashMap::new(),
    };
    for entry in table.text {
        let row = text_row(&entry).map_err(|reason| wrong(&entry.names, reason))?;
        let row = Arc::new(row);
        for name in entry.names {
            insert(&mut prices.text, name, Arc::clone(&row))?;
        }
    }
    for entry in table.image {
        let row = image_row(&entry).map_err(|reason| wrong(&entry.names, reason))?;
        for name in entry.names {
            insert(&mut prices.image, name, row)?;
        }
    }
    Ok(prices)
}

fn insert<Row>(rows: &mut HashMap<String, Row>, name: String, row: Row) -> Result<(), SimError> {
    match rows.insert(name.clone(), row) {
        None => Ok(()),
        Some(_) => Err(SimError::PriceRow {
            model: name,
            reason: "it has two rows".into(),
        }),
    }
}

fn wrong(names: &[String], reason: String) -> SimError {
    SimError::PriceRow {
        model: names.first().cloned().unwrap_or_default(),
        reason,
    }
}

fn text_row(entry: &TextEntry) -> Result<TextRow, String> {
    let long = entry.long_above.is_some();
    let tier = |short: &Option<Four>, beyond: &Option<Four>| match (short, beyond) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err("a price for long prompts without one for short ones".to_owned()),
        (Some(short), None) if !long => {
            let short = rates(short)?;
            Ok(Some(TierRates { short, long: short }))
        }
        (Some(short), Some(beyond)) if long => Ok(Some(TierRates {
            short: rates(short)?,
            long: rates(beyond)?,
        })),
        (Some(_), _) => Err("`long_above` and the `_long` prices belong together".to_owned()),
    };
    let default = tier(&Some(entry.default.clone()), &entry.default_long)?;
    Ok(TextRow {
        max_output: entry.max_output.unwrap_or(u64::MAX),
        long_above: entry.long_above.unwrap_or(u64::MAX),
        default: default.ok_or_else(|| "no default price".to_owned())?,
        flex: tier(&entry.flex, &entry.flex_long)?,
        priority: tier(&entry.priority, &entry.priority_long)?,
    })
}

fn rates([input, cached, write, output]: &Four) -> Result<Rates, String> {
    Ok(Rates {
        input: price(input)?,
        cached: price(cached)?,
        write: price(write)?,
        output: price(output)?,
    })
}

fn image_row(entry: &ImageEntry) -> Result<ImageRow, String> {
    match (&entry.tokens, &entry.prices, &entry.per_image) {
        (Some(sizes), Some([text, image, output]), None) => Ok(ImageRow::Tokens {
            sizes: *sizes,
            text: price(text)?,
            image: price(image)?,
            output: price(output)?,
        }),
        (None, None, Some(per_image)) => Ok(ImageRow::Flat {
            per_image: price(per_image)?,
        }),
        _ => Err("either `tokens` and `prices`, or `per_image`".to_owned()),
    }
}

/// Dollars per million tokens are billionths of a dollar per million tokens, which are femto-dollars per token.
fn price(text: &str) -> Result<u64, String> {
    billionths(text).ok_or_else(|| format!("`{text}` is not a decimal number of dollars"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_table_has_the_current_models_at_their_published_prices() {
        let prices = Prices::read(None).unwrap();
        let mini = prices.text("gpt-5-mini").unwrap().default.short;
        assert_eq!(
            (mini.input, mini.cached, mini.output),
            (250_000_000, 25_000_000, 2_000_000_000)
        );
        let long = prices.text("gpt-5.4").unwrap().default.long;
        assert_eq!(
            (long.input, long.cached, long.output),
            (5_000_000_000, 500_000_000, 22_500_000_000)
        );
        let priority = prices.text("gpt-5.5").unwrap().priority.unwrap().long;
        assert_eq!(
            (priority.input, priority.output),
            (25_000_000_000, 112_500_000_000)
        );
        for name in [
            "gpt-6-astra",
            "gpt-6.1-sol",
            "gpt-5.6-luna",
            "gpt-4o",
            "o4-mini",
            "sim/anything",
        ] {
            assert!(prices.text(name).is_some(), "{name}");
        }
        for name in [
            "gpt-image-2.5-sunburst",
            "gpt-image-1",
            "gpt-image-1-mini",
            "sim/picture",
        ] {
            assert!(prices.image(name).is_some(), "{name}");
        }
        for name in ["gpt-7", "sim/", "sim", "", "*"] {
            assert!(prices.text(name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_row_that_contradicts_itself_is_refused() {
        for (row, why) in [
            (
                "[[text]]\nnames=['m']\ndefault=['1','1','1','x']",
                "not a decimal",
            ),
            (
                "[[text]]\nnames=['m']\nlong_above=9\ndefault=['1','1','1','1']",
                "belong together",
            ),
            (
                "[[text]]\nnames=['m','m']\ndefault=['1','1','1','1']",
                "two rows",
            ),
            ("[[image]]\nnames=['m']\ntokens='classic'", "either"),
            ("[[image]]\nnames=['m']\nper_picture='1'", "per_picture"),
        ] {
            let error = Prices::read(Some(row)).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}

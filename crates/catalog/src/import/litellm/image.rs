//! Image models of LiteLLM's file: by the token, by the picture or by the pixel.
//!
//! A flat price is in rows of its own, one for each size and quality, whose names are `quality/1024-x-1024/model`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use money::Price;

use super::super::{ImportError, Report, facts};
use super::{Entry, Read};
use crate::model::{Image, Model, Tokenizer};
use crate::prices::{ImageOutput, ImagePrices, ImageTokens, PerImage};

/// The rows with the flat price of one size and quality, by the model they are of.
#[derive(Default)]
pub(super) struct Flat {
    rows: BTreeMap<String, Vec<PerImage>>,
}

pub(super) fn read(entry: &Entry<'_>, flat: &mut Flat) -> Read<Option<Model>> {
    if let Some((size, quality, model)) = apart(&entry.name) {
        return Ok(match of_one_size(entry, &size)? {
            Some(price) => {
                let rows = flat.rows.entry(model).or_default();
                rows.push(PerImage {
                    size,
                    quality,
                    price,
                });
                Ok(None)
            }
            None => Err("without a price that is known here"),
        });
    }
    if let Some(tokens) = tokens(entry)? {
        return Ok(match facts::pictures(&entry.name) {
            Some(table) => Ok(Some(of(
                entry,
                ImageOutput::ByToken(ImageTokens { table, ..tokens }),
            ))),
            None => Err("billed by the token, with no table of how many a picture has"),
        });
    }
    let row = &entry.row;
    let each = ["input_cost_per_image", "output_cost_per_image"].map(str::to_owned);
    if let Some(price) = row.first_price(&each)? {
        let every = PerImage {
            size: "*".to_owned(),
            quality: "*".to_owned(),
            price,
        };
        return Ok(Ok(Some(of(entry, ImageOutput::PerImage(vec![every])))));
    }
    Ok(match row.price("input_cost_per_pixel")? {
        Some(price) => Ok(Some(of(entry, ImageOutput::PerPixel(price)))),
        None => Err("without a price that is known here"),
    })
}

/// Size, quality and model of such a row's name.
fn apart(name: &str) -> Option<(String, String, String)> {
    let mut parts = name.split('/');
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next());
    let size = |part: &str| {
        let (width, height) = part.split_once("-x-")?;
        let number = |side: &str| side.parse::<u32>().is_ok();
        (number(width) && number(height)).then(|| format!("{width}x{height}"))
    };
    match (size(first), size(second), third) {
        (Some(size), _, None) => Some((size, "*".to_owned(), second.to_owned())),
        (_, Some(size), Some(model)) => Some((size, first.to_owned(), model.to_owned())),
        _ => None,
    }
}

/// The price of a picture of this size: as LiteLLM's calculator looks for it.
fn of_one_size(entry: &Entry<'_>, size: &str) -> Result<Option<Price>, ImportError> {
    let each = ["input_cost_per_image", "output_cost_per_image"].map(str::to_owned);
    let each = entry.row.first_price(&each)?;
    let sides = size.split_once('x');
    let pixels = sides.and_then(|(width, height)| {
        let (width, height): (u64, u64) = (width.parse().ok()?, height.parse().ok()?);
        width.checked_mul(height)
    });
    let by_pixel = entry
        .row
        .price_times("input_cost_per_pixel", pixels.unwrap_or(u64::MAX))?;
    Ok(each.or(by_pixel))
}

/// What the tokens cost, without the table.
fn tokens(entry: &Entry<'_>) -> Result<Option<ImageTokens>, ImportError> {
    let row = &entry.row;
    let text = row.price("input_cost_per_token")?;
    let image = row.price("output_cost_per_image_token")?;
    let (Some(text_input), Some(image_output)) = (text, image) else {
        return Ok(None);
    };
    let text_output = row.price("output_cost_per_token")?;
    Ok(Some(ImageTokens {
        text_input,
        cached_text_input: row.price("cache_read_input_token_cost")?,
        image_input: row.price("input_cost_per_image_token")?,
        cached_image_input: row.price("cache_read_input_image_token_cost")?,
        image_output,
        text_output,
        text_output_at_most: text_output.map_or(0, |_| facts::TEXT_OUTPUT_AT_MOST),
        table: Vec::new(),
    }))
}

fn of(entry: &Entry<'_>, output: ImageOutput) -> Model {
    let openai = entry.provider == "openai";
    Model {
        image: Some(Image {
            tokenizer: openai.then_some(Tokenizer::O200k),
            prices: vec![ImagePrices {
                from: entry.from,
                output,
            }],
        }),
        ..entry.empty()
    }
}

impl Flat {
    /// One model of all the rows that are of it, unless it has a price by the token, which is then what is billed.
    pub(super) fn finish(
        self,
        from: Timestamp,
        found: &mut BTreeMap<String, Model>,
        report: &mut Report,
    ) {
        for (name, rows) in self.rows {
            if found.contains_key(&name) {
                report.leave_out(
                    "flat prices of pictures whose model is billed by the token",
                    &name,
                );
                continue;
            }
            let image = Image {
                tokenizer: None,
                prices: vec![ImagePrices {
                    from,
                    output: ImageOutput::PerImage(rows),
                }],
            };
            let model = Model {
                names: vec![name.clone()],
                shutdown: None,
                routes: Vec::new(),
                chat: None,
                image: Some(image),
                services: Vec::new(),
            };
            found.insert(name, model);
        }
    }
}

//! The section of an image model.

use super::tokenizer;
use crate::error::CatalogError;
use crate::file::Reader;
use crate::file::rows::{ImagePriceRow, ImageRow, PerImageRow, PerMillion};
use crate::model::Image;
use crate::prices::{ImageOutput, ImagePrices, ImageTokens, PerImage};

const ONE_KIND: &str =
    "an image price list is per image, per pixel or per token, and one of these alone";

impl Reader<'_> {
    pub(in crate::file) fn image(&self, row: ImageRow) -> Result<Image, CatalogError> {
        let mut prices: Vec<ImagePrices> = Vec::new();
        if row.prices.get_ref().is_empty() {
            return Err(self.wrong(&row.prices, "a model needs a price list"));
        }
        for list in row.prices.into_inner() {
            let from = self.after(&list.from, prices.last().map(|list| list.from))?;
            prices.push(ImagePrices {
                from,
                output: self.image_output(list)?,
            });
        }
        Ok(Image {
            tokenizer: row.tokenizer.map(tokenizer),
            prices,
        })
    }

    fn image_output(&self, row: ImagePriceRow) -> Result<ImageOutput, CatalogError> {
        let place = &row.from;
        let per_token = [
            row.text_input,
            row.cached_text_input,
            row.image_input,
            row.image_output,
        ];
        let by_token = per_token.iter().any(Option::is_some) || !row.output_tokens.is_empty();
        if let Some(price) = row.per_pixel {
            if by_token || !row.per_image.is_empty() {
                return Err(self.wrong(place, ONE_KIND));
            }
            return Ok(ImageOutput::PerPixel(price.0));
        }
        if !row.per_image.is_empty() {
            if by_token {
                return Err(self.wrong(place, ONE_KIND));
            }
            let rows = row.per_image.into_iter().map(flat);
            let rows: Option<Vec<PerImage>> = rows.collect();
            let rows = rows.ok_or_else(|| {
                self.wrong(
                    place,
                    "a picture has a `price`, or one `per_million`, not both",
                )
            })?;
            return Ok(ImageOutput::PerImage(rows));
        }
        let (Some(text_input), Some(image_output)) = (row.text_input, row.image_output) else {
            let missing =
                "an image price list needs `per_image`, or `text_input` and `image_output`";
            return Err(self.wrong(place, missing));
        };
        if row.output_tokens.is_empty() {
            return Err(self.wrong(place, "an image price list per token needs `output_tokens`"));
        }
        if row.text_output_at_most > 0 && row.text_output.is_none() {
            return Err(self.wrong(place, "`text_output_at_most` needs a price `text_output`"));
        }
        let price = |price: Option<PerMillion>| price.map(|price| price.0);
        Ok(ImageOutput::ByToken(ImageTokens {
            text_input: text_input.0,
            cached_text_input: price(row.cached_text_input),
            image_input: price(row.image_input),
            cached_image_input: price(row.cached_image_input),
            image_output: image_output.0,
            text_output: price(row.text_output),
            text_output_at_most: row.text_output_at_most,
            table: row
                .output_tokens
                .into_iter()
                .map(|row| (row.size, row.quality, row.tokens))
                .collect(),
        }))
    }
}

fn flat(row: PerImageRow) -> Option<PerImage> {
    let price = match (row.price, row.per_million) {
        (Some(price), None) => price.0,
        (None, Some(price)) => price.0,
        _ => return None,
    };
    Some(PerImage {
        size: row.size,
        quality: row.quality,
        price,
    })
}

//! The price file: TOML text in, models out. The only place that knows how the file is laid out.

mod rows;

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use toml::{Spanned, value::Datetime};

use self::rows::{
    ChatRow, FileRow, ImagePriceRow, ImageRow, ModelRow, PerImageRow, PerMillion, RatesRow,
    TokenizerWord,
};
use crate::error::CatalogError;
use crate::model::{Chat, Image, Model, Tokenizer};
use crate::prices::{
    ChatPrices, ImageOutput, ImagePrices, ImageTokens, LongContext, PerImage, Rates, TierRates,
};

/// The version and the models of a price file.
pub(crate) fn read(text: &str) -> Result<(String, Vec<Model>), CatalogError> {
    let file: FileRow = toml::from_str(text).map_err(|error| {
        CatalogError::at(
            text,
            error.span().map_or(0, |span| span.start),
            error.message(),
        )
    })?;
    let mut reader = Reader {
        text,
        names: BTreeSet::new(),
    };
    let models = file
        .model
        .into_iter()
        .map(|row| reader.model(row))
        .collect::<Result<_, _>>()?;
    Ok((file.version, models))
}

struct Reader<'a> {
    text: &'a str,
    names: BTreeSet<String>,
}

impl Reader<'_> {
    fn wrong<T>(&self, place: &Spanned<T>, message: impl Into<String>) -> CatalogError {
        CatalogError::at(self.text, place.span().start, message)
    }

    fn model(&mut self, row: ModelRow) -> Result<Model, CatalogError> {
        if row.names.get_ref().is_empty() {
            return Err(self.wrong(&row.names, "a model needs a name"));
        }
        if row.chat.is_none() && row.image.is_none() {
            return Err(self.wrong(&row.names, "a model needs a section `chat` or `image`"));
        }
        let mut names = Vec::new();
        for name in row.names.into_inner() {
            let inner = name.get_ref().trim_end_matches('*');
            if inner.contains('*') || name.get_ref().len().saturating_sub(inner.len()) > 1 {
                return Err(self.wrong(&name, "a name can have one `*`, at its end"));
            }
            if !self.names.insert(name.get_ref().clone()) {
                return Err(self.wrong(&name, format!("{:?} is there twice", name.get_ref())));
            }
            names.push(name.into_inner());
        }
        let shutdown = row.shutdown.map(|day| self.date(&day)).transpose()?;
        let chat = row.chat.map(|row| self.chat(row)).transpose()?;
        let image = row.image.map(|row| self.image(row)).transpose()?;
        Ok(Model {
            names,
            shutdown,
            chat,
            image,
        })
    }

    fn chat(&self, row: ChatRow) -> Result<Chat, CatalogError> {
        let mut prices: Vec<ChatPrices> = Vec::new();
        if row.prices.get_ref().is_empty() {
            return Err(self.wrong(&row.prices, "a model needs a price list"));
        }
        for list in row.prices.into_inner() {
            let from = self.after(&list.from, prices.last().map(|list| list.from))?;
            let rates = tier_rates(list.standard, list.flex, list.priority);
            let long_context = list.long_context.map(|long| LongContext {
                above: long.above,
                rates: tier_rates(long.standard, long.flex, long.priority),
            });
            prices.push(ChatPrices {
                from,
                rates,
                long_context,
            });
        }
        Ok(Chat {
            context: row.context,
            max_output: row.max_output,
            tokenizer: row.tokenizer.map(tokenizer),
            bytes_per_token_at_least: row.bytes_per_token_at_least,
            prices,
        })
    }

    fn image(&self, row: ImageRow) -> Result<Image, CatalogError> {
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
        if !row.per_image.is_empty() {
            if per_token.iter().any(Option::is_some) || !row.output_tokens.is_empty() {
                return Err(self.wrong(
                    place,
                    "an image price list is per image or per token, not both",
                ));
            }
            let flat = |row: PerImageRow| PerImage {
                size: row.size,
                quality: row.quality,
                price: row.price.0,
            };
            return Ok(ImageOutput::PerImage(
                row.per_image.into_iter().map(flat).collect(),
            ));
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

    /// The beginning of a list, which has to be later than the one before.
    fn after(
        &self,
        day: &Spanned<Datetime>,
        before: Option<Timestamp>,
    ) -> Result<Timestamp, CatalogError> {
        let begin = self.date(day)?.to_zoned(TimeZone::UTC);
        let begin = begin
            .map_err(|error| self.wrong(day, error.to_string()))?
            .timestamp();
        if before.is_some_and(|before| begin <= before) {
            return Err(self.wrong(day, "price lists must be sorted by `from`, each day once"));
        }
        Ok(begin)
    }

    fn date(&self, day: &Spanned<Datetime>) -> Result<Date, CatalogError> {
        let Datetime {
            date: Some(date),
            time: None,
            offset: None,
        } = day.get_ref()
        else {
            return Err(self.wrong(day, "a day such as 2026-11-01 is expected here"));
        };
        let parts = i16::try_from(date.year)
            .ok()
            .zip(i8::try_from(date.month).ok())
            .zip(i8::try_from(date.day).ok());
        parts
            .and_then(|((year, month), day)| Date::new(year, month, day).ok())
            .ok_or_else(|| self.wrong(day, "there is no such day"))
    }
}

const fn tokenizer(word: TokenizerWord) -> Tokenizer {
    match word {
        TokenizerWord::O200k => Tokenizer::O200k,
        TokenizerWord::Cl100k => Tokenizer::Cl100k,
    }
}

fn tier_rates(standard: RatesRow, flex: Option<RatesRow>, priority: Option<RatesRow>) -> TierRates {
    TierRates {
        standard: rates(standard),
        flex: flex.map(rates),
        priority: priority.map(rates),
    }
}

fn rates(row: RatesRow) -> Rates {
    let price = |price: Option<PerMillion>| price.map(|price| price.0);
    Rates {
        input: row.input.0,
        cached_input: price(row.cached_input),
        cache_write: price(row.cache_write),
        cache_write_12h: price(row.cache_write_12h),
        output: row.output.0,
    }
}

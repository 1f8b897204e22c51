//! The rows of the price file, as serde reads them. Nothing here is checked but the shape and each single price.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use money::{Nanos, Price};
use serde::{Deserialize, Deserializer, de::Error as _};
use toml::{Spanned, value::Datetime};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileRow {
    pub(super) version: String,
    #[serde(default)]
    pub(super) model: Vec<ModelRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelRow {
    pub(super) names: Spanned<Vec<Spanned<String>>>,
    pub(super) shutdown: Option<Spanned<Datetime>>,
    pub(super) chat: Option<ChatRow>,
    pub(super) image: Option<ImageRow>,
    pub(super) embedding: Option<ServiceRow>,
    pub(super) speech: Option<ServiceRow>,
    pub(super) transcription: Option<ServiceRow>,
    pub(super) moderation: Option<ServiceRow>,
    pub(super) rerank: Option<ServiceRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChatRow {
    pub(super) routes: Option<Vec<RouteWord>>,
    pub(super) context: u64,
    pub(super) max_output: u64,
    pub(super) tokenizer: Option<TokenizerWord>,
    pub(super) bytes_per_token_at_least: NonZeroU64,
    pub(super) prices: Spanned<Vec<ChatPriceRow>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum TokenizerWord {
    O200k,
    Cl100k,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RouteWord {
    Chat,
    Responses,
    Completions,
    Messages,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceRow {
    pub(super) context: Option<u64>,
    pub(super) max_output: Option<u64>,
    pub(super) tokenizer: Option<TokenizerWord>,
    pub(super) prices: Spanned<Vec<ServicePriceRow>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServicePriceRow {
    pub(super) from: Spanned<Datetime>,
    /// By the name of the unit, in dollars per million of them.
    pub(super) units: Spanned<BTreeMap<String, PerMillion>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChatPriceRow {
    pub(super) from: Spanned<Datetime>,
    pub(super) standard: RatesRow,
    pub(super) flex: Option<RatesRow>,
    pub(super) priority: Option<RatesRow>,
    pub(super) batch: Option<RatesRow>,
    pub(super) long_context: Option<LongContextRow>,
    /// By the name of the unit, in dollars per million of them.
    #[serde(default)]
    pub(super) tools: BTreeMap<String, PerMillion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LongContextRow {
    pub(super) above: u64,
    pub(super) standard: RatesRow,
    pub(super) flex: Option<RatesRow>,
    pub(super) priority: Option<RatesRow>,
    pub(super) batch: Option<RatesRow>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RatesRow {
    pub(super) input: PerMillion,
    pub(super) cached_input: Option<PerMillion>,
    pub(super) cache_write: Option<PerMillion>,
    pub(super) cache_write_1h: Option<PerMillion>,
    pub(super) cache_write_12h: Option<PerMillion>,
    pub(super) output: PerMillion,
    pub(super) reasoning: Option<PerMillion>,
    pub(super) audio_input: Option<PerMillion>,
    pub(super) cached_audio_input: Option<PerMillion>,
    pub(super) image_input: Option<PerMillion>,
    pub(super) cached_image_input: Option<PerMillion>,
    pub(super) audio_output: Option<PerMillion>,
    pub(super) image_output: Option<PerMillion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImageRow {
    pub(super) tokenizer: Option<TokenizerWord>,
    pub(super) prices: Spanned<Vec<ImagePriceRow>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImagePriceRow {
    pub(super) from: Spanned<Datetime>,
    pub(super) text_input: Option<PerMillion>,
    pub(super) cached_text_input: Option<PerMillion>,
    pub(super) image_input: Option<PerMillion>,
    pub(super) cached_image_input: Option<PerMillion>,
    pub(super) image_output: Option<PerMillion>,
    pub(super) text_output: Option<PerMillion>,
    #[serde(default)]
    pub(super) text_output_at_most: u64,
    #[serde(default)]
    pub(super) output_tokens: Vec<TokensRow>,
    #[serde(default)]
    pub(super) per_image: Vec<PerImageRow>,
    pub(super) per_pixel: Option<PerMillion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokensRow {
    pub(super) size: String,
    pub(super) quality: String,
    pub(super) tokens: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PerImageRow {
    pub(super) size: String,
    pub(super) quality: String,
    /// One of the two: dollars for one, or for a million where nine decimals are too few.
    pub(super) price: Option<PerOne>,
    pub(super) per_million: Option<PerMillion>,
}

/// Dollars per million units, as a string so that no float comes near.
#[derive(Clone, Copy)]
pub(super) struct PerMillion(pub(super) Price);

/// Dollars per unit.
#[derive(Clone, Copy)]
pub(super) struct PerOne(pub(super) Price);

impl<'de> Deserialize<'de> for PerMillion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        price(deserializer, Price::per_million).map(Self)
    }
}

impl<'de> Deserialize<'de> for PerOne {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        price(deserializer, Price::per_unit).map(Self)
    }
}

fn price<'de, D: Deserializer<'de>>(
    deserializer: D,
    of: fn(Nanos) -> Option<Price>,
) -> Result<Price, D::Error> {
    let text = String::deserialize(deserializer)?;
    let amount: Nanos = text.parse().map_err(D::Error::custom)?;
    of(amount).ok_or_else(|| {
        D::Error::custom("a price cannot be negative, nor above 9,223 dollars a unit")
    })
}

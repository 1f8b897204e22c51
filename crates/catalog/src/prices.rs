//! Price lists, one per kind of call, each with the time from which it counts.

use jiff::Timestamp;
use money::Price;

/// Prices per token in one tier, below or above the long-context threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Input that is neither read from nor written to the cache.
    pub input: Price,
    /// Input read from the cache; the full input price where there is none.
    pub cached_input: Option<Price>,
    /// Input written to the cache.
    pub cache_write: Option<Price>,
    /// Input written to the cache for twelve hours or more.
    pub cache_write_12h: Option<Price>,
    /// Output, with reasoning.
    pub output: Price,
}

/// The rates of each tier that is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TierRates {
    /// The list price; always there.
    pub standard: Rates,
    /// Cheaper and slower.
    pub flex: Option<Rates>,
    /// Dearer and faster.
    pub priority: Option<Rates>,
}

/// The rates of calls whose whole input is above a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongContext {
    /// Counts above this many input tokens, not at it.
    pub above: u64,
    /// What all tokens of such a call cost.
    pub rates: TierRates,
}

/// What a text model costs from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatPrices {
    /// The moment.
    pub from: Timestamp,
    /// Calls up to the long-context threshold.
    pub rates: TierRates,
    /// Calls above it, where the model has one.
    pub long_context: Option<LongContext>,
}

/// What an image model costs from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImagePrices {
    /// The moment.
    pub from: Timestamp,
    /// By the token or by the picture.
    pub output: ImageOutput,
}

/// How pictures are billed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageOutput {
    /// Every token, in and out; the table says how many a picture has.
    ByToken(ImageTokens),
    /// A flat price per picture; the prompt is free.
    PerImage(Vec<PerImage>),
}

/// Prices per token of an image model, and how many tokens its pictures have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageTokens {
    /// The prompt.
    pub text_input: Price,
    /// The part of the prompt read from the cache; the full price where there is none.
    pub cached_text_input: Option<Price>,
    /// Pictures as input.
    pub image_input: Option<Price>,
    /// Pictures as input read from the cache; their full price where there is none.
    pub cached_image_input: Option<Price>,
    /// Pictures as output.
    pub image_output: Price,
    /// Text that comes with a picture, where the model writes any.
    pub text_output: Option<Price>,
    /// The most text tokens that come with a picture.
    pub text_output_at_most: u64,
    /// The most tokens of a picture of each size and quality: size, quality, tokens.
    pub table: Vec<(String, String, u64)>,
}

/// The flat price of a picture of one size and quality.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PerImage {
    /// `WIDTHxHEIGHT`.
    pub size: String,
    /// The provider's word.
    pub quality: String,
    /// The price of one picture.
    pub price: Price,
}

/// The size and quality of a picture as asked for. Absent and `auto` both mean: the provider chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape<'a> {
    /// `WIDTHxHEIGHT`.
    pub size: Option<&'a str>,
    /// The provider's word.
    pub quality: Option<&'a str>,
}

/// The list in force: the newest that does not begin in the future. `lists` is sorted by its beginnings.
pub(crate) fn in_force<T>(
    lists: &[T],
    from: impl Fn(&T) -> Timestamp,
    at: Timestamp,
) -> Option<&T> {
    lists.iter().rev().find(|list| from(list) <= at)
}

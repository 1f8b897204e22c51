//! Price lists, one per kind of call, each with the time from which it counts.

use jiff::Timestamp;
use money::Price;

use crate::unit::Unit;

/// Prices per token in one tier, below or above the long-context threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Input that is neither read from nor written to the cache.
    pub input: Price,
    /// Input read from the cache; the full input price where there is none.
    pub cached_input: Option<Price>,
    /// Input written to the cache for the provider's shortest time: five minutes at Anthropic, thirty at OpenAI.
    pub cache_write: Option<Price>,
    /// Input written to the cache for an hour.
    pub cache_write_1h: Option<Price>,
    /// Input written to the cache for twelve hours or more.
    pub cache_write_12h: Option<Price>,
    /// Output, with reasoning where that has no price of its own.
    pub output: Price,
    /// The output nobody sees, where it is not billed as output.
    pub reasoning: Option<Price>,
    /// Sound and pictures as tokens, for models that take or make them.
    pub media: MediaRates,
}

/// Prices per token of what is not text. Without a price, what was used of it is unpriced, never free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MediaRates {
    /// Sound as input.
    pub audio_input: Option<Price>,
    /// Sound as input read from the cache; the price of other sound where there is none.
    pub cached_audio_input: Option<Price>,
    /// Pictures as input, for models that report them apart.
    pub image_input: Option<Price>,
    /// Pictures as input read from the cache; the price of other pictures where there is none.
    pub cached_image_input: Option<Price>,
    /// Sound as output.
    pub audio_output: Option<Price>,
    /// Pictures as output.
    pub image_output: Option<Price>,
}

impl Rates {
    /// Prices of text alone, everything of one kind at one price.
    #[must_use]
    pub const fn of_text(input: Price, output: Price) -> Self {
        Self {
            input,
            cached_input: None,
            cache_write: None,
            cache_write_1h: None,
            cache_write_12h: None,
            output,
            reasoning: None,
            media: MediaRates::NONE,
        }
    }

    /// The price of a unit at these rates, with what counts where it has none of its own.
    #[must_use]
    pub fn price(&self, unit: Unit) -> Option<Price> {
        let media = &self.media;
        match unit {
            Unit::Input => Some(self.input),
            Unit::CachedInput => self.cached_input.or(Some(self.input)),
            Unit::CacheWrite => self.cache_write,
            Unit::CacheWrite1h => self.cache_write_1h,
            Unit::CacheWrite12h => self.cache_write_12h,
            Unit::Output => Some(self.output),
            Unit::Reasoning => self.reasoning.or(Some(self.output)),
            Unit::AudioInput => media.audio_input,
            Unit::CachedAudioInput => media.cached_audio_input.or(media.audio_input),
            Unit::ImageInput => media.image_input,
            Unit::CachedImageInput => media.cached_image_input.or(media.image_input),
            Unit::AudioOutput => media.audio_output,
            Unit::ImageOutput => media.image_output,
            Unit::Image
            | Unit::InputSecond
            | Unit::OutputSecond
            | Unit::InputCharacter
            | Unit::OutputCharacter
            | Unit::Pixel
            | Unit::Query
            | Unit::Page
            | Unit::WebSearchLow
            | Unit::WebSearchMedium
            | Unit::WebSearchHigh
            | Unit::FileSearch
            | Unit::CodeSession
            | Unit::ComputerUseInput
            | Unit::ComputerUseOutput => None,
        }
    }
}

impl MediaRates {
    /// A model of text alone.
    pub const NONE: Self = Self {
        audio_input: None,
        cached_audio_input: None,
        image_input: None,
        cached_image_input: None,
        audio_output: None,
        image_output: None,
    };
}

/// Prices of a provider's own tools, per call or session; of computer use per token.
///
/// What is stored there (files, vectors) costs by the day, whoever calls: that is not a call's, and is not metered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ToolPrices {
    /// A search of the web with little context.
    pub web_search_low: Option<Price>,
    /// A search of the web with the usual context.
    pub web_search_medium: Option<Price>,
    /// A search of the web with much context.
    pub web_search_high: Option<Price>,
    /// A search of stored files.
    pub file_search: Option<Price>,
    /// A session of the code interpreter.
    pub code_session: Option<Price>,
    /// An input token of computer use, where it is billed apart.
    pub computer_use_input: Option<Price>,
    /// An output token of computer use, where it is billed apart.
    pub computer_use_output: Option<Price>,
}

impl ToolPrices {
    /// No tool has a price.
    pub const NONE: Self = Self {
        web_search_low: None,
        web_search_medium: None,
        web_search_high: None,
        file_search: None,
        code_session: None,
        computer_use_input: None,
        computer_use_output: None,
    };

    /// The price of a unit, where it is one of a tool.
    #[must_use]
    pub fn price(&self, unit: Unit) -> Option<Price> {
        self.table()
            .into_iter()
            .find(|(known, _)| *known == unit)
            .and_then(|(_, price)| price)
    }

    /// All of them.
    pub(crate) const fn table(&self) -> [(Unit, Option<Price>); 7] {
        [
            (Unit::WebSearchLow, self.web_search_low),
            (Unit::WebSearchMedium, self.web_search_medium),
            (Unit::WebSearchHigh, self.web_search_high),
            (Unit::FileSearch, self.file_search),
            (Unit::CodeSession, self.code_session),
            (Unit::ComputerUseInput, self.computer_use_input),
            (Unit::ComputerUseOutput, self.computer_use_output),
        ]
    }
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
    /// Within a day. Asked for by the route, never by a call's own terms.
    pub batch: Option<Rates>,
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
    /// What the provider's own tools cost beside the tokens, in every tier.
    pub tools: ToolPrices,
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
    /// A price per pixel of a picture; the prompt is free.
    PerPixel(Price),
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
    /// `WIDTHxHEIGHT`; `*` for every one that has no row of its own.
    pub size: String,
    /// The provider's word; `*` for every one that has no row of its own.
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

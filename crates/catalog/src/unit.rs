//! What is counted and priced.
//!
//! A unit's number stands in journals and its name in answers of the API: both are for ever. A unit that arrives later is one
//! more row at the end.

use std::fmt;

/// What is counted and priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Input tokens at the full price.
    Input,
    /// Input tokens read from the cache.
    CachedInput,
    /// Input tokens written to the cache for the provider's shortest time.
    CacheWrite,
    /// Input tokens written to the cache for twelve hours or more.
    CacheWrite12h,
    /// Tokens of pictures as input.
    ImageInput,
    /// Tokens of pictures as input, read from the cache.
    CachedImageInput,
    /// Tokens of sound as input.
    AudioInput,
    /// Output tokens; with reasoning where that has no price of its own.
    Output,
    /// Tokens of pictures as output, with those of partial ones.
    ImageOutput,
    /// Tokens of sound as output.
    AudioOutput,
    /// Pictures.
    Image,
    /// Output tokens nobody sees, where they have a price of their own.
    Reasoning,
    /// Input tokens written to the cache for an hour.
    CacheWrite1h,
    /// Tokens of sound as input, read from the cache.
    CachedAudioInput,
    /// Seconds of sound as input.
    InputSecond,
    /// Seconds of sound as output.
    OutputSecond,
    /// Characters as input.
    InputCharacter,
    /// Characters as output.
    OutputCharacter,
    /// Pixels of pictures as output.
    Pixel,
    /// Queries of a search or a ranking.
    Query,
    /// Pages of a document.
    Page,
    /// Searches of the web with little context.
    WebSearchLow,
    /// Searches of the web with the usual context.
    WebSearchMedium,
    /// Searches of the web with much context.
    WebSearchHigh,
    /// Searches of stored files.
    FileSearch,
    /// Sessions of the code interpreter.
    CodeSession,
    /// Input tokens of computer use, where they are billed apart.
    ComputerUseInput,
    /// Output tokens of computer use, where they are billed apart.
    ComputerUseOutput,
}

/// Every unit with its number and its name, in the order of the numbers.
const TABLE: [(Unit, u16, &str); 28] = [
    (Unit::Input, 1, "input_tokens"),
    (Unit::CachedInput, 2, "cached_input_tokens"),
    (Unit::CacheWrite, 3, "cache_write_tokens"),
    (Unit::CacheWrite12h, 4, "cache_write_12h_tokens"),
    (Unit::ImageInput, 5, "image_input_tokens"),
    (Unit::CachedImageInput, 6, "cached_image_input_tokens"),
    (Unit::AudioInput, 7, "audio_input_tokens"),
    (Unit::Output, 8, "output_tokens"),
    (Unit::ImageOutput, 9, "image_output_tokens"),
    (Unit::AudioOutput, 10, "audio_output_tokens"),
    (Unit::Image, 11, "images"),
    (Unit::Reasoning, 12, "reasoning_tokens"),
    (Unit::CacheWrite1h, 13, "cache_write_1h_tokens"),
    (Unit::CachedAudioInput, 14, "cached_audio_input_tokens"),
    (Unit::InputSecond, 15, "input_seconds"),
    (Unit::OutputSecond, 16, "output_seconds"),
    (Unit::InputCharacter, 17, "input_characters"),
    (Unit::OutputCharacter, 18, "output_characters"),
    (Unit::Pixel, 19, "pixels"),
    (Unit::Query, 20, "queries"),
    (Unit::Page, 21, "pages"),
    (Unit::WebSearchLow, 22, "web_searches_low"),
    (Unit::WebSearchMedium, 23, "web_searches_medium"),
    (Unit::WebSearchHigh, 24, "web_searches_high"),
    (Unit::FileSearch, 25, "file_searches"),
    (Unit::CodeSession, 26, "code_interpreter_sessions"),
    (Unit::ComputerUseInput, 27, "computer_use_input_tokens"),
    (Unit::ComputerUseOutput, 28, "computer_use_output_tokens"),
];

impl Unit {
    /// Every unit, in the order of their numbers.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.into_iter().map(|(unit, ..)| unit)
    }

    /// Its stable number, as it stands in journals. Never changed, only joined by new ones.
    #[must_use]
    pub fn code(self) -> u16 {
        self.row().1
    }

    /// The unit with this number.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        let row = TABLE.into_iter().find(|row| row.1 == code);
        row.map(|(unit, ..)| unit)
    }

    /// Its stable name, as it stands in explanations, answers of the API and price files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().2
    }

    /// The unit with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let row = TABLE.into_iter().find(|row| row.2 == name);
        row.map(|(unit, ..)| unit)
    }

    /// Its row of the table. Twenty-eight comparisons at worst, and never on the way of a stream's chunk.
    fn row(self) -> (Self, u16, &'static str) {
        let row = TABLE.into_iter().find(|row| row.0 == self);
        // The table has every unit: a test goes through them.
        row.unwrap_or((self, 0, "unknown"))
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

//! What a provider says a call used.

use crate::cost::Unpriced;
use crate::unit::Unit;

/// How fast, and at which price, a provider served a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// The list price.
    Standard,
    /// Cheaper and slower.
    Flex,
    /// Dearer and faster; also called `fast`.
    Priority,
    /// Within a day, at half the price or so.
    Batch,
    /// A tier whose price nobody told us.
    Other,
}

impl Tier {
    /// Reads the provider's word for a tier. `auto` is not a tier but the wish for any; as a report it says nothing
    /// and is read as [`Tier::Other`].
    #[must_use]
    pub fn read(word: &str) -> Self {
        match word {
            "default" | "standard" => Self::Standard,
            "flex" => Self::Flex,
            "priority" | "fast" => Self::Priority,
            "batch" => Self::Batch,
            _ => Self::Other,
        }
    }
}

/// How much of the web a search reads, which some models price apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchContext {
    /// Little.
    Low,
    /// As much as where nothing is asked for.
    #[default]
    Medium,
    /// Much.
    High,
}

/// What a call used, in tokens unless said otherwise, as the provider reported it.
///
/// One meaning for every provider, so that nothing is counted twice: `text_input`, `image_input` and `audio_input` are
/// wholes that add up to the whole input, **with** what was read from and written to the cache; the cached and written
/// fields are parts of them. `output`, `image_output` and `audio_output` add up to the whole output, and `reasoning` is a
/// part of `output`. OpenAI reports so; Anthropic's `input_tokens` leaves out what the cache gave and took, so whoever reads
/// it goes through [`Usage::with_cache_beside`]. A unit that arrives later is one more field here, so write
/// `..Usage::NOTHING`.
///
/// Seconds and characters are there only where the answer is billed by them: a transcription that reports tokens is
/// billed by its tokens, whatever its length. Fractions of a second count as a whole one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Input that is billed as text, cached or not. For chat models that includes pictures.
    pub text_input: u64,
    /// The part of `text_input` that was read from the provider's cache.
    pub cached_input: u64,
    /// The part of `text_input` that was written to the provider's cache.
    pub cache_write: u64,
    /// The part of `cache_write` that is to stay there for an hour.
    pub cache_write_1h: u64,
    /// The part of `cache_write` that is to stay there for twelve hours or more.
    pub cache_write_12h: u64,
    /// Pictures as input, cached or not (image models).
    pub image_input: u64,
    /// The part of `image_input` that was read from the provider's cache.
    pub cached_image_input: u64,
    /// Sound as input, cached or not.
    pub audio_input: u64,
    /// The part of `audio_input` that was read from the provider's cache.
    pub cached_audio_input: u64,
    /// Text written, with reasoning and rejected predictions.
    pub output: u64,
    /// The part of `output` nobody sees. Billed as output where it has no price of its own.
    pub reasoning: u64,
    /// Pictures as output, with those of partial ones.
    pub image_output: u64,
    /// Sound as output.
    pub audio_output: u64,
    /// How many pictures the answer has, partial ones not counted. Not tokens.
    pub images: u64,
    /// How many pixels the pictures have. Not tokens.
    pub pixels: u64,
    /// Sound as input, where it is billed by its length. In seconds.
    pub input_seconds: u64,
    /// Sound as output, where it is billed by its length. In seconds.
    pub output_seconds: u64,
    /// Text as input, where it is billed by its characters.
    pub input_characters: u64,
    /// Text as output, where it is billed by its characters.
    pub output_characters: u64,
    /// Queries of a search or a ranking.
    pub queries: u64,
    /// Pages of documents.
    pub pages: u64,
    /// What the provider's own tools did.
    pub tools: ToolUsage,
    /// The tier the provider served the call in.
    pub tier: Tier,
}

/// What the provider's own tools did during a call: counts of calls and sessions, and tokens where said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolUsage {
    /// Searches of the web.
    pub web_searches: u64,
    /// How much of the web each of them read.
    pub search_context: SearchContext,
    /// Searches of stored files.
    pub file_searches: u64,
    /// Sessions of the code interpreter.
    pub code_sessions: u64,
    /// Input tokens of computer use, where they are billed apart.
    pub computer_use_input: u64,
    /// Output tokens of computer use, where they are billed apart.
    pub computer_use_output: u64,
}

impl ToolUsage {
    /// No tool did anything.
    pub const NOTHING: Self = Self {
        web_searches: 0,
        search_context: SearchContext::Medium,
        file_searches: 0,
        code_sessions: 0,
        computer_use_input: 0,
        computer_use_output: 0,
    };
}

impl Usage {
    /// A call that used nothing: where every field starts.
    pub const NOTHING: Self = Self {
        text_input: 0,
        cached_input: 0,
        cache_write: 0,
        cache_write_1h: 0,
        cache_write_12h: 0,
        image_input: 0,
        cached_image_input: 0,
        audio_input: 0,
        cached_audio_input: 0,
        output: 0,
        reasoning: 0,
        image_output: 0,
        audio_output: 0,
        images: 0,
        pixels: 0,
        input_seconds: 0,
        output_seconds: 0,
        input_characters: 0,
        output_characters: 0,
        queries: 0,
        pages: 0,
        tools: ToolUsage::NOTHING,
        tier: Tier::Standard,
    };

    /// The same usage in the one meaning of this type, read from a provider whose text input leaves out what was read
    /// from and written to the cache (Anthropic). `None` where the sum is out of range.
    #[must_use]
    pub const fn with_cache_beside(self) -> Option<Self> {
        let Some(cache) = self.cached_input.checked_add(self.cache_write) else {
            return None;
        };
        match self.text_input.checked_add(cache) {
            Some(text_input) => Some(Self { text_input, ..self }),
            None => None,
        }
    }

    /// The same with all cache writes taken for twelve-hour ones. For calls that asked for any: a chat answer counts
    /// them together, and this is the dearer reading.
    #[must_use]
    pub const fn with_long_cache_writes(self) -> Self {
        Self {
            cache_write_1h: 0,
            cache_write_12h: self.cache_write,
            ..self
        }
    }

    /// All tokens, of the input and of the output, however they are billed. Kept at the end of the range.
    #[must_use]
    pub const fn tokens(&self) -> u64 {
        self.input()
            .saturating_add(self.output)
            .saturating_add(self.image_output)
            .saturating_add(self.audio_output)
    }

    /// All input tokens: what a long-context threshold is compared with. Kept at the end of the range.
    #[must_use]
    pub const fn input(&self) -> u64 {
        self.text_input
            .saturating_add(self.image_input)
            .saturating_add(self.audio_input)
    }

    /// Everything that was used, each thing once, under the unit that prices it; reasoning is output. Quantities may be
    /// nought.
    ///
    /// # Errors
    /// [`Unpriced::Contradiction`] where a part is larger than its whole: then it is no measurement.
    pub(crate) fn parts(&self) -> Result<Vec<(Unit, u64)>, Unpriced> {
        let aside = self.cached_input.checked_add(self.cache_write);
        let long = self.cache_write_1h.checked_add(self.cache_write_12h);
        let contradiction = Unpriced::Contradiction;
        let aside = aside.ok_or(contradiction.clone())?;
        let short = rest(self.cache_write, long.ok_or(contradiction)?)?;
        let mut parts = vec![
            (Unit::Input, rest(self.text_input, aside)?),
            (Unit::CachedInput, self.cached_input),
            (Unit::CacheWrite, short),
            (Unit::CacheWrite1h, self.cache_write_1h),
            (Unit::CacheWrite12h, self.cache_write_12h),
            (
                Unit::ImageInput,
                rest(self.image_input, self.cached_image_input)?,
            ),
            (Unit::CachedImageInput, self.cached_image_input),
            (
                Unit::AudioInput,
                rest(self.audio_input, self.cached_audio_input)?,
            ),
            (Unit::CachedAudioInput, self.cached_audio_input),
            (Unit::Output, self.output),
            (Unit::ImageOutput, self.image_output),
            (Unit::AudioOutput, self.audio_output),
        ];
        rest(self.output, self.reasoning)?;
        parts.extend(self.beside_tokens());
        Ok(parts)
    }

    /// The same for models that price reasoning apart: it is no output then.
    ///
    /// # Errors
    /// As for [`Self::parts`].
    pub(crate) fn parts_with_reasoning(&self) -> Result<Vec<(Unit, u64)>, Unpriced> {
        let written = Self {
            output: rest(self.output, self.reasoning)?,
            reasoning: 0,
            ..*self
        };
        let mut parts = written.parts()?;
        parts.push((Unit::Reasoning, self.reasoning));
        Ok(parts)
    }

    /// What is not counted in tokens of the model itself. Pictures are not among it: most models bill their tokens.
    fn beside_tokens(&self) -> [(Unit, u64); 11] {
        let tools = &self.tools;
        let search = match tools.search_context {
            SearchContext::Low => Unit::WebSearchLow,
            SearchContext::Medium => Unit::WebSearchMedium,
            SearchContext::High => Unit::WebSearchHigh,
        };
        [
            (Unit::InputSecond, self.input_seconds),
            (Unit::OutputSecond, self.output_seconds),
            (Unit::InputCharacter, self.input_characters),
            (Unit::OutputCharacter, self.output_characters),
            (Unit::Query, self.queries),
            (Unit::Page, self.pages),
            (search, tools.web_searches),
            (Unit::FileSearch, tools.file_searches),
            (Unit::CodeSession, tools.code_sessions),
            (Unit::ComputerUseInput, tools.computer_use_input),
            (Unit::ComputerUseOutput, tools.computer_use_output),
        ]
    }
}

/// What is left of a whole without a part.
fn rest(whole: u64, part: u64) -> Result<u64, Unpriced> {
    whole.checked_sub(part).ok_or(Unpriced::Contradiction)
}

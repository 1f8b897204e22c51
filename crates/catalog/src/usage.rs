//! What a provider says a call used.

/// How fast, and at which price, a provider served a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// The list price.
    Standard,
    /// Cheaper and slower.
    Flex,
    /// Dearer and faster; also called `fast`.
    Priority,
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
            _ => Self::Other,
        }
    }
}

/// What a call used, in tokens unless said otherwise, as the provider reported it.
///
/// The parts are laid out so that nothing is counted twice: `text_input`, `image_input` and `audio_input` add up to
/// the whole input; `output`, `image_output` and `audio_output` to the whole output. A unit that arrives later is one
/// more field here, so write `..Usage::NOTHING`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Input that is billed as text, cached or not. For chat models that includes pictures.
    pub text_input: u64,
    /// The part of `text_input` that was read from the provider's cache.
    pub cached_input: u64,
    /// The part of `text_input` that was written to the provider's cache.
    pub cache_write: u64,
    /// The part of `cache_write` that is to stay there for twelve hours or more.
    pub cache_write_12h: u64,
    /// Pictures as input, cached or not (image models).
    pub image_input: u64,
    /// The part of `image_input` that was read from the provider's cache.
    pub cached_image_input: u64,
    /// Sound as input.
    pub audio_input: u64,
    /// Text written, with reasoning and rejected predictions.
    pub output: u64,
    /// The part of `output` nobody sees. Informational: it is billed as output.
    pub reasoning: u64,
    /// Pictures as output.
    pub image_output: u64,
    /// Sound as output.
    pub audio_output: u64,
    /// How many pictures the answer has. Not tokens.
    pub images: u64,
    /// The tier the provider served the call in.
    pub tier: Tier,
}

impl Usage {
    /// A call that used nothing: where every field starts.
    pub const NOTHING: Self = Self {
        text_input: 0,
        cached_input: 0,
        cache_write: 0,
        cache_write_12h: 0,
        image_input: 0,
        cached_image_input: 0,
        audio_input: 0,
        output: 0,
        reasoning: 0,
        image_output: 0,
        audio_output: 0,
        images: 0,
        tier: Tier::Standard,
    };

    /// The same with all cache writes taken for twelve-hour ones. For calls that asked for any: a chat answer counts
    /// them together, and this is the dearer reading.
    #[must_use]
    pub const fn with_long_cache_writes(self) -> Self {
        Self {
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
}

//! What a call did cost, from what the provider says it used.

use std::fmt;

use money::{Femtos, Nanos, Price};

use crate::prices::{ChatPrices, ImageOutput, ImagePrices, ImageTokens, Rates, Shape, TierRates};
use crate::usage::{Tier, Usage};

/// What is counted and priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Input tokens at the full price.
    Input,
    /// Input tokens read from the cache.
    CachedInput,
    /// Input tokens written to the cache.
    CacheWrite,
    /// Input tokens written to the cache for twelve hours or more.
    CacheWrite12h,
    /// Tokens of pictures as input.
    ImageInput,
    /// Tokens of pictures as input, read from the cache.
    CachedImageInput,
    /// Tokens of sound as input.
    AudioInput,
    /// Output tokens.
    Output,
    /// Tokens of pictures as output.
    ImageOutput,
    /// Tokens of sound as output.
    AudioOutput,
    /// Pictures.
    Image,
}

impl Unit {
    /// Its stable number, as it stands in journals. Never changed, only joined by new ones.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Input => 1,
            Self::CachedInput => 2,
            Self::CacheWrite => 3,
            Self::CacheWrite12h => 4,
            Self::ImageInput => 5,
            Self::CachedImageInput => 6,
            Self::AudioInput => 7,
            Self::Output => 8,
            Self::ImageOutput => 9,
            Self::AudioOutput => 10,
            Self::Image => 11,
        }
    }

    /// The unit with this number.
    #[must_use]
    pub fn from_code(code: u16) -> Option<Self> {
        let all = [
            Self::Input,
            Self::CachedInput,
            Self::CacheWrite,
            Self::CacheWrite12h,
            Self::ImageInput,
            Self::CachedImageInput,
            Self::AudioInput,
            Self::Output,
            Self::ImageOutput,
            Self::AudioOutput,
            Self::Image,
        ];
        all.into_iter().find(|unit| unit.code() == code)
    }

    /// Its stable name, as it stands in explanations and answers of the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input_tokens",
            Self::CachedInput => "cached_input_tokens",
            Self::CacheWrite => "cache_write_tokens",
            Self::CacheWrite12h => "cache_write_12h_tokens",
            Self::ImageInput => "image_input_tokens",
            Self::CachedImageInput => "cached_image_input_tokens",
            Self::AudioInput => "audio_input_tokens",
            Self::Output => "output_tokens",
            Self::ImageOutput => "image_output_tokens",
            Self::AudioOutput => "audio_output_tokens",
            Self::Image => "images",
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why something has no price. Whoever gets this refuses, or charges what was held: it is never free.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unpriced {
    /// The list has no price for a unit that was used.
    #[error("no price for {0}")]
    Unit(Unit),
    /// The list has no price for the service tier.
    #[error("no price for this service tier")]
    Tier,
    /// A part is larger than the whole it belongs to, so the report cannot be believed.
    #[error("the reported usage contradicts itself")]
    Contradiction,
    /// Pictures were made, but not the tokens they are billed by reported.
    #[error("the answer does not report the tokens it is billed by")]
    NotReported,
    /// No such size of picture in the table.
    #[error("no price for size {asked:?}; known sizes: {known}")]
    Size {
        /// What was asked for.
        asked: String,
        /// What there is, separated by commas.
        known: String,
    },
    /// No such quality of picture in the table, at this size.
    #[error("no price for quality {asked:?}; known qualities: {known}")]
    Quality {
        /// What was asked for.
        asked: String,
        /// What there is, separated by commas.
        known: String,
    },
    /// More than an amount can hold.
    #[error("the cost is out of range")]
    OutOfRange,
}

/// One line of a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// What was used.
    pub unit: Unit,
    /// How much of it; never zero.
    pub quantity: u64,
    /// At which price.
    pub price: Price,
}

/// What a call cost, and how that came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The exact sum of the lines, rounded up once.
    pub total: Nanos,
    /// What it is the sum of.
    pub lines: Vec<Line>,
}

impl ChatPrices {
    /// What this usage of a text model costs.
    ///
    /// A usage whose tier nobody reported is read as the standard one; who asked for another puts it in.
    ///
    /// # Errors
    /// [`Unpriced`], when a unit or the tier has no price, or the report contradicts itself: then it is no measurement,
    /// and the caller charges what it held. The dearer of two readings would be a guess.
    pub fn cost(&self, usage: &Usage) -> Result<Charge, Unpriced> {
        let rates = self
            .rates_for(usage.tier, usage.input())
            .ok_or(Unpriced::Tier)?;
        let mut bill = Bill::new();
        let aside = usage.cached_input.checked_add(usage.cache_write);
        let full = rest(usage.text_input, aside.ok_or(Unpriced::Contradiction)?)?;
        let short = rest(usage.cache_write, usage.cache_write_12h)?;
        rest(usage.output, usage.reasoning)?;
        bill.add(Unit::Input, full, Some(rates.input))?;
        bill.add(
            Unit::CachedInput,
            usage.cached_input,
            rates.cached_input.or(Some(rates.input)),
        )?;
        bill.add(Unit::CacheWrite, short, rates.cache_write)?;
        bill.add(
            Unit::CacheWrite12h,
            usage.cache_write_12h,
            rates.cache_write_12h,
        )?;
        bill.add(Unit::ImageInput, usage.image_input, None)?;
        bill.add(Unit::AudioInput, usage.audio_input, None)?;
        bill.add(Unit::Output, usage.output, Some(rates.output))?;
        bill.add(Unit::ImageOutput, usage.image_output, None)?;
        bill.add(Unit::AudioOutput, usage.audio_output, None)?;
        bill.close()
    }

    fn rates_for(&self, tier: Tier, input: u64) -> Option<&Rates> {
        let long = self.long_context.as_ref().filter(|long| input > long.above);
        long.map_or(&self.rates, |long| &long.rates).tier(tier)
    }
}

impl TierRates {
    /// The rates of a tier; `None` where it is not sold.
    #[must_use]
    pub const fn tier(&self, tier: Tier) -> Option<&Rates> {
        match tier {
            Tier::Standard => Some(&self.standard),
            Tier::Flex => self.flex.as_ref(),
            Tier::Priority => self.priority.as_ref(),
            Tier::Other => None,
        }
    }
}

impl ImagePrices {
    /// What this usage of an image model costs. `shape` matters only for flat prices: size and quality as the answer
    /// reports them, else as they were asked for; where neither says, the dearest.
    ///
    /// # Errors
    /// [`Unpriced`], as for [`ChatPrices::cost`]; also when pictures came without the tokens they are billed by.
    pub fn cost(&self, usage: &Usage, shape: Shape<'_>) -> Result<Charge, Unpriced> {
        // Image models are sold at one tier; another word than the standard one is a price we do not know.
        if usage.tier != Tier::Standard {
            return Err(Unpriced::Tier);
        }
        let mut bill = Bill::new();
        match &self.output {
            ImageOutput::ByToken(prices) => by_token(&mut bill, prices, usage)?,
            ImageOutput::PerImage(rows) => {
                let price = shape.dearest(
                    rows.iter()
                        .map(|row| (&*row.size, &*row.quality, row.price)),
                )?;
                bill.add(Unit::Image, usage.images, Some(price))?;
            }
        }
        bill.close()
    }
}

fn by_token(bill: &mut Bill, prices: &ImageTokens, usage: &Usage) -> Result<(), Unpriced> {
    if usage.images > 0 && usage.image_output == 0 {
        return Err(Unpriced::NotReported);
    }
    let text = rest(usage.text_input, usage.cached_input)?;
    let image = rest(usage.image_input, usage.cached_image_input)?;
    bill.add(Unit::Input, text, Some(prices.text_input))?;
    bill.add(
        Unit::CachedInput,
        usage.cached_input,
        prices.cached_text_input.or(Some(prices.text_input)),
    )?;
    bill.add(Unit::CacheWrite, usage.cache_write, None)?;
    bill.add(Unit::ImageInput, image, prices.image_input)?;
    bill.add(
        Unit::CachedImageInput,
        usage.cached_image_input,
        prices.cached_image_input.or(prices.image_input),
    )?;
    bill.add(Unit::AudioInput, usage.audio_input, None)?;
    bill.add(Unit::Output, usage.output, prices.text_output)?;
    bill.add(
        Unit::ImageOutput,
        usage.image_output,
        Some(prices.image_output),
    )?;
    bill.add(Unit::AudioOutput, usage.audio_output, None)
}

/// What is left of a whole without a part.
fn rest(whole: u64, part: u64) -> Result<u64, Unpriced> {
    whole.checked_sub(part).ok_or(Unpriced::Contradiction)
}

struct Bill {
    sum: Femtos,
    lines: Vec<Line>,
}

impl Bill {
    fn new() -> Self {
        Self {
            sum: Femtos::ZERO,
            lines: Vec::with_capacity(4),
        }
    }

    fn add(&mut self, unit: Unit, quantity: u64, price: Option<Price>) -> Result<(), Unpriced> {
        if quantity == 0 {
            return Ok(());
        }
        let price = price.ok_or(Unpriced::Unit(unit))?;
        self.sum = self
            .sum
            .checked_add(price.of(quantity))
            .ok_or(Unpriced::OutOfRange)?;
        self.lines.push(Line {
            unit,
            quantity,
            price,
        });
        Ok(())
    }

    fn close(self) -> Result<Charge, Unpriced> {
        let total = self.sum.ceil_to_nanos().ok_or(Unpriced::OutOfRange)?;
        Ok(Charge {
            total,
            lines: self.lines,
        })
    }
}

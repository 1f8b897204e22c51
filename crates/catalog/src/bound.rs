//! What a call can cost at most, before it is sent.

use money::{Bound, Femtos, Price};

use crate::cost::Unpriced;
use crate::prices::{ChatPrices, ImageOutput, ImagePrices, ImageTokens, Rates, Shape, TierRates};
use crate::unit::Unit;
use crate::usage::{Tier, Usage};

/// How long a call asks the provider to keep what it writes to its cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheLife {
    /// The provider's default: 30 minutes at OpenAI, five at Anthropic.
    Short,
    /// An hour, which Anthropic writes at a price of its own.
    Hour,
    /// Twelve hours or more, which is dearer to write.
    Long,
}

/// What a chat call asks for, as far as it decides money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatTerms<'a> {
    /// An upper bound of its input, in tokens.
    pub input_tokens_at_most: u64,
    /// The most output tokens of one choice.
    pub max_output: u64,
    /// How many choices.
    pub n: u64,
    /// The tier asked for. Absent and `auto` leave it to the provider's settings, so the dearest counts; a caller who
    /// knows that the account pins one says so here.
    pub service_tier: Option<&'a str>,
    /// Whether anything is to stay in the provider's cache for long.
    pub cache: CacheLife,
    /// The fewest output tokens of one choice that are still worth sending.
    pub floor: u64,
}

/// What an image call asks for, as far as it decides money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageTerms<'a> {
    /// An upper bound of its prompt, in tokens.
    pub prompt_tokens_at_most: u64,
    /// Size and quality; where the provider chooses, the dearest counts.
    pub shape: Shape<'a>,
    /// How many pictures.
    pub n: u64,
    /// How many times each of them is shown before it is done.
    pub partial_images: u64,
}

/// Tokens that a partial picture adds to its picture, whatever its size (OpenAI's image guide).
const PARTIAL_IMAGE: u64 = 100;

/// The most a chat call can cost: a fixed part for its input, and a part per output token of one choice.
///
/// The input counts at the dearest it can be billed at: plain, read from or written to the cache, as sound or as pictures
/// where the model has prices for those; the output likewise, as text, reasoning, sound or pictures. Each token of a report
/// is priced by one of these units, so no report within the terms can come to more. Where the input can pass the
/// long-context threshold those prices count, too. A tier that was asked for may be served as the standard one, so both
/// count. What the provider's tools cost is not in it: [`crate::tool_bound`].
///
/// # Errors
/// [`Unpriced`] when the tier asked for has no price, or the cost is out of range.
pub fn chat_bound(prices: &ChatPrices, terms: &ChatTerms<'_>) -> Result<Bound, Unpriced> {
    let (mut input, mut output) = (Price::FREE, Price::FREE);
    for rates in possible(prices, terms)? {
        input = input.max(dearest_input(rates, terms.cache));
        output = output.max(dearest_output(rates));
    }
    let per_unit = output.of(terms.n);
    Bound::linear(
        input.of(terms.input_tokens_at_most),
        per_unit,
        terms.max_output,
        terms.floor,
    )
    .ok_or(Unpriced::OutOfRange)
}

/// All rates the call may be billed at.
fn possible<'p>(prices: &'p ChatPrices, terms: &ChatTerms<'_>) -> Result<Vec<&'p Rates>, Unpriced> {
    let tiers: &[Tier] = match terms
        .service_tier
        .filter(|word| *word != "auto")
        .map(Tier::read)
    {
        None => &[Tier::Standard, Tier::Flex, Tier::Priority],
        Some(Tier::Standard) => &[Tier::Standard],
        Some(Tier::Flex) => &[Tier::Flex, Tier::Standard],
        Some(Tier::Priority) => &[Tier::Priority, Tier::Standard],
        // A batch is asked for by its route, never by a call.
        Some(Tier::Batch | Tier::Other) => return Err(Unpriced::Tier),
    };
    // The first tier is the one asked for. Where it is not sold nobody can say what it costs.
    if tiers
        .first()
        .is_none_or(|asked| prices.rates.tier(*asked).is_none())
    {
        return Err(Unpriced::Tier);
    }
    let long = prices
        .long_context
        .as_ref()
        .filter(|long| terms.input_tokens_at_most > long.above)
        .map(|long| &long.rates);
    let sold = |rates: &'p TierRates| tiers.iter().filter_map(|tier| rates.tier(*tier));
    Ok(sold(&prices.rates)
        .chain(long.into_iter().flat_map(sold))
        .collect())
}

fn dearest_input(rates: &Rates, cache: CacheLife) -> Price {
    let written = match cache {
        CacheLife::Short => [rates.cache_write, None, None],
        CacheLife::Hour => [rates.cache_write, rates.cache_write_1h, None],
        CacheLife::Long => [
            rates.cache_write,
            rates.cache_write_1h,
            rates.cache_write_12h,
        ],
    };
    let media = &rates.media;
    let kinds = [
        rates.cached_input,
        media.audio_input,
        media.cached_audio_input,
        media.image_input,
        media.cached_image_input,
    ];
    let all = kinds.into_iter().chain(written).flatten();
    all.fold(rates.input, Price::max)
}

fn dearest_output(rates: &Rates) -> Price {
    let media = &rates.media;
    let kinds = [rates.reasoning, media.audio_output, media.image_output];
    kinds.into_iter().flatten().fold(rates.output, Price::max)
}

/// The most an image call can cost. It cannot be cut down.
///
/// The prompt counts once per picture: providers do not say whether it is billed once or for each.
///
/// # Errors
/// [`Unpriced`] when size or quality are not in the table (the error says which are), or the cost is out of range.
pub fn image_bound(prices: &ImagePrices, terms: &ImageTerms<'_>) -> Result<Bound, Unpriced> {
    let each = match &prices.output {
        ImageOutput::ByToken(tokens) => one_picture(tokens, terms)?,
        ImageOutput::PerImage(rows) => terms
            .shape
            .dearest(
                rows.iter()
                    .map(|row| (&*row.size, &*row.quality, row.price)),
            )?
            .of(1),
        ImageOutput::PerPixel(price) => price.of(pixels(terms.shape)?),
    };
    let cost = each.checked_mul(terms.n).ok_or(Unpriced::OutOfRange)?;
    cost.ceil_to_nanos().ok_or(Unpriced::OutOfRange)?;
    Ok(Bound::fixed(cost))
}

/// The most tokens an image call can have, of its prompt and of its pictures. Where a picture has a price of its own nobody
/// counts its tokens, and those of the prompt remain.
///
/// # Errors
/// [`Unpriced`] as for [`image_bound`].
pub fn image_tokens(prices: &ImagePrices, terms: &ImageTerms<'_>) -> Result<u64, Unpriced> {
    let each = match &prices.output {
        ImageOutput::ByToken(tokens) => {
            let rows = tokens.table.iter();
            let rows = rows.map(|(size, quality, tokens)| (&**size, &**quality, *tokens));
            let picture = terms.shape.dearest(rows)?;
            picture
                .saturating_add(tokens.text_output_at_most)
                .saturating_add(terms.partial_images.saturating_mul(PARTIAL_IMAGE))
        }
        ImageOutput::PerImage(_) | ImageOutput::PerPixel(_) => 0,
    };
    Ok(each
        .saturating_add(terms.prompt_tokens_at_most)
        .saturating_mul(terms.n))
}

impl ImagePrices {
    /// The tokens of a call that used this: those that [`image_tokens`] bounds.
    #[must_use]
    pub const fn tokens(&self, usage: &Usage) -> u64 {
        match &self.output {
            ImageOutput::ByToken(_) => usage.tokens(),
            ImageOutput::PerImage(_) | ImageOutput::PerPixel(_) => usage.input(),
        }
    }
}

fn one_picture(prices: &ImageTokens, terms: &ImageTerms<'_>) -> Result<Femtos, Unpriced> {
    let rows = prices
        .table
        .iter()
        .map(|(size, quality, tokens)| (&**size, &**quality, *tokens));
    let partial = terms.partial_images.saturating_mul(PARTIAL_IMAGE);
    let most = terms.shape.dearest(rows)?.saturating_add(partial);
    let picture = prices.image_output.of(most);
    let prompt = prices
        .text_input
        .max(prices.cached_text_input.unwrap_or(Price::FREE));
    let text = match (prices.text_output_at_most, prices.text_output) {
        (0, _) => Femtos::ZERO,
        (tokens, Some(price)) => price.of(tokens),
        (_, None) => return Err(Unpriced::Unit(Unit::Output)),
    };
    let sum = prompt.of(terms.prompt_tokens_at_most).checked_add(picture);
    sum.and_then(|sum| sum.checked_add(text))
        .ok_or(Unpriced::OutOfRange)
}

/// How many pixels a picture of this shape has. Where the provider chooses the size there is no bound.
fn pixels(shape: Shape<'_>) -> Result<u64, Unpriced> {
    let size = shape.size.unwrap_or_default();
    let sides = size.split_once('x');
    let count = sides.and_then(|(width, height)| {
        let (width, height): (u64, u64) = (width.parse().ok()?, height.parse().ok()?);
        width.checked_mul(height)
    });
    count.ok_or_else(|| Unpriced::Size {
        asked: size.to_owned(),
        known: "WIDTHxHEIGHT".to_owned(),
    })
}

impl Shape<'_> {
    /// The dearest of the rows (size, quality, worth) that this shape leaves open.
    pub(crate) fn dearest<'r, T: Ord>(
        self,
        rows: impl Iterator<Item = (&'r str, &'r str, T)> + Clone,
    ) -> Result<T, Unpriced> {
        let given = |word: Option<&str>| word.filter(|word| *word != "auto").map(str::to_owned);
        let (size, quality) = (given(self.size), given(self.quality));
        let of_size = rows.clone().filter(|row| {
            size.as_deref()
                .is_none_or(|size| row.0 == size || row.0 == ANY)
        });
        let fits = of_size.clone().filter(|row| {
            quality
                .as_deref()
                .is_none_or(|asked| row.1 == asked || row.1 == ANY)
        });
        if let Some(dearest) = fits.map(|row| row.2).max() {
            return Ok(dearest);
        }
        let all_sizes = list(rows.map(|row| row.0));
        match quality {
            Some(asked) if of_size.clone().next().is_some() => Err(Unpriced::Quality {
                asked,
                known: list(of_size.map(|row| row.1)),
            }),
            _ => Err(Unpriced::Size {
                asked: size.unwrap_or_default(),
                known: all_sizes,
            }),
        }
    }
}

/// In a row of a table: every size, or every quality.
const ANY: &str = "*";

/// Each word once, in the order of the table.
fn list<'r>(words: impl Iterator<Item = &'r str>) -> String {
    let mut known: Vec<&str> = Vec::new();
    for word in words {
        if !known.contains(&word) {
            known.push(word);
        }
    }
    known.join(", ")
}

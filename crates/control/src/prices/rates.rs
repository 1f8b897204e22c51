//! The prices of a list, one field per kind of unit. What is not sold, or has no price of its own, is left out.

use catalog::{ImageTokens, LongContext, PerImage, Rates, TierRates, ToolPrices, Unit};
use money::{Nanos, Price};
use serde::Serialize;
use utoipa::ToSchema;

use crate::show::Usd;

/// The rates of each tier that is sold.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TierRates)]
pub(super) struct TiersView {
    standard: RatesView,
    flex: Option<RatesView>,
    priority: Option<RatesView>,
    batch: Option<RatesView>,
}

/// The rates of calls whose whole input is above a threshold.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LongContextRates)]
pub(super) struct LongContextView {
    above_input_tokens: u64,
    #[serde(flatten)]
    tiers: TiersView,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rates)]
struct RatesView {
    input_per_million_usd: Usd,
    cached_input_per_million_usd: Option<Usd>,
    cache_write_per_million_usd: Option<Usd>,
    cache_write_1h_per_million_usd: Option<Usd>,
    cache_write_12h_per_million_usd: Option<Usd>,
    output_per_million_usd: Usd,
    reasoning_per_million_usd: Option<Usd>,
    audio_input_per_million_usd: Option<Usd>,
    cached_audio_input_per_million_usd: Option<Usd>,
    image_input_per_million_usd: Option<Usd>,
    cached_image_input_per_million_usd: Option<Usd>,
    audio_output_per_million_usd: Option<Usd>,
    image_output_per_million_usd: Option<Usd>,
}

/// The price of a unit, as its name stands in explanations.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnitPrice)]
pub(super) struct UnitPriceView {
    unit: &'static str,
    per_million_usd: Usd,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImageTokenRates)]
pub(super) struct ImageTokensView {
    text_input_per_million_usd: Usd,
    cached_text_input_per_million_usd: Option<Usd>,
    image_input_per_million_usd: Option<Usd>,
    cached_image_input_per_million_usd: Option<Usd>,
    image_output_per_million_usd: Usd,
    text_output_per_million_usd: Option<Usd>,
    /// The most tokens of a picture of each size and quality.
    output_tokens: Vec<PictureTokens>,
}

#[derive(Debug, Serialize, ToSchema)]
struct PictureTokens {
    size: String,
    quality: String,
    tokens: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PicturePrice)]
pub(super) struct PerImageView {
    size: String,
    quality: String,
    /// Null where it is beyond what an amount can hold.
    price_usd: Option<Usd>,
}

impl TiersView {
    pub(super) fn of(tiers: &TierRates) -> Self {
        Self {
            standard: RatesView::of(&tiers.standard),
            flex: tiers.flex.as_ref().map(RatesView::of),
            priority: tiers.priority.as_ref().map(RatesView::of),
            batch: tiers.batch.as_ref().map(RatesView::of),
        }
    }
}

impl LongContextView {
    pub(super) fn of(long: &LongContext) -> Self {
        Self {
            above_input_tokens: long.above,
            tiers: TiersView::of(&long.rates),
        }
    }
}

impl RatesView {
    fn of(rates: &Rates) -> Self {
        let media = &rates.media;
        Self {
            input_per_million_usd: per_million(rates.input),
            cached_input_per_million_usd: rates.cached_input.map(per_million),
            cache_write_per_million_usd: rates.cache_write.map(per_million),
            cache_write_1h_per_million_usd: rates.cache_write_1h.map(per_million),
            cache_write_12h_per_million_usd: rates.cache_write_12h.map(per_million),
            output_per_million_usd: per_million(rates.output),
            reasoning_per_million_usd: rates.reasoning.map(per_million),
            audio_input_per_million_usd: media.audio_input.map(per_million),
            cached_audio_input_per_million_usd: media.cached_audio_input.map(per_million),
            image_input_per_million_usd: media.image_input.map(per_million),
            cached_image_input_per_million_usd: media.cached_image_input.map(per_million),
            audio_output_per_million_usd: media.audio_output.map(per_million),
            image_output_per_million_usd: media.image_output.map(per_million),
        }
    }
}

impl UnitPriceView {
    pub(super) fn of((unit, price): (Unit, Price)) -> Self {
        Self {
            unit: unit.as_str(),
            per_million_usd: per_million(price),
        }
    }

    /// Those of the tools that have one.
    pub(super) fn of_tools(tools: &ToolPrices) -> Vec<Self> {
        let priced = Unit::all().filter_map(|unit| tools.price(unit).map(|price| (unit, price)));
        priced.map(Self::of).collect()
    }
}

impl ImageTokensView {
    pub(super) fn of(tokens: &ImageTokens) -> Self {
        let row = |(size, quality, tokens): &(String, String, u64)| PictureTokens {
            size: size.clone(),
            quality: quality.clone(),
            tokens: *tokens,
        };
        Self {
            text_input_per_million_usd: per_million(tokens.text_input),
            cached_text_input_per_million_usd: tokens.cached_text_input.map(per_million),
            image_input_per_million_usd: tokens.image_input.map(per_million),
            cached_image_input_per_million_usd: tokens.cached_image_input.map(per_million),
            image_output_per_million_usd: per_million(tokens.image_output),
            text_output_per_million_usd: tokens.text_output.map(per_million),
            output_tokens: tokens.table.iter().map(row).collect(),
        }
    }
}

impl PerImageView {
    pub(super) fn of(flat: &PerImage) -> Self {
        Self {
            size: flat.size.clone(),
            quality: flat.quality.clone(),
            price_usd: flat.price.of(1).ceil_to_nanos().map(Usd),
        }
    }
}

/// A price is kept in nano-dollars per million units, which is the amount that a million of them cost.
pub(super) fn per_million(price: Price) -> Usd {
    Usd(Nanos::new(price.get()))
}

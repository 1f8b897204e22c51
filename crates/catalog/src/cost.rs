//! What a call did cost, from what the provider says it used.

use money::{Femtos, Nanos, Price};

use crate::prices::{ChatPrices, ImageOutput, ImagePrices, ImageTokens, Rates, Shape, TierRates};
use crate::unit::Unit;
use crate::usage::{Tier, Usage};

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
        let parts = match rates.reasoning {
            Some(_) => usage.parts_with_reasoning()?,
            None => usage.parts()?,
        };
        for (unit, quantity) in parts {
            let price = rates.price(unit).or_else(|| self.tools.price(unit));
            bill.add(unit, quantity, price)?;
        }
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
            Tier::Batch => self.batch.as_ref(),
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
            ImageOutput::PerPixel(_) if usage.images > 0 && usage.pixels == 0 => {
                return Err(Unpriced::NotReported);
            }
            ImageOutput::PerPixel(price) => bill.add(Unit::Pixel, usage.pixels, Some(*price))?,
        }
        bill.close()
    }
}

fn by_token(bill: &mut Bill, prices: &ImageTokens, usage: &Usage) -> Result<(), Unpriced> {
    if usage.images > 0 && usage.image_output == 0 {
        return Err(Unpriced::NotReported);
    }
    for (unit, quantity) in usage.parts()? {
        bill.add(unit, quantity, prices.price(unit))?;
    }
    Ok(())
}

impl ImageTokens {
    /// The price of a unit, with what counts where it has none of its own.
    #[must_use]
    pub fn price(&self, unit: Unit) -> Option<Price> {
        let table = [
            (Unit::Input, Some(self.text_input)),
            (
                Unit::CachedInput,
                self.cached_text_input.or(Some(self.text_input)),
            ),
            (Unit::ImageInput, self.image_input),
            (
                Unit::CachedImageInput,
                self.cached_image_input.or(self.image_input),
            ),
            (Unit::Output, self.text_output),
            (Unit::ImageOutput, Some(self.image_output)),
        ];
        let row = table.into_iter().find(|(known, _)| *known == unit);
        row.and_then(|(_, price)| price)
    }
}

/// A bill that is being written: nothing is left out, and it is rounded once.
pub(crate) struct Bill {
    sum: Femtos,
    lines: Vec<Line>,
}

impl Bill {
    pub(crate) fn new() -> Self {
        Self {
            sum: Femtos::ZERO,
            lines: Vec::with_capacity(4),
        }
    }

    /// Adds a line; none for what was not used.
    pub(crate) fn add(
        &mut self,
        unit: Unit,
        quantity: u64,
        price: Option<Price>,
    ) -> Result<(), Unpriced> {
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

    pub(crate) fn close(self) -> Result<Charge, Unpriced> {
        let total = self.sum.ceil_to_nanos().ok_or(Unpriced::OutOfRange)?;
        Ok(Charge {
            total,
            lines: self.lines,
        })
    }
}

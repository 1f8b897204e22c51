//! Step 7: what the call did cost, by the usage its answer names.

use std::sync::Arc;

use catalog::{CacheLife, Catalog, Line, Shape, Unpriced, Usage};
use ledger::{Charge, Fee, Time};
use wire::usage;

use super::read::{Facts, Route};

/// What a call came to.
pub(crate) struct Metered {
    pub(crate) charge: Charge,
    /// The tokens of its input and its output, cached ones and reasoning included.
    pub(crate) tokens: u64,
}

/// What an answer is metered by: the model and the moment of the hold, so that a price that changes while a call runs
/// does not change its bill.
#[derive(Clone, Debug)]
pub(crate) struct Meter {
    catalog: Arc<Catalog>,
    /// As the client calls it.
    model: String,
    /// The catalogue's name of what is billed.
    priced_as: String,
    route: Route,
    at: Time,
    cache: CacheLife,
    size: Option<String>,
    quality: Option<String>,
}

impl Meter {
    pub(crate) fn new(
        catalog: &Arc<Catalog>,
        facts: &Facts<'_>,
        (priced_as, at): (&str, Time),
    ) -> Self {
        let (route, cache, size, quality) = match facts {
            Facts::Chat(facts) => (Route::Chat, facts.cache, None, None),
            Facts::Images(facts) => (
                Route::Images,
                CacheLife::Short,
                facts.size.clone(),
                facts.quality.clone(),
            ),
        };
        Self {
            catalog: Arc::clone(catalog),
            model: facts.model().to_owned(),
            priced_as: priced_as.to_owned(),
            route,
            at,
            cache,
            size,
            quality,
        }
    }

    /// What the call is for.
    pub(crate) const fn route(&self) -> Route {
        self.route
    }

    /// The model, as the client calls it.
    pub(crate) fn model(&self) -> &str {
        &self.model
    }

    /// What a whole answer came to; `None` where it names no usage, or one that has no price.
    pub(crate) fn answer(&self, body: &[u8]) -> Option<Metered> {
        let usage = match self.route {
            Route::Chat => usage::from_chat_answer(body),
            Route::Images => usage::from_image_answer(body),
        };
        self.usage(&usage?)
    }

    /// What a usage comes to; `None` where it has no price. Then the hold is charged: never free.
    pub(crate) fn usage(&self, usage: &Usage) -> Option<Metered> {
        match self.charge(usage) {
            Ok(metered) => Some(metered),
            Err(unpriced) => {
                tracing::warn!(model = %self.model, %unpriced, "an answer's usage cannot be priced; its hold is charged");
                None
            }
        }
    }

    fn charge(&self, usage: &Usage) -> Result<Metered, Unpriced> {
        let at = self.at.to_timestamp();
        let model = self.catalog.model(&self.priced_as);
        let (charge, tokens) = match self.route {
            Route::Chat => {
                let prices = model
                    .and_then(|model| model.chat())
                    .and_then(|chat| chat.prices_at(at));
                let usage = match self.cache {
                    CacheLife::Short => *usage,
                    CacheLife::Long => usage.with_long_cache_writes(),
                };
                let prices = prices.ok_or(Unpriced::OutOfRange)?;
                (prices.cost(&usage)?, usage.tokens())
            }
            Route::Images => {
                let prices = model
                    .and_then(|model| model.image())
                    .and_then(|image| image.prices_at(at));
                let shape = Shape {
                    size: self.size.as_deref(),
                    quality: self.quality.as_deref(),
                };
                let prices = prices.ok_or(Unpriced::OutOfRange)?;
                (prices.cost(usage, shape)?, prices.tokens(usage))
            }
        };
        let charge = Charge {
            amount: charge.total,
            fees: charge.lines.iter().map(fee).collect(),
            catalog: self.catalog.version().into(),
        };
        Ok(Metered { charge, tokens })
    }
}

fn fee(line: &Line) -> Fee {
    Fee {
        unit: line.unit.code(),
        quantity: line.quantity,
        price: line.price,
    }
}

//! Step 7: what the call did cost, by the usage its answer names.

use std::sync::Arc;

use catalog::{CacheLife, Catalog, Line, Shape, Unpriced, Usage};
use ledger::{Charge, Fee, Time};
use wire::usage;

use super::read::{Facts, Route};

/// What an answer is metered by: the model and the moment of the hold, so that a price that changes while a call runs
/// does not change its bill.
#[derive(Clone, Debug)]
pub(crate) struct Meter {
    catalog: Arc<Catalog>,
    model: String,
    route: Route,
    at: Time,
    cache: CacheLife,
    size: Option<String>,
    quality: Option<String>,
}

impl Meter {
    pub(crate) fn new(catalog: &Arc<Catalog>, facts: &Facts<'_>, at: Time) -> Self {
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

    /// What a whole answer cost; `None` where it names no usage, or one that has no price.
    pub(crate) fn answer(&self, body: &[u8]) -> Option<Charge> {
        let usage = match self.route {
            Route::Chat => usage::from_chat_answer(body),
            Route::Images => usage::from_image_answer(body),
        };
        self.usage(&usage?)
    }

    /// What a usage costs; `None` where it has no price. Then the hold is charged: never free.
    pub(crate) fn usage(&self, usage: &Usage) -> Option<Charge> {
        match self.charge(usage) {
            Ok(charge) => Some(charge),
            Err(unpriced) => {
                tracing::warn!(model = %self.model, %unpriced, "an answer's usage cannot be priced; its hold is charged");
                None
            }
        }
    }

    fn charge(&self, usage: &Usage) -> Result<Charge, Unpriced> {
        let at = self.at.to_timestamp();
        let model = self.catalog.model(&self.model);
        let charge = match self.route {
            Route::Chat => {
                let prices = model
                    .and_then(|model| model.chat())
                    .and_then(|chat| chat.prices_at(at));
                let usage = match self.cache {
                    CacheLife::Short => *usage,
                    CacheLife::Long => usage.with_long_cache_writes(),
                };
                prices.ok_or(Unpriced::OutOfRange)?.cost(&usage)?
            }
            Route::Images => {
                let prices = model
                    .and_then(|model| model.image())
                    .and_then(|image| image.prices_at(at));
                let shape = Shape {
                    size: self.size.as_deref(),
                    quality: self.quality.as_deref(),
                };
                prices.ok_or(Unpriced::OutOfRange)?.cost(usage, shape)?
            }
        };
        Ok(Charge {
            amount: charge.total,
            fees: charge.lines.iter().map(fee).collect(),
            catalog: self.catalog.version().into(),
        })
    }
}

fn fee(line: &Line) -> Fee {
    Fee {
        unit: line.unit.code(),
        quantity: line.quantity,
        price: line.price,
    }
}

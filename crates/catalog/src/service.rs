//! Calls that are billed by a plain list of units: embeddings, speech, transcriptions, moderations, rankings.
//!
//! They have no tiers, no thresholds and no cache, so a list of prices by unit is all there is to say.

use jiff::Timestamp;
use money::{Bound, Femtos, Price};

use crate::cost::{Bill, Charge, Unpriced};
use crate::model::Tokenizer;
use crate::prices::in_force;
use crate::unit::Unit;
use crate::usage::{Tier, Usage};

/// What such a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    /// Texts into vectors.
    Embedding,
    /// Text into sound.
    Speech,
    /// Sound into text, in its language or another.
    Transcription,
    /// Whether a text or picture is allowed.
    Moderation,
    /// Which document answers a question best.
    Rerank,
}

impl Task {
    /// Each of them.
    pub const ALL: [Self; 5] = [
        Self::Embedding,
        Self::Speech,
        Self::Transcription,
        Self::Moderation,
        Self::Rerank,
    ];

    /// Its name, as it stands in price files and answers of the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Embedding => "embedding",
            Self::Speech => "speech",
            Self::Transcription => "transcription",
            Self::Moderation => "moderation",
            Self::Rerank => "rerank",
        }
    }
}

/// A model as one that does such a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub(crate) task: Task,
    pub(crate) context: Option<u64>,
    pub(crate) max_output: Option<u64>,
    pub(crate) tokenizer: Option<Tokenizer>,
    pub(crate) prices: Vec<ServicePrices>,
}

impl Service {
    /// What it does.
    #[must_use]
    pub const fn task(&self) -> Task {
        self.task
    }

    /// The most input tokens of one call, where that is known.
    #[must_use]
    pub const fn context(&self) -> Option<u64> {
        self.context
    }

    /// The most output tokens of one call, where it has any and that is known.
    #[must_use]
    pub const fn max_output(&self) -> Option<u64> {
        self.max_output
    }

    /// The tokenizer of its text, where it is public.
    #[must_use]
    pub const fn tokenizer(&self) -> Option<Tokenizer> {
        self.tokenizer
    }

    /// The prices in force at a moment; `None` before the first list.
    #[must_use]
    pub fn prices_at(&self, at: Timestamp) -> Option<&ServicePrices> {
        in_force(&self.prices, |list| list.from, at)
    }
}

/// What it costs from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePrices {
    /// The moment.
    pub from: Timestamp,
    /// The price of each unit that it is billed by, in the order of the units, each once.
    pub units: Vec<(Unit, Price)>,
}

/// The most that a call may use of each unit. A unit that the provider may bill and that is not named has no bound, so
/// whoever asks names every unit that the answer may report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceTerms<'a> {
    /// Unit and the most of it.
    pub at_most: &'a [(Unit, u64)],
}

impl ServicePrices {
    /// The price of a unit; of what the provider's cache gave, the price of other input where it has none of its own.
    #[must_use]
    pub fn price(&self, unit: Unit) -> Option<Price> {
        let of = |unit| {
            let row = self.units.iter().find(|(known, _)| *known == unit);
            row.map(|(_, price)| *price)
        };
        let other = (unit == Unit::CachedInput).then_some(Unit::Input);
        of(unit).or_else(|| of(other?))
    }

    /// What this usage costs.
    ///
    /// # Errors
    /// [`Unpriced`], when a unit has no price, the tier is not the standard one, or the report contradicts itself.
    pub fn cost(&self, usage: &Usage) -> Result<Charge, Unpriced> {
        if usage.tier != Tier::Standard {
            return Err(Unpriced::Tier);
        }
        let mut bill = Bill::new();
        for (unit, quantity) in usage.parts()? {
            bill.add(unit, quantity, self.price(unit))?;
        }
        bill.close()
    }
}

/// The most such a call can cost. It cannot be cut down.
///
/// Text that the provider may read from its cache is no dearer than other text, so a bound of the input bounds that, too.
///
/// # Errors
/// [`Unpriced`] when a unit that may be used has no price, or the cost is out of range.
pub fn service_bound(prices: &ServicePrices, terms: &ServiceTerms<'_>) -> Result<Bound, Unpriced> {
    let mut sum = Femtos::ZERO;
    for (unit, most) in terms.at_most.iter().filter(|(_, most)| *most > 0) {
        let price = prices.price(*unit).ok_or(Unpriced::Unit(*unit))?;
        let cost = price.of(*most);
        sum = sum.checked_add(cost).ok_or(Unpriced::OutOfRange)?;
    }
    sum.ceil_to_nanos().ok_or(Unpriced::OutOfRange)?;
    Ok(Bound::fixed(sum))
}

//! Probes: whether what is parked serves again is asked by us, never tried with a user's call.
//!
//! One task looks what is due, asks, and tells `accounts` what came. Probes of one server never overlap, a park's come
//! twice as seldom each time, and what they may cost in a day is bounded: of all of them only the one that is served is
//! billed, because a refusal is not. They belong to no organization, so they are in no journal; they are counted in the
//! metrics, and the last one is shown with its park.

mod ask;
mod question;
mod spent;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use accounts::{By, Outcome, Park, Pauses, Served, Upstreams};
use catalog::Catalog;
use futures_util::{StreamExt as _, stream};
use ledger::Time;
use metrics::Metrics;
use money::Nanos;
use teller::Clock;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use upstream::Client;

use question::Question;
use spent::Spent;

/// The longest time between two looks at what is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Parks that are probed at one time.
const AT_ONCE: usize = 4;
/// Parks of one account that a probe by hand asks about.
const MOST_BY_HAND: usize = 16;
/// Models that are tried in one probe where the provider does not have the one before.
const MOST_MODELS: usize = 3;

/// How probes are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probing {
    /// Whether a probe may cost anything. Where not, what only a paid call shows is parked until a person says otherwise.
    pub may_cost: bool,
    /// What all of a day (UTC) may cost at most; `None`: any amount.
    pub most_per_day: Option<Nanos>,
    /// How long to wait before each.
    pub pauses: Pauses,
}

/// What a prober is made of.
#[expect(missing_debug_implementations, reason = "a clock does not print")]
pub struct ProberParts {
    /// The accounts, and what of them is parked.
    pub upstreams: Upstreams,
    /// The connections to them.
    pub client: Client,
    /// What a probe costs.
    pub catalog: Arc<Catalog>,
    /// Where probes are counted.
    pub metrics: Metrics,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// How they are made.
    pub settings: Probing,
}

struct Inner {
    parts: ProberParts,
    /// Probes by hand wait for those of the task, and these for them.
    asking: Mutex<()>,
    spent: Spent,
}

/// Asks parked accounts whether they serve again. Cheap to clone.
#[derive(Clone)]
pub struct Prober {
    inner: Arc<Inner>,
}

impl fmt::Debug for Prober {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prober")
            .field("settings", &self.inner.parts.settings)
            .finish_non_exhaustive()
    }
}

impl Prober {
    /// A prober of these parts.
    #[must_use]
    pub fn new(parts: ProberParts) -> Self {
        Self {
            inner: Arc::new(Inner {
                parts,
                asking: Mutex::new(()),
                spent: Spent::default(),
            }),
        }
    }

    /// Probes what is due until `stop`. What is asked then is given up at once.
    pub async fn run(&self, stop: CancellationToken) {
        let pauses = self.inner.parts.settings.pauses;
        let every = pauses.first.min(LOOK_EVERY);
        let working = async {
            loop {
                tokio::time::sleep(every).await;
                let due = self.inner.parts.upstreams.due(&pauses, self.now());
                if !due.is_empty() {
                    let _alone = self.inner.asking.lock().await;
                    self.probe_all(due).await;
                }
            }
        };
        // Nothing is left behind: a probe that is not heard of is asked again after the next start.
        stop.run_until_cancelled(working).await;
    }

    /// Probes an account now, because a person wants to know: what is parked of it by refusals, and where nothing is, whether
    /// its key is taken. `None`: calls cannot be sent to an account of this name.
    pub async fn probe(&self, name: &str) -> Option<Vec<Outcome>> {
        let _alone = self.inner.asking.lock().await;
        let upstreams = &self.inner.parts.upstreams;
        let entry = upstreams.entry(name)?;
        let served = entry.served.clone()?;
        let parks = upstreams.parks_of(&entry, self.now());
        let refused = parks.into_iter().filter(|park| park.by == By::Refusal);
        let asked: Vec<(Park, Arc<Served>)> = refused
            .take(MOST_BY_HAND)
            .map(|park| {
                let who = upstreams
                    .to_probe(&park)
                    .unwrap_or_else(|| Arc::clone(&served));
                (park, who)
            })
            .collect();
        if asked.is_empty() {
            return Some(vec![self.ask(&served, Question::Key).await]);
        }
        Some(self.probe_all(asked).await)
    }

    /// When a park is probed next of itself; `None`: never.
    #[must_use]
    pub fn next(&self, park: &Park) -> Option<Time> {
        let pauses = self.inner.parts.settings.pauses;
        park.is_probed().then(|| park.next_probe(&pauses))
    }

    async fn probe_all(&self, parks: Vec<(Park, Arc<Served>)>) -> Vec<Outcome> {
        let asked = stream::iter(parks).map(|(park, served)| async move {
            let outcome = self.one(&park, &served).await;
            let upstreams = &self.inner.parts.upstreams;
            upstreams.probed(&park.place, (&served, &outcome), self.now());
            outcome
        });
        asked.buffered(AT_ONCE).collect().await
    }

    /// Asks what shows whether this park is over; a further question where the first proves too little.
    async fn one(&self, park: &Park, served: &Served) -> Outcome {
        let mut said = Vec::new();
        let mut last = None;
        for question in question::all(&self.inner.parts.catalog, (park, served), self.now()) {
            let outcome = self.ask(served, question).await;
            said.push(outcome.said().to_owned());
            let goes_on = matches!(outcome, Outcome::Served { .. });
            last = Some(outcome);
            if !goes_on {
                break;
            }
        }
        let said = said.join("; ");
        match last {
            Some(Outcome::Served { .. }) => Outcome::Served { said },
            Some(Outcome::Refused {
                verdict,
                refusal,
                model,
                ..
            }) => Outcome::Refused {
                said,
                verdict,
                refusal,
                model,
            },
            Some(Outcome::Unknown { .. }) => Outcome::Unknown { said },
            None => Outcome::Unknown {
                said: "no model with a known price is known to be served here, so nothing can be asked; unpark it by hand"
                    .to_owned(),
            },
        }
    }

    async fn ask(&self, served: &Served, question: Question) -> Outcome {
        let parts = &self.inner.parts;
        let (models, paid) = match question {
            Question::Key => {
                let outcome = ask::key(parts, served).await;
                self.count(served, &outcome, Nanos::ZERO);
                return outcome;
            }
            Question::Chat(models) => (models, ask::Paid::Chat),
            Question::Picture(model) => (vec![model], ask::Paid::Picture),
        };
        if !parts.settings.may_cost {
            let said = "only a call that may cost something shows whether it serves, and parking.probe is `free`";
            return Outcome::Unknown {
                said: said.to_owned(),
            };
        }
        let mut outcome = Outcome::Unknown {
            said: "no chat model is known to be served here".to_owned(),
        };
        for model in models.iter().take(MOST_MODELS) {
            outcome = self.ask_model(served, (paid, model)).await;
            let not_there = matches!(&outcome, Outcome::Refused { verdict, .. }
                if verdict.cause == diagnosis::Cause::ModelNotAvailable);
            if !not_there {
                break;
            }
            served.take_off(model, self.now());
        }
        outcome
    }

    async fn ask_model(&self, served: &Served, (paid, model): (ask::Paid, &str)) -> Outcome {
        let parts = &self.inner.parts;
        let Some(most) = paid.most(&parts.catalog, model, self.now()) else {
            return Outcome::Unknown {
                said: format!(
                    "{}, {model}: it has no price, so it is not asked",
                    paid.name()
                ),
            };
        };
        let Some(reserved) = self
            .inner
            .spent
            .reserve((most, parts.settings.most_per_day), self.now())
        else {
            let said = format!(
                "{}, {model}: what probes may cost in a day (parking.probe_usd_per_day) is used up",
                paid.name()
            );
            return Outcome::Unknown { said };
        };
        let (outcome, may_be_billed) = ask::paid(parts, served, (paid, model)).await;
        let cost = if may_be_billed {
            reserved.keep();
            most
        } else {
            Nanos::ZERO
        };
        self.count(served, &outcome, cost);
        outcome
    }

    fn count(&self, served: &Served, outcome: &Outcome, cost: Nanos) {
        let what = match outcome {
            Outcome::Served { .. } => "served",
            Outcome::Refused { .. } => "refused",
            Outcome::Unknown { .. } => "unknown",
        };
        let name = served.account.name();
        self.inner.parts.metrics.probed(name, what, cost);
        tracing::info!(
            upstream = name,
            outcome = what,
            said = outcome.said(),
            "an upstream was probed"
        );
    }

    fn now(&self) -> Time {
        self.inner.parts.clock.now()
    }
}

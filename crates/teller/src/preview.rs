//! What a hard limit would have stopped: the calls of the last days, put to it one after the other.
//!
//! The figures come from the ledger's own `decide`, not from sums of our own: a Book that has the limit in question, money
//! without end and nothing else is asked for every hold of the journal, and told how each one ended. It reads the store
//! beside the actors and changes nothing.

mod what_if;

use std::collections::{BTreeMap, BTreeSet};

use ids::{HoldId, OrganizationId, RequestId};
use ledger::{
    Entry, Fact, HoldFact, HoldTaken, HoldTraits, LimitTerms, Measure, Mode, Quantity, Scope, Time,
};
use money::Nanos;

use self::what_if::WhatIf;
use crate::replay::decoded;
use crate::{ReplayError, Tellers};

/// Entries asked for at once.
const PAGE: usize = 1000;
/// The most entries that are gone through.
const MOST: u64 = 2_000_000;

/// What a proposed limit would have done, had it been in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Calls that began from this moment on are reported.
    pub from: Time,
    /// What calls cost since this moment, the begin of the window that contains `from`, counts.
    pub counted_from: Time,
    /// The journal's last entry that was looked at.
    pub seq: u64,
    /// Calls that it counts, granted in truth.
    pub calls: u64,
    /// Calls in its scope of which the journal does not say what such a limit looks at, because none was set then that did:
    /// their tokens, their end user, their tags. They count in nothing here.
    pub undescribed: u64,
    /// Calls among `calls` that ended without their tokens being on record. They count with the most they could have had.
    pub unmeasured: u64,
    /// How many of them would not have fitted as they were.
    pub stopped: u64,
    /// What those cost in truth, as far as they have ended.
    pub stopped_cost: Nanos,
    /// When the first of them began, and which it is.
    pub first: Option<(Time, RequestId)>,
    /// The last of them.
    pub last: Option<(Time, RequestId)>,
    /// The least amount that would have stopped none.
    pub stops_none: Quantity,
}

impl Tellers {
    /// Says what a limit on these terms would have stopped of the calls since `from`. One at a time; others wait.
    ///
    /// A call that was cut down in truth counts as it was granted; one that would only have been cut down by the limit counts as
    /// stopped, because the journal does not say how far it might have been. A limit that would freeze keys is looked at
    /// as if they had been released at once, one for a time as if it did not end, and one in shadow mode as what it would
    /// only have counted.
    ///
    /// # Errors
    /// [`ReplayError`]; `TooFar` where more than 2,000,000 entries would have to be read.
    pub async fn preview(
        &self,
        organization: OrganizationId,
        proposed: &LimitTerms,
        from: Time,
    ) -> Result<Preview, ReplayError> {
        // The semaphore is never closed.
        let _alone = self.replaying().acquire().await.ok();
        // A window whose zone is unknown cannot be set either; it is looked at from where the report begins.
        let counted_from = counted_from(proposed, from);
        let head = self.store().head(organization).await?.seq;
        let mut after = self.last_before(organization, counted_from, head).await?;
        if head.saturating_sub(after) > MOST {
            return Err(ReplayError::TooFar(head));
        }
        let mut run = Run::new(proposed, from, counted_from)?;
        while after < head {
            let left = usize::try_from(head.saturating_sub(after)).unwrap_or(PAGE);
            let page = self
                .store()
                .read(organization, after, left.min(PAGE))
                .await?;
            if page.is_empty() {
                return Err(ReplayError::NotThere(head));
            }
            for bytes in &page {
                after = after.saturating_add(1);
                run.take_up(&decoded(bytes, after)?)?;
            }
        }
        Ok(run.end(after))
    }

    /// The number of the last entry before a moment. Entries are in the order of their times, so a few reads find it.
    pub(crate) async fn last_before(
        &self,
        organization: OrganizationId,
        moment: Time,
        head: u64,
    ) -> Result<u64, ReplayError> {
        let (mut before, mut not_before) = (0_u64, head.saturating_add(1));
        while not_before.saturating_sub(before) > 1 {
            let middle = before.midpoint(not_before);
            let page = self
                .store()
                .read(organization, middle.saturating_sub(1), 1)
                .await?;
            let bytes = page.first().ok_or(ReplayError::NotThere(middle))?;
            if decoded(bytes, middle)?.at < moment {
                before = middle;
            } else {
                not_before = middle;
            }
        }
        Ok(before)
    }
}

/// Since when what calls took counts at `from`.
fn counted_from(proposed: &LimitTerms, from: Time) -> Time {
    match proposed.window.rolling() {
        // What is spent leaves a rolling window a 64th of it late, at most.
        Some(rolling) => {
            let seconds = i64::from(rolling.seconds);
            let slot = seconds.div_euclid(64).saturating_add(1);
            from.plus_seconds(seconds.saturating_add(slot).saturating_neg())
        }
        None => proposed
            .window
            .span_at(from)
            .map_or(from, |span| span.start),
    }
}

/// What an entry said for the next one, about the same hold.
#[derive(Default)]
struct Said {
    described: Option<(HoldId, HoldTraits)>,
    measured: Option<(HoldId, u64)>,
}

/// A preview on its way.
struct Run {
    terms: LimitTerms,
    said: Said,
    /// Calls that are reported and have not ended yet.
    counted: BTreeSet<HoldId>,
    limited: WhatIf,
    /// The same limit without a ceiling, to see how high it would have to be.
    unlimited: WhatIf,
    /// Calls that would have been stopped and have not ended yet, with what they hold.
    running: BTreeMap<HoldId, Nanos>,
    preview: Preview,
}

impl Run {
    fn new(terms: &LimitTerms, from: Time, counted_from: Time) -> Result<Self, ReplayError> {
        Ok(Self {
            terms: terms.clone(),
            said: Said::default(),
            counted: BTreeSet::new(),
            limited: WhatIf::new(terms.clone(), counted_from)?,
            unlimited: WhatIf::new(
                LimitTerms {
                    amount: what_if::endless(terms.measure),
                    mode: Mode::Enforce,
                    ..terms.clone()
                },
                counted_from,
            )?,
            running: BTreeMap::new(),
            preview: Preview {
                from,
                counted_from,
                seq: 0,
                calls: 0,
                undescribed: 0,
                unmeasured: 0,
                stopped: 0,
                stopped_cost: Nanos::ZERO,
                first: None,
                last: None,
                stops_none: Quantity::ZERO,
            },
        })
    }

    fn take_up(&mut self, entry: &Entry) -> Result<(), ReplayError> {
        let Fact::Hold(fact) = &entry.fact else {
            return Ok(());
        };
        match fact {
            HoldFact::Described { hold, traits } => {
                self.said.described = Some((*hold, traits.clone()));
                Ok(())
            }
            HoldFact::Measured { hold, tokens } => {
                self.said.measured = Some((*hold, *tokens));
                Ok(())
            }
            HoldFact::Taken(taken) if self.concerns(taken) => self.ask(taken, entry),
            HoldFact::Taken(_) | HoldFact::Renewed { .. } => Ok(()),
            HoldFact::Settled { hold, .. }
            | HoldFact::Released { hold, .. }
            | HoldFact::Presumed { hold, .. }
            | HoldFact::Corrected { hold, .. } => self.close(*hold, fact, entry),
        }
    }

    fn close(&mut self, hold: HoldId, fact: &HoldFact, entry: &Entry) -> Result<(), ReplayError> {
        let measured = self.said.measured.take().filter(|(of, _)| *of == hold);
        let tokens = measured.map(|(_, tokens)| tokens);
        let charged = matches!(fact, HoldFact::Settled { .. });
        let counts = self.counted.remove(&hold) && self.terms.measure == Measure::Tokens;
        if charged && counts && tokens.is_none() {
            self.preview.unmeasured = self.preview.unmeasured.saturating_add(1);
        }
        self.note_cost(fact);
        self.limited.close((fact, tokens), entry)?;
        self.unlimited.close((fact, tokens), entry)
    }

    fn concerns(&self, taken: &HoldTaken) -> bool {
        match self.terms.scope {
            Scope::Organization => true,
            Scope::Project(id) => taken.project == id,
            Scope::Key(id) => taken.key == id,
        }
    }

    fn ask(&mut self, taken: &HoldTaken, entry: &Entry) -> Result<(), ReplayError> {
        let described = self.said.described.take();
        let described = described.filter(|(of, _)| *of == taken.hold);
        let reported = entry.at >= self.preview.from;
        let looks = self.terms.measure == Measure::Tokens || self.terms.calls.of_subjects();
        if looks && described.is_none() {
            let undescribed = &mut self.preview.undescribed;
            *undescribed = undescribed.saturating_add(u64::from(reported));
            return Ok(());
        }
        let traits = described.map(|(_, traits)| traits).unwrap_or_default();
        let fits = self.limited.take((taken, &traits), entry)?;
        self.unlimited.take((taken, &traits), entry)?;
        let Some(used) = self.unlimited.used((taken, &traits)) else {
            return Ok(());
        };
        if !reported {
            return Ok(());
        }
        let preview = &mut self.preview;
        preview.stops_none = preview.stops_none.max(used);
        preview.calls = preview.calls.saturating_add(1);
        self.counted.insert(taken.hold);
        if !fits {
            preview.stopped = preview.stopped.saturating_add(1);
            let which = (entry.at, taken.hold.request);
            preview.first.get_or_insert(which);
            preview.last = Some(which);
            self.running.insert(taken.hold, taken.amount);
        }
        Ok(())
    }

    /// Adds what a stopped call cost in truth.
    fn note_cost(&mut self, fact: &HoldFact) {
        let cost = match fact {
            HoldFact::Settled { hold, charge, .. } => {
                self.running.remove(hold).map(|_held| charge.amount)
            }
            HoldFact::Presumed { hold, .. } => self.running.remove(hold),
            HoldFact::Released { hold, .. } => {
                self.running.remove(hold);
                None
            }
            HoldFact::Taken(_)
            | HoldFact::Renewed { .. }
            | HoldFact::Corrected { .. }
            | HoldFact::Described { .. }
            | HoldFact::Measured { .. } => None,
        };
        let sum = &mut self.preview.stopped_cost;
        *sum = sum.saturating_add(cost.unwrap_or(Nanos::ZERO));
    }

    fn end(self, seq: u64) -> Preview {
        Preview {
            seq,
            ..self.preview
        }
    }
}

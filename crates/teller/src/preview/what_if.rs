//! A Book that never was: one limit, and credit that no call could use up.

use ids::{KeyHash, LimitId, LotId, OrganizationId};
use ledger::{
    AddCredit, Book, Command, CreateKey, CreateOrganization, CreateProject, DirectoryCommand,
    Entry, HoldFact, HoldTaken, HoldTraits, LimitOrigin, LimitTerms, LotKind, Measure, OnTrip,
    Outcome, Patience, Quantity, Sealer, Settlement, TakeHold, Time, Traits, step,
};
use money::{Bound, Femtos, Nanos};

use crate::ReplayError;

/// More than an organization can spend, and less than a Book can hold: four billion dollars.
const ENDLESS: Nanos = Nanos::new(4_000_000_000_000_000_000);

/// The most that a limit on requests or tokens can be: a thousand million million.
const COUNTLESS: Quantity = Quantity::new(1_000_000_000_000_000);

/// More of this than calls can take.
pub(super) fn endless(measure: Measure) -> Quantity {
    match measure {
        Measure::Usd => ENDLESS.into(),
        Measure::Requests | Measure::Tokens => COUNTLESS,
    }
}

/// The only limit of this Book.
const LIMIT: LimitId = LimitId::from_bytes([1; 16]);

pub(super) struct WhatIf {
    book: Book,
    sealer: Sealer,
    proposed: LimitTerms,
}

impl WhatIf {
    pub(super) fn new(terms: LimitTerms, at: Time) -> Result<Self, ReplayError> {
        let mut what_if = Self {
            book: Book::empty(),
            sealer: Sealer::new([0; 8]),
            proposed: LimitTerms {
                id: LIMIT,
                origin: LimitOrigin::Owner,
                on_trip: OnTrip::Refuse,
                ends_at: None,
                ..terms
            },
        };
        let organization = DirectoryCommand::CreateOrganization(CreateOrganization {
            id: OrganizationId::from_bytes([1; 16]),
            name: "what if".into(),
            time_zone: "UTC".into(),
            approved_usage_limit: None,
            spend_guard: None,
        });
        let credit = AddCredit {
            lot: LotId::from_bytes([1; 16]),
            kind: LotKind::Grant,
            amount: ENDLESS,
            lapses_at: None,
            priority: 0,
            note: "".into(),
        };
        what_if.carry_out(&organization.into(), (0, at))?;
        what_if.carry_out(&Command::AddCredit(credit), (0, at))?;
        Ok(what_if)
    }

    /// Asks for the very hold that was granted in truth; says whether it fits.
    pub(super) fn take(
        &mut self,
        (taken, traits): (&HoldTaken, &HoldTraits),
        entry: &Entry,
    ) -> Result<bool, ReplayError> {
        let when = (entry.seq, entry.at);
        self.know(taken, when)?;
        let ask = TakeHold {
            hold: taken.hold,
            key: taken.key,
            bound: Bound::fixed(Femtos::from(taken.amount)),
            patience: Patience::Last,
            holder: taken.holder.clone(),
            // Only the journal says how a call ended.
            deadline: Time::LATEST,
            route: taken.route.clone(),
            model: taken.model.clone(),
            upstream: taken.upstream.clone(),
            traits: asked(traits),
            others_wait: false,
        };
        let passed = self.would_have_stopped();
        let outcome = self.carry_out(&Command::TakeHold(ask), when)?;
        Ok(matches!(outcome, Outcome::Granted(_)) && self.would_have_stopped() == passed)
    }

    /// Ends a hold as it ended in truth. One that was not taken here changes nothing.
    pub(super) fn close(
        &mut self,
        (fact, tokens): (&HoldFact, Option<u64>),
        entry: &Entry,
    ) -> Result<(), ReplayError> {
        let (hold, settlement) = match fact {
            HoldFact::Settled { hold, charge, .. } | HoldFact::Corrected { hold, charge, .. } => {
                let charge = charge.clone();
                let settlement = match tokens {
                    Some(tokens) => Settlement::Metered { charge, tokens },
                    None => Settlement::Charge(charge),
                };
                (*hold, settlement)
            }
            HoldFact::Released { hold, reason } => (*hold, Settlement::Release(*reason)),
            HoldFact::Presumed { hold, reason } => (*hold, Settlement::Presume(*reason)),
            HoldFact::Taken(_)
            | HoldFact::Renewed { .. }
            | HoldFact::Described { .. }
            | HoldFact::Measured { .. } => return Ok(()),
        };
        let command = Command::Settle { hold, settlement };
        self.carry_out(&command, (entry.seq, entry.at))
            .map(|_receipt| ())
    }

    /// What counts in the limit's current window of calls like this one, where it counts any; the most of its subjects.
    pub(super) fn used(&self, (taken, traits): (&HoldTaken, &HoldTraits)) -> Option<Quantity> {
        let traits = &asked(traits);
        let of = (Some(taken.project), Some(taken.key));
        let checks = self.book.checks_of_call(of.0, of.1, (&taken.model, traits));
        let of_limit = checks
            .iter()
            .filter(|check| check.kind.limit() == Some(LIMIT));
        of_limit
            .map(|check| check.spent.saturating_add(check.held))
            .max()
    }

    fn would_have_stopped(&self) -> u64 {
        let limit = self.book.limit(LIMIT);
        limit.map_or(0, |limit| limit.would_have_stopped())
    }

    /// Brings in the call's project and key, and with the first call the limit, whose scope must be there before it.
    fn know(&mut self, taken: &HoldTaken, when: (u64, Time)) -> Result<(), ReplayError> {
        if self.book.project(taken.project).is_none() {
            let project = DirectoryCommand::CreateProject(CreateProject {
                id: taken.project,
                name: "what if".into(),
                default_max_output: None,
            });
            self.carry_out(&project.into(), when)?;
        }
        if self.book.key(taken.key).is_none() {
            let mut hash = [0; 32];
            for (to, from) in hash.iter_mut().zip(taken.key.to_bytes()) {
                *to = from;
            }
            let key = DirectoryCommand::CreateKey(CreateKey {
                id: taken.key,
                project: taken.project,
                name: "what if".into(),
                hash: KeyHash::from_bytes(hash),
                hint: "".into(),
                expires_at: None,
                models: None,
                ip_allow: None,
            });
            self.carry_out(&key.into(), when)?;
        }
        if self.book.limit(LIMIT).is_none() {
            let limit = self.proposed.clone();
            self.carry_out(&Command::CreateLimit(limit), when)?;
        }
        Ok(())
    }

    /// Does it at that entry's time. What a Book would not do for a person who asks is told as that entry's problem.
    fn carry_out(
        &mut self,
        command: &Command,
        (seq, at): (u64, Time),
    ) -> Result<Outcome, ReplayError> {
        let unreadable = |problem: String| ReplayError::Unreadable { seq, problem };
        let stepped = step(&mut self.book, command, None, at, &mut self.sealer)
            .map_err(|error| unreadable(error.to_string()))?;
        match stepped.outcome {
            Outcome::Rejected(rejection) => Err(unreadable(rejection.to_string())),
            outcome => Ok(outcome),
        }
    }
}

/// The question that a description is the answer to.
fn asked(described: &HoldTraits) -> Traits {
    Traits {
        tokens: described.tokens,
        tokens_per_unit: 0,
        end_user: described.end_user,
        tags: described.tags.clone(),
    }
}

//! How often each kind of thing happened in a run: a thousand seeds that never froze a key show nothing about freezing.

use ledger::{
    BudgetFact, Calls, CreditFact, DirectoryFact, Fact, HoldFact, LimitFact, LimitOrigin,
    LimitTerms, Measure, Mode, OnTrip, PresumeReason, Window,
};

use crate::rollback::says_again;
use crate::truth::Standing;
use crate::world::World;

impl World {
    /// Counts what the journal tells of.
    pub(crate) fn count_entries(&mut self) {
        let mut kinds: Vec<&'static str> = Vec::new();
        for standing in self.truth.entries() {
            kinds.push("entries");
            kinds.push(kind(&standing.entry.fact));
            kinds.extend(besides(standing));
        }
        for kind in kinds {
            self.count(kind);
        }
    }
}

fn kind(fact: &Fact) -> &'static str {
    match fact {
        Fact::Directory(_) => "changes of keys and projects",
        Fact::Credit(CreditFact::Lapsed { .. }) => "credit that lapsed",
        Fact::Credit(CreditFact::OwedRepaid { .. }) => "debts repaid",
        Fact::Credit(CreditFact::ChargedBack { .. }) => "payments charged back",
        Fact::Credit(_) => "changes of credit",
        Fact::Limit(LimitFact::WindowOpened { .. }) => "windows that began",
        Fact::Limit(LimitFact::Rolled { .. }) => "windows that rolled",
        Fact::Limit(LimitFact::RaiseEnded { .. }) => "raises that ended",
        Fact::Limit(LimitFact::Amended { until: Some(_), .. }) => "raises",
        Fact::Limit(_) => "changes of limits",
        Fact::Budget(BudgetFact::Crossed { .. }) => "parts of budgets told",
        Fact::Budget(_) => "changes of budgets",
        Fact::Hold(HoldFact::Taken(_)) => "holds taken",
        Fact::Hold(HoldFact::Renewed { .. }) => "renewals",
        Fact::Hold(HoldFact::Described { .. }) => "calls described",
        Fact::Hold(HoldFact::Measured { .. }) => "calls whose tokens were told",
        Fact::Hold(HoldFact::Settled { .. }) => "holds settled",
        Fact::Hold(HoldFact::Released { .. }) => "holds released",
        Fact::Hold(HoldFact::Presumed { reason, .. }) => match reason {
            PresumeReason::HolderGone => "presumed: the run is over",
            PresumeReason::DeadlinePassed => "presumed: past the deadline",
            PresumeReason::ProviderFailed
            | PresumeReason::CutOff
            | PresumeReason::NoUsage
            | PresumeReason::TimedOut => "presumed: as the caller said",
        },
        Fact::Hold(HoldFact::Corrected { .. }) => "charges corrected",
    }
}

/// What else an entry shows.
fn besides(standing: &Standing) -> Vec<&'static str> {
    let entry = &standing.entry;
    let mut kinds = Vec::new();
    if says_again(entry) {
        kinds.push("entries said again after a person accepted their loss");
    }
    match &entry.fact {
        Fact::Limit(LimitFact::CreatedFor { calls, .. }) => kinds.extend(of_calls(calls)),
        Fact::Limit(LimitFact::Set { terms, .. }) => kinds.extend(of_terms(terms)),
        Fact::Limit(
            LimitFact::Changed { reset: true, .. } | LimitFact::Amended { reset: true, .. },
        ) => {
            kinds.push("limits set back");
        }
        Fact::Limit(LimitFact::Deleted { .. }) if entry.cause.is_none() => {
            kinds.push("limits that ended by themselves");
        }
        Fact::Directory(DirectoryFact::KeyFrozen { .. }) if entry.cause.is_none() => {
            kinds.push("keys frozen by a limit or the guard");
        }
        Fact::Hold(HoldFact::Described { traits, .. }) if !traits.over.is_empty() => {
            kinds.push("calls that a shadow would have stopped");
        }
        _ => {}
    }
    kinds
}

fn of_calls(calls: &Calls) -> Option<&'static str> {
    match calls {
        Calls::All => None,
        Calls::Model(_) => Some("limits on models"),
        Calls::EndUser(_) => Some("limits on an end user"),
        Calls::EachEndUser => Some("limits on each end user"),
        Calls::Tag(_) => Some("limits on a tag"),
        Calls::EachTag => Some("limits on each tag"),
        Calls::EachKey => Some("limits on each key"),
    }
}

fn of_terms(terms: &LimitTerms) -> Vec<&'static str> {
    let kinds = [
        of_calls(&terms.calls),
        (terms.origin == LimitOrigin::Guard).then_some("spend guards"),
        (terms.measure == Measure::Requests).then_some("limits on requests"),
        (terms.measure == Measure::Tokens).then_some("limits on tokens"),
        (terms.mode == Mode::Shadow).then_some("shadows"),
        (terms.on_trip == OnTrip::FreezeKey).then_some("limits that freeze"),
        matches!(terms.window, Window::Rolling(_)).then_some("limits that roll"),
    ];
    kinds.into_iter().flatten().collect()
}

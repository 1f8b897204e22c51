//! One call as the log knows it: what the journal says of it, what the gateway says, and what follows from both.
//!
//! No file is touched here. The two sources meet in any order, and the result is the same.

use ids::{HoldId, KeyId, OrganizationId, ProjectId, RequestId};
use ledger::{HoldFact, HoldTaken, PresumeReason, ReleaseReason, Time};
use money::Nanos;

use crate::{Attempt, AttemptState, Left, Outcome, Refusal, Refused, Remark, Row, Tried};

/// A call under construction.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) request: RequestId,
    pub(crate) organization: OrganizationId,
    pub(crate) project: Option<ProjectId>,
    pub(crate) key: Option<KeyId>,
    pub(crate) route: Box<str>,
    pub(crate) model: Option<Box<str>>,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) said: Said,
    pub(crate) refusal: Option<Refusal>,
    /// An error that was told and is not Seawall's refusal. Kept apart from the row.
    pub(crate) error_json: Option<Box<str>>,
}

/// What the gateway said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    pub(crate) at: Option<Time>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) http_status: Option<u16>,
    pub(crate) error_code: Option<Box<str>>,
    pub(crate) provider_request_id: Option<Box<str>>,
    pub(crate) duration_ms: Option<u64>,
    pub(crate) left: Option<Left>,
    pub(crate) tried: Vec<Tried>,
}

/// How a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Only remarks are known so far. Nobody is shown it.
    Unknown,
    Running,
    Ended(Outcome),
}

impl Call {
    pub(crate) fn new(organization: OrganizationId, request: RequestId) -> Self {
        Self {
            request,
            organization,
            project: None,
            key: None,
            route: "".into(),
            model: None,
            attempts: Vec::new(),
            said: Said::default(),
            refusal: None,
            error_json: None,
        }
    }

    /// Takes up what the journal says in its entry number `seq`.
    pub(crate) fn take_up(&mut self, fact: HoldFact, seq: u64, at: Time) {
        match fact {
            HoldFact::Taken(taken) => self.take(taken, seq, at),
            HoldFact::Settled {
                hold,
                charge,
                draws: _,
            } => {
                self.close(hold, at, |attempt| {
                    attempt.state = AttemptState::Settled;
                    (attempt.charged, attempt.fees, attempt.catalog) =
                        (charge.amount, charge.fees, charge.catalog);
                });
            }
            HoldFact::Released { hold, reason } => {
                self.close(hold, at, |attempt| {
                    attempt.state = AttemptState::Released(reason);
                    attempt.charged = Nanos::ZERO;
                });
            }
            HoldFact::Presumed { hold, reason } => {
                self.close(hold, at, |attempt| {
                    attempt.state = AttemptState::Presumed(reason);
                    attempt.charged = attempt.held;
                });
            }
            HoldFact::Corrected {
                hold,
                charge,
                draws: _,
            } => {
                if let Some(attempt) = self.attempt(hold) {
                    if let AttemptState::Presumed(reason) = attempt.state {
                        attempt.state = AttemptState::Corrected(reason);
                    }
                    (attempt.charged, attempt.fees, attempt.catalog) =
                        (charge.amount, charge.fees, charge.catalog);
                }
            }
            HoldFact::Renewed { .. } | HoldFact::Described { .. } | HoldFact::Measured { .. } => {}
        }
    }

    fn take(&mut self, taken: HoldTaken, seq: u64, at: Time) {
        self.project = Some(taken.project);
        self.key = Some(taken.key);
        self.route = taken.route;
        self.model = Some(taken.model);
        self.attempts.push(Attempt {
            number: taken.hold.attempt,
            decision_seq: seq.saturating_sub(1),
            taken_at: at,
            closed_at: None,
            upstream: taken.upstream,
            held: taken.amount,
            granted_units: taken.granted_units,
            asked_units: taken.asked_units,
            state: AttemptState::Open,
            charged: Nanos::ZERO,
            fees: Vec::new(),
            catalog: "".into(),
        });
    }

    fn attempt(&mut self, hold: HoldId) -> Option<&mut Attempt> {
        self.attempts
            .iter_mut()
            .rev()
            .find(|attempt| attempt.number == hold.attempt)
    }

    fn close(&mut self, hold: HoldId, at: Time, change: impl FnOnce(&mut Attempt)) {
        if let Some(attempt) = self.attempt(hold) {
            change(attempt);
            attempt.closed_at = Some(at);
        }
    }

    pub(crate) fn remark(&mut self, remark: Remark) {
        self.error_json = remark.error_json.or(self.error_json.take());
        self.hear(Said {
            at: Some(remark.at),
            outcome: remark.outcome,
            http_status: remark.http_status,
            error_code: remark.error_code,
            provider_request_id: remark.provider_request_id,
            duration_ms: remark.duration_ms,
            left: remark.left,
            tried: remark.tried,
        });
    }

    pub(crate) fn refuse(&mut self, refused: Refused) {
        self.project = refused.project.or(self.project);
        self.key = refused.key.or(self.key);
        if self.attempts.is_empty() {
            self.route = refused.route;
            self.model = refused.model;
        }
        self.hear(Said {
            at: Some(refused.at),
            outcome: Some(Outcome::Refused),
            http_status: Some(refused.http_status),
            error_code: Some(refused.code),
            left: refused.left,
            ..Said::default()
        });
        self.refusal = Some(Refusal {
            needed: refused.needed,
            decision_seq: refused.decision_seq,
            details_json: refused.details_json,
            decided: refused.decided,
        });
    }

    fn hear(&mut self, said: Said) {
        let before = std::mem::take(&mut self.said);
        self.said = Said {
            at: said.at.or(before.at),
            outcome: said.outcome.or(before.outcome),
            http_status: said.http_status.or(before.http_status),
            error_code: said.error_code.or(before.error_code),
            provider_request_id: said.provider_request_id.or(before.provider_request_id),
            duration_ms: said.duration_ms.or(before.duration_ms),
            left: said.left.or(before.left),
            tried: if said.tried.is_empty() {
                before.tried
            } else {
                said.tried
            },
        };
    }

    /// Adds what became known later, while this was known already.
    pub(crate) fn join(&mut self, later: Self) {
        self.project = later.project.or(self.project);
        self.key = later.key.or(self.key);
        if !later.attempts.is_empty() || later.refusal.is_some() {
            self.route = later.route;
            self.model = later.model;
        }
        self.attempts.extend(later.attempts);
        self.hear(later.said);
        self.refusal = later.refusal.or(self.refusal.take());
        self.error_json = later.error_json.or(self.error_json.take());
    }

    /// When it began, by what is known.
    pub(crate) fn started_at(&self) -> Time {
        let taken = self.attempts.first().map(|attempt| attempt.taken_at);
        taken.or(self.said.at).unwrap_or(Time::EARLIEST)
    }

    pub(crate) fn standing(&self) -> Standing {
        match (self.said.outcome, self.attempts.last()) {
            (_, None) if self.refusal.is_none() => Standing::Unknown,
            // The gateway's word may come before the journal's entries; until they tell what it cost, the call runs.
            (Some(_), Some(last)) if matches!(last.state, AttemptState::Open) => Standing::Running,
            (Some(outcome), _) => Standing::Ended(outcome),
            (None, Some(last)) => by_journal(last.state),
            (None, None) => Standing::Ended(Outcome::Refused),
        }
    }

    /// Whether more is to be expected of it.
    pub(crate) fn is_complete(&self) -> bool {
        let open = self
            .attempts
            .iter()
            .any(|attempt| attempt.state == AttemptState::Open);
        !open && self.said.at.is_some()
    }

    /// The row that is shown, if any.
    pub(crate) fn into_row(self) -> Option<Row> {
        let outcome = match self.standing() {
            Standing::Unknown => return None,
            Standing::Running => None,
            Standing::Ended(outcome) => Some(outcome),
        };
        let closed = self.attempts.last().and_then(|attempt| attempt.closed_at);
        Some(Row {
            started_at: self.started_at(),
            finished_at: outcome.and(closed.or(self.said.at)),
            request: self.request,
            organization: self.organization,
            project: self.project,
            key: self.key,
            route: self.route,
            model: self.model,
            outcome,
            attempts: self.attempts,
            refusal: self.refusal,
            http_status: self.said.http_status,
            error_code: self.said.error_code,
            provider_request_id: self.said.provider_request_id,
            duration_ms: self.said.duration_ms,
            left: self.said.left,
            tried: self.said.tried,
            error_json: None,
        })
    }
}

/// What a hold's end says of how its call ended.
const fn by_journal(state: AttemptState) -> Standing {
    match state {
        AttemptState::Open => Standing::Running,
        // An answer without usage is complete all the same: the client got it.
        AttemptState::Settled
        | AttemptState::Presumed(PresumeReason::NoUsage)
        | AttemptState::Corrected(PresumeReason::NoUsage) => Standing::Ended(Outcome::Served),
        AttemptState::Released(ReleaseReason::ProviderRefused) => {
            Standing::Ended(Outcome::ProviderRefused)
        }
        AttemptState::Released(ReleaseReason::NotSent)
        | AttemptState::Presumed(_)
        | AttemptState::Corrected(_) => Standing::Ended(Outcome::Failed),
    }
}

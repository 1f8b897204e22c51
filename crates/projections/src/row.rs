//! What the log says about a call, and what it can be asked.

use ids::{KeyId, OrganizationId, ProjectId, RequestId};
use ledger::{Fee, PresumeReason, ReleaseReason, Time};
use money::Nanos;

use crate::{Cursor, Decision, Tried};

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The client got its answer.
    Served,
    /// Seawall refused it.
    Refused,
    /// The provider refused it.
    ProviderRefused,
    /// It failed on the way.
    Failed,
    /// The client went away.
    Cancelled,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 5] = [
        Self::Served,
        Self::Refused,
        Self::ProviderRefused,
        Self::Failed,
        Self::Cancelled,
    ];

    /// Its name, as in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::Refused => "refused",
            Self::ProviderRefused => "provider_refused",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The outcome of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|outcome| outcome.as_str() == name)
    }
}

/// What became of one hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptState {
    /// It is held.
    Open,
    /// It was charged what the attempt cost.
    Settled,
    /// It was given back.
    Released(ReleaseReason),
    /// It was charged in full, because nobody knew better.
    Presumed(PresumeReason),
    /// It had been presumed for this reason, and was corrected to what the attempt really cost.
    Corrected(PresumeReason),
}

/// One attempt of a call: one hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which; the first is 1.
    pub number: u8,
    /// The number of the journal's last entry when the hold was decided; the hold itself is the entry after it.
    pub decision_seq: u64,
    /// When the hold was taken.
    pub taken_at: Time,
    /// When it was settled, released or presumed.
    pub closed_at: Option<Time>,
    /// The upstream account.
    pub upstream: Box<str>,
    /// What was held: the most the attempt could cost.
    pub held: Nanos,
    /// The units (output tokens) that were granted.
    pub granted_units: u64,
    /// The units that were asked for.
    pub asked_units: u64,
    /// What became of it.
    pub state: AttemptState,
    /// What it is charged; nothing while it is open.
    pub charged: Nanos,
    /// How the charge comes about; empty where it is presumed.
    pub fees: Vec<Fee>,
    /// The version of the catalogue the prices are from; empty where there is no charge by prices.
    pub catalog: Box<str>,
}

/// What is kept of a refusal by Seawall. Its code is the row's `error_code`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What the call could have cost at most.
    pub needed: Option<Nanos>,
    /// The number of the journal's last entry when it was decided.
    pub decision_seq: Option<u64>,
    /// The refusal exactly as the client was told, as JSON. Only in the answer to [`crate::RequestLog::get`].
    pub details_json: Option<Box<str>>,
    /// How it was decided, where its Book was asked. Only in the answer to [`crate::RequestLog::get`].
    pub decided: Option<Decision>,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub request: RequestId,
    /// Whose.
    pub organization: OrganizationId,
    /// The key's project; `None` only where the key was not known.
    pub project: Option<ProjectId>,
    /// The key, where it was known.
    pub key: Option<KeyId>,
    /// The route.
    pub route: Box<str>,
    /// The model as the client named it.
    pub model: Option<Box<str>>,
    /// When its first hold was taken, or it was refused.
    pub started_at: Time,
    /// When it ended; `None` while it runs.
    pub finished_at: Option<Time>,
    /// How it ended; `None` while it runs.
    pub outcome: Option<Outcome>,
    /// Its holds, in the order they were taken. None where it was refused at once.
    pub attempts: Vec<Attempt>,
    /// What came of those that failed, as far as it is known.
    pub tried: Vec<Tried>,
    /// Why it was refused, where Seawall did.
    pub refusal: Option<Refusal>,
    /// The HTTP status the client got.
    pub http_status: Option<u16>,
    /// The code of the error the client got.
    pub error_code: Option<Box<str>>,
    /// What the provider calls the request.
    pub provider_request_id: Option<Box<str>>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<u64>,
    /// What the client was told is left after the call, and by what: after it was charged, or by the refusal.
    pub left: Option<Left>,
    /// The error exactly as the client was told, whoever's it is, as JSON. Only in the answer to
    /// [`crate::RequestLog::get`].
    pub error_json: Option<Box<str>>,
}

/// What a client was told is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The headroom, never below zero.
    pub amount: Nanos,
    /// What has the least left, by its name.
    pub binding: Box<str>,
}

impl Row {
    /// The upstream account of the last attempt.
    #[must_use]
    pub fn upstream(&self) -> Option<&str> {
        self.attempts.last().map(|attempt| &*attempt.upstream)
    }

    /// What was held for the last attempt: the most it could cost.
    #[must_use]
    pub fn held(&self) -> Option<Nanos> {
        self.attempts.last().map(|attempt| attempt.held)
    }

    /// What the call is charged, over all attempts.
    #[must_use]
    pub fn charged(&self) -> Nanos {
        self.attempts.iter().fold(Nanos::ZERO, |sum, attempt| {
            sum.saturating_add(attempt.charged)
        })
    }

    /// Whether some of the charge rests on a presumption that nobody has corrected.
    #[must_use]
    pub fn presumed(&self) -> bool {
        self.attempts
            .iter()
            .any(|attempt| matches!(attempt.state, AttemptState::Presumed(_)))
    }

    /// Whether some of the charge was presumed and then corrected.
    #[must_use]
    pub fn corrected(&self) -> bool {
        self.attempts
            .iter()
            .any(|attempt| matches!(attempt.state, AttemptState::Corrected(_)))
    }

    /// The lines of the bill, over all attempts.
    pub fn fees(&self) -> impl Iterator<Item = &Fee> {
        self.attempts.iter().flat_map(|attempt| &attempt.fees)
    }

    /// The version of the catalogue the last charge is from.
    #[must_use]
    pub fn catalog(&self) -> Option<&str> {
        self.attempts
            .iter()
            .rev()
            .map(|attempt| &*attempt.catalog)
            .find(|name| !name.is_empty())
    }

    /// The units granted and asked for, where the last attempt was granted fewer.
    #[must_use]
    pub fn fitted(&self) -> Option<(u64, u64)> {
        let last = self.attempts.last()?;
        (last.granted_units < last.asked_units).then_some((last.granted_units, last.asked_units))
    }

    /// The number of the journal's last entry when Seawall decided last: on the refusal, else on the last attempt.
    #[must_use]
    pub fn decision_seq(&self) -> Option<u64> {
        let refused = self
            .refusal
            .as_ref()
            .and_then(|refusal| refusal.decision_seq);
        refused.or_else(|| self.attempts.last().map(|attempt| attempt.decision_seq))
    }
}

/// Which calls are wanted: those to which every field that is given applies.
///
/// Organization, project, key, time and every outcome but `served` are looked up; a model is searched for among what the
/// others leave.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Whose.
    pub organization: Option<OrganizationId>,
    /// Of which project.
    pub project: Option<ProjectId>,
    /// With which key.
    pub key: Option<KeyId>,
    /// For which model, as the client named it.
    pub model: Option<Box<str>>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Not before this moment.
    pub from: Option<Time>,
    /// Before this moment.
    pub to: Option<Time>,
    /// Older than the page this came with.
    pub cursor: Option<Cursor>,
    /// Rows at most: 1 to 200; zero means 50, more than 200 means 200.
    pub limit: usize,
}

/// Some calls, newest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// The calls.
    pub rows: Vec<Row>,
    /// Where the next page begins; `None` where this is the last.
    pub next_cursor: Option<Cursor>,
}

/// Refusals that were counted instead of listed, by the hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressed {
    /// Whose.
    pub organization: OrganizationId,
    /// The key, where it was known.
    pub key: Option<KeyId>,
    /// The refusals' code.
    pub code: Box<str>,
    /// How many.
    pub count: u64,
    /// When the first of them was decided.
    pub first_at: Time,
    /// When the last of them was decided.
    pub last_at: Time,
}

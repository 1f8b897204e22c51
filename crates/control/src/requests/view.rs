//! A call as the API shows it.

use projections::{Attempt, AttemptState, Outcome, Row, Tried};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::contract;
use crate::entries::{fees_json, presume_word, release_word};
use crate::openapi::schema::Anything;
use crate::openapi::words;
use crate::show::{At, KeyRef, OrganizationRef, ProjectRef, RequestRef, Text, Usd};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Request)]
pub(crate) struct View {
    id: RequestRef,
    organization_id: OrganizationRef,
    project_id: Option<ProjectRef>,
    key_id: Option<KeyRef>,
    /// Null while the call runs.
    #[schema(value_type = Option<words::Outcome>)]
    outcome: Option<&'static str>,
    route: Box<str>,
    model: Option<Box<str>>,
    upstream: Option<String>,
    /// The most the last attempt could cost.
    held_usd: Option<Usd>,
    /// What the call is charged, over all attempts.
    cost_usd: Usd,
    /// Whether some of the cost is presumed, because nobody knows better yet.
    presumed: bool,
    fitted: Option<Fitted>,
    http_status: Option<u16>,
    error_code: Option<Box<str>>,
    /// What a refused call could have cost.
    needed_usd: Option<Usd>,
    /// What the client was told is left after the call, and what has that little left.
    headroom_usd: Option<Usd>,
    binding: Option<Box<str>>,
    /// The journal's last entry when it was decided.
    decision_seq: Option<u64>,
    provider_request_id: Option<Box<str>>,
    duration_ms: Option<u64>,
    started_at: At,
    finished_at: Option<At>,
    attempts: Vec<AttemptView>,
}

/// Output tokens granted and asked for, where fewer were granted.
#[derive(Debug, Serialize, ToSchema)]
struct Fitted {
    granted_units: u64,
    asked_units: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attempt)]
struct AttemptView {
    number: u8,
    upstream: Box<str>,
    #[schema(value_type = contract::AttemptState)]
    state: &'static str,
    /// Why it was released or presumed.
    #[schema(value_type = Option<contract::AttemptReason>)]
    reason: Option<&'static str>,
    held_usd: Usd,
    cost_usd: Usd,
    #[schema(value_type = Vec<contract::FeeLine>)]
    fees: Vec<Value>,
    /// The status of the provider's answer, where the attempt failed and there was one.
    http_status: Option<u16>,
    /// The code of what the attempt failed with.
    error_code: Option<Box<str>>,
    /// What that means, as in the diagnosis; null where nobody said anything.
    cause: Option<Box<str>>,
    taken_at: At,
    closed_at: Option<At>,
}

impl View {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            id: Text(row.request),
            organization_id: Text(row.organization),
            project_id: row.project.map(Text),
            key_id: row.key.map(Text),
            outcome: row.outcome.map(Outcome::as_str),
            route: row.route.clone(),
            model: row.model.clone(),
            upstream: row.upstream().map(ToOwned::to_owned),
            held_usd: row.held().map(Usd),
            cost_usd: Usd(row.charged()),
            presumed: row.presumed(),
            fitted: row.fitted().map(|(granted_units, asked_units)| Fitted {
                granted_units,
                asked_units,
            }),
            http_status: row.http_status,
            error_code: row.error_code.clone(),
            needed_usd: row
                .refusal
                .as_ref()
                .and_then(|refusal| refusal.needed)
                .map(Usd),
            headroom_usd: row.left.as_ref().map(|left| Usd(left.amount)),
            binding: row.left.as_ref().map(|left| left.binding.clone()),
            decision_seq: row.decision_seq(),
            provider_request_id: row.provider_request_id.clone(),
            duration_ms: row.duration_ms,
            started_at: At(row.started_at),
            finished_at: row.finished_at.map(At),
            attempts: row
                .attempts
                .iter()
                .map(|attempt| AttemptView::of(attempt, &row.tried))
                .collect(),
        }
    }
}

impl AttemptView {
    fn of(attempt: &Attempt, tried: &[Tried]) -> Self {
        let tried = tried.iter().find(|tried| tried.number == attempt.number);
        let (state, reason) = match attempt.state {
            AttemptState::Open => ("open", None),
            AttemptState::Settled => ("settled", None),
            AttemptState::Released(reason) => ("released", Some(release_word(reason))),
            AttemptState::Presumed(reason) => ("presumed", Some(presume_word(reason))),
            AttemptState::Corrected(reason) => ("corrected", Some(presume_word(reason))),
        };
        Self {
            number: attempt.number,
            upstream: attempt.upstream.clone(),
            state,
            reason,
            held_usd: Usd(attempt.held),
            cost_usd: Usd(attempt.charged),
            fees: fees_json(&attempt.fees),
            http_status: tried.and_then(|tried| tried.status),
            error_code: tried.and_then(|tried| tried.code.clone()),
            cause: tried.and_then(|tried| tried.cause.clone()),
            taken_at: At(attempt.taken_at),
            closed_at: attempt.closed_at.map(At),
        }
    }
}

/// A call with everything that is kept of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RequestDetail)]
pub(crate) struct Detail {
    #[serde(flatten)]
    view: View,
    /// The refusal as the client was told it, where Seawall refused; null where it is not kept.
    #[schema(value_type = Option<contract::RefusalEnvelope>)]
    refusal: Option<Value>,
    /// The error as the client was told it, whoever's it is: type, code, message, details.
    #[schema(value_type = Option<BTreeMap<String, Anything>>)]
    error: Option<Value>,
}

impl Detail {
    pub(crate) fn of(row: &Row) -> Self {
        let details = row
            .refusal
            .as_ref()
            .and_then(|refusal| refusal.details_json.as_deref());
        let told = row.error_json.as_deref();
        let told = told.and_then(|told| serde_json::from_str::<Value>(told).ok());
        Self {
            view: View::of(row),
            refusal: details.and_then(|details| serde_json::from_str(details).ok()),
            error: told.and_then(|mut told| told.get_mut("error").map(Value::take)),
        }
    }
}

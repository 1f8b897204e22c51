//! `/organizations/{org}/rollback` and `…/accept-rollback`: what a store that rolled back has lost of an organization, as
//! far as it is remembered, and going on without the rest.

pub(crate) mod contract;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ids::OrganizationId;
use ledger::Entry;
use projections::Happened;
use serde::Serialize;
use serde_json::{Value, json};
use teller::{AcceptError, LostCalls, Rollback};
use utoipa::ToSchema;

use crate::app::App;
use crate::body::Ask;
use crate::entries;
use crate::error::ApiError;
use crate::path::Named;
use crate::show::{At, OrganizationRef, Text, Usd};

/// What the store lost.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rollback)]
pub(crate) struct View {
    organization_id: OrganizationRef,
    /// One sentence.
    problem: String,
    /// The last entry that was acknowledged: what accepting it asks for.
    acknowledged_entry: u64,
    acknowledged_at: Option<At>,
    /// The last entry that the journal has.
    last_entry: Option<u64>,
    last_entry_at: Option<At>,
    missing_seconds: Option<i64>,
    remembered_entries: u64,
    restorable_entries: u64,
    calls: Calls,
    /// What people had asked for, oldest first, the newest 1,000.
    #[schema(value_type = Vec<contract::LostChange>)]
    changes: Vec<Change>,
}

/// The calls among it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LostCalls)]
struct Calls {
    held: u64,
    charged: u64,
    spent_usd: Usd,
    spent_not_restorable_usd: Usd,
    charged_unknown: u64,
    held_usd: Usd,
}

/// A change among it.
#[derive(Debug, Serialize)]
struct Change {
    entry: u64,
    recorded_at: At,
    actor: Option<Box<str>>,
    kind: &'static str,
    fields: Value,
    restorable: bool,
    /// Why it is not.
    reason: Option<String>,
}

impl View {
    fn of(lost: Rollback) -> Self {
        let rolled_back = lost.rolled_back;
        Self {
            organization_id: Text(rolled_back.organization),
            problem: rolled_back.to_string(),
            acknowledged_entry: rolled_back.acknowledged,
            acknowledged_at: rolled_back.acknowledged_at.map(At),
            last_entry: rolled_back.stands.map(|(seq, _)| seq),
            last_entry_at: rolled_back.stands.map(|(_, at)| At(at)),
            missing_seconds: rolled_back.missing_seconds(),
            remembered_entries: lost.remembered,
            restorable_entries: lost.restorable,
            calls: Calls::of(lost.calls),
            changes: lost.changes.into_iter().map(Change::of).collect(),
        }
    }
}

impl Calls {
    const fn of(calls: LostCalls) -> Self {
        Self {
            held: calls.taken,
            charged: calls.charged,
            spent_usd: Usd(calls.spent),
            spent_not_restorable_usd: Usd(calls.spent_not_restorable),
            charged_unknown: calls.charged_unknown,
            held_usd: Usd(calls.held),
        }
    }
}

impl Change {
    fn of((entry, reason): (Entry, Option<String>)) -> Self {
        let (kind, fields) = entries::said(&entry.fact);
        Self {
            entry: entry.seq,
            recorded_at: At(entry.at),
            actor: entry.cause.map(|cause| cause.actor),
            kind,
            fields,
            restorable: reason.is_none(),
            reason,
        }
    }
}

pub(crate) async fn get(
    State(app): State<App>,
    Named(organization): Named<OrganizationId>,
) -> Result<Json<View>, ApiError> {
    let lost = app.tellers.rollback(organization).await?;
    let lost = lost.ok_or_else(|| {
        let message = "The store has not rolled back: nothing that is remembered of this organization is missing.";
        ApiError::new(StatusCode::NOT_FOUND, "not_found", message)
    })?;
    Ok(Json(View::of(lost)))
}

/// Answers what was lost; what of it was restorable is restored.
pub(crate) async fn accept(
    State(app): State<App>,
    Named(organization): Named<OrganizationId>,
    mut ask: Ask,
) -> Result<Json<View>, ApiError> {
    let acknowledged: u64 = ask.fields.required("acknowledged_entry")?;
    ask.fields.finish()?;
    let lost = app.tellers.accept_rollback(organization, acknowledged);
    let lost = lost.await.map_err(refused)?;
    let last = lost.rolled_back.stands.map(|(seq, _)| seq);
    let changes = json!({
        "last_entry": {"from": acknowledged, "to": last},
        "restored_entries": {"from": null, "to": lost.restorable},
    });
    app.log.happened(Happened {
        organization,
        at: app.tellers.settings().clock.now(),
        seq: acknowledged,
        actor: ask.actor.name().into(),
        action: "rollback_accepted",
        changes_json: changes.to_string().into(),
    });
    Ok(Json(View::of(lost)))
}

fn refused(error: AcceptError) -> ApiError {
    match error {
        AcceptError::NotRolledBack => ApiError::conflict(
            "not_rolled_back",
            "The store has not rolled back: there is nothing to accept, and the organization goes on.",
        ),
        AcceptError::Another(last) => ApiError::conflict(
            "another_rollback",
            format!(
                "The last entry that was acknowledged is {last}. Look at `GET …/rollback` again, and send its \
                 `acknowledged_entry`."
            ),
        ),
        AcceptError::NotKept(why) => ApiError::store_unavailable(&why.to_string()),
        AcceptError::Unavailable(why) => why.into(),
    }
}

#[cfg(test)]
mod tests {
    use ids::{BudgetId, EntryId, LotId};
    use ledger::{BudgetFact, Cause, CreditFact, Fact, Time};
    use money::Nanos;
    use teller::{RolledBack, Unmendable};

    use super::*;

    const AT: Time = Time::from_micros(1_795_000_000_000_000);

    fn change(seq: u64, fact: Fact) -> Entry {
        let cause = Cause {
            actor: "admin".into(),
            idempotency: None,
        };
        Entry {
            seq,
            previous: [0; 32],
            id: EntryId::from_bytes([1; 16]),
            at: AT,
            cause: Some(cause),
            fact,
        }
    }

    fn rollback() -> Rollback {
        let charged_back = Fact::Credit(CreditFact::ChargedBack {
            lot: LotId::from_bytes([2; 16]),
            amount: Nanos::DOLLAR,
            note: "disputed".into(),
        });
        let deleted = Fact::Budget(BudgetFact::Deleted {
            id: BudgetId::from_bytes([3; 16]),
        });
        Rollback {
            rolled_back: RolledBack {
                organization: OrganizationId::from_bytes([4; 16]),
                found: None,
                acknowledged: 9,
                acknowledged_at: Some(AT),
                stands: Some((7, AT)),
                because: Unmendable::Gap { from: 9 },
            },
            changes: vec![
                (change(8, charged_back), None),
                (
                    change(9, deleted),
                    Some("there is no such budget".to_owned()),
                ),
            ],
            calls: LostCalls {
                taken: 1,
                charged: 1,
                spent: Nanos::DOLLAR,
                spent_not_restorable: Nanos::ZERO,
                charged_unknown: 0,
                held: Nanos::ZERO,
            },
            remembered: 2,
            restorable: 1,
        }
    }

    /// What is wrong with an answer, where no object may have a field that its schema does not name.
    fn problems(answer: &Value) -> Vec<String> {
        let mut document = crate::openapi::document("1.2.3");
        close(&mut document["components"]["schemas"]);
        let schema =
            json!({"$ref": "#/components/schemas/Rollback", "components": document["components"]});
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors = validator.iter_errors(answer);
        errors
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect()
    }

    fn close(value: &mut Value) {
        match value {
            Value::Object(object) => {
                if object.contains_key("properties") {
                    object.insert("additionalProperties".to_owned(), json!(false));
                }
                object.values_mut().for_each(close);
            }
            Value::Array(items) => items.iter_mut().for_each(close),
            _ => {}
        }
    }

    #[test]
    fn what_a_store_lost_is_shown_as_it_is_described() {
        let mut shown = json!(View::of(rollback()));
        assert_eq!(problems(&shown), Vec::<String>::new(), "{shown:#}");
        shown["changes"][0]["kind"] = json!("nothing");
        assert_ne!(problems(&shown), Vec::<String>::new());
    }
}

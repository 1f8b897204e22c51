//! How facts of the organization, its projects and keys look in JSON. The hash of a key is never shown.

use ledger::{DirectoryFact, Time};
use serde_json::{Value, json};

/// The fact's name and fields.
pub(super) fn show(fact: &DirectoryFact) -> (&'static str, Value) {
    match fact {
        DirectoryFact::OrganizationCreated {
            id,
            name,
            time_zone,
        } => (
            "organization_created",
            json!({"organization_id": id.to_string(), "name": name, "time_zone": time_zone}),
        ),
        DirectoryFact::OrganizationChanged { name, time_zone } => (
            "organization_changed",
            json!({"name": name, "time_zone": time_zone}),
        ),
        DirectoryFact::ProjectCreated {
            id,
            name,
            default_max_output,
        } => (
            "project_created",
            json!({"project_id": id.to_string(), "name": name, "default_max_output": default_max_output}),
        ),
        DirectoryFact::ProjectChanged {
            id,
            name,
            default_max_output,
        } => (
            "project_changed",
            json!({"project_id": id.to_string(), "name": name, "default_max_output": default_max_output}),
        ),
        DirectoryFact::ProjectFitFloor { id, fit_floor } => (
            "project_fit_floor",
            json!({"project_id": id.to_string(), "fit_floor": fit_floor}),
        ),
        DirectoryFact::ProjectArchived { id } => {
            ("project_archived", json!({"project_id": id.to_string()}))
        }
        DirectoryFact::KeyCreated(key) => (
            "key_created",
            json!({
                "key_id": key.id.to_string(), "project_id": key.project.to_string(), "name": key.name,
                "hint": key.hint, "expires_at": moment(key.expires_at), "models": key.models,
                "ip_allow": key.ip_allow,
            }),
        ),
        DirectoryFact::KeyChanged(key) => (
            "key_changed",
            json!({
                "key_id": key.id.to_string(), "name": key.name, "expires_at": moment(key.expires_at),
                "models": key.models, "ip_allow": key.ip_allow,
            }),
        ),
        DirectoryFact::KeyFrozen { id, reason } => (
            "key_frozen",
            json!({"key_id": id.to_string(), "reason": reason}),
        ),
        DirectoryFact::KeyUnfrozen { id } => ("key_unfrozen", json!({"key_id": id.to_string()})),
        DirectoryFact::KeyRevoked { id } => ("key_revoked", json!({"key_id": id.to_string()})),
    }
}

fn moment(at: Option<Time>) -> Option<String> {
    at.map(|at| at.to_string())
}

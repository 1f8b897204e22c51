//! An organization that is stopped, and the alert that only tries the way.

use ledger::Time;
use serde_json::json;

use super::words::fields;
use crate::Kind;
use crate::alert::{Draft, Whose};

/// The organization is stopped until a person has looked. Told at most once an hour.
#[must_use]
pub fn halted(whose: &Whose, reason: &str, now: Time) -> Draft {
    let hour = now.micros().div_euclid(3_600_000_000);
    Draft {
        kind: Kind::OrganizationHalted,
        once: format!("halted:{hour}"),
        seq: 0,
        at: now,
        subject: format!("{} is stopped", whose.name),
        sentence: format!(
            "Organization \"{}\" is stopped until a person has looked at its store: {reason}. Every call of it is refused \
             meanwhile.",
            whose.name
        ),
        lines: vec![(
            "what to do",
            "stop the server, run `seawall verify`, and see \"When verify finds damage\" in docs/operating.md".to_owned(),
        )],
        path: format!("/api/v1/organizations/{}", whose.id),
        command: "seawall verify".to_owned(),
        budget: None,
        data: fields(json!({"reason": reason})),
    }
}

/// An alert that tells nothing but that alerts arrive.
#[must_use]
pub fn test(whose: &Whose, now: Time) -> Draft {
    Draft {
        kind: Kind::Test,
        once: format!("test:{}", now.micros()),
        seq: 0,
        at: now,
        subject: format!("{}: a test", whose.name),
        sentence: format!(
            "This is a test: somebody wanted to see whether alerts of organization \"{}\" arrive. Nothing happened.",
            whose.name
        ),
        lines: Vec::new(),
        path: format!("/api/v1/alerts?organization={}", whose.id),
        command: format!("seawall alerts list --org {}", whose.id),
        budget: None,
        data: fields(json!({})),
    }
}

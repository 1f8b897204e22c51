//! What providers put beside an error's message: finer codes, the name of a ceiling, when to come back.

use serde_json::value::RawValue;

use crate::object::{self, members, text_or_number};
use crate::request::given;

/// The finest there is of each.
#[derive(Default)]
pub(super) struct Extras {
    pub(super) reason: Option<String>,
    pub(super) cap: Option<String>,
    pub(super) wait: Option<String>,
}

impl Extras {
    /// Looks into an error object.
    pub(super) fn read(error: &[u8]) -> Self {
        let names = ["metadata", "availability", "details"];
        let Ok([metadata, availability, details]) = members(error, &names) else {
            return Self::default();
        };
        let mut extras = Self::default();
        if let Some(metadata) = given(metadata) {
            extras.take(
                metadata,
                &["reason", "limit_source", "error_type"],
                &["retry_after_seconds", "retry_after", "resets_at"],
            );
        }
        if let Some(availability) = given(availability) {
            extras.take(availability, &["code"], &["retry_after"]);
        }
        if let Some(details) = given(details) {
            extras.take(details, &["error_code"], &[]);
            let list: Vec<&RawValue> = serde_json::from_str(details.get()).unwrap_or_default();
            for detail in list {
                extras.take(detail, &["reason"], &["retryDelay"]);
                extras.take_violations(detail);
            }
        }
        extras
    }

    /// What was found first stays.
    fn take(&mut self, object: &RawValue, reasons: &[&str], waits: &[&str]) {
        let first = |names: &[&str]| {
            names.iter().find_map(|name| {
                let [value] = members(object.get().as_bytes(), &[*name]).ok()?;
                given(value).and_then(text_or_number)
            })
        };
        self.reason = self.reason.take().or_else(|| first(reasons));
        self.wait = self.wait.take().or_else(|| first(waits));
    }

    /// Google names the ceilings that a call would pass.
    fn take_violations(&mut self, detail: &RawValue) {
        let Ok([Some(violations)]) = members(detail.get().as_bytes(), &["violations"]) else {
            return;
        };
        let list: Vec<&RawValue> = serde_json::from_str(violations.get()).unwrap_or_default();
        let name = |violation: &&RawValue| {
            let [name] = members(violation.get().as_bytes(), &["quotaId"]).ok()?;
            object::string_of(name)
        };
        self.cap = self.cap.take().or_else(|| list.iter().find_map(name));
    }
}

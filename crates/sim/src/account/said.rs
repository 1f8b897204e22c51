//! What `POST /sim/account` takes, and what follows from it for the next call.

use serde::Deserialize;

use crate::decimal::billionths;

/// Nano-dollars in a cent.
const PER_CENT: u64 = 10_000_000;

/// A spend limit by the month.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    /// In cents.
    pub(crate) threshold_amount: u64,
    /// Whether it stops calls.
    #[serde(default = "yes")]
    pub(crate) enforcing: bool,
}

fn yes() -> bool {
    true
}

/// A key of a project.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    pub(crate) name: String,
    /// Its last letters.
    pub(crate) tail: String,
    #[serde(default = "yes")]
    pub(crate) owner_active: bool,
    pub(crate) expires_at: Option<u64>,
}

/// Which models a project may use.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Permissions {
    /// `allow_list` or `deny_list`.
    pub(crate) mode: String,
    pub(crate) model_ids: Vec<String>,
}

/// A project.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) archived: bool,
    #[serde(default)]
    pub(crate) keys: Vec<Key>,
    pub(crate) spend_limit: Option<Limit>,
    /// Thresholds in cents.
    #[serde(default)]
    pub(crate) alerts: Vec<u64>,
    pub(crate) model_permissions: Option<Permissions>,
    /// What it had cost before the first call here, in dollars.
    #[serde(default = "nothing", deserialize_with = "dollars")]
    pub(crate) spent_usd: u64,
}

/// All that is said of the account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Said {
    pub(crate) organization: String,
    /// The project that is billed.
    pub(crate) project: String,
    /// Prepaid credit, in dollars; none said: without end.
    #[serde(deserialize_with = "some_dollars")]
    pub(crate) credit_usd: Option<u64>,
    pub(crate) spend_limit: Option<Limit>,
    /// Thresholds in cents.
    pub(crate) alerts: Vec<u64>,
    pub(crate) projects: Vec<Project>,
    /// How old a call must be before costs and usage show it, in seconds.
    pub(crate) lag_seconds: u64,
    /// What `GET /v1/key` answers as `data`.
    pub(crate) key: Option<serde_json::Value>,
    /// What `GET /v1/credits` answers as `data`.
    pub(crate) credits: Option<serde_json::Value>,
    /// What `GET /v1/dashboard/billing/credit_grants` answers.
    pub(crate) credit_grants: Option<serde_json::Value>,
}

impl Default for Said {
    fn default() -> Self {
        Self {
            organization: "org-sim".to_owned(),
            project: "proj_sim".to_owned(),
            credit_usd: None,
            spend_limit: None,
            alerts: Vec::new(),
            projects: Vec::new(),
            lag_seconds: 0,
            key: None,
            credits: None,
            credit_grants: None,
        }
    }
}

fn nothing() -> u64 {
    0
}

fn dollars<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let text = String::deserialize(from)?;
    let wrong = || serde::de::Error::custom(format!("{text:?} is not an amount in dollars"));
    billionths(&text).ok_or_else(wrong)
}

fn some_dollars<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    dollars(from).map(Some)
}

impl Limit {
    fn is_reached(self, spent: u64) -> bool {
        self.enforcing && spent >= self.threshold_amount.saturating_mul(PER_CENT)
    }
}

impl Said {
    /// What a project has cost this month: what was said, and for the one that is billed all calls here.
    pub(crate) fn spent_by(&self, project: &Project, billed: u64) -> u64 {
        let here = if project.id == self.project {
            billed
        } else {
            0
        };
        project.spent_usd.saturating_add(here)
    }

    /// What all of them have cost.
    pub(crate) fn spent(&self, billed: u64) -> u64 {
        let before = self.projects.iter().map(|project| project.spent_usd);
        before.fold(billed, u64::saturating_add)
    }

    /// The code of what stops a call now, in the order in which the provider looks.
    pub(crate) fn stop(&self, billed: u64) -> Option<&'static str> {
        if self.credit_usd.is_some_and(|credit| billed >= credit) {
            return Some("credit_balance_exhausted");
        }
        if self
            .spend_limit
            .is_some_and(|limit| limit.is_reached(self.spent(billed)))
        {
            return Some("organization_spend_limit_exceeded");
        }
        let own = self
            .projects
            .iter()
            .find(|project| project.id == self.project)?;
        let limit = own.spend_limit?;
        limit
            .is_reached(self.spent_by(own, billed))
            .then_some("project_spend_limit_exceeded")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Said {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_is_not_said_stops_nobody_and_each_stop_has_its_own_code() {
        assert_eq!(said("{}").stop(u64::MAX), None);
        for (text, code) in [
            (r#"{"credit_usd": "0"}"#, "credit_balance_exhausted"),
            (
                r#"{"spend_limit": {"threshold_amount": 3000}, "projects": [{"id": "p", "name": "p", "spent_usd": "30"}]}"#,
                "organization_spend_limit_exceeded",
            ),
            (
                r#"{"project": "p", "projects": [{"id": "p", "name": "p", "spent_usd": "10.01", "spend_limit": {"threshold_amount": 1000}}]}"#,
                "project_spend_limit_exceeded",
            ),
        ] {
            assert_eq!(said(text).stop(0), Some(code), "{text}");
        }
    }

    #[test]
    fn what_is_below_or_inactive_or_of_another_project_stops_nobody() {
        for text in [
            r#"{"credit_usd": "0.01"}"#,
            r#"{"spend_limit": {"threshold_amount": 3000, "enforcing": false}, "projects": [{"id": "p", "name": "p", "spent_usd": "30"}]}"#,
            r#"{"project": "q", "projects": [{"id": "p", "name": "p", "spent_usd": "10.01", "spend_limit": {"threshold_amount": 1000}}]}"#,
        ] {
            assert_eq!(said(text).stop(0), None, "{text}");
        }
        assert_eq!(
            said(r#"{"credit_usd": "0.01"}"#).stop(10_000_000),
            Some("credit_balance_exhausted")
        );
    }
}

//! The refusals of real providers, byte for byte, from `data/refusals.toml`. It knows nothing of when to refuse.

use std::collections::HashMap;
use std::sync::Arc;

use http::{HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;

use crate::SimError;

const EMBEDDED: &str = include_str!("../data/refusals.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    refusal: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    status: u16,
    #[serde(default = "yes")]
    openai: bool,
    #[serde(default)]
    headers: Vec<(String, String)>,
    body: String,
}

fn yes() -> bool {
    true
}

/// One way to refuse.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The name behind `refuse:`.
    pub(crate) name: String,
    pub(crate) status: StatusCode,
    /// Whether the simulated provider's own headers go with it.
    pub(crate) openai: bool,
    pub(crate) headers: Vec<(HeaderName, String)>,
    body: String,
}

/// What is filled into a refusal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) model: &'a str,
    pub(crate) masked_key: &'a str,
    pub(crate) request_id: &'a str,
}

impl Facts<'_> {
    /// Puts the facts where the text asks for them.
    fn fill(self, text: &str) -> String {
        if !text.contains("{m") && !text.contains("{r") {
            return text.to_owned();
        }
        let escaped = serde_json::Value::from(self.model).to_string();
        let model = escaped.trim_matches('"');
        text.replace("{model}", model)
            .replace("{masked_key}", self.masked_key)
            .replace("{request_id}", self.request_id)
    }
}

impl Refusal {
    /// The bytes of the answer.
    pub(crate) fn body(&self, facts: Facts<'_>) -> String {
        facts.fill(&self.body)
    }

    /// The value of one of its headers. `None` where the facts make it one that HTTP does not allow.
    pub(crate) fn header(&self, value: &str, facts: Facts<'_>) -> Option<HeaderValue> {
        HeaderValue::from_str(&facts.fill(value)).ok()
    }
}

/// All refusals by name.
#[derive(Debug)]
pub(crate) struct Refusals(HashMap<String, Arc<Refusal>>);

impl Refusals {
    /// Reads the embedded list.
    pub(crate) fn read() -> Result<Self, SimError> {
        let file: File = toml::from_str(EMBEDDED)?;
        let mut all = HashMap::new();
        for entry in file.refusal {
            let unfit = || SimError::Refusal(entry.name.clone());
            let status = StatusCode::from_u16(entry.status).ok().ok_or_else(unfit)?;
            let mut headers = Vec::new();
            for (name, value) in &entry.headers {
                let name = HeaderName::try_from(name.as_str()).ok().ok_or_else(unfit)?;
                headers.push((name, value.clone()));
            }
            let Entry {
                name, openai, body, ..
            } = entry;
            all.insert(
                name.clone(),
                Arc::new(Refusal {
                    name,
                    status,
                    openai,
                    headers,
                    body,
                }),
            );
        }
        Ok(Self(all))
    }

    /// The refusal of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Arc<Refusal>> {
        self.0.get(name)
    }

    /// Every name, sorted.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.0.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts<'_> = Facts {
        model: "m\"1",
        masked_key: "sk-a****z",
        request_id: "req_1",
    };

    #[test]
    fn every_refusal_is_json_and_leaves_no_place_unfilled() {
        let refusals = Refusals::read().unwrap();
        assert_eq!(
            refusals.names().len(),
            EMBEDDED.matches("[[refusal]]").count()
        );
        for name in refusals.names() {
            let refusal = refusals.get(name).unwrap();
            assert!(
                refusal.status.is_client_error() || refusal.status.is_server_error(),
                "{name}"
            );
            let body: serde_json::Value = serde_json::from_str(&refusal.body(FACTS)).unwrap();
            assert!(body.is_object(), "{name}");
            for place in ["{model}", "{masked_key}", "{request_id}"] {
                assert!(!refusal.body(FACTS).contains(place), "{name}");
            }
        }
    }

    #[test]
    fn the_image_hard_limit_has_the_172_bytes_that_were_captured() {
        let refusals = Refusals::read().unwrap();
        let refusal = refusals.get("billing_hard_limit_reached").unwrap();
        assert_eq!(refusal.status, StatusCode::BAD_REQUEST);
        assert_eq!(refusal.body(FACTS).len(), 172);
    }
}

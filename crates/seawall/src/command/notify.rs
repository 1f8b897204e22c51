//! Whom something tells, on the command line.

use clap::Args;
use serde_json::{Value, json};

use super::print;
use crate::config::secret::SecretRef;

/// Targets; those that are named take the place of all there are.
#[derive(Args, Debug)]
pub(crate) struct NotifyArgs {
    /// Tell this mailbox
    #[arg(long, value_name = "ADDRESS")]
    email: Vec<String>,
    /// Tell this address, with a signed JSON object
    #[arg(long, value_name = "URL")]
    webhook: Vec<String>,
    /// Tell this incoming webhook of Slack's. Its address is a secret: name where the server reads it, `env:NAME` or
    /// `file:/path`
    #[arg(long, value_name = "REFERENCE", value_parser = reference)]
    slack: Vec<String>,
    /// Tell nobody
    #[arg(long, conflicts_with_all = ["email", "webhook", "slack"])]
    nobody: bool,
}

/// A secret is never given on the command line, where everybody on the machine can read it.
fn reference(text: &str) -> Result<String, String> {
    SecretRef::parse(text).map(|reference| reference.to_string())
}

impl NotifyArgs {
    /// The list for the API; `None` where nothing was said.
    pub(crate) fn list(&self) -> Option<Value> {
        let email = self
            .email
            .iter()
            .map(|to| json!({"kind": "email", "to": to}));
        let webhook = self
            .webhook
            .iter()
            .map(|url| json!({"kind": "webhook", "url": url}));
        let slack = self
            .slack
            .iter()
            .map(|url| json!({"kind": "slack", "url": url}));
        let all: Vec<Value> = email.chain(webhook).chain(slack).collect();
        (self.nobody || !all.is_empty()).then_some(Value::Array(all))
    }
}

/// The targets of an object, a line each.
pub(crate) fn facts(object: &Value) -> Vec<(&'static str, String)> {
    let targets = object.get("notify").and_then(Value::as_array);
    let targets = targets.map(Vec::as_slice).unwrap_or_default();
    if targets.is_empty() {
        return vec![("tells", "nobody".to_owned())];
    }
    let mut facts = Vec::new();
    for target in targets {
        let address = ["to", "url"]
            .into_iter()
            .find_map(|name| target.get(name).and_then(Value::as_str))
            .unwrap_or("");
        facts.push((
            "tells",
            format!("{} {address}", print::field(target, "kind")),
        ));
        if let Some(why) = target.get("disabled").and_then(Value::as_str) {
            facts.push(("", why.to_owned()));
        }
        if let Some(secret) = target.get("secret").and_then(Value::as_str) {
            facts.push(("secret, shown once", secret.to_owned()));
        }
    }
    facts
}

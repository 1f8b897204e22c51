//! What a hard limit is to be, on the command line.

use clap::Args;
use serde_json::{Map, Value, json};

use crate::command::Client;
use crate::command::amount::{self, Counted};
use crate::command::per::PerArgs;
use crate::exit::Failure;

#[derive(Args, Debug)]
pub(crate) struct CreateArgs {
    /// How much: dollars, or how many requests or tokens
    #[arg(value_parser = amount::counted, allow_negative_numbers = true)]
    amount: Counted,
    #[command(flatten)]
    per: PerArgs,
    /// Whatever goes through this upstream, whoever calls: an upstream cap
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with_all = ["org", "project", "key", "CallsArgs", "freeze_key"]
    )]
    upstream: Option<String>,
    #[command(flatten)]
    calls: CallsArgs,
    /// What is counted
    #[arg(long, default_value = "usd", value_parser = ["usd", "requests", "tokens"])]
    measure: String,
    /// Stop nothing; only count what it would have stopped
    #[arg(long)]
    shadow: bool,
    /// Freeze the key of a call that is stopped for good
    #[arg(long)]
    freeze_key: bool,
    /// When it ends by itself, such as 2027-01-01T00:00:00Z. Without: never
    #[arg(long, value_name = "TIME")]
    until: Option<jiff::Timestamp>,
}

/// Only some of the calls.
#[derive(Args, Debug)]
#[group(multiple = false)]
struct CallsArgs {
    /// Only calls of this model; a trailing `*` stands for anything
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Only calls for this end user. Only a keyed hash of it is kept
    #[arg(long, value_name = "NAME")]
    end_user: Option<String>,
    /// Only calls with this tag, such as team=red
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// So much for each end user
    #[arg(long)]
    each_end_user: bool,
    /// So much for each tag
    #[arg(long)]
    each_tag: bool,
}

impl CallsArgs {
    /// The scope of a request for these calls, within what was named.
    fn narrow(self, whole: &Value) -> Option<Value> {
        let (kind, member) = match self {
            Self {
                model: Some(model), ..
            } => ("model", Some(("model", model))),
            Self {
                end_user: Some(value),
                ..
            } => ("end_user", Some(("value", value))),
            Self {
                tag: Some(value), ..
            } => ("tag", Some(("value", value))),
            Self {
                each_end_user: true,
                ..
            } => ("end_user", None),
            Self { each_tag: true, .. } => ("tag", None),
            _ => return None,
        };
        let within = whole.get("kind").and_then(Value::as_str)?;
        let mut scope = Map::new();
        scope.insert("kind".to_owned(), json!(kind));
        scope.insert(format!("{within}_id"), whole.get("id")?.clone());
        scope.extend(member.map(|(name, value)| (name.to_owned(), json!(value))));
        Some(scope.into())
    }
}

impl CreateArgs {
    /// The request that sets it.
    pub(super) async fn body(self, client: &Client) -> Result<Map<String, Value>, Failure> {
        let (name, amount) = self.amount.member(&self.measure)?;
        let mut body = match self.upstream {
            Some(name) => self.per.on(json!({"kind": "upstream", "name": name})),
            None => self.per.body(client).await?,
        };
        let whole = body.get("scope").cloned().unwrap_or_default();
        if let Some(scope) = self.calls.narrow(&whole) {
            body.insert("scope".to_owned(), scope);
        }
        let mode = if self.shadow { "shadow" } else { "enforce" };
        let on_trip = if self.freeze_key {
            "freeze_key"
        } else {
            "refuse"
        };
        let members = [
            (name, amount),
            ("measure", json!(self.measure)),
            ("mode", json!(mode)),
            ("on_trip", json!(on_trip)),
        ];
        body.extend(members.map(|(name, value)| (name.to_owned(), value)));
        let until = self.until.map(|until| json!(until.to_string()));
        body.extend(until.map(|until| ("until_at".to_owned(), until)));
        Ok(body)
    }
}

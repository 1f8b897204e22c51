//! `seawall headroom`: the least of all that stops, and which it is.

use clap::Args;
use serde_json::Value;

use super::client::with;
use super::find::ScopeArgs;
use super::print::{self, Table};
use super::{Answer, Client};
use crate::exit::Failure;

#[derive(Args, Debug)]
pub(crate) struct HeadroomArgs {
    #[command(flatten)]
    of: ScopeArgs,
    /// What the caps of an upstream let through, whoever calls
    #[arg(long, value_name = "NAME", conflicts_with_all = ["org", "project", "key"])]
    upstream: Option<String>,
}

pub(crate) async fn run(client: &Client, args: HeadroomArgs) -> Result<Answer, Failure> {
    let path = match &args.upstream {
        Some(name) => with("headroom", "upstream", name),
        None => args.of.query(client, "headroom").await?,
    };
    let json = client.get(&path).await?;
    let mut table = Table::new(&[
        "what stops",
        "of",
        "limit",
        "spent",
        "held",
        "left",
        "resets",
    ]);
    let constraints = json.get("constraints").and_then(Value::as_array);
    for constraint in constraints.into_iter().flatten() {
        let scope = constraint.get("scope").unwrap_or(&Value::Null);
        let mut row = vec![
            print::plain(&print::field(constraint, "kind")),
            print::scope(scope),
        ];
        row.extend(print::fields(
            constraint,
            &[
                "limit_usd",
                "spent_usd",
                "held_usd",
                "left_usd",
                "resets_at",
            ],
        ));
        table.row(row);
    }
    let text = format!("{}\n\n{}", sentence(&json), table.or("nothing stops it"));
    Ok(Answer {
        text,
        json,
        schema: "headroom",
    })
}

/// `$0.38, stopped first by: project hard limit`.
pub(crate) fn sentence(headroom: &Value) -> String {
    let amount = print::field(headroom, "headroom_usd");
    format!("{amount}, stopped first by: {}", stopped_by(headroom))
}

/// What stops first, as people say it: a state that stops at once, or the binding constraint.
pub(crate) fn stopped_by(headroom: &Value) -> String {
    let text = |of: Option<&Value>, name| of?.get(name)?.as_str().map(str::to_owned);
    if let Some(message) = text(headroom.get("stopped_by"), "message") {
        return message;
    }
    text(Some(headroom), "binding").map_or_else(|| "nothing".to_owned(), |name| print::plain(&name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_headroom_is_one_sentence() {
        let headroom =
            json!({"headroom_usd": "0.38", "binding": "project_hard_limit", "stopped_by": null});
        assert_eq!(
            sentence(&headroom),
            "$0.38, stopped first by: project hard limit"
        );
        let headroom = json!({"headroom_usd": "0.38", "binding": "credit_balance"});
        assert_eq!(
            sentence(&headroom),
            "$0.38, stopped first by: credit balance"
        );
        let frozen = json!({"code": "api_key_frozen", "message": "The key is frozen."});
        let headroom = json!({"headroom_usd": "0.38", "binding": null, "stopped_by": frozen});
        assert_eq!(
            sentence(&headroom),
            "$0.38, stopped first by: The key is frozen."
        );
    }
}

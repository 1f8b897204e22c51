//! `seawall audit`: who changed what.

use clap::Args;
use serde_json::Value;

use super::filter::{self, TimeArgs};
use super::print::{self, Table};
use super::{Answer, Client};
use crate::exit::Failure;

#[derive(Args, Debug)]
pub(crate) struct AuditArgs {
    /// Only what was changed in an organization
    #[arg(long, value_name = "NAME")]
    org: Option<String>,
    /// Only the changes of the caps on an upstream
    #[arg(long, value_name = "NAME", conflicts_with = "org")]
    upstream: Option<String>,
    /// Only what was changed by this one
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    #[command(flatten)]
    time: TimeArgs,
}

pub(crate) async fn run(client: &Client, args: AuditArgs) -> Result<Answer, Failure> {
    let organization = filter::organization(client, args.org.as_deref()).await?;
    let asked = [
        ("organization", organization),
        ("upstream", args.upstream),
        ("actor", args.actor),
    ];
    let path = filter::path("audit", asked.into_iter().chain(args.time.parameters()));
    let json = client.get(&path).await?;
    Ok(Answer {
        text: text(&json),
        json,
        schema: "audit",
    })
}

fn text(json: &Value) -> String {
    let mut table = Table::new(&["time", "by", "what", "on", "changes"]);
    let rows = json.get("data").and_then(Value::as_array);
    for row in rows.into_iter().flatten() {
        let mut cells = print::fields(row, &["at", "actor"]);
        cells.push(print::plain(&print::field(row, "action")));
        let object = row.get("object").unwrap_or(&Value::Null);
        let name = object.get("name").and_then(Value::as_str);
        cells.push(name.map_or_else(|| print::field(object, "id"), str::to_owned));
        cells.push(changes(row.get("changes").unwrap_or(&Value::Null)));
        table.row(cells);
    }
    let mut text = table.or("no change");
    text.push_str(&filter::next_page(json, "earlier"));
    text
}

/// `amount_usd 25.00 → 10.00`; what was nothing before is only named with what it is. What stays nothing is not said.
fn changes(changes: &Value) -> String {
    let said = |value: Option<&Value>| match value {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    };
    let fields = changes.as_object().into_iter().flatten();
    let fields = fields.map(|(name, change)| {
        let (from, to) = (said(change.get("from")), said(change.get("to")));
        match (from, to) {
            (Some(from), to) => {
                format!("{name} {from} → {}", to.as_deref().unwrap_or("none"))
            }
            (None, to) => format!("{name} {}", to.as_deref().unwrap_or("none")),
        }
    });
    fields.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_is_a_line_from_what_to_what() {
        let json = json!({
            "data": [{
                "at": "2026-11-22T14:00:00Z", "actor": "first", "action": "limit_changed", "seq": 7,
                "object": {"kind": "limit", "id": "lim_1", "name": null},
                "changes": {"amount_usd": {"from": "25.00", "to": "10.00"}, "used": {"from": null, "to": "reset"}},
            }],
            "next_cursor": null,
        });
        assert!(
            text(&json)
                .ends_with("first  limit changed  lim_1  amount_usd 25.00 → 10.00, used reset\n"),
            "{}",
            text(&json)
        );
    }
}

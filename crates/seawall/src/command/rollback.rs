//! `seawall org rollback` and `seawall org accept-rollback`: what a store that rolled back has lost of an organization.

use serde_json::{Value, json};

use super::client::encoded;
use super::print::{self, Table};
use super::{Answer, Client, find};
use crate::exit::Failure;

/// Shows it.
pub(crate) async fn show(client: &Client, org: &str) -> Result<Answer, Failure> {
    let id = id(client, org).await?;
    let json = client
        .get(&format!("organizations/{}/rollback", encoded(&id)))
        .await?;
    let mut text = shown(&json, "would be restored");
    let entry = print::field(&json, "acknowledged_entry");
    text.push_str(&format!(
        "\nBetter than going on: a store, or a backup of it, that has more. Otherwise\n  seawall org accept-rollback {org} --entry {entry}\n"
    ));
    Ok(answer(text, json))
}

/// Accepts it.
pub(crate) async fn accept(client: &Client, org: &str, entry: u64) -> Result<Answer, Failure> {
    let id = id(client, org).await?;
    let path = format!("organizations/{}/accept-rollback", encoded(&id));
    let json = client
        .post(&path, json!({"acknowledged_entry": entry}))
        .await?;
    Ok(answer(shown(&json, "was restored"), json))
}

fn answer(text: String, json: Value) -> Answer {
    Answer {
        text,
        json,
        schema: "rollback",
    }
}

/// The id of an organization, which may not be readable: then its id, or its name in the list, must do.
async fn id(client: &Client, org: &str) -> Result<String, Failure> {
    if find::is_id(org, "org") {
        return Ok(org.to_owned());
    }
    let found = find::organization(client, Some(org)).await?;
    Ok(find::id(&found).to_owned())
}

fn shown(json: &Value, restored: &str) -> String {
    let calls = json.get("calls").unwrap_or(&Value::Null);
    let mut text = print::facts(&[
        ("problem", print::field(json, "problem")),
        (
            "last entry acknowledged",
            print::field(json, "acknowledged_entry"),
        ),
        ("acknowledged at", print::field(json, "acknowledged_at")),
        ("last entry there", print::field(json, "last_entry")),
        ("that one at", print::field(json, "last_entry_at")),
        (
            "entries remembered",
            print::field(json, "remembered_entries"),
        ),
        (
            "of them restorable",
            print::field(json, "restorable_entries"),
        ),
        ("calls charged", print::field(calls, "charged")),
        ("spent by them", print::field(calls, "spent_usd")),
        (
            "not restorable of that",
            print::field(calls, "spent_not_restorable_usd"),
        ),
        (
            "charged nobody knows what",
            print::field(calls, "charged_unknown"),
        ),
        ("held by open calls", print::field(calls, "held_usd")),
    ]);
    text.push('\n');
    let mut table = Table::new(&["entry", "time", "by", "what", "on", restored]);
    let changes = json.get("changes").and_then(Value::as_array);
    for change in changes.into_iter().flatten() {
        let mut cells = print::fields(change, &["entry", "recorded_at", "actor"]);
        cells.push(print::plain(&print::field(change, "kind")));
        let fields = change.get("fields").unwrap_or(&Value::Null);
        cells.push(object(fields));
        cells.push(match change.get("reason").and_then(Value::as_str) {
            None => "yes".to_owned(),
            Some(reason) => format!("no: it {reason}"),
        });
        table.row(cells);
    }
    text.push_str(&table.or("nobody had changed anything that is remembered"));
    text
}

/// What a change is on: the first id among its fields.
fn object(fields: &Value) -> String {
    let fields = fields.as_object().into_iter().flatten();
    let mut ids = fields
        .filter(|(name, _)| name.ends_with("id"))
        .filter_map(|(_, value)| value.as_str());
    ids.next().unwrap_or("–").to_owned()
}

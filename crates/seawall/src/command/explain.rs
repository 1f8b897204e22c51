//! `seawall explain`: why a call went as it did, for people. What it says is the API's; here it only gets a shape.

mod lines;

use clap::Args;
use serde_json::Value;

use super::client::encoded;
use super::print::Table;
use super::{Answer, Client, print};
use crate::exit::Failure;

#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// The call, by the id that `x-request-id` told
    id: String,
}

pub(crate) async fn run(client: &Client, args: ExplainArgs) -> Result<Answer, Failure> {
    let path = format!("requests/{}/explanation", encoded(&args.id));
    let json = client.get(&path).await?;
    Ok(Answer {
        text: text(&json),
        json,
        schema: "explain",
    })
}

/// The whole explanation.
fn text(json: &Value) -> String {
    let mut text = lines::head(json);
    text.push_str(&format!("\nWhy  {}\n", at(json, "/why")));
    let checks = checks(json);
    if !checks.is_empty() {
        text.push_str(&format!("\n{checks}"));
    }
    for (name, said) in [
        ("Needed", lines::needed(json)),
        ("Diagnosis", lines::diagnosis(json)),
        ("Would have fitted with", lines::remedies(json)),
        ("Who can change it", lines::who(json)),
        ("Attempts", lines::attempts(json)),
        ("Ledger", lines::entries(json)),
        ("Paid by", lines::paid(json)),
        ("Made again", lines::replay(json)),
        ("Now", lines::now(json)),
    ] {
        if let Some(said) = said {
            text.push_str(&format!("\n{name:<24}{said}"));
        }
    }
    text.push('\n');
    text
}

/// The table of checks, two spaces in.
fn checks(json: &Value) -> String {
    let all = json.get("checks").and_then(Value::as_array);
    let mut table = Table::new(&[
        "check", "of", "limit", "spent", "held", "left", "needed", "result",
    ]);
    for check in all.into_iter().flatten() {
        let scope = check.get("scope").unwrap_or(&Value::Null);
        let narrow = check.get("of").and_then(Value::as_str);
        let mut row = vec![
            print::plain(&print::field(check, "kind")),
            narrow.map_or_else(|| print::scope(scope), str::to_owned),
        ];
        row.push(limit(check));
        row.extend(["spent", "held", "left", "needed"].map(|name| figure(check, name)));
        row.push(verdict(check));
        table.row(row);
    }
    let lines = table.or("");
    let lines = lines.lines().filter(|line| !line.is_empty());
    lines.map(|line| format!("  {line}\n")).collect()
}

/// In dollars, or in the requests or tokens that a check counts.
fn figure(of: &Value, name: &str) -> String {
    let usd = format!("{name}_usd");
    match of.get(&usd) {
        None | Some(Value::Null) => print::field(of, name),
        Some(_) => print::field(of, &usd),
    }
}

/// `$10.00 per month`.
fn limit(check: &Value) -> String {
    let amount = figure(check, "limit");
    match check.pointer("/window/kind").and_then(Value::as_str) {
        None | Some("total") => amount,
        Some(kind) => format!("{amount} per {kind}"),
    }
}

fn verdict(check: &Value) -> String {
    let word = print::plain(&print::field(check, "verdict"));
    match check.get("binding").and_then(Value::as_bool) {
        Some(true) => format!("{word}  <- binding"),
        _ => word,
    }
}

/// What is at this place, as text.
fn at(json: &Value, pointer: &str) -> String {
    match json.pointer(pointer) {
        None | Some(Value::Null) => "–".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests;

//! `seawall usage`: what calls cost, by the hour or day.

use clap::{Arg, Args};
use serde_json::Value;

use super::filter::{self, CallsArgs, TimeArgs};
use super::print::{self, Table};
use super::{Answer, Client};
use crate::exit::Failure;

#[derive(Args, Debug)]
#[command(mut_args(whole_hours))]
pub(crate) struct UsageArgs {
    /// How much time makes one line
    #[arg(long, value_name = "TIME", default_value = "day", value_parser = ["hour", "day"])]
    bucket: String,
    /// What lines are told apart by, with commas between
    #[arg(long, value_name = "WHAT", value_delimiter = ',',
        value_parser = ["organization", "project", "key", "model", "upstream"])]
    group_by: Vec<String>,
    /// Only that of an organization
    #[arg(long, value_name = "NAME")]
    org: Option<String>,
    #[command(flatten)]
    calls: CallsArgs,
    #[command(flatten)]
    time: TimeArgs,
}

/// Sums are kept by the hour.
fn whole_hours(argument: Arg) -> Arg {
    match argument.get_id().as_str() {
        "from" => argument.help("Not before this time; the hour it is in counts whole"),
        "to" => argument.help("Before this time; the hour it is in counts whole"),
        _ => argument,
    }
}

pub(crate) async fn run(client: &Client, args: UsageArgs) -> Result<Answer, Failure> {
    let organization = filter::organization(client, args.org.as_deref()).await?;
    let groups = Some(args.group_by.join(",")).filter(|groups| !groups.is_empty());
    let asked = [
        ("bucket", Some(args.bucket)),
        ("group_by", groups),
        ("organization", organization),
    ];
    let asked = asked
        .into_iter()
        .chain(args.calls.parameters(client).await?)
        .chain(args.time.parameters());
    let path = filter::path("usage", asked);
    let json = client.get(&path).await?;
    Ok(Answer {
        text: text(&json, &args.group_by),
        json,
        schema: "usage",
    })
}

/// A line for each sum: calls and tokens in all, what they cost.
fn text(json: &Value, group_by: &[String]) -> String {
    let mut head = vec!["begins (UTC)"];
    head.extend(group_by.iter().map(String::as_str));
    head.extend(["served", "refused", "other", "cost"]);
    let mut table = Table::new(&head);
    let rows = json.get("data").and_then(Value::as_array);
    for row in rows.into_iter().flatten() {
        let mut cells = print::fields(row, &["starts_at"]);
        for group in group_by {
            let field = match group.as_str() {
                "model" | "upstream" => group.clone(),
                other => format!("{other}_id"),
            };
            cells.push(print::field(row, &field));
        }
        let calls = row.get("calls").unwrap_or(&Value::Null);
        let other = ["provider_refused", "failed", "cancelled"];
        let other: Option<u64> = other
            .iter()
            .map(|name| calls.get(*name).and_then(Value::as_u64))
            .sum();
        cells.extend(print::fields(calls, &["served", "refused"]));
        cells.push(other.map_or_else(|| "–".to_owned(), |other| other.to_string()));
        cells.push(print::field(row, "cost_usd"));
        table.row(cells);
    }
    let mut text = table.or("no calls");
    text.push_str(&filter::next_page(json, "later"));
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_sum_is_a_line() {
        let calls =
            json!({"served": 3, "refused": 1, "provider_refused": 1, "failed": 2, "cancelled": 0});
        let json = json!({
            "data": [{"starts_at": "2026-11-22T00:00:00Z", "model": "gpt-5-mini", "cost_usd": "0.75", "calls": calls}],
            "next_cursor": null,
        });
        assert_eq!(
            text(&json, &["model".to_owned()]),
            "begins (UTC)         model       served  refused  other   cost\n\
             2026-11-22 00:00:00  gpt-5-mini  3       1        3      $0.75\n"
        );
    }
}

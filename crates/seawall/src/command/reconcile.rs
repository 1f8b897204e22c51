//! `seawall reconcile`: a provider's bill held against what went through its account here.

use clap::Args;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::print::{self, Table};
use super::{Answer, Client};
use crate::exit::{Exit, Failure};

/// What the answer is called.
const SCHEMA: &str = "reconciliation";

#[derive(Args, Debug)]
pub(crate) struct ReconcileArgs {
    /// Which upstream; may be left out where there is only one
    #[arg(long, value_name = "NAME")]
    upstream: Option<String>,
    /// The first day, by UTC, such as 2026-11-15 [default: eight days before the last]
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// The day after the last one, by UTC [default: tomorrow]
    #[arg(long, value_name = "DAY")]
    to: Option<Date>,
    /// Post what puts the books right; without it nothing is changed
    #[arg(long)]
    post: bool,
    /// The provider's id of the key that the upstream uses, where it cannot be told by its end
    #[arg(long, value_name = "ID")]
    provider_key: Option<String>,
    /// Take the provider's figures of days that may still grow as complete
    #[arg(long)]
    take_incomplete: bool,
}

pub(crate) async fn run(client: &Client, args: ReconcileArgs) -> Result<Answer, Failure> {
    let upstream = match args.upstream {
        Some(name) => name,
        None => only_one(client).await?,
    };
    let mut body = Map::new();
    body.insert("upstream".to_owned(), json!(upstream));
    body.insert("post".to_owned(), json!(args.post));
    body.insert("take_incomplete".to_owned(), json!(args.take_incomplete));
    for (name, day) in [("from", args.from), ("to", args.to)] {
        body.extend(day.map(|day| (name.to_owned(), json!(day.to_string()))));
    }
    let key = args
        .provider_key
        .map(|key| ("provider_key".to_owned(), json!(key)));
    body.extend(key);
    let json = client
        .post_patiently("reconciliations", body.into())
        .await?;
    Ok(Answer {
        text: text(&json),
        json,
        schema: SCHEMA,
    })
}

/// A difference that somebody must act on ends the program so that a script notices.
pub(crate) fn finding(answer: &Answer) -> Result<(), Failure> {
    let open = answer.json.get("needs_action").and_then(Value::as_bool) == Some(true);
    if answer.schema == SCHEMA && open {
        let message = "the two bills differ, and somebody must act on it";
        return Err(Failure::new(Exit::Finding, message));
    }
    Ok(())
}

async fn only_one(client: &Client) -> Result<String, Failure> {
    let all = client.list("upstreams").await?;
    match &all[..] {
        [one] => Ok(print::field(one, "name")),
        [] => Err(Failure::usage("there is no upstream yet")),
        several => {
            let names: Vec<String> = several
                .iter()
                .map(|one| print::field(one, "name"))
                .collect();
            Err(Failure::usage(format!(
                "there are several upstreams; name one with --upstream: {}",
                names.join(", ")
            )))
        }
    }
}

/// A line for each difference, what each cause means, the sums, and what was posted.
fn text(json: &Value) -> String {
    let rows = json.get("rows").and_then(Value::as_array);
    let rows = rows.map(Vec::as_slice).unwrap_or_default();
    let mut table = Table::new(&[
        "day (UTC)",
        "key",
        "model",
        "ours",
        "theirs",
        "difference",
        "cause",
    ]);
    for row in rows {
        let key = match print::field(row, "side").as_str() {
            "account" => "this account's".to_owned(),
            _ => print::field(row, "provider_key"),
        };
        let mut cells = vec![days(row), key];
        cells.extend(print::fields(
            row,
            &["model", "ours_usd", "theirs_usd", "difference_usd"],
        ));
        cells.push(print::plain(&print::field(row, "cause")));
        table.row(cells);
    }
    let mut text = table.or("nothing went through the account, and nothing was billed");
    let mut said: Vec<(String, String)> = Vec::new();
    for row in rows {
        let cause = print::plain(&print::field(row, "cause"));
        let explained = (cause, print::field(row, "explanation"));
        let quiet = explained.0 == "agrees" && !explained.1.contains("presumed");
        if !quiet && !said.contains(&explained) {
            said.push(explained);
        }
    }
    for (cause, explanation) in said {
        text.push_str(&format!("\n{cause}: {explanation}"));
    }
    let not_posted = rows
        .iter()
        .filter_map(|row| Some((row, row.get("not_posted")?.as_str()?)));
    for (row, why) in not_posted {
        text.push_str(&format!(
            "\n{} {} cannot be posted: {why}",
            days(row),
            print::field(row, "model")
        ));
    }
    text.push_str(&sums(json));
    text
}

fn days(row: &Value) -> String {
    let [first, last] = ["first_day", "last_day"].map(|name| print::field(row, name));
    if first == last {
        first
    } else {
        format!("{first} and {last}")
    }
}

fn sums(json: &Value) -> String {
    let [ours, theirs, difference] =
        ["ours_usd", "theirs_usd", "difference_usd"].map(|name| print::field(json, name));
    let mut text = format!("\n\nin all: {ours} here, {theirs} there, difference {difference}\n");
    let missing = json.get("missing").and_then(Value::as_array);
    for line in missing.into_iter().flatten().filter_map(Value::as_str) {
        text.push_str(&format!("{line}\n"));
    }
    if let Some(left) = json.get("provider_left_usd").filter(|left| !left.is_null()) {
        let left = json!({"left_usd": left});
        text.push_str(&format!(
            "left at the provider, by its own word: {}\n",
            print::field(&left, "left_usd")
        ));
    }
    let Some(posted) = json.get("posted").filter(|posted| !posted.is_null()) else {
        text.push_str("nothing was posted; `--post` does it\n");
        return text;
    };
    let [resolved, lowered, charged, refunded] =
        ["resolved", "lowered_usd", "charged_usd", "refunded_usd"]
            .map(|name| print::field(posted, name));
    text.push_str(&format!(
        "posted: {resolved} presumed charges resolved, {lowered} less; {charged} charged, {refunded} given back\n"
    ));
    let left = posted.get("left").and_then(Value::as_array);
    for line in left.into_iter().flatten().filter_map(Value::as_str) {
        text.push_str(&format!("{line}\n"));
    }
    text
}

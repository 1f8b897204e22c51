//! `seawall upstream credit` and `seawall upstream balance`: what was bought at a provider, and how long it lasts.

use clap::{Args, Subcommand};
use money::Nanos;
use serde_json::{Map, Value, json};

use super::path;
use crate::command::client::encoded;
use crate::command::print::{self, Table};
use crate::command::{Answer, Client, amount};
use crate::exit::{Exit, Failure};

/// What the balance is called.
const SCHEMA: &str = "upstream_balance";

#[derive(Debug, Subcommand)]
pub(crate) enum BoughtCommand {
    /// Write down credit that was bought at the provider
    Add(AddArgs),
    /// Strike out what was written down wrongly
    Delete {
        /// The account's name
        name: String,
        /// The id that `seawall upstream balance` shows
        id: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct AddArgs {
    /// The account's name
    name: String,
    /// How much, in dollars
    #[arg(value_name = "USD", value_parser = amount::positive, allow_negative_numbers = true)]
    amount: Nanos,
    /// When it was bought, such as 2026-11-20T09:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    bought_at: Option<jiff::Timestamp>,
    /// For whoever reads it later
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
}

pub(super) async fn run(client: &Client, command: BoughtCommand) -> Result<Answer, Failure> {
    match command {
        BoughtCommand::Add(args) => {
            let mut body = Map::new();
            body.insert("amount_usd".to_owned(), json!(args.amount.to_string()));
            body.insert("note".to_owned(), json!(args.note));
            let at = args
                .bought_at
                .map(|at| ("bought_at".to_owned(), json!(at.to_string())));
            body.extend(at);
            let route = format!("{}/credits", path(&args.name));
            let json = client.post(&route, body.into()).await?;
            Ok(Answer {
                text: print::object(&json),
                json,
                schema: "upstream_credit",
            })
        }
        BoughtCommand::Delete { name, id } => {
            let route = format!("{}/credits/{}", path(&name), encoded(&id));
            client.delete(&route).await?;
            Ok(Answer {
                text: format!("{id} is struck out\n"),
                json: json!({"id": id, "deleted": true}),
                schema: "upstream_credit_deleted",
            })
        }
    }
}

pub(super) async fn show(client: &Client, name: &str) -> Result<Answer, Failure> {
    let json = client.get(&format!("{}/balance", path(name))).await?;
    Ok(Answer {
        text: text(&json),
        json,
        schema: SCHEMA,
    })
}

/// Credit that is used up or soon will be ends the program so that a script notices.
pub(crate) fn finding(answer: &Answer) -> Result<(), Failure> {
    let warned = answer.json.get("warning").is_some_and(Value::is_string);
    if answer.schema == SCHEMA && warned {
        let message =
            "what was bought there is used up, or soon will be; buy more, and tell it here";
        return Err(Failure::new(Exit::Finding, message));
    }
    Ok(())
}

fn text(json: &Value) -> String {
    let bought = json.get("credits").and_then(Value::as_array);
    let bought = bought.map(Vec::as_slice).unwrap_or_default();
    if bought.is_empty() {
        return "nothing is known to have been bought; tell it with `seawall upstream credit add`\n".to_owned();
    }
    let mut table = Table::new(&["bought", "when", "note", "id"]);
    for one in bought {
        table.row(print::fields(
            one,
            &["amount_usd", "bought_at", "note", "id"],
        ));
    }
    let field = |name| print::field(json, name);
    let mut facts = vec![
        ("bought", field("bought_usd")),
        ("went through", field("went_through_usd")),
        ("left", field("left_usd")),
        ("goes in a day", field("per_day_usd")),
        ("runs out", field("runs_out_at")),
    ];
    let warning = json.get("warning").and_then(Value::as_str);
    let warning = warning.map(|warning| match warning {
        "used_up" => "it is used up, by what is known here",
        _soon => "it lasts for less than a week at this pace",
    });
    facts.extend(warning.map(|warning| ("warning", warning.to_owned())));
    format!("{}\n{}", table.or("nothing"), print::facts(&facts))
}

//! `seawall limit`: hard limits, the owner's ceilings.

use clap::{Args, Subcommand};
use money::Nanos;
use serde_json::{Map, Value, json};

use super::find::ScopeArgs;
use super::per::PerArgs;
use super::print::{self, Table};
use super::{Answer, Client, amount, client};
use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum LimitCommand {
    /// Those of an organization, a project or a key; without either all
    List {
        #[command(flatten)]
        of: ScopeArgs,
    },
    /// One of them
    Show {
        /// Its id
        limit: String,
    },
    /// Set a ceiling
    Create(CreateArgs),
    /// What a ceiling would have refused of the calls of the last days; sets nothing
    Preview {
        #[command(flatten)]
        ceiling: CreateArgs,
        /// Of how many days, up to 90
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=90))]
        days: u32,
    },
    /// Raise or lower one
    Set {
        /// Its id
        limit: String,
        /// How much it is to be, in dollars
        #[arg(value_name = "USD", value_parser = amount::not_negative, allow_negative_numbers = true)]
        amount: Nanos,
        /// Whether what was used so far still counts
        #[arg(long, value_parser = ["keep", "reset"])]
        used: Option<String>,
    },
    /// Take one away
    Delete {
        /// Its id
        limit: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct CreateArgs {
    /// How much, in dollars
    #[arg(value_name = "USD", value_parser = amount::not_negative, allow_negative_numbers = true)]
    amount: Nanos,
    #[command(flatten)]
    per: PerArgs,
}

impl CreateArgs {
    /// The request that sets it.
    async fn body(self, client: &Client) -> Result<Map<String, Value>, Failure> {
        let mut body = self.per.body(client).await?;
        let members = [
            ("amount_usd", json!(self.amount.to_string())),
            ("measure", json!("usd")),
            ("mode", json!("enforce")),
        ];
        body.extend(members.map(|(name, value)| (name.to_owned(), value)));
        Ok(body)
    }
}

pub(crate) async fn run(client: &Client, command: LimitCommand) -> Result<Answer, Failure> {
    let json = match command {
        LimitCommand::List { of } => return list(client, of).await,
        LimitCommand::Show { limit } => client.get(&path(&limit)).await?,
        LimitCommand::Create(args) => {
            let body = args.body(client).await?;
            client.post("limits", body.into()).await?
        }
        LimitCommand::Preview { ceiling, days } => return preview(client, ceiling, days).await,
        LimitCommand::Set {
            limit,
            amount,
            used,
        } => {
            let mut body = Map::new();
            body.insert("amount_usd".to_owned(), json!(amount.to_string()));
            body.extend(used.map(|used| ("used".to_owned(), json!(used))));
            client.patch(&path(&limit), body.into()).await?
        }
        LimitCommand::Delete { limit } => {
            let one = client.get(&path(&limit)).await?;
            client.delete(&path(&limit)).await?;
            one
        }
    };
    Ok(Answer {
        text: one(&json),
        json,
        schema: "limit",
    })
}

async fn preview(client: &Client, ceiling: CreateArgs, days: u32) -> Result<Answer, Failure> {
    let mut body = ceiling.body(client).await?;
    body.insert("days".to_owned(), json!(days));
    let json = client.post("limits/preview", body.into()).await?;
    let count = |name| json.get(name).and_then(Value::as_u64).unwrap_or_default();
    let text = |name| print::field(&json, name);
    let sentence = format!(
        "At {} {}, {} of the {} calls of the last {days} days would have been refused or cut down.",
        text("amount_usd"),
        per(&json),
        count("would_refuse"),
        count("calls"),
    );
    let which = |name| {
        let call = json.get(name).filter(|call| !call.is_null());
        call.map_or_else(
            || "none".to_owned(),
            |call| {
                format!(
                    "{}  {}",
                    print::field(call, "at"),
                    print::field(call, "request_id")
                )
            },
        )
    };
    let facts = [
        ("of", print::scope_of(&json)),
        ("refused, cost", text("would_refuse_cost_usd")),
        ("refused first", which("first")),
        ("refused last", which("last")),
        ("refuses none from", text("refuses_none_at_usd")),
    ];
    Ok(Answer {
        text: format!("{sentence}\n\n{}", print::facts(&facts)),
        json,
        schema: "limit_preview",
    })
}

/// A window as the end of a sentence.
fn per(limit: &Value) -> String {
    match limit.pointer("/window/kind").and_then(Value::as_str) {
        Some("total") | None => "in total".to_owned(),
        Some(kind) => format!("per {kind}"),
    }
}

fn path(limit: &str) -> String {
    format!("limits/{}", client::encoded(limit))
}

async fn list(client: &Client, of: ScopeArgs) -> Result<Answer, Failure> {
    let all = of.list(client, "limits").await?;
    let mut table = Table::new(&[
        "of",
        "hard limit",
        "per",
        "spent",
        "held",
        "left",
        "resets",
        "id",
    ]);
    for limit in &all {
        let mut row = vec![print::scope_of(limit)];
        row.extend(print::fields(limit, &["amount_usd"]));
        row.push(print::window_of(limit));
        row.extend(print::fields(
            limit,
            &["spent_usd", "held_usd", "left_usd", "resets_at", "id"],
        ));
        table.row(row);
    }
    let text = table.or(
        "no hard limit yet; set one with `seawall limit create USD --project PROJECT --per month`",
    );
    Ok(Answer {
        text,
        json: json!({"data": all}),
        schema: "limits",
    })
}

fn one(limit: &Value) -> String {
    let mut facts = vec![
        ("of", print::scope_of(limit)),
        ("per", print::window_of(limit)),
    ];
    for (name, field) in [
        ("hard limit", "amount_usd"),
        ("spent", "spent_usd"),
        ("held", "held_usd"),
        ("left", "left_usd"),
        ("resets", "resets_at"),
        ("id", "id"),
    ] {
        facts.push((name, print::field(limit, field)));
    }
    print::facts(&facts)
}

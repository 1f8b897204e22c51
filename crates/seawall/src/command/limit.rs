//! `seawall limit`: hard limits, the owner's ceilings.

use clap::{Args, Subcommand};
use money::Nanos;
use serde_json::{Map, Value, json};

use super::find::ScopeArgs;
use super::print::{self, Table};
use super::{Answer, Client, amount, client, find};
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
    of: ScopeArgs,
    /// In which time: a calendar day, week or month, or in total
    #[arg(long, value_parser = ["day", "week", "month", "total"])]
    per: String,
    /// Where days and months begin. Without: the organization's time zone
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
}

pub(crate) async fn run(client: &Client, command: LimitCommand) -> Result<Answer, Failure> {
    let json = match command {
        LimitCommand::List { of } => return list(client, of).await,
        LimitCommand::Show { limit } => client.get(&path(&limit)).await?,
        LimitCommand::Create(args) => {
            if args.of.is_empty() {
                // A ceiling on everything by a slip of the keyboard would stop everything.
                return Err(Failure::usage("say on what: --org, --project or --key"));
            }
            let (kind, id) = args.of.find(client).await?;
            let mut window = Map::new();
            window.insert("kind".to_owned(), json!(args.per));
            window.extend(
                args.time_zone
                    .map(|zone| ("time_zone".to_owned(), json!(zone))),
            );
            let body = json!({
                "scope": {"kind": kind, "id": id},
                "amount_usd": args.amount.to_string(),
                "measure": "usd",
                "window": window,
                "mode": "enforce",
            });
            client.post("limits", body).await?
        }
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

fn path(limit: &str) -> String {
    format!("limits/{}", client::encoded(limit))
}

async fn list(client: &Client, of: ScopeArgs) -> Result<Answer, Failure> {
    let mut all = Vec::new();
    if of.is_empty() {
        for organization in client.list("organizations").await? {
            let id = find::id(&organization);
            all.extend(
                client
                    .list(&client::with("limits", "organization", id))
                    .await?,
            );
        }
    } else {
        all = client.list(&of.query(client, "limits").await?).await?;
    }
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
        let mut row = vec![scope(limit)];
        row.extend(print::fields(limit, &["amount_usd"]));
        row.push(window(limit));
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
    let mut facts = vec![("of", scope(limit)), ("per", window(limit))];
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

fn scope(limit: &Value) -> String {
    print::scope(limit.get("scope").unwrap_or(&Value::Null))
}

fn window(limit: &Value) -> String {
    let window = limit.get("window").unwrap_or(&Value::Null);
    match window.get("time_zone").and_then(Value::as_str) {
        Some(zone) => format!("{} ({zone})", print::field(window, "kind")),
        None => print::field(window, "kind"),
    }
}

//! `seawall credit` and `seawall balance`: money added, and what is left of it.

use clap::{Args, Subcommand};
use money::Nanos;
use serde_json::{Map, Value, json};

use super::print::{self, Table};
use super::{Answer, Client, amount, client, find};
use crate::exit::Failure;

/// An organization; may be left out where there is only one.
#[derive(Args, Debug)]
pub(crate) struct OrgArg {
    /// Whose; name or id. May be left out where there is only one organization
    #[arg(long, value_name = "NAME")]
    pub(crate) org: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CreditCommand {
    /// The lots: what was added, and what became of each
    List(OrgArg),
    /// Add some
    Add(AddArgs),
    /// Take back what is left of a lot
    Void {
        /// The lot's id
        lot: String,
        #[command(flatten)]
        whose: OrgArg,
    },
    /// Take back the payment behind a lot, also as far as it was spent: that is owed
    ChargeBack {
        /// The lot's id
        lot: String,
        /// How much, in dollars
        #[arg(value_name = "USD", value_parser = amount::positive, allow_negative_numbers = true)]
        amount: Nanos,
        /// For whoever reads the ledger later
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct AddArgs {
    /// How much, in dollars
    #[arg(value_name = "USD", value_parser = amount::positive, allow_negative_numbers = true)]
    amount: Nanos,
    #[command(flatten)]
    whose: OrgArg,
    /// What kind of money it is
    #[arg(long, default_value = "purchase", value_parser = ["purchase", "grant", "refund"])]
    kind: String,
    /// When it lapses, such as 2027-01-01T00:00:00Z. Without: never
    #[arg(long, value_name = "TIME")]
    lapses_at: Option<jiff::Timestamp>,
    /// Lower is used first
    #[arg(long, value_name = "N")]
    priority: Option<u32>,
    /// For whoever reads the ledger later
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
}

const COLUMNS: &[&str] = &[
    "kind",
    "added_usd",
    "spent_usd",
    "held_usd",
    "left_usd",
    "lapses_at",
    "note",
    "id",
];

pub(crate) async fn run(client: &Client, command: CreditCommand) -> Result<Answer, Failure> {
    match command {
        CreditCommand::List(whose) => {
            let all = client.list(&path(client, &whose).await?).await?;
            let mut table = Table::new(&[
                "kind", "added", "spent", "held", "left", "lapses", "note", "id",
            ]);
            for one in &all {
                table.row(print::fields(one, COLUMNS));
            }
            let text = table.or("no credit yet; add some with `seawall credit add USD`");
            Ok(Answer {
                text,
                json: json!({"data": all}),
                schema: "credits",
            })
        }
        CreditCommand::Add(args) => {
            let path = path(client, &args.whose).await?;
            let mut body = Map::new();
            body.insert("amount_usd".to_owned(), json!(args.amount.to_string()));
            body.insert("kind".to_owned(), json!(args.kind));
            body.insert("note".to_owned(), json!(args.note));
            body.extend(
                args.lapses_at
                    .map(|at| ("lapses_at".to_owned(), json!(at.to_string()))),
            );
            body.extend(
                args.priority
                    .map(|priority| ("priority".to_owned(), json!(priority))),
            );
            let json = client.post(&path, body.into()).await?;
            Ok(Answer {
                text: print::object(&json),
                json,
                schema: "credit",
            })
        }
        CreditCommand::Void { lot, whose: _ } => taken(client, (&lot, "void"), json!({})).await,
        CreditCommand::ChargeBack { lot, amount, note } => {
            let body = json!({"amount_usd": amount.to_string(), "note": note});
            taken(client, (&lot, "charge-back"), body).await
        }
    }
}

/// Credit that is taken back from a lot, whose id says whose it is.
async fn taken(client: &Client, (lot, how): (&str, &str), body: Value) -> Result<Answer, Failure> {
    let path = format!("credits/{}/{how}", client::encoded(lot));
    let json = client.post(&path, body).await?;
    Ok(Answer {
        text: print::object(&json),
        json,
        schema: "credit",
    })
}

async fn path(client: &Client, whose: &OrgArg) -> Result<String, Failure> {
    let organization = find::organization(client, whose.org.as_deref()).await?;
    Ok(format!("organizations/{}/credits", find::id(&organization)))
}

/// `seawall balance`.
pub(crate) async fn balance(client: &Client, whose: OrgArg) -> Result<Answer, Failure> {
    let organization = find::organization(client, whose.org.as_deref()).await?;
    let path = format!("organizations/{}/balance", find::id(&organization));
    let json = client.get(&path).await?;
    let names = ["added", "spent", "held", "lapsed", "voided", "left", "owed"];
    let facts: Vec<_> = names
        .into_iter()
        .filter(|name| json.get(format!("{name}_usd")).is_some())
        .map(|name| (name, print::field(&json, &format!("{name}_usd"))))
        .collect();
    Ok(Answer {
        text: print::facts(&facts),
        json,
        schema: "balance",
    })
}

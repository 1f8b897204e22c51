//! `seawall org`: organizations.

use clap::{Args, Subcommand};
use money::Nanos;
use serde_json::{Value, json};

use super::print::{self, Table};
use super::{Answer, Client, amount, find, rollback};
use crate::config::quantity;
use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum OrgCommand {
    /// All of them
    List,
    /// One of them
    Show {
        /// Name or id
        org: String,
    },
    /// Make one
    Create {
        /// What it is called
        name: String,
        #[command(flatten)]
        with: WithArgs,
    },
    /// What a store that rolled back has lost of one, as far as it is remembered
    Rollback {
        /// Name or id
        org: String,
    },
    /// Go on with what a store that rolled back still has; what is remembered is appended as far as it applies
    AcceptRollback {
        /// Name or id
        org: String,
        /// The last entry that was acknowledged, as `rollback` shows it
        #[arg(long, value_name = "N")]
        entry: u64,
    },
    /// Change one
    Set {
        /// Name or id
        org: String,
        /// What it is to be called
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        #[command(flatten)]
        with: WithArgs,
    },
}

/// What an organization may be given.
#[derive(Args, Debug)]
pub(crate) struct WithArgs {
    /// Where its days and months begin, such as Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// The most it may use in a month, as the operator approved it, in dollars
    #[arg(long, value_name = "USD", value_parser = amount::not_negative)]
    approved_usage_limit: Option<Nanos>,
    /// What a key may spend in a minute before it is frozen: dollars, or `off`
    #[arg(long, value_name = "USD", value_parser = guard)]
    spend_guard: Option<Value>,
}

/// Reads a spend guard, as a request has it.
fn guard(text: &str) -> Result<Value, String> {
    let amount = quantity::usd_or_off(text.strip_prefix('$').unwrap_or(text))?;
    Ok(json!(amount.map(|amount| amount.to_string())))
}

impl WithArgs {
    /// A request's members, with the name if that is given.
    fn body(self, name: Option<String>) -> Value {
        let approved = self.approved_usage_limit;
        let given = [
            ("name", name.map(Value::from)),
            ("time_zone", self.time_zone.map(Value::from)),
            (
                "approved_usage_limit_usd",
                approved.map(|amount| json!(amount.to_string())),
            ),
            ("spend_guard_usd", self.spend_guard),
        ];
        let given = given
            .into_iter()
            .filter_map(|(field, value)| Some((field.to_owned(), value?)));
        Value::Object(given.collect())
    }
}

const COLUMNS: &[&str] = &[
    "name",
    "time_zone",
    "approved_usage_limit_usd",
    "created_at",
    "id",
];

pub(crate) async fn run(client: &Client, command: OrgCommand) -> Result<Answer, Failure> {
    let json = match command {
        OrgCommand::List => {
            let all = client.list("organizations").await?;
            let mut table =
                Table::new(&["name", "time zone", "approved usage limit", "created", "id"]);
            for one in &all {
                table.row(print::fields(one, COLUMNS));
            }
            let text = table.or("no organization yet; make one with `seawall org create NAME`");
            return Ok(Answer {
                text,
                json: json!({"data": all}),
                schema: "organizations",
            });
        }
        OrgCommand::Rollback { org } => return rollback::show(client, &org).await,
        OrgCommand::AcceptRollback { org, entry } => {
            return rollback::accept(client, &org, entry).await;
        }
        OrgCommand::Show { org } => find::organization(client, Some(&org)).await?,
        OrgCommand::Create { name, with } => {
            client.post("organizations", with.body(Some(name))).await?
        }
        OrgCommand::Set { org, name, with } => {
            let one = find::organization(client, Some(&org)).await?;
            let path = format!("organizations/{}", find::id(&one));
            client.patch(&path, with.body(name)).await?
        }
    };
    Ok(Answer {
        text: print::object(&json) + &guarded(&json),
        json,
        schema: "organization",
    })
}

/// What freezes a key that spends too fast, in a sentence.
fn guarded(organization: &Value) -> String {
    let Some(guard) = organization
        .get("spend_guard")
        .filter(|guard| guard.is_object())
    else {
        return String::new();
    };
    format!(
        "\nSpend guard: a key that spends more than {} in {} is frozen at once. `seawall key unfreeze KEY` releases it.\n",
        print::field(guard, "amount_usd"),
        print::window_of(guard),
    )
}

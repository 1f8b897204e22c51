//! `seawall org`: organizations.

use clap::Subcommand;
use money::Nanos;
use serde_json::json;

use super::print::{self, Table};
use super::{Answer, Client, amount, find, rollback};
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
        /// Where its days and months begin, such as Europe/Berlin
        #[arg(long, value_name = "ZONE")]
        time_zone: Option<String>,
        /// The most it may use in a month, as the operator approved it, in dollars
        #[arg(long, value_name = "USD", value_parser = amount::not_negative)]
        approved_usage_limit: Option<Nanos>,
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
        /// Where its days and months are to begin
        #[arg(long, value_name = "ZONE")]
        time_zone: Option<String>,
        /// The most it may use in a month, as the operator approved it, in dollars
        #[arg(long, value_name = "USD", value_parser = amount::not_negative)]
        approved_usage_limit: Option<Nanos>,
    },
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
        OrgCommand::Create {
            name,
            time_zone,
            approved_usage_limit,
        } => {
            let body = json!({"name": name});
            client
                .post(
                    "organizations",
                    with(body, None, time_zone, approved_usage_limit),
                )
                .await?
        }
        OrgCommand::Set {
            org,
            name,
            time_zone,
            approved_usage_limit,
        } => {
            let one = find::organization(client, Some(&org)).await?;
            let body = with(json!({}), name, time_zone, approved_usage_limit);
            client
                .patch(&format!("organizations/{}", find::id(&one)), body)
                .await?
        }
    };
    Ok(Answer {
        text: print::object(&json),
        json,
        schema: "organization",
    })
}

/// The body with those fields that were given.
fn with(
    mut body: serde_json::Value,
    name: Option<String>,
    time_zone: Option<String>,
    approved: Option<Nanos>,
) -> serde_json::Value {
    let approved = approved.map(|amount| amount.to_string());
    let given = [
        ("name", name),
        ("time_zone", time_zone),
        ("approved_usage_limit_usd", approved),
    ];
    if let Some(object) = body.as_object_mut() {
        for (field, value) in given {
            object.extend(value.map(|value| (field.to_owned(), json!(value))));
        }
    }
    body
}

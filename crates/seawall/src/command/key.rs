//! `seawall key`: API keys of projects. A secret is printed when it is made, and never again.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Map, json};

use super::print::{self, Table};
use super::{Answer, Client, find};
use crate::config::quantity;
use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Those of a project, or all
    List {
        /// Whose; name or id
        #[arg(long, value_name = "NAME")]
        project: Option<String>,
    },
    /// One of them
    Show {
        /// Name or id
        key: String,
    },
    /// Make one, and print its secret once
    Create(CreateArgs),
    /// Stop one at once; unfreeze lets it work again
    Freeze {
        /// Name or id
        key: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Let a frozen one work again
    Unfreeze {
        /// Name or id
        key: String,
    },
    /// Stop one for good
    Revoke {
        /// Name or id
        key: String,
    },
    /// Make its successor, and let the old one work a while longer
    Rotate {
        /// Name or id
        key: String,
        /// How long the old one still works
        #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = quantity::duration)]
        overlap: Duration,
    },
}

#[derive(Args, Debug)]
pub(crate) struct CreateArgs {
    /// What it is called
    name: String,
    /// Whose it is; name or id
    #[arg(long, value_name = "NAME")]
    project: String,
    /// When it stops working, such as 2027-01-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    expires_at: Option<jiff::Timestamp>,
    /// A model it may use; may be repeated. Without: all
    #[arg(long = "model", value_name = "MODEL")]
    models: Vec<String>,
    /// An address or network it may be used from; may be repeated. Without: all
    #[arg(long, value_name = "NETWORK")]
    ip_allow: Vec<String>,
}

const COLUMNS: &[&str] = &["name", "hint", "state", "expires_at", "created_at", "id"];

pub(crate) async fn run(client: &Client, command: KeyCommand) -> Result<Answer, Failure> {
    let json = match command {
        KeyCommand::List { project } => {
            let all = find::keys(client, project.as_deref()).await?;
            let mut table = Table::new(&["name", "ends in", "state", "expires", "created", "id"]);
            for one in &all {
                table.row(print::fields(one, COLUMNS));
            }
            let text =
                table.or("no key yet; make one with `seawall key create NAME --project PROJECT`");
            return Ok(Answer {
                text,
                json: json!({"data": all}),
                schema: "keys",
            });
        }
        KeyCommand::Show { key } => find::key(client, &key, None).await?,
        KeyCommand::Create(args) => create(client, args).await?,
        KeyCommand::Freeze { key, reason } => {
            let one = find::key(client, &key, None).await?;
            let mut body = Map::new();
            body.extend(reason.map(|reason| ("reason".to_owned(), json!(reason))));
            client
                .post(&format!("keys/{}/freeze", find::id(&one)), body.into())
                .await?
        }
        KeyCommand::Unfreeze { key } => {
            let one = find::key(client, &key, None).await?;
            client
                .post(&format!("keys/{}/unfreeze", find::id(&one)), json!({}))
                .await?
        }
        KeyCommand::Revoke { key } => {
            let one = find::key(client, &key, None).await?;
            let path = format!("keys/{}", find::id(&one));
            client.delete(&path).await?;
            client.get(&path).await?
        }
        KeyCommand::Rotate { key, overlap } => {
            let one = find::key(client, &key, None).await?;
            let body = json!({"overlap_seconds": overlap.as_secs()});
            client
                .post(&format!("keys/{}/rotate", find::id(&one)), body)
                .await?
        }
    };
    Ok(Answer {
        text: print::object(&json),
        json,
        schema: "key",
    })
}

async fn create(client: &Client, args: CreateArgs) -> Result<serde_json::Value, Failure> {
    let project = find::project(client, &args.project, None).await?;
    let mut body = Map::new();
    body.insert("name".to_owned(), json!(args.name));
    body.extend(
        args.expires_at
            .map(|at| ("expires_at".to_owned(), json!(at.to_string()))),
    );
    for (field, list) in [("models", args.models), ("ip_allow", args.ip_allow)] {
        if !list.is_empty() {
            body.insert(field.to_owned(), json!(list));
        }
    }
    client
        .post(
            &format!("projects/{}/keys", find::id(&project)),
            body.into(),
        )
        .await
}

//! `seawall project`: projects.

use clap::Subcommand;
use serde_json::{Map, json};

use super::print::{self, Table};
use super::{Answer, Client, find};
use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectCommand {
    /// Those of an organization, or all
    List {
        /// Whose; name or id
        #[arg(long, value_name = "NAME")]
        org: Option<String>,
    },
    /// One of them
    Show {
        /// Name or id
        project: String,
    },
    /// Make one
    Create {
        /// What it is called
        name: String,
        /// Whose it is; may be left out where there is only one organization
        #[arg(long, value_name = "NAME")]
        org: Option<String>,
        /// Output tokens of a call that does not say how many it wants
        #[arg(long, value_name = "TOKENS")]
        default_max_output: Option<u64>,
    },
    /// Change one
    Set {
        /// Name or id
        project: String,
        /// What it is to be called
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Output tokens of a call that does not say how many it wants
        #[arg(long, value_name = "TOKENS")]
        default_max_output: Option<u64>,
        /// Output tokens below which a call is refused instead of fitted
        #[arg(long, value_name = "TOKENS")]
        fit_floor: Option<u64>,
    },
    /// Put one away: its keys stop at once
    Archive {
        /// Name or id
        project: String,
    },
}

const COLUMNS: &[&str] = &["name", "state", "default_max_output", "created_at", "id"];

pub(crate) async fn run(client: &Client, command: ProjectCommand) -> Result<Answer, Failure> {
    let json = match command {
        ProjectCommand::List { org } => {
            let all = find::projects(client, org.as_deref()).await?;
            let mut table = Table::new(&["name", "state", "default max output", "created", "id"]);
            for one in &all {
                table.row(print::fields(one, COLUMNS));
            }
            let text = table.or("no project yet; make one with `seawall project create NAME`");
            return Ok(Answer {
                text,
                json: json!({"data": all}),
                schema: "projects",
            });
        }
        ProjectCommand::Show { project } => find::project(client, &project, None).await?,
        ProjectCommand::Create {
            name,
            org,
            default_max_output,
        } => {
            let organization = find::organization(client, org.as_deref()).await?;
            let body = body(Some(name), default_max_output, None);
            client
                .post(
                    &format!("organizations/{}/projects", find::id(&organization)),
                    body,
                )
                .await?
        }
        ProjectCommand::Set {
            project,
            name,
            default_max_output,
            fit_floor,
        } => {
            let one = find::project(client, &project, None).await?;
            let body = body(name, default_max_output, fit_floor);
            client
                .patch(&format!("projects/{}", find::id(&one)), body)
                .await?
        }
        ProjectCommand::Archive { project } => {
            let one = find::project(client, &project, None).await?;
            client
                .post(&format!("projects/{}/archive", find::id(&one)), json!({}))
                .await?
        }
    };
    Ok(Answer {
        text: print::object(&json),
        json,
        schema: "project",
    })
}

fn body(
    name: Option<String>,
    default_max_output: Option<u64>,
    fit_floor: Option<u64>,
) -> serde_json::Value {
    let mut body = Map::new();
    body.extend(name.map(|name| ("name".to_owned(), json!(name))));
    body.extend(default_max_output.map(|most| ("default_max_output".to_owned(), json!(most))));
    body.extend(fit_floor.map(|least| ("fit_floor".to_owned(), json!(least))));
    body.into()
}

//! `seawall status`: for each organization and project what is left, and what stops it first.

use serde_json::{Value, json};

use super::client::with;
use super::print::{self, Table};
use super::{Answer, Client, find, headroom, requests};
use crate::exit::Failure;

pub(crate) async fn run(client: &Client) -> Result<Answer, Failure> {
    let mut text = String::new();
    let mut all = Vec::new();
    for organization in client.list("organizations").await? {
        let id = find::id(&organization);
        if let Some(stopped) = organization.get("stopped").and_then(Value::as_str) {
            let name = find::name(&organization);
            text.push_str(&format!(
                "{name}  is stopped: {stopped}; see `seawall org rollback {name}`\n\n"
            ));
            all.push(json!({"organization": organization}));
            continue;
        }
        let balance = client.get(&format!("organizations/{id}/balance")).await?;
        let own = client.get(&with("headroom", "organization", id)).await?;
        let forecast = client.get(&with("forecast", "organization", id)).await?;
        text.push_str(&format!(
            "{}  credit balance {} (held {})  headroom {}\n",
            find::name(&organization),
            print::field(&balance, "left_usd"),
            print::field(&balance, "held_usd"),
            headroom::sentence(&own),
        ));
        let mut table = Table::new(&["  project", "headroom", "stopped first by"]);
        let mut projects = Vec::new();
        for project in client.list(&format!("organizations/{id}/projects")).await? {
            let of = client
                .get(&with("headroom", "project", find::id(&project)))
                .await?;
            table.row(vec![
                format!("  {}", find::name(&project)),
                print::field(&of, "headroom_usd"),
                headroom::stopped_by(&of),
            ]);
            projects.push(json!({"project": project, "headroom": of}));
        }
        text.push_str(&table.or("  no project yet"));
        text.push_str(&format!("  {}\n\n", print::field(&forecast, "sentence")));
        all.push(json!({
            "organization": organization, "balance": balance, "headroom": own, "projects": projects,
            "forecast": forecast,
        }));
    }
    if all.is_empty() {
        text.push_str("no organization yet; make one with `seawall org create NAME`\n");
    }
    let refused = requests::last_refused(client).await?;
    if let Some(row) = &refused {
        text.push_str(&format!(
            "last refused  {}  {}  {}\n",
            print::field(row, "started_at"),
            print::field(row, "error_code"),
            find::id(row),
        ));
    }
    Ok(Answer {
        text,
        json: json!({"organizations": all, "last_refused": refused.unwrap_or(Value::Null)}),
        schema: "status",
    })
}

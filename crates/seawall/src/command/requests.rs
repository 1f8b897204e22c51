//! `seawall requests`: calls of late, or one of them.

use clap::Args;
use serde_json::Value;

use super::client::{encoded, with};
use super::print::{self, Table};
use super::{Answer, Client, find};
use crate::exit::Failure;

#[derive(Args, Debug)]
pub(crate) struct RequestsArgs {
    /// One call, by the id that `x-request-id` told
    id: Option<String>,
    /// Only those that ended so
    #[arg(long, value_parser = ["served", "refused", "provider_refused", "failed", "cancelled"])]
    outcome: Option<String>,
    /// Only those of a project
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// Only those of a key
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// Only those of a model
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Not before this time
    #[arg(long, value_name = "TIME")]
    from: Option<jiff::Timestamp>,
    /// Before this time
    #[arg(long, value_name = "TIME")]
    to: Option<jiff::Timestamp>,
    /// Where an earlier page ended
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
}

const COLUMNS: &[&str] = &[
    "started_at",
    "outcome",
    "model",
    "upstream",
    "cost_usd",
    "error_code",
    "id",
];

pub(crate) async fn run(client: &Client, args: RequestsArgs) -> Result<Answer, Failure> {
    if let Some(id) = &args.id {
        let json = client.get(&format!("requests/{}", encoded(id))).await?;
        return Ok(Answer {
            text: format!(
                "{}\nwhy, with its attempts and the lines of its bill: seawall explain {id}\n",
                print::object(&json)
            ),
            json,
            schema: "request",
        });
    }
    let project = match &args.project {
        Some(wanted) => Some(find::id(&find::project(client, wanted, None).await?).to_owned()),
        None => None,
    };
    let key = match &args.key {
        Some(wanted) => Some(find::id(&find::key(client, wanted, None).await?).to_owned()),
        None => None,
    };
    let time = |time: jiff::Timestamp| time.to_string();
    let path = [
        ("outcome", args.outcome),
        ("project", project),
        ("key", key),
        ("model", args.model),
        ("from", args.from.map(time)),
        ("to", args.to.map(time)),
        ("cursor", args.cursor),
    ]
    .into_iter()
    .fold("requests".to_owned(), |path, (name, value)| match value {
        Some(value) => with(&path, name, &value),
        None => path,
    });
    let json = client.get(&path).await?;
    let mut table = Table::new(&["time", "outcome", "model", "upstream", "cost", "code", "id"]);
    for one in json
        .get("data")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        table.row(print::fields(one, COLUMNS));
    }
    let mut text = table.or("no such call");
    if let Some(cursor) = json.get("next_cursor").and_then(Value::as_str) {
        text.push_str(&format!("earlier ones: --cursor {cursor}\n"));
    }
    Ok(Answer {
        text,
        json,
        schema: "requests",
    })
}

/// The newest refused call that the log lists, if any.
pub(crate) async fn last_refused(client: &Client) -> Result<Option<Value>, Failure> {
    let page = client.get("requests?outcome=refused").await?;
    let newest = page
        .get("data")
        .and_then(Value::as_array)
        .and_then(|rows| rows.first());
    Ok(newest.cloned())
}

//! `seawall requests`: calls of late, or one of them.

use clap::Args;
use serde_json::Value;

use super::client::encoded;
use super::filter::{self, CallsArgs, TimeArgs};
use super::print::{self, Table};
use super::{Answer, Client};
use crate::exit::Failure;

#[derive(Args, Debug)]
pub(crate) struct RequestsArgs {
    /// One call, by the id that `x-request-id` told
    id: Option<String>,
    /// Only those that ended so
    #[arg(long, value_parser = ["served", "refused", "provider_refused", "failed", "cancelled"])]
    outcome: Option<String>,
    #[command(flatten)]
    calls: CallsArgs,
    #[command(flatten)]
    time: TimeArgs,
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
    let asked = [("outcome", args.outcome)]
        .into_iter()
        .chain(args.calls.parameters(client).await?)
        .chain(args.time.parameters());
    let path = filter::path("requests", asked);
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
    text.push_str(&filter::next_page(&json, "earlier"));
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

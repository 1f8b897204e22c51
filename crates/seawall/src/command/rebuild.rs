//! `seawall rebuild`: the request log made anew from the journals, while the server runs.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Answer, Client};
use crate::exit::Failure;
use crate::progress::Progress;

const PATH: &str = "requests/rebuild";
/// How often it is asked how far it has come.
const PAUSE: Duration = Duration::from_millis(200);

pub(crate) async fn run(client: &Client) -> Result<Answer, Failure> {
    let entries = behind(&client.post(PATH, json!({})).await?);
    let mut progress = Progress::new("entries", entries);
    // The server goes on also where nobody asks any more; new calls come in meanwhile.
    loop {
        let behind = behind(&client.get(PATH).await?);
        if behind == 0 {
            break;
        }
        progress.show(entries.saturating_sub(behind));
        tokio::time::sleep(PAUSE).await;
    }
    progress.end();
    Ok(Answer {
        text: format!("the request log was made anew from {entries} entries\n"),
        json: json!({"entries": entries}),
        schema: "rebuild",
    })
}

fn behind(answer: &Value) -> u64 {
    answer
        .get("entries_behind")
        .and_then(Value::as_u64)
        .unwrap_or_default()
}

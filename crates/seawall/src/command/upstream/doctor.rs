//! `seawall upstream doctor`: the report of a running server on one of its accounts.

use clap::Args;
use serde_json::{Value, json};

use super::super::print;
use super::{Answer, items};
use crate::exit::{Exit, Failure};

#[derive(Args, Debug)]
pub(crate) struct DoctorArgs {
    /// Its name
    name: String,
    /// The model that is refused [default: the one that was refused last, where anything is parked]
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Also make one chat call of at most 16 tokens, by which a billing stop shows
    #[arg(long)]
    probe_chat: bool,
    /// Also have one cheapest picture made, and the chat call
    #[arg(long)]
    probe_images: bool,
}

impl DoctorArgs {
    pub(super) fn body(self) -> (String, Value) {
        let body = json!({
            "model": self.model, "probe_chat": self.probe_chat, "probe_images": self.probe_images,
        });
        (self.name, body)
    }
}

/// The verdict first, then what else was found, then what was seen.
pub(super) fn report(json: Value) -> Answer {
    let field = |value: &Value, name: &str| print::field(value, name);
    let mut text = format!("{}\n", field(&json, "account"));
    for (place, finding) in items(&json, "findings").iter().enumerate() {
        let head = if place == 0 { "Verdict" } else { "Also" };
        let [verdict, confidence, id] =
            ["verdict", "confidence", "id"].map(|name| field(finding, name));
        text.push_str(&format!("{head}: {verdict} ({confidence}, {id})\n"));
        for remedy in items(finding, "remedies") {
            text.push_str(&format!("  {}", field(remedy, "do")));
            if let Some(page) = remedy.get("page").and_then(Value::as_str) {
                text.push_str(&format!(" {page}"));
            }
            text.push('\n');
        }
    }
    if items(&json, "findings").is_empty() {
        text.push_str("Verdict: nothing was found that stops calls, as far as was looked.\n");
    }
    for seen in items(&json, "seen") {
        let [state, what, said] = ["state", "what", "seen"].map(|name| field(seen, name));
        text.push_str(&format!("  {state:<8} {what}: {said}\n"));
    }
    Answer {
        text,
        json,
        schema: "upstream_report",
    }
}

/// Exit code 10 where something was found.
pub(crate) fn finding(answer: &Answer) -> Result<(), Failure> {
    let found = items(&answer.json, "findings").len();
    if answer.schema != "upstream_report" || found == 0 {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Finding,
        format!("{found} found; each says what to do"),
    ))
}

//! `seawall upstream park`, `unpark` and `probe`, and a park in words.

use clap::Args;
use serde_json::{Map, Value, json};

use super::super::print::{self, Table};
use super::{Answer, items};

#[derive(Args, Debug)]
pub(crate) struct ParkArgs {
    /// Its name
    name: String,
    /// When it ends by itself, such as 2026-12-01T00:00:00Z [default: when it is unparked]
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Why, for whoever looks
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

impl ParkArgs {
    pub(super) fn body(self) -> (String, Value) {
        let mut body = Map::new();
        body.extend(
            self.until
                .map(|until| ("until_at".to_owned(), json!(until))),
        );
        body.extend(self.note.map(|note| ("note".to_owned(), json!(note))));
        (self.name, body.into())
    }
}

/// A park in a line or two: what is closed, by whom, since when, until when, why, and what was asked last.
pub(super) fn said(park: &Value) -> String {
    let field = |name| print::field(park, name);
    let is = |name: &str| park.get(name).and_then(Value::as_str);
    let closed = match is("closes") {
        Some("model") => format!("{} is parked", field("model")),
        Some("account") => "parked".to_owned(),
        _ => format!("parked with its whole {} there", field("closes")),
    };
    let until = match is("until") {
        Some("time") => format!("until {}", field("until_at")),
        Some("probe") => match is("next_probe_at") {
            Some(_) => format!(
                "until a probe is served; the next is at {}",
                field("next_probe_at")
            ),
            None => "until a probe is served".to_owned(),
        },
        _ => "until somebody unparks it".to_owned(),
    };
    let why = match (is("by"), is("means"), is("note")) {
        (Some("person"), _, Some(note)) => format!("by hand: {note}"),
        (Some("person"), _, None) => "by hand".to_owned(),
        (_, Some(means), _) => means.to_owned(),
        _ => "refused".to_owned(),
    };
    let mut text = format!("{closed} since {}, {until}. {why}\n", field("since_at"));
    if let Some(remedy) = is("remedy") {
        text.push_str(&format!("  {remedy}"));
        if let Some(page) = is("where") {
            text.push_str(&format!(" {page}"));
        }
        text.push('\n');
    }
    if let Some(probed) = is("probed") {
        text.push_str(&format!(
            "  asked last at {}: {probed}\n",
            field("probed_at")
        ));
    }
    text
}

/// What probes brought, and how the account stands then.
pub(super) fn probed(json: Value) -> Answer {
    let mut table = Table::new(&["outcome", "asked"]);
    for probe in items(&json, "probes") {
        table.row(print::fields(probe, &["outcome", "said"]));
    }
    let mut text = table.or("nothing was asked");
    let upstream = json.get("upstream").unwrap_or(&Value::Null);
    text.push_str(&format!(
        "{} is {}\n",
        print::field(upstream, "name"),
        print::field(upstream, "state")
    ));
    for park in items(upstream, "parks") {
        text.push_str(&said(park));
    }
    Answer {
        text,
        json,
        schema: "upstream_probes",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_park_is_said_in_a_line_with_what_ends_it() {
        let at = "2026-11-22T14:00:00Z";
        for (park, line) in [
            (
                json!({"closes": "account", "by": "person", "note": "moving", "since_at": at, "until": "person"}),
                "parked since 2026-11-22 14:00:00, until somebody unparks it. by hand: moving\n",
            ),
            (
                json!({"closes": "model", "model": "gpt-image-1", "by": "refusal", "means": "Empty.", "since_at": at,
                    "until": "probe", "next_probe_at": at}),
                "gpt-image-1 is parked since 2026-11-22 14:00:00, until a probe is served; the next is at 2026-11-22 14:00:00. \
                 Empty.\n",
            ),
            (
                json!({"closes": "organization", "by": "refusal", "means": "Empty.", "remedy": "Buy.", "where": "https://x",
                    "since_at": at, "until": "time", "until_at": at, "probed": "chat: HTTP 429", "probed_at": at}),
                "parked with its whole organization there since 2026-11-22 14:00:00, until 2026-11-22 14:00:00. Empty.\n  \
                 Buy. https://x\n  asked last at 2026-11-22 14:00:00: chat: HTTP 429\n",
            ),
        ] {
            assert_eq!(said(&park), line);
        }
    }
}

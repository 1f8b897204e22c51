//! `seawall check`: what a call would get, nothing held.

use std::io::Read as _;

use clap::Args;
use serde_json::{Map, Value, json};

use super::{Answer, Client, find, print};
use crate::exit::{Exit, Failure};

/// The longest body, as the API takes it.
const LARGEST: u64 = 1 << 20;

#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// The key that would call
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with = "project",
        required_unless_present = "project"
    )]
    key: Option<String>,
    /// The project that would call, with any key that has no hard limit of its own
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// The path that would be called
    #[arg(long, value_name = "PATH", default_value = "/v1/chat/completions")]
    path: String,
    /// A header that would be sent and that the decision depends on, such as 'x-seawall-fit: never'
    #[arg(long = "header", value_name = "HEADER", value_parser = header)]
    headers: Vec<(String, String)>,
    /// The body that would be sent, as a file; - reads it from stdin
    #[arg(long, value_name = "FILE")]
    body: std::path::PathBuf,
}

pub(crate) async fn run(client: &Client, args: CheckArgs) -> Result<Answer, Failure> {
    let body = read(&args.body)?;
    let (kind, found) = match (&args.key, &args.project) {
        (Some(wanted), _) => ("key", find::key(client, wanted, None).await?),
        (None, wanted) => {
            let wanted = wanted.as_deref().unwrap_or_default();
            ("project", find::project(client, wanted, None).await?)
        }
    };
    let mut ask = json!({kind: find::id(&found), "path": args.path, "body": body});
    if !args.headers.is_empty() {
        let headers = args.headers.into_iter();
        let headers: Map<_, _> = headers.map(|(name, value)| (name, json!(value))).collect();
        ask["headers"] = Value::Object(headers);
    }
    let json = client.post("check", ask).await?;
    Ok(Answer {
        text: text(&json),
        json,
        schema: "check",
    })
}

/// `name: value`, as curl takes it.
fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("write it as 'name: value', such as 'x-seawall-fit: never'")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// Exit code 10 where the call would be refused.
pub(crate) fn finding(answer: &Answer) -> Result<(), Failure> {
    let refused = answer.schema == "check"
        && answer.json.get("decision").and_then(Value::as_str) == Some("refused");
    if refused {
        return Err(Failure::new(Exit::Finding, "the call would be refused"));
    }
    Ok(())
}

fn read(path: &std::path::Path) -> Result<Value, Failure> {
    let unread =
        |error: std::io::Error| Failure::usage(format!("cannot read {}: {error}", path.display()));
    let mut text = String::new();
    if path.as_os_str() == "-" {
        let mut stdin = std::io::stdin().take(LARGEST);
        stdin.read_to_string(&mut text).map_err(unread)?;
    } else {
        let file = std::fs::File::open(path).map_err(unread)?;
        file.take(LARGEST)
            .read_to_string(&mut text)
            .map_err(unread)?;
    }
    serde_json::from_str(&text)
        .map_err(|error| Failure::usage(format!("{} is not JSON: {error}", path.display())))
}

fn text(json: &Value) -> String {
    let field = |name| print::field(json, name);
    let Some(refusal) = json.get("refusal").filter(|refusal| refusal.is_object()) else {
        let waits = match json.get("waits").and_then(Value::as_bool) {
            Some(true) => ", after a wait for running calls",
            _ => "",
        };
        return format!(
            "{}{waits}: it would hold {}, leaving {}; stopped first by: {}\n",
            field("decision"),
            field("needed_usd"),
            field("headroom_usd"),
            print::plain(&field("binding")),
        );
    };
    format!(
        "refused ({}): {}\n",
        print::field(refusal, "code"),
        print::field(refusal, "message")
    )
}

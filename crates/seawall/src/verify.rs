//! `seawall verify`: a stopped server's store, a copy of one, or through `--url` that of a running server, looked at entry
//! by entry. Changes nothing.

use std::time::Duration;

use audit::{Finding, Report};
use journal::sqlite::{OpenError, ReadOnly};
use projections::LogFile;
use serde_json::{Value, json};

use crate::cli::VerifyArgs;
use crate::clock::Stopwatch;
use crate::command::Client;
use crate::config::{Config, Sources};
use crate::environment::Environment;
use crate::exit::{Exit, Failure};
use crate::progress::Progress;
use crate::say;
use crate::serve::beside;

/// How long to wait before a running server is asked again how far it is.
const PAUSE: Duration = Duration::from_millis(250);

/// Looks at a file.
pub(crate) fn run(
    args: VerifyArgs,
    in_json: bool,
    environment: &Environment,
) -> Result<(), Failure> {
    let watch = Stopwatch::start();
    let path = match args.store {
        Some(path) => path,
        None => {
            let sources = Sources {
                file: args.config.config,
                flags: Vec::new(),
            };
            Config::load(sources, environment)?.store.path
        }
    };
    let store = ReadOnly::alone(&path).map_err(|error| unopened(&error))?;
    let log = LogFile::open(&beside(&path))
        .map_err(|error| Failure::new(Exit::Configuration, error.to_string()))?;
    let mut progress = Progress::new("entries", store.entries_by_heads().unwrap_or(0));
    let report = audit::verify(&store, log.as_ref(), |entries| progress.show(entries));
    progress.end();
    let report = report.map_err(|error| Failure::internal(error.to_string()))?;
    let milliseconds = watch.elapsed().as_millis();
    told(
        &to_json(&report, milliseconds),
        in_json,
        &path.display().to_string(),
    )
}

/// Has a running server look at its own store, and waits for what it finds.
pub(crate) async fn ask(
    url: &str,
    in_json: bool,
    environment: &Environment,
) -> Result<(), Failure> {
    let client = Client::at(url, environment)?;
    let begun = client.post("verifications", json!({})).await?;
    let id = begun.get("id").cloned().unwrap_or_default();
    let mut progress: Option<Progress> = None;
    let run = loop {
        let all = client.list("verifications").await?;
        let ours = all.into_iter().find(|run| run.get("id") == Some(&id));
        let Some(run) = ours else {
            let message = "another verification was begun since; ask again";
            return Err(Failure::new(Exit::Unreachable, message));
        };
        if run.get("state").and_then(Value::as_str) != Some("running") {
            break run;
        }
        let count = |name| run.get(name).and_then(Value::as_u64).unwrap_or(0);
        progress
            .get_or_insert_with(|| Progress::new("entries", count("entries_total")))
            .show(count("entries"));
        tokio::time::sleep(PAUSE).await;
    };
    if let Some(progress) = progress {
        progress.end();
    }
    match run.get("report").filter(|report| report.is_object()) {
        Some(report) => told(report, in_json, url),
        None => {
            let problem = run.get("problem").and_then(Value::as_str);
            Err(Failure::internal(problem.unwrap_or("there is no report")))
        }
    }
}

/// Says what was found, and whether somebody must act on it.
fn told(report: &Value, in_json: bool, of: &str) -> Result<(), Failure> {
    if in_json {
        say::json("verify", report.clone())?;
    } else {
        say::result(&to_text(report))?;
    }
    match count(report, "found") {
        0 => Ok(()),
        found => Err(Failure::new(
            Exit::Finding,
            format!(
                "{of}: {found} found to be wrong; see docs/operating.md, \"When verify finds damage\""
            ),
        )),
    }
}

fn count(report: &Value, name: &str) -> u64 {
    report.get(name).and_then(Value::as_u64).unwrap_or(0)
}

fn unopened(error: &OpenError) -> Failure {
    match error {
        OpenError::InUse(path) => Failure::new(
            Exit::Unreachable,
            format!(
                "{} is in use by a running seawall; ask that one with `seawall verify --url URL`, stop it first, or look at \
                 a copy: `seawall backup --to copy.db`, then `seawall verify --store copy.db`",
                path.display()
            ),
        ),
        _ => Failure::new(Exit::Configuration, error.to_string()),
    }
}

fn to_text(report: &Value) -> String {
    let findings = report.get("findings").and_then(Value::as_array);
    let field =
        |finding: &Value, name| finding.get(name).and_then(Value::as_str).map(str::to_owned);
    let line = |finding: &Value| {
        let problem = field(finding, "problem").unwrap_or_default();
        match field(finding, "organization") {
            Some(organization) => format!("{organization}: {problem}\n"),
            None => format!("{problem}\n"),
        }
    };
    let mut text: String = findings.into_iter().flatten().map(line).collect();
    let log = if report.get("request_log") == Some(&Value::Bool(true)) {
        "with the request log"
    } else {
        "no request log"
    };
    let milliseconds = count(report, "duration_ms");
    text.push_str(&format!(
        "organizations: {}, entries: {}, {log}, found: {}, {}.{:03} s\n",
        count(report, "organizations"),
        count(report, "entries"),
        count(report, "found"),
        milliseconds / 1_000,
        milliseconds % 1_000
    ));
    text
}

/// A report as programs read it, without its `schema`.
pub(crate) fn to_json(report: &Report, milliseconds: u128) -> Value {
    let finding = |finding: &Finding| {
        json!({
            "organization": finding.organization.map(|id| id.to_string()),
            "part": finding.part.as_str(),
            "entry": finding.entry,
            "problem": finding.problem,
        })
    };
    json!({
        "organizations": report.organizations,
        "entries": report.entries,
        "request_log": report.request_log,
        "found": report.found,
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "duration_ms": u64::try_from(milliseconds).unwrap_or(u64::MAX),
    })
}

//! `seawall verify`: a stopped server's store, or a copy of one, looked at entry by entry. Changes nothing.

use audit::{Finding, Report};
use journal::sqlite::{OpenError, ReadOnly};
use projections::LogFile;
use serde_json::{Value, json};

use crate::cli::VerifyArgs;
use crate::clock::Stopwatch;
use crate::config::{Config, Sources};
use crate::environment::Environment;
use crate::exit::{Exit, Failure};
use crate::progress::Progress;
use crate::say;
use crate::serve::beside;

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
    if in_json {
        say::json("verify", to_json(&report, milliseconds))?;
    } else {
        say::result(&to_text(&report, milliseconds))?;
    }
    match report.found {
        0 => Ok(()),
        found => Err(Failure::new(
            Exit::Finding,
            format!(
                "{}: {found} found to be wrong; see docs/operating.md, \"When verify finds damage\"",
                path.display()
            ),
        )),
    }
}

fn unopened(error: &OpenError) -> Failure {
    match error {
        OpenError::InUse(path) => Failure::new(
            Exit::Unreachable,
            format!(
                "{} is in use by a running seawall, and --url is not available yet; stop it first, or look at a copy: \
                 `seawall backup --to copy.db`, then `seawall verify --store copy.db`",
                path.display()
            ),
        ),
        _ => Failure::new(Exit::Configuration, error.to_string()),
    }
}

fn to_text(report: &Report, milliseconds: u128) -> String {
    let mut text: String = report
        .findings
        .iter()
        .map(|finding| format!("{finding}\n"))
        .collect();
    let log = if report.request_log {
        "with the request log"
    } else {
        "no request log"
    };
    text.push_str(&format!(
        "organizations: {}, entries: {}, {log}, found: {}, {}.{:03} s\n",
        report.organizations,
        report.entries,
        report.found,
        milliseconds / 1_000,
        milliseconds % 1_000
    ));
    text
}

fn to_json(report: &Report, milliseconds: u128) -> Value {
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

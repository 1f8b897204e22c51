//! The report for support: what was found and seen, without secrets.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use ::doctor::{Redactor, Report};
use serde_json::{Value, json};

use crate::exit::{Exit, Failure};

/// Writes the report into a file that nobody else may read, and that must not exist.
pub(super) fn write(path: &Path, reports: &[Report], redactor: &Redactor) -> Result<(), Failure> {
    let bundle = json!({
        "schema": "seawall.doctor_bundle/1",
        "seawall": env!("CARGO_PKG_VERSION"),
        "system": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        "accounts": reports.iter().map(Report::to_json).collect::<Vec<_>>(),
    });
    let bundle = clean(&bundle, redactor);
    let text = serde_json::to_string_pretty(&bundle)
        .map_err(|error| Failure::internal(error.to_string()))?;
    let cannot = |error: std::io::Error| {
        let why = if error.kind() == ErrorKind::AlreadyExists {
            "is there already; name a file that is not".to_owned()
        } else {
            format!("cannot be written: {error}")
        };
        Failure::new(Exit::Usage, format!("{} {why}", path.display()))
    };
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(cannot)?;
    file.write_all(text.as_bytes()).map_err(cannot)?;
    file.write_all(b"\n").map_err(cannot)
}

/// The value with every text in it cleaned. Names of members are ours.
pub(super) fn clean(value: &Value, redactor: &Redactor) -> Value {
    match value {
        Value::String(text) => Value::String(redactor.clean(text)),
        Value::Array(all) => all.iter().map(|one| clean(one, redactor)).collect(),
        Value::Object(members) => {
            let one = |(name, value): (&String, &Value)| (name.clone(), clean(value, redactor));
            Value::Object(members.iter().map(one).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

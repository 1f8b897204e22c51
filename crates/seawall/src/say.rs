//! Speaking: results to stdout, everything else to stderr.

use std::io::{self, Write as _};

use crate::exit::Failure;

/// Prints a result. A reader that has gone (`| head`) has what it wanted.
pub(crate) fn result(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::internal(format!(
            "cannot write the result: {error}"
        ))),
        _ => Ok(()),
    }
}

/// Prints a line for people. There is nobody to tell that it could not be printed.
pub(crate) fn note(line: impl std::fmt::Display) {
    let _printed = writeln!(io::stderr().lock(), "{line}").is_ok();
}

/// Prints a result as JSON, with its schema.
pub(crate) fn json(schema: &str, value: serde_json::Value) -> Result<(), Failure> {
    let mut object = serde_json::Map::new();
    object.insert("schema".to_owned(), format!("seawall.{schema}/1").into());
    match value {
        serde_json::Value::Object(fields) => object.extend(fields),
        other => drop(object.insert("data".to_owned(), other)),
    }
    let text = serde_json::to_string_pretty(&object)
        .map_err(|error| Failure::internal(error.to_string()))?;
    result(&(text + "\n"))
}

//! What is logged: events on stderr, with those fields that are known to hold no secret and no body.

use tracing::field::{Field, Visit};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::{RecordFields, VisitOutput as _};
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::Writer;

use crate::environment::Environment;

/// The fields that may be logged. Another one is named, without its value: whoever adds it to this list has looked at
/// what it holds.
const ALLOWED: &[&str] = &[
    "message",
    "count",
    "error",
    "key",
    "model",
    "organization",
    "reason",
    "request",
    "seconds",
    "seq",
    "status",
    "unpriced",
    "upstream",
    "what",
    "why",
];

/// Logs from now on. `RUST_LOG` says what; one that cannot be understood counts as not set.
pub(crate) fn start(environment: &Environment) {
    let wanted = environment
        .get("RUST_LOG")
        .and_then(|text| text.parse::<EnvFilter>().ok());
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(wanted.unwrap_or_else(|| EnvFilter::new("info")))
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .fmt_fields(AllowedFields)
        .finish();
    // A second logger would be a mistake in a test; the first one stays.
    let _first = tracing::subscriber::set_global_default(subscriber).is_ok();
}

/// Formats the allowed fields with their values.
#[derive(Debug)]
struct AllowedFields;

impl<'writer> FormatFields<'writer> for AllowedFields {
    fn format_fields<R: RecordFields>(
        &self,
        writer: Writer<'writer>,
        fields: R,
    ) -> std::fmt::Result {
        let mut visitor = Allowed {
            writer,
            result: Ok(()),
            first: true,
        };
        fields.record(&mut visitor);
        visitor.finish()
    }
}

struct Allowed<'writer> {
    writer: Writer<'writer>,
    result: std::fmt::Result,
    first: bool,
}

impl Visit for Allowed<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let space = if self.first { "" } else { " " };
        self.first = false;
        if self.result.is_err() {
            return;
        }
        self.result = match field.name() {
            "message" => write!(self.writer, "{space}{value:?}"),
            name if ALLOWED.contains(&name) => write!(self.writer, "{space}{name}={value:?}"),
            name => write!(self.writer, "{space}{name}=(not logged)"),
        };
    }
}

impl tracing_subscriber::field::VisitOutput<std::fmt::Result> for Allowed<'_> {
    fn finish(self) -> std::fmt::Result {
        self.result
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Said(Arc<Mutex<Vec<u8>>>);

    impl Write for Said {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_field_that_nobody_looked_at_is_not_logged() {
        let said = Said::default();
        let writer = said.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .fmt_fields(AllowedFields)
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(
                secret = "sk-123",
                status = 503,
                model = "gpt-5",
                "it happened"
            );
        });
        let said = String::from_utf8(said.0.lock().unwrap().clone()).unwrap();
        assert!(
            said.contains("it happened secret=(not logged) status=503 model=gpt-5"),
            "{said}"
        );
        assert!(!said.contains("sk-123"));
    }
}

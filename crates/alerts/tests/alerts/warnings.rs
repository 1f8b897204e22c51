//! What is said in the log, as far as this thread says it.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Metadata, Subscriber};

/// Hears warnings until it is dropped.
pub(crate) struct Warnings {
    heard: Arc<Mutex<Vec<String>>>,
    _listening: DefaultGuard,
}

impl Warnings {
    pub(crate) fn hear() -> Self {
        let heard = Arc::<Mutex<Vec<String>>>::default();
        let listener = Listener(Arc::clone(&heard));
        Self {
            heard,
            _listening: tracing::subscriber::set_default(listener),
        }
    }

    /// The fields of each warning so far.
    pub(crate) fn so_far(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

struct Listener(Arc<Mutex<Vec<String>>>);

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event()
            && *metadata.level() <= Level::WARN
            && metadata.target().starts_with("alerts")
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        self.0.lock().unwrap().push(fields.0);
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, "{}={value:?} ", field.name()).unwrap();
    }
}

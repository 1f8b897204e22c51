//! One name for each model on both sides: a provider bills a dated version where a client named the family, and an account may
//! have names of its own.

use std::sync::Arc;

use accounts::{Entry, Served};
use catalog::Catalog;

use crate::app::App;

/// How models of an account are called.
pub(super) struct Names {
    catalog: Arc<Catalog>,
    served: Option<Arc<Served>>,
}

impl Names {
    pub(super) fn of(app: &App, entry: &Entry) -> Self {
        Self {
            catalog: Arc::clone(&app.catalog),
            served: entry.served.clone(),
        }
    }

    /// The name of a model as clients call it.
    pub(super) fn ours(&self, model: &str) -> String {
        match &self.served {
            Some(served) => self.theirs(&served.name_of(model)),
            None => self.theirs(model),
        }
    }

    /// The name of a model as the provider calls it.
    pub(super) fn theirs(&self, model: &str) -> String {
        let known = self.catalog.model(model);
        let first = known.and_then(|model| model.names().next());
        // A pattern names many models, which are billed one by one.
        first
            .filter(|name| !name.ends_with('*'))
            .unwrap_or(model)
            .to_owned()
    }
}

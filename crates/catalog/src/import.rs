//! Price files of others, read into a catalogue.
//!
//! What is not understood is said, never passed over: a key that holds a price and is not read is in the [`Report`] with the
//! models that have it, and so is every model that is left out, with why. Numbers are read as the decimal text they are
//! written in.

mod decimal;
mod facts;
mod litellm;
mod modelsdev;
mod row;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use crate::Catalog;
use crate::alias;
use crate::error::CatalogError;

/// Whose layout a price file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// LiteLLM's `model_prices_and_context_window.json`.
    Litellm,
    /// `api.json` of models.dev.
    ModelsDev,
}

/// What to make of a price file.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// Since when its prices count.
    pub from: Timestamp,
    /// What the catalogue is to be called.
    pub version: &'a str,
    /// The providers whose models are taken, as the file names them. Earlier ones win where two have a model of one name.
    pub providers: &'a [String],
}

/// The providers whose models are taken where nothing else is asked for.
pub const USUAL_PROVIDERS: [&str; 3] = ["openai", "text-completion-openai", "anthropic"];

/// A catalogue made of somebody's price file.
#[derive(Clone, Debug)]
pub struct Imported {
    /// What could be read.
    pub catalog: Catalog,
    /// What could not.
    pub report: Report,
}

/// What was not taken over as it stands, and why. The models of each reason are sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Models that are not in the catalogue, by the reason.
    pub left_out: BTreeMap<&'static str, Vec<String>>,
    /// Keys that hold a price and that nobody here knows, with the models that have them.
    pub unknown_keys: BTreeMap<String, Vec<String>>,
    /// Keys that are known to hold a price and not charged, with the models that have them.
    pub uncharged_keys: BTreeMap<String, Vec<String>>,
    /// Prices finer than the smallest that can be kept, 10⁻¹⁵ dollars a unit, which were rounded up: model and key.
    pub rounded: Vec<String>,
}

/// Why a price file cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// It is not JSON of that layout.
    #[error("this is not such a price file: {0}")]
    Layout(String),
    /// A price is no price.
    #[error("{model}: `{key}` is {value}, and a price is a number of 0 or more")]
    Price {
        /// Whose.
        model: String,
        /// Which.
        key: String,
        /// What stands there.
        value: String,
    },
    /// Nothing is left.
    #[error("no model of {0} is in it")]
    Nothing(String),
    /// What was made of it is no catalogue.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// Reads a price file.
///
/// # Errors
/// [`ImportError`]. A model that cannot be read is no error but left out, and in the report.
pub fn import(text: &str, format: Format, wanted: &Wanted<'_>) -> Result<Imported, ImportError> {
    let mut report = Report::default();
    let models = match format {
        Format::Litellm => litellm::read(text, wanted, &mut report)?,
        Format::ModelsDev => modelsdev::read(text, wanted, &mut report)?,
    };
    if models.is_empty() {
        return Err(ImportError::Nothing(wanted.providers.join(", ")));
    }
    let models = alias::grouped(models, |_, _| false);
    report.sort();
    let catalog = Catalog::of(wanted.version, models)?;
    Ok(Imported { catalog, report })
}

impl Report {
    pub(crate) fn leave_out(&mut self, why: &'static str, model: &str) {
        let models = self.left_out.entry(why).or_default();
        models.push(model.to_owned());
    }

    fn sort(&mut self) {
        let lists = self
            .left_out
            .values_mut()
            .chain(self.unknown_keys.values_mut())
            .chain(self.uncharged_keys.values_mut());
        for models in lists {
            models.sort_unstable();
            models.dedup();
        }
        self.rounded.sort_unstable();
        self.rounded.dedup();
    }
}

impl fmt::Display for Report {
    /// A paragraph for each kind of thing, a line for each reason or key, with the count and the first few models.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut paragraph = |head: &str, rows: Vec<(&str, &Vec<String>)>| -> fmt::Result {
            if rows.is_empty() {
                return Ok(());
            }
            writeln!(f, "{head}")?;
            for (what, models) in rows {
                let first: Vec<&str> = models.iter().take(3).map(String::as_str).collect();
                let more = if models.len() > first.len() {
                    ", …"
                } else {
                    ""
                };
                writeln!(
                    f,
                    "  {} × {what} ({}{more})",
                    models.len(),
                    first.join(", ")
                )?;
            }
            Ok(())
        };
        let rows = self.left_out.iter().map(|(why, models)| (*why, models));
        paragraph("left out:", rows.collect())?;
        let rows = self.unknown_keys.iter();
        paragraph(
            "prices under keys that are not known here, and are not charged:",
            rows.map(|(key, models)| (key.as_str(), models)).collect(),
        )?;
        let rows = self.uncharged_keys.iter();
        paragraph(
            "prices that are known and not charged (docs/prices.md says why):",
            rows.map(|(key, models)| (key.as_str(), models)).collect(),
        )?;
        if !self.rounded.is_empty() {
            let rows = vec![("finer than 10⁻¹⁵ dollars", &self.rounded)];
            paragraph("rounded up:", rows)?;
        }
        Ok(())
    }
}

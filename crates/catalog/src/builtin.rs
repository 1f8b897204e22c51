//! The catalogue as a whole, and looking a model up by the name a caller used.

use std::collections::BTreeMap;

use crate::error::CatalogError;
use crate::file;
use crate::model::Model;

const BUILTIN: &str = include_str!("../data/catalog.toml");

/// All models there are prices for.
///
/// Immutable once read. A name that is not in it has no price, and a call to it is refused.
#[derive(Clone, Debug)]
pub struct Catalog {
    version: String,
    models: Vec<Model>,
    /// Index into `models`.
    exact: BTreeMap<String, usize>,
    /// Prefixes with their index into `models`, the longest first.
    prefixes: Vec<(String, usize)>,
}

impl Catalog {
    /// The catalogue that is compiled in.
    ///
    /// # Panics
    /// Never: its text is fixed, and the tests read it.
    #[must_use]
    pub fn builtin() -> Self {
        Self::parse(BUILTIN).expect("the compiled-in catalogue is read by the tests")
    }

    /// Reads a catalogue from its TOML text.
    ///
    /// # Errors
    /// The place of the first thing wrong: bad TOML, an unknown member, a price that is missing, negative or finer than
    /// a nano-dollar per million, a name given twice, price lists that are not sorted by date.
    pub fn parse(text: &str) -> Result<Self, CatalogError> {
        let (version, models) = file::read(text)?;
        Ok(Self::indexed(version, models))
    }

    /// A catalogue of these models, which are checked as those of a file are.
    ///
    /// # Errors
    /// As for [`Self::parse`], with the place in the file that would be written.
    pub(crate) fn of(version: &str, models: Vec<Model>) -> Result<Self, CatalogError> {
        file::read(&file::write("", version, &models))?;
        Ok(Self::indexed(version.to_owned(), models))
    }

    fn indexed(version: String, models: Vec<Model>) -> Self {
        let mut exact = BTreeMap::new();
        let mut prefixes = Vec::new();
        for (index, model) in models.iter().enumerate() {
            for name in model.names() {
                match name.strip_suffix('*') {
                    Some(prefix) => prefixes.push((prefix.to_owned(), index)),
                    None => drop(exact.insert(name.to_owned(), index)),
                }
            }
        }
        prefixes.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        Self {
            version,
            models,
            exact,
            prefixes,
        }
    }

    /// The catalogue as a price file, which is read back as the same one. `head` becomes a comment at its top.
    #[must_use]
    pub fn to_toml(&self, head: &str) -> String {
        file::write(head, &self.version, &self.models)
    }

    /// Which prices these are; stands in every charge that was computed with them.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The model of this name: the exact name first, then the longest pattern that fits.
    #[must_use]
    pub fn model(&self, name: &str) -> Option<&Model> {
        let by_pattern = || {
            self.prefixes
                .iter()
                .find(|(prefix, _)| name.starts_with(prefix.as_str()))
        };
        let index = self
            .exact
            .get(name)
            .or_else(|| by_pattern().map(|(_, index)| index))?;
        self.models.get(*index)
    }

    /// All models, in the order of the file.
    pub fn models(&self) -> impl Iterator<Item = &Model> {
        self.models.iter()
    }
}

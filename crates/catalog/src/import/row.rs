//! One model's object in somebody's price file: what was asked of it, and what was not.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use money::Price;
use serde_json::value::RawValue;

use super::decimal::{self, Read};
use super::{ImportError, Report};

/// An object's members as the texts they are written in. Remembers which were read, so that the others can be told.
pub(crate) struct Row<'a> {
    name: &'a str,
    /// What is added to the exponent of each price: prices per million have `-6`.
    shift: i64,
    members: BTreeMap<String, &'a RawValue>,
    read: RefCell<BTreeSet<String>>,
    rounded: RefCell<Vec<String>>,
}

impl<'a> Row<'a> {
    pub(crate) fn new(name: &'a str, shift: i64, object: &'a RawValue) -> Option<Self> {
        Some(Self {
            name,
            shift,
            members: serde_json::from_str(object.get()).ok()?,
            read: RefCell::default(),
            rounded: RefCell::default(),
        })
    }

    pub(crate) const fn name(&self) -> &'a str {
        self.name
    }

    /// A member's text; `None` where there is none, or `null`.
    fn text(&self, key: &str) -> Option<&'a str> {
        let text = self.members.get(key)?.get();
        self.read.borrow_mut().insert(key.to_owned());
        (text != "null").then_some(text)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.text(key).is_some()
    }

    pub(crate) fn string(&self, key: &str) -> Option<String> {
        serde_json::from_str(self.text(key)?).ok()
    }

    pub(crate) fn strings(&self, key: &str) -> Option<Vec<String>> {
        serde_json::from_str(self.text(key)?).ok()
    }

    pub(crate) fn object(&self, key: &str) -> Option<&'a RawValue> {
        serde_json::from_str(self.text(key)?).ok()
    }

    /// A count, which may be written as `1e6` or `128000.0`.
    pub(crate) fn count(&self, key: &str) -> Option<u64> {
        let text = self.text(key)?.trim_matches('"');
        let read = decimal::price(text, -15)?;
        u64::try_from(read.price.get()).ok().filter(|_| read.exact)
    }

    pub(crate) fn price(&self, key: &str) -> Result<Option<Price>, ImportError> {
        self.read_price(key, |text| decimal::price(text, self.shift))
    }

    /// A price times a count.
    pub(crate) fn price_times(&self, key: &str, count: u64) -> Result<Option<Price>, ImportError> {
        self.read_price(key, |text| decimal::times(text, count))
    }

    fn read_price(
        &self,
        key: &str,
        read: impl Fn(&str) -> Option<Read>,
    ) -> Result<Option<Price>, ImportError> {
        let Some(text) = self.text(key) else {
            return Ok(None);
        };
        // Some files have prices as strings.
        let found = read(text.trim_matches('"')).ok_or_else(|| ImportError::Price {
            model: self.name.to_owned(),
            key: key.to_owned(),
            value: text.to_owned(),
        })?;
        if !found.exact {
            let mut rounded = self.rounded.borrow_mut();
            rounded.push(format!("{} {key}", self.name));
        }
        Ok(Some(found.price))
    }

    /// The first of these that there is.
    pub(crate) fn first_price(&self, keys: &[String]) -> Result<Option<Price>, ImportError> {
        for key in keys {
            if let Some(price) = self.price(key)? {
                return Ok(Some(price));
            }
        }
        Ok(None)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    /// Tells of every member that holds a price and was not read. `known` says of a key whether it is one that is not
    /// charged on purpose.
    pub(crate) fn finish(&self, known: impl Fn(&str) -> bool, report: &mut Report) {
        report.rounded.append(&mut self.rounded.borrow_mut());
        let holds_price = |key: &&str| {
            [
                "cost",
                "pric",
                "multiplier",
                "uplift",
                "provider_specific_entry",
            ]
            .iter()
            .any(|word| key.contains(word))
        };
        self.tell(self.keys().filter(holds_price), known, report);
    }

    /// The same for an object that has nothing but prices.
    pub(crate) fn finish_all(&self, report: &mut Report) {
        report.rounded.append(&mut self.rounded.borrow_mut());
        self.tell(self.keys(), |_| false, report);
    }

    fn tell<'k>(
        &self,
        keys: impl Iterator<Item = &'k str>,
        known: impl Fn(&str) -> bool,
        report: &mut Report,
    ) {
        let read = self.read.borrow();
        for key in keys {
            let text = self.members.get(key).map(|value| value.get());
            // What costs nothing there is no price that could be missed.
            let nothing = matches!(text, Some("null" | "0" | "0.0" | "{}" | "[]"));
            if read.contains(key) || nothing {
                continue;
            }
            let keys = if known(key) {
                &mut report.uncharged_keys
            } else {
                &mut report.unknown_keys
            };
            let models = keys.entry(key.to_owned()).or_default();
            models.push(self.name.to_owned());
        }
    }
}

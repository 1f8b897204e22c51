//! A key that was refused, looked at again.

use std::net::IpAddr;

use ids::KeyId;
use ledger::{Book, KeyProblem};

use super::Difference;
use crate::{KeyView, Standing};

/// Why a key was refused, before its money was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bar {
    /// It may not be used, or not for this model.
    Key(KeyProblem),
    /// It may not be used from this address; `None` where the address was not known.
    Address(Option<IpAddr>),
}

/// The refusal of a key, as it is on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Barred {
    /// The key.
    pub key: KeyId,
    /// The model, where the call had come so far that it was known.
    pub model: Option<Box<str>>,
    /// Why.
    pub why: Bar,
    /// The Book it rests on.
    pub standing: Standing,
}

impl Barred {
    /// What the Book of that time says of the key, against the record.
    pub(super) fn differences(&self, book: &Book) -> Vec<Difference> {
        let again = self.again(book);
        if again.as_ref() == Some(&self.why) {
            return Vec::new();
        }
        vec![Difference {
            what: "key",
            recorded: format!("{:?}", self.why),
            replayed: again.map_or_else(|| "usable".to_owned(), |bar| format!("{bar:?}")),
        }]
    }

    /// The same questions in the same order as for a call; `None` where the key may be used.
    fn again(&self, book: &Book) -> Option<Bar> {
        let key = match book.usable_key(self.key, self.standing.at) {
            Err(problem) => return Some(Bar::Key(problem)),
            Ok((key, _project)) => key,
        };
        if let Bar::Address(address) = self.why {
            let barred = !KeyView::of(book, key).allows_address(address);
            return barred.then_some(Bar::Address(address));
        }
        let model = self.model.as_ref()?;
        let barred = !key.allows_model(model);
        barred.then(|| Bar::Key(KeyProblem::ModelNotAllowed(model.clone())))
    }
}

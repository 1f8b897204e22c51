//! Which models an account serves, and what its provider calls them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Models that one account may name.
const MOST_OFFERS: usize = 200;
/// The longest name of a model, in bytes.
const LONGEST_MODEL: usize = 256;

/// A model that an account serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// As clients call it; a `*` at the end stands for anything.
    pub model: String,
    /// As the provider calls it; `None`: the same. Its `*` is what the client's stands for.
    #[serde(rename = "as")]
    pub as_: Option<String>,
}

impl Offer {
    /// Reads one.
    ///
    /// # Errors
    /// A sentence without its end.
    pub fn new(model: &str, as_: Option<&str>) -> Result<Self, String> {
        for name in std::iter::once(model).chain(as_) {
            let stem = name.strip_suffix('*').unwrap_or(name);
            let plain = name.bytes().all(|b| b.is_ascii_graphic());
            if name.is_empty() || name.len() > LONGEST_MODEL || stem.contains('*') || !plain {
                return Err(format!(
                    "`{name}`: a name, or the beginning of names and a `*` at the end"
                ));
            }
        }
        if as_.is_some_and(|to| to.ends_with('*') != model.ends_with('*')) {
            return Err(format!(
                "`{model}`: where one of the two names ends in a `*`, the other has to"
            ));
        }
        Ok(Self {
            model: model.to_owned(),
            as_: as_.map(str::to_owned),
        })
    }

    /// What the provider calls a model; `None`: it is not offered here.
    pub(crate) fn name_of<'m>(&'m self, model: &'m str) -> Option<Cow<'m, str>> {
        let rest = match self.model.strip_suffix('*') {
            Some(beginning) => model.strip_prefix(beginning)?,
            None => (self.model == model).then_some("")?,
        };
        Some(match &self.as_ {
            None => Cow::Borrowed(model),
            Some(to) => match to.strip_suffix('*') {
                Some(beginning) => Cow::Owned(format!("{beginning}{rest}")),
                None => Cow::Borrowed(to),
            },
        })
    }
}

/// Which models an account serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Models {
    /// All that have a price.
    Any,
    /// Those that the provider lists for it.
    Listed,
    /// These.
    Configured(Vec<Offer>),
}

impl Models {
    /// These and no others.
    ///
    /// # Errors
    /// A sentence without its end.
    pub fn configured(offers: Vec<Offer>) -> Result<Self, String> {
        match offers.len() {
            0 => Err("names no model; leave it out for all that have a price".to_owned()),
            count if count > MOST_OFFERS => Err(format!("has more than {MOST_OFFERS} entries")),
            _ => Ok(Self::Configured(offers)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(offer: (&str, Option<&str>), model: &str) -> Option<String> {
        let offer = Offer::new(offer.0, offer.1).unwrap();
        offer.name_of(model).map(Cow::into_owned)
    }

    #[test]
    fn a_model_s_name_is_the_provider_s_where_the_account_says_so() {
        for (offer, model, name) in [
            (("gpt-5", None), "gpt-5", Some("gpt-5")),
            (("gpt-5", None), "gpt-5-mini", None),
            (("gpt-*", None), "gpt-5-mini", Some("gpt-5-mini")),
            (
                ("gpt-5", Some("my-deployment")),
                "gpt-5",
                Some("my-deployment"),
            ),
            (
                ("gpt-*", Some("openai/gpt-*")),
                "gpt-5-mini",
                Some("openai/gpt-5-mini"),
            ),
            (("*", Some("openai/*")), "o3", Some("openai/o3")),
        ] {
            assert_eq!(named(offer, model).as_deref(), name, "{offer:?} {model}");
        }
        for (model, as_) in [
            ("", None),
            ("*-mini", None),
            ("a b", None),
            ("a*", Some("b")),
            ("a", Some("b*")),
        ] {
            assert!(Offer::new(model, as_).is_err(), "{model} {as_:?}");
        }
    }
}

//! An account at work: what it serves, as configured, listed by its provider or learned from its refusals.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use ledger::Time;
use upstream::Account;

use crate::listing::Listing;
use crate::models::Models;
use crate::parking::Identity;

/// How long a model stands back at an account that said it has none of that name, in seconds. Whoever is asked again after
/// that says so again, or has it by now.
const OFF_FOR: i64 = 600;
/// Models that may stand back so at one account; beyond it nothing is learned until one is over.
const MOST_OFF: usize = 100;

/// An account, and what it is used for.
#[derive(Debug)]
pub struct Served {
    /// The account.
    pub account: Account,
    /// What it serves.
    pub models: Models,
    /// The service tier its provider uses for calls that leave it open. `None`: unknown, so the dearest is held.
    pub service_tier: Option<String>,
    /// What the provider listed last; nothing yet: it counts as serving all.
    listing: ArcSwapOption<Listing>,
    /// Models that it said it does not have, with when they are tried again.
    off: Mutex<HashMap<Box<str>, Time>>,
    /// Whose it is at its provider, as the answers' headers said last.
    identity: ArcSwapOption<Identity>,
}

impl Served {
    /// An account of which nothing is learned yet.
    #[must_use]
    pub fn new(account: Account, models: Models, service_tier: Option<String>) -> Self {
        Self {
            account,
            models,
            service_tier,
            listing: ArcSwapOption::empty(),
            off: Mutex::default(),
            identity: ArcSwapOption::empty(),
        }
    }

    /// Whether calls to a model can be sent here.
    #[must_use]
    pub fn serves(&self, model: &str) -> bool {
        self.account.kind().is_called()
            && match &self.models {
                Models::Any => true,
                Models::Listed => {
                    let listing = self.listing.load();
                    let names = listing.as_ref().and_then(|listing| listing.names.as_ref());
                    names.is_none_or(|names| names.contains(model))
                }
                Models::Configured(offers) => {
                    offers.iter().any(|offer| offer.name_of(model).is_some())
                }
            }
    }

    /// What the provider calls a model.
    #[must_use]
    pub fn name_of<'m>(&'m self, model: &'m str) -> Cow<'m, str> {
        let offers = match &self.models {
            Models::Configured(offers) => offers.as_slice(),
            Models::Any | Models::Listed => &[],
        };
        let named = offers.iter().find_map(|offer| offer.name_of(model));
        named.unwrap_or(Cow::Borrowed(model))
    }

    /// The provider said that it has no such model for this account: others come first for a while.
    pub fn take_off(&self, model: &str, now: Time) {
        let mut off = self.off.lock().unwrap_or_else(PoisonError::into_inner);
        off.retain(|_, until| *until > now);
        if off.len() < MOST_OFF || off.contains_key(model) {
            off.insert(model.into(), now.plus_seconds(OFF_FOR));
        }
    }

    /// Whether it said so of late.
    #[must_use]
    pub fn is_off(&self, model: &str, now: Time) -> bool {
        let off = self.off.lock().unwrap_or_else(PoisonError::into_inner);
        off.get(model).is_some_and(|until| *until > now)
    }

    /// The models that stand back, by name, with when they are tried again.
    #[must_use]
    pub fn off(&self, now: Time) -> Vec<(String, Time)> {
        let off = self.off.lock().unwrap_or_else(PoisonError::into_inner);
        let still = off.iter().filter(|(_, until)| **until > now);
        let mut all: Vec<_> = still
            .map(|(model, until)| (model.to_string(), *until))
            .collect();
        all.sort_unstable();
        all
    }

    /// What the provider listed last, where it is asked.
    #[must_use]
    pub fn listing(&self) -> Option<Arc<Listing>> {
        self.listing.load_full()
    }

    /// Learns from an answer's headers whose account it is: which organization and project its calls are billed to.
    pub fn heard(&self, headers: &http::HeaderMap) {
        let Some(new) = Identity::read(headers) else {
            return;
        };
        // The same with nearly every answer, and then nothing is written.
        if self.identity.load().as_deref() != Some(&new) {
            self.put_identity(new);
        }
    }

    pub(crate) fn identity(&self) -> Option<Arc<Identity>> {
        self.identity.load_full()
    }

    pub(crate) fn put_identity(&self, identity: Identity) {
        self.identity.store(Some(Arc::new(identity)));
    }

    pub(crate) fn put_listing(&self, listing: Listing) {
        self.listing.store(Some(Arc::new(listing)));
    }
}

#[cfg(test)]
mod tests {
    use upstream::{Kind, Place};

    use super::*;
    use crate::models::Offer;

    fn served(kind: Kind, models: Models) -> Served {
        let place = Place::new(kind, "https://x.example/v1");
        Served::new(Account::new("a", place, None).unwrap(), models, None)
    }

    #[test]
    fn an_account_serves_what_is_configured_listed_or_anything() {
        let any = served(Kind::OpenAi, Models::Any);
        assert!(any.serves("gpt-5") && any.name_of("gpt-5") == "gpt-5");
        assert!(!served(Kind::Anthropic, Models::Any).serves("claude-opus-5"));
        let offers = vec![
            Offer::new("gpt-5", Some("eu")).unwrap(),
            Offer::new("gpt-*", None).unwrap(),
        ];
        let configured = served(Kind::Azure, Models::Configured(offers));
        assert_eq!(configured.name_of("gpt-5"), "eu");
        assert_eq!(configured.name_of("gpt-5-mini"), "gpt-5-mini");
        assert!(configured.serves("gpt-5-mini") && !configured.serves("o3"));
        let listed = served(Kind::Compatible, Models::Listed);
        assert!(
            listed.serves("anything"),
            "until it is known, it counts as serving all"
        );
        let at = Time::from_micros(1);
        listed.put_listing(Listing::of(["llama".to_owned()], at));
        assert!(listed.serves("llama") && !listed.serves("anything"));
    }

    #[test]
    fn what_an_account_said_it_does_not_have_stands_back_for_ten_minutes() {
        let account = served(Kind::OpenAi, Models::Any);
        let now = Time::from_micros(0);
        account.take_off("gpt-9", now);
        assert!(account.is_off("gpt-9", now.plus_seconds(599)));
        assert!(!account.is_off("gpt-9", now.plus_seconds(600)));
        assert!(!account.is_off("gpt-5", now));
        assert_eq!(account.off(now).len(), 1);
        for count in 0..2 * MOST_OFF {
            account.take_off(&format!("m{count}"), now);
        }
        assert_eq!(
            account.off(now).len(),
            MOST_OFF,
            "what is learned is bounded"
        );
    }
}

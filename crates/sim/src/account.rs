//! Who is billed, and what stops it: the organization and project that answers name, credit, spend limits, projects with
//! their keys. What `POST /sim/account` says is so, until it says something else. It answers nothing itself.

mod said;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};

use crate::call::Endpoint;
pub(crate) use said::{Key, Limit, Project, Said};

const ORGANIZATION: HeaderName = HeaderName::from_static("openai-organization");
const PROJECT: HeaderName = HeaderName::from_static("openai-project");

/// The account. As long as nothing was said of it, it stops nobody, and a call looks at one flag.
#[derive(Debug, Default)]
pub(crate) struct Account {
    said: RwLock<Said>,
    spoken: AtomicBool,
}

impl Account {
    /// Replaces all that was said.
    pub(crate) fn say(&self, said: Said) {
        *self.said.write().unwrap_or_else(PoisonError::into_inner) = said;
        self.spoken.store(true, Ordering::Release);
    }

    /// As it was at the start.
    pub(crate) fn reset(&self) {
        self.say(Said::default());
        self.spoken.store(false, Ordering::Release);
    }

    /// Looks at what was said.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&Said) -> T) -> T {
        look(&self.said.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes it.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Said) -> T) -> T {
        self.spoken.store(true, Ordering::Release);
        change(&mut self.said.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// The refusal that a call gets now, by its name; `billed` sums up what calls have cost so far.
    pub(crate) fn stops(
        &self,
        endpoint: Endpoint,
        billed: impl FnOnce() -> u64,
    ) -> Option<&'static str> {
        if !self.spoken.load(Ordering::Acquire) {
            return None;
        }
        let code = self.with(|said| said.stop(billed()))?;
        Some(match endpoint {
            Endpoint::Chat | Endpoint::Other(_) => code,
            // What the image endpoint calls each of them.
            Endpoint::Images => "billing_hard_limit_reached_image",
        })
    }

    /// Names who is billed in an answer that names somebody.
    pub(crate) fn name(&self, headers: &mut HeaderMap) {
        if !self.spoken.load(Ordering::Acquire) || !headers.contains_key(&ORGANIZATION) {
            return;
        }
        self.with(|said| {
            for (name, value) in [(ORGANIZATION, &said.organization), (PROJECT, &said.project)] {
                if let Ok(value) = HeaderValue::from_str(value) {
                    headers.insert(name, value);
                }
            }
        });
    }
}

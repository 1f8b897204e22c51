//! A call on its way from one account to the next (step 6): by cause and scope of each refusal, and never after output
//! began.
//!
//! Every attempt has a hold of its own, taken at the price of its account from the same teller as the first. An attempt that
//! was turned away unbilled gives its hold back right before the next one is taken, so that the teller mostly decides both in
//! one append; one that may have been billed stays presumed. So each attempt is charged no more than was held for it, and none
//! leaves with less.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;
use ids::{HoldId, RequestId};
use ledger::{Grant, ReleaseReason, Traits};
use teller::LiveHold;
use tokio::time::{Instant, sleep_until};

use super::Known;
use super::attempt::{Attempt, Terms};
use super::failed::{Failed, Failure};
use super::priced::{Asked, Priced};
use crate::Gateway;
use crate::settings::Served;
use crate::step::authenticate::Caller;
use crate::step::count::{Began, Counted};
use crate::step::read::Route;
use crate::step::route::Candidates;
use crate::step::settle::{Before, Ending, Held};
use crate::tell::{self, Stop};

/// What all attempts of a call share.
pub(super) struct Trip {
    pub(super) gateway: Gateway,
    pub(super) id: RequestId,
    pub(super) began: Began,
    pub(super) caller: Caller,
    pub(super) route: Route,
    pub(super) body: Bytes,
    pub(super) headers: HeaderMap,
    pub(super) traits: Traits,
}

/// An account that turned the call away, and is soon back.
struct Soon {
    served: Arc<Served>,
    at: Instant,
    /// Whether it was asked again: nobody is asked thrice.
    asked_again: bool,
}

/// Where a call can still go.
pub(super) struct Journey {
    trip: Trip,
    ahead: Candidates,
    deadline: Instant,
    /// Until when it waits for accounts that are soon back; known once it failed.
    waits_until: Option<Instant>,
    soon: Vec<Soon>,
    /// What the client is told if nothing goes better.
    told: Option<Failure>,
    /// Where it was, first to last.
    asked: Vec<String>,
    /// Why it did not go elsewhere, in sentences.
    untried: String,
    /// Whether the client has gone.
    left: Arc<AtomicBool>,
}

impl Trip {
    /// An attempt whose money is held.
    pub(super) async fn attempt(
        &self,
        priced: Priced,
        (hold, grant): (LiveHold, Grant),
        before: Before,
    ) -> Result<Attempt, Stop> {
        let counted = (&*priced.model, &priced.served);
        let held = Held {
            gateway: self.gateway.clone(),
            organization: self.caller.teller.organization(),
            request: self.id,
            began: self.began,
            sent_at: None,
            counted: Counted::new(&self.gateway, self.route, &self.caller, counted),
            hold,
            before,
        };
        let stream = priced.stream;
        match priced.outgoing(grant, (self.route, &self.body), self.headers.clone()) {
            Ok((outgoing, meter)) => Ok(Attempt {
                held,
                outgoing,
                meter,
                grant,
                stream,
            }),
            Err(stop) => {
                held.settle(Ending::released(ReleaseReason::NotSent, 500))
                    .await;
                Err(stop)
            }
        }
    }

    fn priced(&self, served: &Arc<Served>) -> Result<Priced, Stop> {
        let asked = Asked {
            gateway: &self.gateway,
            caller: &self.caller,
            route: self.route,
            body: &self.body,
            headers: &self.headers,
        };
        Priced::elsewhere(asked, (served, &self.traits))
    }

    /// Step 5 for a further attempt.
    async fn hold(&self, priced: &Priced, attempt: u8) -> Result<(LiveHold, Grant), Stop> {
        let hold = HoldId {
            request: self.id,
            attempt,
        };
        priced
            .hold(
                &self.gateway,
                (&self.caller, hold),
                (self.route, &self.body),
            )
            .await
    }
}

impl Journey {
    pub(super) fn new(trip: Trip, ahead: Candidates) -> Self {
        let deadline = Instant::now() + trip.gateway.settings().call_timeout;
        Self {
            trip,
            ahead,
            deadline,
            waits_until: None,
            soon: Vec::new(),
            told: None,
            asked: Vec::new(),
            untried: String::new(),
            left: Arc::default(),
        }
    }

    /// Says, once it is set, that the client has gone: nobody would read what a further attempt costs.
    pub(super) fn client_left(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.left)
    }

    pub(super) const fn gateway(&self) -> &Gateway {
        &self.trip.gateway
    }

    /// What the attempt that leaves now may do.
    pub(super) fn terms(&self) -> Terms {
        let settings = self.trip.gateway.settings();
        let patience = if self.asked.is_empty() {
            settings.call_timeout
        } else {
            self.deadline.saturating_duration_since(Instant::now())
        };
        let further = self.asked.len().saturating_add(1);
        Terms {
            deadline: self.deadline,
            patience,
            more: !self.ahead.is_empty() && further < usize::from(settings.most_attempts),
            alone: self.ahead.alone(),
        }
    }

    /// The next attempt; or what the client is told, where there is none.
    pub(super) async fn onward(&mut self, failed: Failed) -> Result<Attempt, Response> {
        self.learn(&failed);
        let helps = failed.helps_elsewhere();
        let (failure, all) = failed.close().await;
        self.told = Some(match self.told.take() {
            Some(earlier) => earlier.or(failure),
            None => failure,
        });
        match self.held_elsewhere(helps).await {
            Some((priced, granted)) => {
                let attempt = self.trip.attempt(priced, granted, all).await;
                attempt.map_err(|stop| self.stopped(stop))
            }
            None => Err(self.end(all)),
        }
    }

    /// What a failure says of its account.
    fn learn(&mut self, failed: &Failed) {
        let now = Instant::now();
        let budget = self.trip.gateway.settings().retry_budget;
        self.waits_until.get_or_insert(now + budget);
        let served = &failed.call.served;
        self.asked.push(served.account.name().to_owned());
        if failed.ending.error_code.as_deref() == Some("model_not_found") {
            served.take_off(failed.call.meter.model(), self.trip.gateway.now());
        }
        let known = self
            .soon
            .iter()
            .any(|soon| Arc::ptr_eq(&soon.served, served));
        if let Some(wait) = failed.passes().filter(|_| !known) {
            self.soon.push(Soon {
                served: Arc::clone(served),
                at: now + wait.min(budget.saturating_add(tell::BREATH)),
                asked_again: false,
            });
        }
    }

    /// The money for the next attempt, at the first account that takes the call for what is left.
    async fn held_elsewhere(&mut self, helps: bool) -> Option<(Priced, (LiveHold, Grant))> {
        if !helps || self.asked.len() >= usize::from(self.trip.gateway.settings().most_attempts) {
            return None;
        }
        let attempt = u8::try_from(self.asked.len()).ok()?.checked_add(1)?;
        while let Some(served) = self.next().await {
            // Where it has no price there it cannot go there.
            let Ok(priced) = self.trip.priced(&served) else {
                continue;
            };
            match self.trip.hold(&priced, attempt).await {
                Ok(granted) => return Some((priced, granted)),
                Err(Stop::Money(shortfall, wish)) => {
                    let why = tell::unaffordable(&self.trip.gateway, &shortfall, &wish);
                    self.untried.push_str(&why);
                }
                // The key was stopped meanwhile, or the ledger cannot be read: nobody else is asked.
                Err(_stop) => return None,
            }
        }
        None
    }

    /// Who is asked next: the next in order, else whoever is back first, after waiting for it.
    async fn next(&mut self) -> Option<Arc<Served>> {
        if self.left.load(Ordering::Relaxed) || Instant::now() >= self.deadline {
            return None;
        }
        if let Some(served) = self.ahead.next() {
            return Some(served);
        }
        let soon = self.soon.iter_mut().filter(|soon| !soon.asked_again);
        let first = soon.min_by_key(|soon| soon.at)?;
        let (served, at) = (Arc::clone(&first.served), first.at);
        if self.waits_until.is_none_or(|until| at > until) || at >= self.deadline {
            return None;
        }
        first.asked_again = true;
        sleep_until(at).await;
        (!self.left.load(Ordering::Relaxed)).then_some(served)
    }

    /// What the client is told: it went well nowhere.
    fn end(&mut self, all: Before) -> Response {
        match self.told.take() {
            Some(failure) => {
                let untried = (&*self.untried, failure.is_final());
                let asked = (&*self.asked, &*all.tried);
                let after = tell::journey(&self.trip.gateway, asked, untried);
                failure.tell(all, &after)
            }
            None => self.stopped(Stop::Fault("a call failed without a word".to_owned())),
        }
    }

    fn stopped(&self, stop: Stop) -> Response {
        let known = Known {
            caller: Some(self.trip.caller.clone()),
            ..Known::default()
        };
        tell::stopped(
            &self.trip.gateway,
            (self.trip.id, self.trip.route),
            &known,
            stop,
        )
    }
}

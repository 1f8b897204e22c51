//! What a call would get, asked by an administrator or by the caller itself: steps 2 to 4 as for a call, and the decision
//! looked at only.
//!
//! **Invariant:** nothing is held, nothing is written down, nothing is sent.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use ids::{HoldId, KeyHash, KeyId, ProjectId};
use ledger::{
    Book, Command, CreateKey, DirectoryCommand, Grant, KeyProblem, Outcome, Patience, Refusal,
    Sealer, TakeHold, Time, decide, step,
};
use serde_json::{Value, json};
use teller::{KeyView, Teller, Unavailable};

use crate::Gateway;
use crate::call::{Known, Priced, price};
use crate::step::authenticate::Caller;
use crate::step::cap::{self, Cap};
use crate::step::hold::Wanted;
use crate::step::read::Route;
use crate::tell::{self, Stop, Wish};

/// Who would call.
#[derive(Clone, Copy, Debug)]
pub enum Payer {
    /// This key.
    Key(KeyId),
    /// A key of this project that was made this moment: without hard limits of its own.
    Project(ProjectId),
}

/// What a call would be granted.
pub(crate) struct Would {
    pub(crate) grant: Grant,
    /// Whether it would wait for running calls first.
    waits: bool,
    /// The output tokens it asks for.
    asked_units: u64,
    pub(crate) upstream: String,
    pub(crate) model: String,
}

impl Would {
    pub(crate) fn to_json(&self) -> Value {
        let grant = &self.grant;
        json!({
            "decision": if grant.fitted { "fitted" } else { "served" },
            "needed_usd": grant.amount.to_string(),
            "fits": {"units": grant.units, "asked_units": self.asked_units},
            "waits": self.waits,
            "headroom_usd": grant.headroom.amount.to_string(),
            "binding": grant.headroom.name(),
            "refusal": null,
        })
    }
}

/// A key that is in no journal.
const STAND_IN: KeyId = KeyId::from_bytes([0xff; 16]);

impl Gateway {
    /// The decision that a call with this body would get now, and nothing held. The Book is asked at its head.
    ///
    /// # Errors
    /// [`Unavailable`] where the journal cannot be read.
    pub async fn check(
        &self,
        (teller, payer): (&Teller, Payer),
        (path, headers, body): (&str, &HeaderMap, Bytes),
    ) -> Result<Value, Unavailable> {
        let mut known = Known::default();
        let asked = (path, headers, &body);
        match self.look(teller, payer, asked, &mut known).await {
            Ok(would) => Ok(would.to_json()),
            Err(Stop::Unavailable(unavailable)) => Err(unavailable),
            Err(stop) => {
                let needed = match &stop {
                    Stop::Money(shortfall, _) => Some(shortfall.needed.to_string()),
                    _ => None,
                };
                let told = tell::told(self, self.new_request_id(), &known, stop);
                // There is no call that the last sentence of a refusal could point to.
                let message = told.message.split(" Details: seawall explain ").next();
                Ok(json!({
                    "decision": "refused", "needed_usd": needed, "fits": null, "waits": false,
                    "headroom_usd": null, "binding": null,
                    "refusal": {
                        "status": told.status.as_u16(), "type": told.kind, "code": told.code,
                        "message": message, "details": told.details,
                    },
                }))
            }
        }
    }

    async fn look(
        &self,
        teller: &Teller,
        payer: Payer,
        (path, headers, body): (&str, &HeaderMap, &Bytes),
        known: &mut Known,
    ) -> Result<Would, Stop> {
        let route = [Route::Chat, Route::Images];
        let route = route.into_iter().find(|route| route.path() == path);
        let route = route.ok_or_else(|| Stop::NotMetered(path.to_owned()))?;
        let key = teller
            .ask(move |book, now| {
                let (book, key) = with_payer(book, payer, now)?;
                let key = book.key(key).ok_or(KeyProblem::Unknown)?;
                Ok(KeyView::of(&book, key))
            })
            .await?
            .map_err(|problem| Stop::Key(problem, None))?;
        let caller = Caller {
            teller: teller.clone(),
            key,
        };
        known.caller = Some(caller.clone());
        self.weigh((&caller, payer), (route, body), (headers, known))
            .await
    }

    /// Steps 3 to 5 for a known caller, without the hold.
    pub(crate) async fn weigh(
        &self,
        (caller, payer): (&Caller, Payer),
        (route, body): (Route, &Bytes),
        (headers, known): (&HeaderMap, &mut Known),
    ) -> Result<Would, Stop> {
        let mut refused = None;
        loop {
            let priced = match price(self, caller, (route, body), (headers, known)) {
                Ok(priced) => priced,
                Err(stop @ Stop::NoUpstream(_)) => return Err(refused.unwrap_or(stop)),
                Err(stop) => return Err(stop),
            };
            let served = Arc::clone(&priced.served);
            match self.weigh_at(priced, (caller, payer), (route, body)).await {
                Err(stop) if stop.is_of_the_account() => {
                    refused = Some(known.pass_over(&served, (refused, stop)));
                }
                Err(Stop::Money(..)) if refused.is_some() => {
                    known.passed_over.push(served.account.name().into());
                }
                would => return would,
            }
        }
    }

    /// The same at one account.
    async fn weigh_at(
        &self,
        priced: Priced,
        (caller, payer): (&Caller, Payer),
        (route, body): (Route, &Bytes),
    ) -> Result<Would, Stop> {
        let counted = priced.counted(self, (route, body))?;
        let wanted = Wanted {
            hold: HoldId::first(self.new_request_id()),
            route,
            model: &priced.model,
            served: &priced.served,
            pictures: priced.pictures,
            traits: &priced.traits,
        };
        let cheap = (priced.most.unfittable(), Patience::Try);
        let asks = [cheap, (counted, Patience::Wait), (counted, Patience::Last)]
            .map(|ask| wanted.ask(self, caller, ask));
        let cap = Cap::of(self, &priced.served)?;
        let at_cap = cap.map(|cap| (cap.teller.clone(), asks.clone().map(|ask| cap.ask(&ask))));
        let answer = caller.teller.ask(move |book, now| {
            let (book, _key) = with_payer(book, payer, now)?;
            Ok::<_, KeyProblem>(decided(&book, &asks, now))
        });
        let (outcome, mut waits) = answer.await?.map_err(|problem| Stop::Key(problem, None))?;
        let wish = wanted.wish(counted);
        let asked_units = wish.bound.units();
        let mut grant = granted(outcome, (wish.clone(), caller))?;
        if let Some((teller, asks)) = at_cap {
            let answer = teller.ask(move |book, now| decided(book, &asks, now));
            let (outcome, waits_there) = answer.await?;
            grant = cap::both(grant, granted(outcome, (wish, caller))?);
            waits |= waits_there;
        }
        Ok(Would {
            grant,
            waits,
            asked_units,
            upstream: priced.served.account.name().to_owned(),
            model: priced.model,
        })
    }
}

/// The Book, with a key for a project that is asked about without one. Only that copies it.
fn with_payer(book: &Book, payer: Payer, now: Time) -> Result<(Cow<'_, Book>, KeyId), KeyProblem> {
    let project = match payer {
        Payer::Key(key) => return Ok((Cow::Borrowed(book), key)),
        Payer::Project(project) => project,
    };
    let mut book = book.clone();
    let key = CreateKey {
        id: STAND_IN,
        project,
        name: "any key".into(),
        hash: KeyHash::from_bytes([0xff; 32]),
        hint: "".into(),
        expires_at: None,
        models: None,
        ip_allow: None,
    };
    let command = Command::Directory(DirectoryCommand::CreateKey(key));
    let made = step(&mut book, &command, None, now, &mut Sealer::new([0; 8]));
    match made.map(|made| made.outcome) {
        Ok(Outcome::Done { .. }) => Ok((Cow::Owned(book), STAND_IN)),
        _ => Err(KeyProblem::ProjectArchived),
    }
}

/// As for a call: by the cheap bound, else by the close one, else as after the wait. And whether it would wait.
fn decided(book: &Book, [cheap, close, last]: &[TakeHold; 3], now: Time) -> (Outcome, bool) {
    let of = |ask: &TakeHold| decide(book, &Command::TakeHold(ask.clone()), None, now).outcome;
    match of(cheap) {
        Outcome::Refused(_) => match of(close) {
            Outcome::Wait => (of(last), true),
            outcome => (outcome, false),
        },
        outcome => (outcome, false),
    }
}

fn granted(outcome: Outcome, (wish, caller): (Wish, &Caller)) -> Result<Grant, Stop> {
    match outcome {
        Outcome::Granted(grant) => Ok(grant),
        Outcome::Refused(refusal) => Err(match *refusal {
            Refusal::Key(problem) => Stop::Key(problem, Some(Box::new(caller.clone()))),
            Refusal::Money(shortfall) => Stop::Money(Box::new(shortfall), Box::new(wish)),
        }),
        other => Err(Stop::Fault(format!("a check was answered by {other:?}"))),
    }
}

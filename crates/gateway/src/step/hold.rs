//! Step 5: the money, promised and durable.

use ids::HoldId;
use ledger::{Grant, Patience, Refusal, TakeHold, Traits};
use teller::{Bar, LiveHold, Unsent};

use super::authenticate::Caller;
use super::bound::Most;
use super::cap::{self, Cap, Said};
use super::read::Route;
use crate::Gateway;
use crate::settings::Served;
use crate::tell::{Barred, Stop, Wish};

/// What a hold is asked for.
pub(crate) struct Wanted<'a> {
    /// Which attempt of which call.
    pub(crate) hold: HoldId,
    pub(crate) route: Route,
    pub(crate) model: &'a str,
    pub(crate) served: &'a Served,
    /// The pictures it asks for, where its cost is that of so many equal ones.
    pub(crate) pictures: Option<u64>,
    /// Whom it is made for, and its tags.
    pub(crate) traits: &'a Traits,
}

impl Wanted<'_> {
    /// Takes the money, in every Book that counts the call: by a cheap bound, and where that does not fit by the close one,
    /// which waits, fits or refuses.
    ///
    /// The two Books of a call through an account with a cap are asked at once by the cheap bound. By the close one the
    /// organization's comes first, so that of two calls neither waits for what the other holds: whoever waits for a cap
    /// waits for calls that are under way. A call that goes no further gives back what it held.
    pub(crate) async fn take(
        &self,
        gateway: &Gateway,
        caller: &Caller,
        cheap: Most,
        close: impl FnOnce() -> Result<Most, Stop>,
    ) -> Result<(LiveHold, Grant), Stop> {
        let ask = self.ask(gateway, caller, (cheap.unfittable(), Patience::Try));
        let Some(cap) = Cap::of(gateway, self.served)? else {
            let held = match cap::ask(&caller.teller, ask).await? {
                Said::Held(hold, grant) => (hold, grant),
                Said::Refused(..) => self.own(gateway, caller, close()?).await?,
            };
            return left(held, None);
        };
        let asks = (
            cap::ask(&cap.teller, cap.ask(&ask)),
            cap::ask(&caller.teller, ask),
        );
        let (at_cap, own) = futures_util::future::join(asks.0, asks.1).await;
        let (own, most) = match (own?, at_cap?) {
            (Said::Held(own, grant), Said::Held(hold, at_cap)) => {
                return left((own, grant), Some((hold, at_cap)));
            }
            (Said::Held(own, grant), Said::Refused(..)) => ((own, grant), close()?),
            (Said::Refused(..), at_cap) => {
                if let Said::Held(hold, _) = at_cap {
                    hold.give_back().await;
                }
                let most = close()?;
                (self.own(gateway, caller, most).await?, most)
            }
        };
        let ask = self.ask(gateway, caller, (most, Patience::Wait));
        let ask = cap.ask_for(&ask, own.1.units);
        match cap::ask(&cap.teller, ask.clone()).await? {
            Said::Held(hold, at_cap) => left(own, Some((hold, at_cap))),
            Said::Refused(refusal, _) => {
                own.0.give_back().await;
                let shortfall = cap::shortfall(*refusal)?;
                let wish = Wish {
                    bound: ask.bound,
                    ..self.wish(most)
                };
                Err(Stop::Money(Box::new(shortfall), Box::new(wish)))
            }
        }
    }

    /// Asks the organization's Book by the close bound: waits, fits or refuses.
    async fn own(
        &self,
        gateway: &Gateway,
        caller: &Caller,
        most: Most,
    ) -> Result<(Unsent, Grant), Stop> {
        let ask = self.ask(gateway, caller, (most, Patience::Wait));
        match cap::ask(&caller.teller, ask).await? {
            Said::Held(hold, grant) => Ok((hold, grant)),
            Said::Refused(refusal, standing) => match *refusal {
                Refusal::Key(problem) => Err(Stop::Barred(Box::new(Barred {
                    caller: caller.clone(),
                    why: Bar::Key(problem),
                    standing,
                }))),
                Refusal::Money(shortfall) => {
                    Err(Stop::Money(Box::new(shortfall), Box::new(self.wish(most))))
                }
            },
        }
    }

    /// What it asks for, for the record.
    pub(crate) fn wish(&self, most: Most) -> Wish {
        Wish {
            bound: most.cost,
            pictures: self.pictures,
            traits: self.traits(most),
            upstream: self.served.account.name().into(),
        }
    }

    fn traits(&self, most: Most) -> Traits {
        Traits {
            tokens: most.tokens,
            tokens_per_unit: most.tokens_per_unit,
            ..self.traits.clone()
        }
    }

    pub(crate) fn ask(
        &self,
        gateway: &Gateway,
        caller: &Caller,
        (most, patience): (Most, Patience),
    ) -> TakeHold {
        let settings = gateway.parts().tellers.settings();
        let seconds = i64::try_from(settings.hold_for.as_secs()).unwrap_or(i64::MAX);
        TakeHold {
            hold: self.hold,
            key: caller.key.key,
            bound: most.cost,
            patience,
            holder: settings.holder.clone(),
            deadline: gateway.now().plus_seconds(seconds),
            route: self.route.path().into(),
            model: self.model.into(),
            upstream: self.served.account.name().into(),
            traits: self.traits(most),
            others_wait: false,
        }
    }
}

/// A call that leaves with what it holds.
fn left(
    (own, grant): (Unsent, Grant),
    at_cap: Option<(Unsent, Grant)>,
) -> Result<(LiveHold, Grant), Stop> {
    let (beside, grant) = match at_cap {
        Some((hold, at_cap)) => (Some(hold), cap::both(grant, at_cap)),
        None => (None, grant),
    };
    let gone = || Stop::Fault("a hold left twice".to_owned());
    own.leaves(beside)
        .map(|hold| (hold, grant))
        .ok_or_else(gone)
}

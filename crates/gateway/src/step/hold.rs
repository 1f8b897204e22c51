//! Step 5: the money, promised and durable.

use ids::HoldId;
use ledger::{Grant, Patience, Refusal, TakeHold, Traits};
use teller::{Bar, HoldAnswer, LiveHold};

use super::authenticate::Caller;
use super::bound::Most;
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
    /// Asks for the money by a cheap bound: granted, or `None` where it takes a closer look.
    pub(crate) async fn try_hold(
        &self,
        gateway: &Gateway,
        caller: &Caller,
        most: Most,
    ) -> Result<Option<(LiveHold, Grant)>, Stop> {
        let ask = self.ask(gateway, caller, (most.unfittable(), Patience::Try));
        match caller.teller.hold(ask).await? {
            HoldAnswer::Granted(hold, grant) => Ok(Some((hold, grant))),
            HoldAnswer::Refused(refusal, _) => match *refusal {
                Refusal::Money(_) | Refusal::Key(_) => Ok(None),
            },
            HoldAnswer::Rejected(rejection) => Err(Stop::Fault(rejection.to_string())),
        }
    }

    /// Asks for the money by the close bound: waits, fits or refuses.
    pub(crate) async fn hold(
        &self,
        gateway: &Gateway,
        caller: &Caller,
        most: Most,
    ) -> Result<(LiveHold, Grant), Stop> {
        let ask = self.ask(gateway, caller, (most, Patience::Wait));
        match caller.teller.hold(ask).await? {
            HoldAnswer::Granted(hold, grant) => Ok((hold, grant)),
            HoldAnswer::Refused(refusal, standing) => match *refusal {
                Refusal::Key(problem) => Err(Stop::Barred(Box::new(Barred {
                    caller: caller.clone(),
                    why: Bar::Key(problem),
                    standing,
                }))),
                Refusal::Money(shortfall) => {
                    Err(Stop::Money(Box::new(shortfall), Box::new(self.wish(most))))
                }
            },
            HoldAnswer::Rejected(rejection) => Err(Stop::Fault(rejection.to_string())),
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

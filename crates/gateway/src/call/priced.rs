//! Steps 2 to 4: what a call asks for, and the most it can cost at one account.
//!
//! Each account has its own price: where it is known to call the model by the name of another one of the catalogue, that one
//! is what it serves and what it bills. So a call is priced anew for every account it is sent to.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use catalog::Catalog;
use http::HeaderMap;
use ids::HoldId;
use ledger::{Grant, Traits};
use teller::LiveHold;
use upstream::Kind;

use super::{Known, Streaming};
use crate::Gateway;
use crate::settings::Served;
use crate::step::authenticate::Caller;
use crate::step::bound::{Closeness, Most, Terms};
use crate::step::hold::Wanted;
use crate::step::marks::Marks;
use crate::step::meter::Meter;
use crate::step::read::{Facts, Route};
use crate::step::route::{self, Candidates};
use crate::step::send::{self, Outgoing};
use crate::tell::Stop;

/// A call with its price at one account, owning what it needs of its body.
pub(crate) struct Priced {
    pub(crate) model: String,
    pub(crate) served: Arc<Served>,
    /// The catalogue's name of what the account serves by it.
    priced_as: String,
    terms: Terms,
    pub(crate) most: Most,
    meter: Meter,
    /// The body as it leaves if all that was asked for is granted.
    edited: Bytes,
    pub(super) stream: Streaming,
    /// The pictures it asks for.
    pub(crate) pictures: Option<u64>,
    /// Whom it is made for, and its tags.
    pub(crate) traits: Traits,
}

/// What a call is priced by, wherever it goes.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) gateway: &'a Gateway,
    pub(crate) caller: &'a Caller,
    pub(crate) route: Route,
    pub(crate) body: &'a Bytes,
    pub(crate) headers: &'a HeaderMap,
}

/// Steps 2 to 4, the cheap way: the price at the first account that has one, and the accounts that are left for when it says
/// no.
pub(crate) fn price(
    gateway: &Gateway,
    caller: &Caller,
    (route, body): (Route, &Bytes),
    (headers, known): (&HeaderMap, &mut Known),
) -> Result<(Priced, Candidates), Stop> {
    let facts = Facts::read(route, body)?;
    known.model = Some(facts.model().to_owned());
    known.marks = Marks::read(&facts, headers)?;
    if gateway.parts().catalog.model(facts.model()).is_none() {
        return Err(Stop::UnknownModel(facts.model().to_owned()));
    }
    let mut candidates = route::candidates(gateway, facts.model())?;
    let asked = Asked {
        gateway,
        caller,
        route,
        body,
        headers,
    };
    let traits = known.marks.traits(&gateway.parts().pepper);
    let mut first = None;
    while let Some(served) = candidates.next() {
        match Priced::at(asked, &facts, (&served, &traits)) {
            Ok(priced) => return Ok((priced, candidates)),
            Err(stop) => first = first.or(Some(stop)),
        }
    }
    Err(first.unwrap_or_else(|| Stop::NoUpstream(facts.model().to_owned())))
}

/// Step 5 at the first account whose caps let the call pass. Each has a hold of its own, from this one on.
pub(super) async fn hold(
    asked: Asked<'_>,
    mut hold: HoldId,
    (first, ahead): (Priced, &mut Candidates),
) -> Result<(Priced, (LiveHold, Grant)), Stop> {
    let traits = first.traits.clone();
    let mut turned = Turned::default();
    let mut priced = first;
    loop {
        let asks = (asked.caller, hold);
        match priced
            .hold(asked.gateway, asks, (asked.route, asked.body))
            .await
        {
            Ok(granted) => return Ok((priced, granted)),
            Err(stop) => turned.away(stop)?,
        }
        hold.attempt = hold.attempt.saturating_add(1);
        match Priced::next(asked, ahead, &traits) {
            Some(next) => priced = next,
            None => return Err(turned.told()),
        }
    }
}

/// What is told of a call that no account's caps let pass: the first refusal, unless another is only for the moment.
#[derive(Default)]
pub(crate) struct Turned(Option<Stop>);

impl Turned {
    /// An account does not take the call, and nothing was sent there.
    ///
    /// # Errors
    /// What stopped it, where another account would not help.
    pub(crate) fn away(&mut self, stop: Stop) -> Result<(), Stop> {
        self.0 = Some(match (self.0.take(), stop) {
            (None, stop) if stop.is_of_the_account() => stop,
            (Some(before), stop) if stop.is_of_the_account() => {
                if before.is_transient() || !stop.is_transient() {
                    before
                } else {
                    stop
                }
            }
            // At another account's price the organization's own Book says no.
            (Some(before), Stop::Money(..)) => before,
            (_, stop) => return Err(stop),
        });
        Ok(())
    }

    /// What is told in the end.
    pub(crate) fn told(self) -> Stop {
        let nothing = || Stop::Fault("no account was asked".to_owned());
        self.0.unwrap_or_else(nothing)
    }
}

impl Priced {
    /// The price at another account.
    pub(super) fn elsewhere(
        asked: Asked<'_>,
        (served, traits): (&Arc<Served>, &Traits),
    ) -> Result<Self, Stop> {
        let facts = Facts::read(asked.route, asked.body)?;
        Self::at(asked, &facts, (served, traits))
    }

    fn at(
        asked: Asked<'_>,
        facts: &Facts<'_>,
        (served, traits): (&Arc<Served>, &Traits),
    ) -> Result<Self, Stop> {
        let gateway = asked.gateway;
        let catalog = &gateway.parts().catalog;
        let priced_as = priced_as(catalog, served, facts.model());
        let model = catalog
            .model(&priced_as)
            .ok_or_else(|| Stop::UnknownModel(facts.model().to_owned()))?;
        let terms = Terms::new(gateway, &asked.caller.key, asked.headers, served);
        let most = terms.bound(model, facts, Closeness::Bytes)?;
        let stream = match facts {
            Facts::Chat(facts) if facts.stream && facts.include_usage => Streaming::WithUsage,
            Facts::Chat(facts) if facts.stream => Streaming::WithoutUsage,
            Facts::Chat(_) | Facts::Images(_) => Streaming::No,
        };
        let units = (most.cost.units(), false);
        Ok(Self {
            model: facts.model().to_owned(),
            meter: Meter::new(catalog, facts, (&priced_as, terms.at)),
            edited: send::edited(asked.body, facts, &terms, units, served),
            served: Arc::clone(served),
            priced_as: priced_as.into_owned(),
            terms,
            most,
            stream,
            pictures: facts.pictures(),
            traits: traits.clone(),
        })
    }

    /// The price at the next account that has one.
    pub(crate) fn next(asked: Asked<'_>, ahead: &mut Candidates, traits: &Traits) -> Option<Self> {
        ahead.find_map(|served| Self::elsewhere(asked, (&served, traits)).ok())
    }

    /// Step 5, in every Book that counts the call.
    pub(super) async fn hold(
        &self,
        gateway: &Gateway,
        (caller, hold): (&Caller, HoldId),
        (route, body): (Route, &Bytes),
    ) -> Result<(LiveHold, Grant), Stop> {
        let close = || self.counted(gateway, (route, body));
        let wanted = self.wanted(hold, route);
        wanted.take(gateway, caller, self.most, close).await
    }

    pub(crate) fn wanted(&self, hold: HoldId, route: Route) -> Wanted<'_> {
        Wanted {
            hold,
            route,
            model: &self.model,
            served: &self.served,
            pictures: self.pictures,
            traits: &self.traits,
        }
    }

    /// Step 4, the close way.
    pub(crate) fn counted(
        &self,
        gateway: &Gateway,
        (route, body): (Route, &Bytes),
    ) -> Result<Most, Stop> {
        let facts = Facts::read(route, body)?;
        let unknown = || Stop::UnknownModel(self.model.clone());
        let catalog = &gateway.parts().catalog;
        let model = catalog.model(&self.priced_as).ok_or_else(unknown)?;
        self.terms.bound(model, &facts, Closeness::Count)
    }

    /// What leaves: no more than was granted.
    pub(super) fn outgoing(
        self,
        grant: Grant,
        (route, body): (Route, &Bytes),
        headers: HeaderMap,
    ) -> Result<(Outgoing, Meter), Stop> {
        let body = if grant.fitted {
            let facts = Facts::read(route, body)?;
            send::edited(body, &facts, &self.terms, (grant.units, true), &self.served)
        } else {
            self.edited
        };
        let outgoing = Outgoing {
            route,
            model: self.model,
            served: self.served,
            headers,
            body,
        };
        Ok((outgoing, self.meter))
    }
}

/// By whose price an account serves a model: that of the model it calls by its own name, where the catalogue has one of that
/// name, else that of the name the client uses. Azure's names are those of deployments, which say nothing of the model.
fn priced_as<'m>(catalog: &Catalog, served: &'m Served, model: &'m str) -> Cow<'m, str> {
    let theirs = served.name_of(model);
    if served.account.kind() != Kind::Azure && catalog.model(&theirs).is_some() {
        theirs
    } else {
        Cow::Borrowed(model)
    }
}

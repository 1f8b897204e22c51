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
pub(super) struct Asked<'a> {
    pub(super) gateway: &'a Gateway,
    pub(super) caller: &'a Caller,
    pub(super) route: Route,
    pub(super) body: &'a Bytes,
    pub(super) headers: &'a HeaderMap,
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

    /// Step 5: by the cheap bound, which mostly fits; else by the close one.
    pub(super) async fn hold(
        &self,
        gateway: &Gateway,
        (caller, hold): (&Caller, HoldId),
        (route, body): (Route, &Bytes),
    ) -> Result<(LiveHold, Grant), Stop> {
        let wanted = self.wanted(hold, route);
        match wanted.try_hold(gateway, caller, self.most).await? {
            Some(granted) => Ok(granted),
            None => {
                let counted = self.counted(gateway, (route, body))?;
                wanted.hold(gateway, caller, counted).await
            }
        }
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

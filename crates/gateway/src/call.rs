//! A call from its first byte to its last.

mod dry_run;
mod plain;
mod stream;
mod to_its_end;

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;
use ids::{HoldId, RequestId};
use ledger::{Check, Grant, Headroom, ReleaseReason, Traits};
use teller::LiveHold;
use tokio::time::Instant;

use crate::Gateway;
use crate::settings::Served;
use crate::step::authenticate::{Caller, authenticate};
use crate::step::bound::{Closeness, Most, Terms};
use crate::step::count::{Began, Counted};
use crate::step::hold::Wanted;
use crate::step::marks::Marks;
use crate::step::meter::Meter;
use crate::step::read::{self, Facts, Route};
use crate::step::route;
use crate::step::send::{self, Outgoing};
use crate::step::settle::{Ending, Held};
use crate::tell::{self, Stop};
use to_its_end::going;

/// A call whose money is held, ready to leave.
struct Ready {
    held: Held,
    outgoing: Outgoing,
    meter: Meter,
    grant: Grant,
    stream: Streaming,
}

/// Whether the answer is a stream, and who wants its usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Streaming {
    No,
    /// The client asked for the usage, too.
    WithUsage,
    /// Only we did: it is taken out again.
    WithoutUsage,
}

/// Serves a call. Everything after the hold goes on to its end even if the client goes away.
pub(crate) async fn serve(gateway: Gateway, route: Route, request: Request) -> Response {
    let id = gateway.new_request_id();
    let began = Began {
        at: gateway.now(),
        instant: Instant::now(),
    };
    let mut known = Known::default();
    match dry_run::asked(request.headers()) {
        Ok(false) => {}
        Ok(true) => return dry_run::answer(&gateway, (id, route), request).await,
        Err(stop) => return tell::stopped(&gateway, (id, route), &known, stop),
    }
    match prepare(&gateway, (id, began), (route, request), &mut known).await {
        Ok(ready) => going(ready).await.unwrap_or_else(|| {
            let fault = Stop::Fault("the call ended".to_owned());
            tell::stopped(&gateway, (id, route), &known, fault)
        }),
        Err(stop) => tell::stopped(&gateway, (id, route), &known, stop),
    }
}

/// What is known of a call when a step says no.
#[derive(Clone, Default)]
pub(crate) struct Known {
    pub(crate) caller: Option<Caller>,
    pub(crate) model: Option<String>,
    /// What only the caller itself may be told of it.
    pub(crate) marks: Marks,
    /// Accounts whose caps do not let it pass.
    pub(crate) passed_over: Vec<Box<str>>,
}

impl Known {
    /// The account's caps do not let the call pass: nothing was sent, and another account may. Of several such refusals the
    /// first is told, unless one is only for the moment.
    pub(crate) fn pass_over(
        &mut self,
        served: &Served,
        (before, stop): (Option<Stop>, Stop),
    ) -> Stop {
        self.passed_over.push(served.account.name().into());
        match before {
            Some(before) if before.is_transient() || !stop.is_transient() => before,
            _ => stop,
        }
    }
}

/// Steps 1 to 5.
async fn prepare(
    gateway: &Gateway,
    (id, began): (RequestId, Began),
    (route, request): (Route, Request),
    known: &mut Known,
) -> Result<Ready, Stop> {
    let (head, body) = request.into_parts();
    let caller = authenticate(gateway, &head).await?;
    known.caller = Some(caller.clone());
    let body = read::body(gateway, body).await?;
    let asked = (id, route, &body);
    let (priced, (hold, grant)) = hold(gateway, &caller, asked, (&head.headers, known)).await?;
    let organization = caller.teller.organization();
    let held = Held {
        gateway: gateway.clone(),
        organization,
        request: id,
        began,
        sent_at: None,
        counted: Counted::new(gateway, route, &caller, (&priced.model, &priced.served)),
        hold,
    };
    match priced.outgoing(grant, (route, &body), head.headers) {
        Ok((outgoing, meter, stream)) => Ok(Ready {
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

/// Steps 3 to 5: at the first account whose caps let the call pass.
async fn hold(
    gateway: &Gateway,
    caller: &Caller,
    (id, route, body): (RequestId, Route, &Bytes),
    (headers, known): (&HeaderMap, &mut Known),
) -> Result<(Priced, (LiveHold, Grant)), Stop> {
    let mut attempt = HoldId::first(id);
    let mut refused = None;
    loop {
        let priced = match price(gateway, caller, (route, body), (headers, known)) {
            Ok(priced) => priced,
            // All that serve the model were asked, if there are any.
            Err(stop @ Stop::NoUpstream(_)) => return Err(refused.unwrap_or(stop)),
            Err(stop) => return Err(stop),
        };
        let wanted = Wanted {
            hold: attempt,
            route,
            model: &priced.model,
            served: &priced.served,
            pictures: priced.pictures,
            traits: &priced.traits,
        };
        let counted = || priced.counted(gateway, (route, body));
        match wanted.take(gateway, caller, priced.most, counted).await {
            Ok(held) => return Ok((priced, held)),
            Err(stop) if stop.is_of_the_account() => {
                refused = Some(known.pass_over(&priced.served, (refused, stop)));
            }
            // At another account's price the organization's own Book says no.
            Err(Stop::Money(..)) if refused.is_some() => {
                known.passed_over.push(priced.served.account.name().into());
            }
            Err(stop) => return Err(stop),
        }
        attempt.attempt = attempt.attempt.saturating_add(1);
    }
}

/// A call with its price, owning what it needs of its body.
pub(crate) struct Priced {
    pub(crate) model: String,
    pub(crate) served: Arc<Served>,
    terms: Terms,
    pub(crate) most: Most,
    meter: Meter,
    /// The body as it leaves if all that was asked for is granted.
    edited: Bytes,
    stream: Streaming,
    /// The pictures it asks for.
    pub(crate) pictures: Option<u64>,
    /// Whom it is made for, and its tags.
    pub(crate) traits: Traits,
}

/// Steps 2 to 4, the cheap way.
pub(crate) fn price(
    gateway: &Gateway,
    caller: &Caller,
    (route, body): (Route, &Bytes),
    (headers, known): (&HeaderMap, &mut Known),
) -> Result<Priced, Stop> {
    let facts = Facts::read(route, body)?;
    known.model = Some(facts.model().to_owned());
    known.marks = Marks::read(&facts, headers)?;
    let unknown = || Stop::UnknownModel(facts.model().to_owned());
    let catalog = &gateway.parts().catalog;
    let model = catalog.model(facts.model()).ok_or_else(unknown)?;
    let served = route::first(gateway, facts.model(), &known.passed_over)?;
    let terms = Terms::new(gateway, &caller.key, headers, &served);
    let most = terms.bound(model, &facts, Closeness::Bytes)?;
    let stream = match &facts {
        Facts::Chat(facts) if facts.stream && facts.include_usage => Streaming::WithUsage,
        Facts::Chat(facts) if facts.stream => Streaming::WithoutUsage,
        Facts::Chat(_) | Facts::Images(_) => Streaming::No,
    };
    Ok(Priced {
        model: facts.model().to_owned(),
        meter: Meter::new(catalog, &facts, terms.at),
        edited: send::edited(body, &facts, &terms, (most.cost.units(), false), &served),
        served,
        terms,
        most,
        stream,
        pictures: facts.pictures(),
        traits: known.marks.traits(&gateway.parts().pepper),
    })
}

impl Priced {
    /// Step 4, the close way.
    pub(crate) fn counted(
        &self,
        gateway: &Gateway,
        (route, body): (Route, &Bytes),
    ) -> Result<Most, Stop> {
        let facts = Facts::read(route, body)?;
        let unknown = || Stop::UnknownModel(self.model.clone());
        let model = gateway
            .parts()
            .catalog
            .model(&self.model)
            .ok_or_else(unknown)?;
        self.terms.bound(model, &facts, Closeness::Count)
    }

    /// What leaves: no more than was granted.
    fn outgoing(
        self,
        grant: Grant,
        (route, body): (Route, &Bytes),
        headers: HeaderMap,
    ) -> Result<(Outgoing, Meter, Streaming), Stop> {
        let body = if grant.fitted {
            let facts = Facts::read(route, body)?;
            send::edited(body, &facts, &self.terms, (grant.units, true), &self.served)
        } else {
            self.edited
        };
        Ok((
            Outgoing {
                route,
                model: self.model,
                served: self.served,
                headers,
                body,
            },
            self.meter,
            self.stream,
        ))
    }
}

/// Steps 6 to 8.
async fn run(ready: Ready) -> Response {
    let Ready {
        mut held,
        outgoing,
        meter,
        grant,
        stream,
    } = ready;
    held.sent_at = Some(Instant::now());
    let gateway = held.gateway.clone();
    let under_way = UnderWay {
        fitted: grant.fitted.then_some(grant.units),
        rates: held.hold.rates().to_vec(),
        headroom: grant.headroom,
        served: Arc::clone(&outgoing.served),
        deadline: Instant::now() + gateway.settings().call_timeout,
        meter,
        held,
    };
    match send::send(&gateway, outgoing).await {
        Ok(answer) if !answer.status().is_success() => plain::refused(under_way, answer).await,
        Ok(answer) if stream != Streaming::No && is_event_stream(&answer) => {
            stream::begin(under_way, answer, stream)
        }
        Ok(answer) => plain::answer(under_way, answer).await,
        Err(error) => {
            let id = under_way.held.request;
            let (ending, told) = tell::unanswered(&under_way.served.account, &error);
            let ending = ending.told(&told.body(&gateway, id));
            let receipt = under_way.held.settle(ending).await;
            let mut response = told.into_response(&gateway, id);
            tell::headers::served(
                response.headers_mut(),
                under_way.served.account.name(),
                under_way.fitted,
            );
            if let Some(receipt) = receipt {
                tell::headers::settled(response.headers_mut(), &receipt);
            }
            response
        }
    }
}

/// A call that has left.
struct UnderWay {
    held: Held,
    meter: Meter,
    served: Arc<Served>,
    /// The output tokens granted, where they are fewer than asked for.
    fitted: Option<u64>,
    /// The limits on requests and tokens that count it.
    rates: Vec<Check>,
    /// What the key could spend beside the hold.
    headroom: Headroom,
    /// When the whole call must be over.
    deadline: Instant,
}

impl UnderWay {
    /// By whom the call was served, and what is left of the limits that count calls like it.
    fn tell_served(&self, headers: &mut HeaderMap) {
        tell::headers::served(headers, self.served.account.name(), self.fitted);
        tell::rates::tell(headers, &self.rates, self.held.gateway.now());
    }
}

fn is_event_stream(answer: &http::Response<upstream::Answer>) -> bool {
    let kind = answer
        .headers()
        .get(http::header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().starts_with("text/event-stream"))
}

//! A call from its first byte to its last.

mod attempt;
mod dry_run;
mod failed;
mod journey;
mod plain;
mod priced;
mod stream;
mod to_its_end;

use axum::extract::Request;
use axum::response::Response;
use ids::{HoldId, RequestId};
use tokio::time::Instant;

use crate::Gateway;
use crate::step::authenticate::{Caller, authenticate};
use crate::step::count::Began;
use crate::step::marks::Marks;
use crate::step::read::{self, Route};
use crate::step::settle::Before;
use crate::tell::{self, Stop};
use attempt::Attempt;
use journey::{Journey, Trip};
use to_its_end::going;

pub(crate) use priced::price;

/// A call whose money is held, ready to leave.
struct Ready {
    attempt: Attempt,
    journey: Journey,
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
}

/// Steps 1 to 5, for the first account.
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
    let (priced, ahead) = price(gateway, &caller, (route, &body), (&head.headers, known))?;
    let asks = (&caller, HoldId::first(id));
    let granted = priced.hold(gateway, asks, (route, &body)).await?;
    let trip = Trip {
        gateway: gateway.clone(),
        id,
        began,
        caller,
        route,
        body,
        headers: head.headers,
        traits: priced.traits.clone(),
    };
    let attempt = trip.attempt(priced, granted, Before::NOTHING).await?;
    Ok(Ready {
        attempt,
        journey: Journey::new(trip, ahead),
    })
}

/// Steps 6 to 8, at one account after the other.
async fn run(ready: Ready) -> Response {
    let Ready {
        mut attempt,
        mut journey,
    } = ready;
    loop {
        let failed = match attempt.make(journey.terms()).await {
            Ok(response) => return response,
            Err(failed) => failed,
        };
        match journey.onward(*failed).await {
            Ok(next) => attempt = next,
            Err(response) => return response,
        }
    }
}

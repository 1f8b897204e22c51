//! One call that costs money, from request to answer. The work is billed first, then the answer waits for its time and
//! leaves: whatever becomes of the connection, the bill is already right.

mod outcome;
mod render;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, request};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;

use crate::auth;
use crate::body::{Cut, SimBody};
use crate::chat;
use crate::chat::ask::Shelf;
use crate::delivery::Slot;
use crate::draw;
use crate::fault::{Fault, LONGEST};
use crate::image;
use crate::knobs::Knobs;
use crate::ledger::{NewLine, Ticket};
use crate::order::{self, Order};
use crate::provider::Provider;
use crate::refusal::Facts;
use crate::rejection::Rejection;
use crate::reply::{self, Stamp};
use outcome::Outcome;

/// The largest request body, in bytes.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// The endpoints that cost money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Chat,
    Images,
    Other(order::Route),
}

impl Endpoint {
    /// Its path.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Chat => "/v1/chat/completions",
            Self::Images => "/v1/images/generations",
            Self::Other(route) => route.path(),
        }
    }
}

/// What is to be made.
#[derive(Debug)]
enum Work {
    Chat(Arc<chat::ask::Ask>, chat::plan::Plan),
    Image(image::Ask),
    Other(Box<Order>),
}

impl Work {
    fn model(&self) -> &Arc<str> {
        match self {
            Self::Chat(ask, _) => &ask.model,
            Self::Image(ask) => &ask.model,
            Self::Other(order) => &order.model,
        }
    }
}

/// A call that was understood.
#[derive(Debug)]
struct Job {
    endpoint: Endpoint,
    number: u64,
    id: Arc<str>,
    /// The end of the key it came with.
    key: Box<str>,
    /// When it came, in seconds since 1970.
    at: u64,
    knobs: Knobs,
    fault: Option<Fault>,
    latency: Duration,
    work: Work,
}

impl Job {
    fn stamp(&self) -> Stamp<'_> {
        Stamp {
            id: &self.id,
            took: self.latency,
        }
    }

    /// The line of this call in the ledger.
    fn line(&self, outcome: &Outcome) -> NewLine {
        NewLine {
            number: self.number,
            id: Arc::clone(&self.id),
            key: self.key.clone(),
            at: self.at,
            tag: self.knobs.tag.clone(),
            path: self.endpoint.path(),
            model: Arc::clone(self.work.model()),
            status: outcome.status,
            usage: outcome.usage,
            said: outcome.said,
            nanos: outcome.nanos,
            output_nanos: outcome.output_nanos,
            fault: self.fault.as_ref().map(Fault::name),
        }
    }
}

/// Serves a call. The error closes the connection without an answer.
pub(crate) async fn serve(
    provider: &Arc<Provider>,
    slot: &Arc<Slot>,
    endpoint: Endpoint,
    request: Request<Incoming>,
) -> Result<Response<SimBody>, Cut> {
    let (number, id) = provider.ledger.next_id();
    let (parts, body) = request.into_parts();
    let key = match auth::bearer(&parts.headers) {
        Ok(key) => key,
        Err(given) => return Ok(unauthorized(provider, &id, given)),
    };
    let body = Limited::new(body, LARGEST_BODY)
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes);
    let job = match body {
        Ok(body) => understand(provider, endpoint, &parts, &body),
        Err(_too_large_or_broken) => Err(Rejection::too_large()),
    };
    match job {
        Ok((knobs, work)) => {
            let fault = find_fault(provider, endpoint, &knobs, work.model());
            let latency = knobs.latency.unwrap_or(provider.latency);
            let latency = latency + fault.as_ref().map_or(Duration::ZERO, Fault::wait);
            let job = Job {
                endpoint,
                number,
                id: id.into(),
                key: auth::tail(key),
                at: (provider.clock)(),
                knobs,
                fault,
                latency,
                work,
            };
            run(provider, slot, job, key).await
        }
        Err(rejection) => {
            let rejection = match endpoint {
                Endpoint::Other(order::Route::Messages | order::Route::CountTokens) => {
                    rejection.in_anthropics_envelope()
                }
                Endpoint::Chat | Endpoint::Images | Endpoint::Other(_) => rejection,
            };
            let stamp = Stamp {
                id: &id,
                took: Duration::ZERO,
            };
            Ok(reply::rejected(stamp, &rejection))
        }
    }
}

/// The answer to a request without a key.
pub(crate) fn unauthorized(provider: &Provider, id: &str, given: &str) -> Response<SimBody> {
    let stamp = Stamp {
        id,
        took: Duration::ZERO,
    };
    let masked = auth::masked(given);
    match provider.refusals.get("invalid_api_key") {
        Some(refusal) => reply::refused(
            stamp,
            refusal,
            Facts {
                model: "",
                masked_key: &masked,
                request_id: id,
            },
        ),
        None => reply::rejected(
            stamp,
            &Rejection::sentence("No API key was given.".to_owned()),
        ),
    }
}

/// Reads headers and body.
fn understand(
    provider: &Provider,
    endpoint: Endpoint,
    parts: &request::Parts,
    body: &Bytes,
) -> Result<(Knobs, Work), Rejection> {
    let knobs = Knobs::read(&parts.headers, &provider.refusals).map_err(Rejection::sentence)?;
    let work = match endpoint {
        Endpoint::Images => Work::Image(image::read(body, &provider.prices, &provider.bill)?),
        Endpoint::Other(route) => {
            let shelf = Shelf {
                prices: &provider.prices,
                bill: &provider.bill,
            };
            let order = order::read((route, body), (provider.seed, &knobs), shelf)?;
            Work::Other(Box::new(order))
        }
        Endpoint::Chat => {
            let ask = read_chat(provider, body)?;
            let plan = chat::plan::plan(&ask, &knobs).ok_or_else(|| {
                Rejection::sentence("The answer would be longer than 4,000,000 tokens.".to_owned())
            })?;
            Work::Chat(ask, plan)
        }
    };
    Ok((knobs, work))
}

fn read_chat(provider: &Provider, body: &Bytes) -> Result<Arc<chat::ask::Ask>, Rejection> {
    let hash = draw::hash(provider.seed, body);
    if let Some(ask) = provider.memo.get(hash, body) {
        return Ok(ask);
    }
    let shelf = Shelf {
        prices: &provider.prices,
        bill: &provider.bill,
    };
    let ask = Arc::new(chat::ask::read(body, hash, shelf)?);
    provider.memo.put(hash, body, &ask);
    Ok(ask)
}

/// The header's fault, else a waiting one, else the model's, else what the account's own limits make of the call.
fn find_fault(
    provider: &Provider,
    endpoint: Endpoint,
    knobs: &Knobs,
    model: &str,
) -> Option<Fault> {
    let waiting = || provider.faults.take(model, endpoint.path(), true);
    knobs
        .fault
        .clone()
        .or_else(waiting)
        .or_else(|| Fault::of_model(model, &provider.refusals))
        .or_else(|| {
            let name = provider.account.stops(endpoint, || provider.bill.nanos())?;
            let refusal = provider.refusals.get(name)?;
            Some(Fault::Refuse(Arc::clone(refusal)))
        })
}

/// Bills a call, waits, and answers.
async fn run(
    provider: &Arc<Provider>,
    slot: &Arc<Slot>,
    job: Job,
    key: &str,
) -> Result<Response<SimBody>, Cut> {
    if matches!(job.fault, Some(Fault::Endless)) {
        pause(job.latency).await;
        return Ok(render::endless(provider, job));
    }
    let outcome = outcome::of(&job);
    let ticket = bill(provider, &job, &outcome);
    pause(job.latency).await;
    match &job.fault {
        Some(Fault::Hang) => {
            drop(ticket);
            pause(LONGEST).await;
            Err(Cut)
        }
        Some(Fault::DropBefore) => Err(Cut),
        Some(Fault::Refuse(refusal)) => {
            let masked_key = &auth::masked(key);
            let facts = Facts {
                model: job.work.model(),
                masked_key,
                request_id: &job.id,
            };
            Ok(reply::refused(job.stamp(), refusal, facts))
        }
        _ => Ok(render::answer(provider, slot, &job, (outcome, ticket))),
    }
}

/// Puts a call on the bill and in the ledger.
fn bill(provider: &Provider, job: &Job, outcome: &Outcome) -> Ticket {
    if outcome.usage.is_some() {
        match &job.work {
            Work::Chat(ask, _) => ask.account.add(outcome.nanos),
            Work::Image(ask) => ask.account.add(outcome.nanos),
            Work::Other(order) => order.account.add(outcome.nanos),
        }
    }
    provider.ledger.add(job.line(outcome))
}

/// Waits; not at all for no time, because even a timer of zero costs a turn of the scheduler.
pub(crate) async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

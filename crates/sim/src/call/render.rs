//! From what a call comes to, to the answer that is sent.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Response;

use crate::body::{Delivering, Endless, Pauses, SimBody, Source};
use crate::chat::plain::{self, Answer};
use crate::chat::stream::{Chunks, Ending, Step};
use crate::chat::{Label, ask::Ask, plan::Plan};
use crate::cost;
use crate::delivery::Slot;
use crate::draw;
use crate::fault::Fault;
use crate::image;
use crate::ledger::Ticket;
use crate::order::{self, Written};
use crate::provider::Provider;
use crate::reply::{self, Content, Stamp};
use crate::usage::Usage;

use super::outcome::Outcome;
use super::{Job, Work};

/// What a provider sends that has lost its mind.
const GARBAGE: &str =
    "<html><head><title>502</title></head><body>upstream \u{1f9c2} is {not json</body></html>";
/// The same as an event stream.
const GARBAGE_STREAM: &str =
    "data: {\"id\":\"chatcmpl-\n\ndata: not json at all\n\n: and no end marker\n\n";
/// Tokens in a chunk where no header says.
const TOKENS_PER_CHUNK: u64 = 5;

/// The answer of a call that is answered with 200. The ticket goes with the usage, where there is one to deliver.
pub(super) fn answer(
    provider: &Provider,
    slot: &Arc<Slot>,
    job: &Job,
    (outcome, ticket): (Outcome, Ticket),
) -> Response<SimBody> {
    let label = label(provider, job);
    let watched = outcome.said.is_some().then(|| Arc::clone(slot));
    let (content, body) = match (&job.fault, &job.work) {
        (Some(Fault::Garbage), _) => (Content::Html, SimBody::whole(GARBAGE.to_owned())),
        (Some(Fault::GarbageStream), _) => {
            (Content::Events, SimBody::whole(GARBAGE_STREAM.to_owned()))
        }
        (Some(Fault::ErrorMidStream(event)), Work::Image(_)) => (
            Content::Events,
            SimBody::whole(format!("data: {event}\n\n")),
        ),
        (Some(Fault::DropHeaders), Work::Chat(ask, _)) if ask.stream => {
            (Content::Events, SimBody::no_stream())
        }
        (fault, Work::Chat(ask, plan)) if streams(ask, fault.as_ref()) => {
            let ending = ending(fault.as_ref(), &outcome);
            let chunks = chunks(&label, job, (ask, *plan), outcome.streamed, ending);
            (
                Content::Events,
                SimBody::stream(
                    Source::Chat(chunks),
                    ticket,
                    watched,
                    chunk_delay(provider, job),
                ),
            )
        }
        (fault, Work::Chat(ask, plan)) => {
            let answer = plain::write(&label, ask, *plan, outcome.said);
            (
                Content::Json,
                whole(answer, fault.as_ref(), ticket, watched),
            )
        }
        (fault, Work::Other(order)) => {
            // What is cut before its usage has one, too.
            let before = matches!(fault, Some(Fault::DropBeforeUsage));
            let said = match outcome.said.or(outcome.usage.filter(|_| before)) {
                Some(Usage::Told(told)) => Some(told),
                Some(Usage::Chat(_) | Usage::Image(_) | Usage::Flat { .. }) | None => None,
            };
            match (order.write(&label, said), fault.as_ref()) {
                (Written::Events(_), Some(Fault::DropHeaders)) => {
                    (Content::Events, SimBody::no_stream())
                }
                (Written::Events(steps), fault) => {
                    let steps = order::ended(steps, ending(fault, &outcome), order.route);
                    let delay = chunk_delay(provider, job);
                    let body =
                        SimBody::stream(Source::Ready(steps.into_iter()), ticket, watched, delay);
                    (Content::Events, body)
                }
                (Written::Whole(answer), fault) => {
                    let content = answer.content;
                    (
                        content,
                        cut(answer.bytes, answer.usage_at, fault, ticket, watched),
                    )
                }
            }
        }
        (fault, Work::Image(ask)) => {
            let answer = image::write(ask, label.created, outcome.said);
            (
                Content::Json,
                whole(answer, fault.as_ref(), ticket, watched),
            )
        }
    };
    reply::served(job.stamp(), content, body)
}

/// Whether the answer is a stream: when it was asked for, or when a fault can only happen in one.
fn streams(ask: &Ask, fault: Option<&Fault>) -> bool {
    ask.stream || matches!(fault, Some(Fault::ErrorMidStream(_)))
}

fn ending(fault: Option<&Fault>, outcome: &Outcome) -> Ending {
    match fault {
        Some(Fault::DropMid) => Ending::Cut,
        Some(Fault::DropBeforeUsage) => Ending::CutBeforeUsage,
        Some(Fault::ErrorMidStream(event)) => Ending::Error(event),
        _ => Ending::Proper(outcome.said),
    }
}

/// An answer in one piece, or as much of it as the fault lets through.
pub(crate) fn whole(
    answer: Answer,
    fault: Option<&Fault>,
    ticket: Ticket,
    slot: Option<Arc<Slot>>,
) -> SimBody {
    cut(
        Bytes::from(answer.text),
        answer.usage_at,
        fault,
        ticket,
        slot,
    )
}

fn cut(
    bytes: Bytes,
    usage_at: usize,
    fault: Option<&Fault>,
    ticket: Ticket,
    slot: Option<Arc<Slot>>,
) -> SimBody {
    match fault {
        Some(Fault::DropHeaders) => SimBody::part(bytes, 0),
        Some(Fault::DropMid) => {
            let half = bytes.len() / 2;
            SimBody::part(bytes, half)
        }
        Some(Fault::DropBeforeUsage) => SimBody::part(bytes, usage_at),
        _ => {
            let delivering = slot.map(|slot| Delivering { ticket, slot });
            SimBody::Whole(Some(bytes), delivering)
        }
    }
}

fn label(provider: &Provider, job: &Job) -> Label {
    Label {
        id: draw::id("chatcmpl-", provider.seed, job.number),
        created: (provider.clock)(),
    }
}

fn chunks(
    label: &Label,
    job: &Job,
    (ask, plan): (&Ask, Plan),
    tokens: u64,
    ending: Ending,
) -> Chunks {
    let each = job.knobs.chunk_tokens.unwrap_or(TOKENS_PER_CHUNK);
    Chunks::new(label, ask, plan, tokens, ending).with_tokens_per_chunk(each)
}

fn chunk_delay(provider: &Provider, job: &Job) -> Duration {
    job.knobs.chunk_delay.unwrap_or(provider.chunk_delay)
}

/// An answer without end, billed when the other side has had enough of it.
pub(super) fn endless(provider: &Arc<Provider>, job: Job) -> Response<SimBody> {
    let (chunk, tokens) = match &job.work {
        Work::Chat(ask, plan) => {
            let tokens = job.knobs.chunk_tokens.unwrap_or(TOKENS_PER_CHUNK);
            let label = label(provider, &job);
            (
                first_text(chunks(&label, &job, (ask, *plan), tokens, Ending::Cut)),
                tokens,
            )
        }
        Work::Image(_) | Work::Other(_) => (Bytes::from_static(b": nothing yet\n\n"), 0),
    };
    let pauses = Pauses::new(chunk_delay(provider, &job));
    let id = Arc::clone(&job.id);
    let took = job.latency;
    let provider = Arc::clone(provider);
    let settle = Box::new(move |made| {
        let outcome = of_endless(&job, made);
        drop(super::bill(&provider, &job, &outcome));
    });
    let body = SimBody::Endless(Box::new(Endless::new(chunk, tokens, pauses, settle)));
    reply::served(Stamp { id: &id, took }, Content::Events, body)
}

/// The first chunk of a stream that carries text.
fn first_text(mut chunks: Chunks) -> Bytes {
    loop {
        match chunks.next() {
            Step::Text(bytes) => return bytes,
            Step::Other(_) | Step::Usage(_) => {}
            Step::Cut | Step::End => return Bytes::from_static(b": nothing\n\n"),
        }
    }
}

/// What an answer without end comes to, after so many tokens. Nothing for a picture that never came.
fn of_endless(job: &Job, made: u64) -> Outcome {
    let nothing = Outcome {
        status: Some(200),
        usage: None,
        said: None,
        nanos: 0,
        output_nanos: 0,
        streamed: 0,
    };
    match &job.work {
        Work::Chat(ask, plan) => {
            let mut usage = plan.usage(ask, &job.knobs, 0);
            usage.completion += made;
            let nanos = cost::of_chat(&ask.row, ask.tier, usage);
            Outcome {
                usage: Some(Usage::Chat(usage)),
                nanos,
                output_nanos: cost::output_of_chat(&ask.row, ask.tier, usage),
                ..nothing
            }
        }
        Work::Image(_) | Work::Other(_) => nothing,
    }
}

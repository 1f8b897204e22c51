//! What a call comes to: what is billed, what the answer says of it, with which status. It sends nothing.

use crate::cost;
use crate::fault::Fault;
use crate::usage::Usage;

use super::{Job, Work};

/// What a call comes to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    /// The status of the answer; none where there is no answer.
    pub(super) status: Option<u16>,
    /// What is billed; none where nothing is.
    pub(super) usage: Option<Usage>,
    /// What the answer says was used; none where it does not say.
    pub(super) said: Option<Usage>,
    /// The cost in nano-dollars.
    pub(super) nanos: u64,
    /// The part of it that is for the text that was written.
    pub(super) output_nanos: u64,
    /// Tokens of text that are sent in each choice of a stream.
    pub(super) streamed: u64,
}

/// What this call comes to.
pub(super) fn of(job: &Job) -> Outcome {
    let mut outcome = match &job.work {
        Work::Chat(ask, plan) => {
            let breaks = matches!(job.fault, Some(Fault::ErrorMidStream(_)))
                || (ask.stream && matches!(job.fault, Some(Fault::DropMid)));
            // A stream that breaks off is billed for what had been made by then; anything else is made as a whole.
            let streamed = if breaks {
                plan.visible / 2
            } else {
                plan.visible
            };
            let usage = plan.usage(ask, &job.knobs, streamed);
            let told = !ask.stream || ask.include_usage;
            Outcome {
                status: Some(200),
                usage: Some(Usage::Chat(usage)),
                said: told.then_some(Usage::Chat(usage)),
                nanos: cost::of_chat(&ask.row, ask.tier, usage),
                output_nanos: cost::output_of_chat(&ask.row, ask.tier, usage),
                streamed,
            }
        }
        Work::Other(order) => {
            let breaks = order.streams()
                && matches!(job.fault, Some(Fault::DropMid | Fault::ErrorMidStream(_)));
            let streamed = if breaks {
                order.visible() / 2
            } else {
                order.visible()
            };
            let used = order.usage(streamed);
            Outcome {
                status: Some(200),
                usage: Some(Usage::Told(used)),
                said: order.tells().then_some(Usage::Told(used)),
                nanos: order.nanos(used),
                output_nanos: order.output_nanos(used),
                streamed,
            }
        }
        Work::Image(ask) => Outcome {
            status: Some(200),
            usage: Some(ask.usage),
            said: Some(ask.usage),
            nanos: ask.nanos,
            output_nanos: 0,
            streamed: 0,
        },
    };
    if let Some(fault) = &job.fault {
        spoil(&mut outcome, fault, matches!(job.work, Work::Image(_)));
    }
    outcome
}

/// Changes an outcome as a fault does.
fn spoil(outcome: &mut Outcome, fault: &Fault, image: bool) {
    match fault {
        Fault::Slow(_) => {}
        Fault::LieUsage => outcome.said = outcome.said.map(Usage::understated),
        Fault::Refuse(refusal) => unbilled(outcome, Some(refusal.status.as_u16())),
        // A provider that hangs has made nothing yet.
        Fault::Hang => unbilled(outcome, None),
        // Nor has one that breaks off before the picture.
        Fault::ErrorMidStream(_) if image => unbilled(outcome, Some(200)),
        Fault::DropBefore => {
            outcome.status = None;
            outcome.said = None;
        }
        Fault::DropHeaders
        | Fault::DropMid
        | Fault::DropBeforeUsage
        | Fault::NoUsage
        | Fault::Garbage
        | Fault::GarbageStream
        | Fault::Endless
        | Fault::ErrorMidStream(_) => outcome.said = None,
    }
}

fn unbilled(outcome: &mut Outcome, status: Option<u16>) {
    *outcome = Outcome {
        status,
        usage: None,
        said: None,
        nanos: 0,
        output_nanos: 0,
        streamed: 0,
    };
}

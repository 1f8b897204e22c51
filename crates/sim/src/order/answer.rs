//! An answer in the making: one piece with the place of its usage, or events.

use bytes::Bytes;

use super::Route;
use crate::chat::stream::{Ending, Step};
use crate::reply::Content;

/// Why an answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finish {
    Stop,
    /// The bound cut it.
    Length,
}

/// An answer in one piece, and where in it the usage begins, so that it can be cut there.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) content: Content,
    pub(crate) bytes: Bytes,
    pub(crate) usage_at: usize,
}

/// An answer as it is sent.
#[derive(Debug)]
pub(crate) enum Written {
    Whole(Answer),
    Events(Vec<Step>),
}

impl Written {
    /// JSON in one piece.
    pub(super) fn json(text: String, usage_at: usize) -> Self {
        Self::Whole(Answer {
            content: Content::Json,
            bytes: Bytes::from(text),
            usage_at,
        })
    }
}

/// The events of a stream that ends so. Where it breaks off, half of the text has gone out.
pub(crate) fn ended(steps: Vec<Step>, ending: Ending, route: Route) -> Vec<Step> {
    let usage = |step: &Step| matches!(step, Step::Usage(_));
    let text = |step: &&Step| matches!(step, Step::Text(_));
    let mut left = match ending {
        Ending::Proper(_) => return steps,
        Ending::CutBeforeUsage => {
            let mut steps: Vec<Step> = steps.into_iter().take_while(|step| !usage(step)).collect();
            steps.push(Step::Cut);
            return steps;
        }
        Ending::Cut | Ending::Error(_) => steps.iter().filter(text).count() / 2,
    };
    let mut kept = Vec::new();
    for step in steps {
        match &step {
            Step::Text(_) if left == 0 => break,
            Step::Text(_) => left -= 1,
            Step::Usage(_) | Step::Other(_) | Step::Cut | Step::End => {}
        }
        if matches!(step, Step::Usage(_)) {
            break;
        }
        kept.push(step);
    }
    kept.push(match ending {
        Ending::Error(event) => Step::Other(Bytes::from(route.broken_off(event))),
        Ending::Proper(_) | Ending::CutBeforeUsage | Ending::Cut => Step::Cut,
    });
    kept
}

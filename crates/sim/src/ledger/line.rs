//! One call in the ledger.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::decimal::dollars;
use crate::json::Json;
use crate::usage::Usage;

/// What is known of a call when its line is written.
#[derive(Clone, Debug)]
pub(crate) struct NewLine {
    pub(crate) number: u64,
    pub(crate) id: Arc<str>,
    /// The end of the key it came with.
    pub(crate) key: Box<str>,
    /// When it came, in seconds since 1970.
    pub(crate) at: u64,
    pub(crate) tag: Option<Box<str>>,
    pub(crate) path: &'static str,
    pub(crate) model: Arc<str>,
    /// The status of the answer; none where the connection is closed without one.
    pub(crate) status: Option<u16>,
    /// What is billed; none for a call that is not.
    pub(crate) usage: Option<Usage>,
    /// What the answer says was used; none where it says nothing.
    pub(crate) said: Option<Usage>,
    pub(crate) nanos: u64,
    /// The part of it that is for the text that was written.
    pub(crate) output_nanos: u64,
    pub(crate) fault: Option<String>,
}

/// A line. Only whether its usage was delivered ever changes.
#[derive(Debug)]
pub(crate) struct Line {
    call: NewLine,
    delivery: AtomicU8,
}

/// Where the bytes with the usage are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Not yet, or never, with the operating system.
    Not,
    /// Being written just now: whoever asks waits for the end of that one call.
    Writing,
    /// The operating system has taken all of them.
    Done,
}

impl Line {
    pub(super) fn new(call: NewLine) -> Self {
        Self {
            call,
            delivery: AtomicU8::new(0),
        }
    }

    /// What is known of the call.
    pub(crate) fn call(&self) -> &NewLine {
        &self.call
    }

    pub(super) fn number(&self) -> u64 {
        self.call.number
    }

    /// Where the usage is now.
    pub(crate) fn delivery(&self) -> Delivery {
        match self.delivery.load(Ordering::Acquire) {
            0 => Delivery::Not,
            1 => Delivery::Writing,
            _ => Delivery::Done,
        }
    }

    /// Notes where the usage is.
    pub(crate) fn set_delivery(&self, delivery: Delivery) {
        let number = match delivery {
            Delivery::Not => 0,
            Delivery::Writing => 1,
            Delivery::Done => 2,
        };
        self.delivery.store(number, Ordering::Release);
    }

    /// Writes the line as JSON.
    pub(crate) fn write(&self, json: &mut Json) {
        let call = &self.call;
        json.raw("{\"id\":").string(&call.id).raw(",\"tag\":");
        match &call.tag {
            Some(tag) => json.string(tag),
            None => json.raw("null"),
        };
        json.raw(",\"path\":")
            .string(call.path)
            .raw(",\"model\":")
            .string(&call.model);
        json.raw(",\"usage\":");
        write_usage(call.usage, json);
        json.raw(",\"usage_said\":");
        write_usage(call.said, json);
        json.raw(",\"usd\":")
            .string(&dollars(call.nanos))
            .raw(",\"usage_delivered\":");
        json.raw(if self.delivery() == Delivery::Done {
            "true"
        } else {
            "false"
        })
        .raw(",\"status\":");
        match call.status {
            Some(status) => json.number(u64::from(status)),
            None => json.raw("null"),
        };
        json.raw(",\"fault\":");
        match &call.fault {
            Some(fault) => json.string(fault),
            None => json.raw("null"),
        };
        json.raw("}");
    }
}

fn write_usage(usage: Option<Usage>, json: &mut Json) {
    match usage {
        Some(usage) => usage.write(json),
        None => {
            json.raw("null");
        }
    }
}

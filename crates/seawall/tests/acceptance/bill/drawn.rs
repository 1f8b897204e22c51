//! The calls of the mixed run: what is asked, what is to go wrong, and how long the client stays.

use std::time::Duration;

use serde_json::json;

use crate::call::Call;
use crate::dice::Dice;

/// What the client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Reads the answer to its end.
    Stay,
    /// The same, with the key that has a tight hard limit.
    Tight,
    /// Closes the connection after so many pieces of the answer.
    Leave(usize),
    /// Closes it after so long, mostly before there is any answer.
    LeaveEarly(Duration),
}

/// A call and what is to become of it.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    pub(super) call: Call,
    pub(super) way: Way,
}

/// Whether a fault belongs into the run. An endless stream bills whatever the connection takes, so there is no bill to
/// compare with; a slow answer is the right one.
pub(super) fn is_compared(fault: &str) -> bool {
    fault != "endless" && !fault.starts_with("slow")
}

/// A call with nothing out of the ordinary.
pub(super) fn plain() -> Drawn {
    Drawn {
        call: Call::chat(),
        way: Way::Stay,
    }
}

/// Draws a call.
pub(super) fn draw(dice: &mut Dice, faults: &[String]) -> Drawn {
    let mut call = match dice.within(0..=9) {
        0..=3 => Call::chat(),
        4..=6 => Call::stream(true),
        7..=8 => Call::stream(false),
        _ => Call::image(),
    };
    let is_chat = call.body.get("messages").is_some();
    let is_stream = call.body.get("stream").is_some();
    if is_chat {
        call = wordy(dice, call);
    }
    let (way, fault) = match dice.within(0..=19) {
        0..=1 if is_stream => (
            Way::Leave(usize::try_from(dice.within(1..=6)).unwrap()),
            None,
        ),
        2 => (
            Way::LeaveEarly(Duration::from_millis(dice.within(0..=80))),
            None,
        ),
        3..=5 if is_chat => (Way::Tight, None),
        6..=9 => (Way::Stay, Some(fault(dice, faults))),
        10 if is_stream => (Way::Leave(2), Some(fault(dice, faults))),
        11 if is_chat => {
            // A provider that does not keep to max tokens: more than was held, and charged all the same.
            call = call.sim("ignore-max", 1).sim("output-tokens", 400);
            (Way::Stay, None)
        }
        _ => (Way::Stay, None),
    };
    if let Some(fault) = &fault {
        call = call.sim("fault", fault);
    }
    match way {
        Way::LeaveEarly(_) => call = call.sim("latency-ms", 50),
        Way::Leave(_) => call = call.sim("chunk-delay-ms", dice.within(0..=3)),
        Way::Stay | Way::Tight => {}
    }
    Drawn { call, way }
}

/// As often one of the many refusals as one of the few other ways to fail.
fn fault(dice: &mut Dice, faults: &[String]) -> String {
    let refusals = dice.within(0..=1) == 0;
    let of_kind: Vec<&String> = faults
        .iter()
        .filter(|name| name.starts_with("refuse:") == refusals)
        .collect();
    (*dice.pick(&of_kind)).clone()
}

/// A prompt and an answer of some length; sometimes several choices, cached input, reasoning, or another model.
fn wordy(dice: &mut Dice, call: Call) -> Call {
    let words = usize::try_from(dice.within(1..=120)).unwrap();
    let prompt = "the sea \u{1f30a} rises ".repeat(words);
    let max = dice.within(20..=300);
    let model = *dice.pick(&["gpt-5-mini", "gpt-5-mini", "gpt-4.1", "gpt-4o-mini"]);
    let call = call
        .model(model)
        .with("messages", json!([{"role": "user", "content": prompt}]))
        .max(max)
        .sim("output-tokens", dice.within(1..=max + max / 4));
    match dice.within(0..=5) {
        0 => call.with("n", json!(dice.within(2..=4))),
        1 => call.sim("cached-tokens", dice.within(1..=60)),
        2 => call.sim("reasoning-tokens", dice.within(1..=20)),
        _ => call,
    }
}

//! An answer in one piece.

use crate::json::Json;
use crate::usage::Usage;
use crate::words;

use super::ask::Ask;
use super::plan::Plan;
use super::{Label, opening};

/// A JSON answer, and where in it the usage begins, so that it can be cut there.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) text: String,
    /// The byte where `,"usage":` stands, or the last byte where there is none.
    pub(crate) usage_at: usize,
}

/// Writes the answer.
pub(crate) fn write(label: &Label, ask: &Ask, plan: Plan, said: Option<Usage>) -> Answer {
    let room = plan.visible.saturating_mul(ask.n).saturating_mul(6);
    let mut json = Json::with_room(700 + usize::try_from(room).unwrap_or(0));
    opening(&mut json, "chat.completion", label, ask);
    for index in 0..ask.n {
        json.raw(if index > 0 { "," } else { "" });
        json.raw("{\"index\":")
            .number(index)
            .raw(",\"message\":{\"role\":\"assistant\",\"content\":\"");
        words::append(json.buffer(), 0, plan.visible);
        json.raw("\",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":");
        json.string(plan.finish).raw("}");
    }
    json.raw("]");
    let usage_at = json.buffer().len();
    if let Some(said) = said {
        json.raw(",\"usage\":");
        said.write(&mut json);
    }
    json.raw("}");
    Answer {
        text: json.into_string(),
        usage_at,
    }
}

//! Completions of a text, the older kind.

use bytes::Bytes;
use serde_json::Value;

use super::answer::{Finish, Written};
use super::{Asked, Order, text};
use crate::chat::Label;
use crate::chat::stream::Step;
use crate::json::Json;
use crate::rejection::Rejection;
use crate::tokens::count;
use crate::usage::Told;
use crate::words;

/// Max tokens where the request has none.
const DEFAULT_MAX: u64 = 16;
/// Tokens in a chunk.
const PER_CHUNK: u64 = 5;

/// Reads a request.
pub(super) fn read(bytes: &[u8]) -> Result<Asked, Rejection> {
    let body = text::tree(bytes)?;
    let prompt = body.get("prompt").unwrap_or(&Value::Null);
    let (tokens, many) = text::inputs(prompt)
        .ok_or_else(|| Rejection::sentence("'prompt' is neither text nor tokens.".to_owned()))?;
    let suffix = text::text(&body, "suffix").unwrap_or_default();
    let n = text::number(&body, "n").unwrap_or(1);
    let best_of = text::number(&body, "best_of").unwrap_or(1);
    let stream = text::flag(&body, "stream");
    let options = body.get("stream_options").unwrap_or(&Value::Null);
    Ok(Asked {
        max: Some(text::number(&body, "max_tokens").unwrap_or(DEFAULT_MAX)),
        copies: n.max(best_of).saturating_mul(many),
        stream,
        tells: !stream || text::flag(options, "include_usage"),
        ..Asked::of(text::text(&body, "model")?, tokens + count(&suffix))
    })
}

/// Writes the answer.
pub(super) fn write(order: &Order, label: &Label, said: Option<Told>) -> Written {
    if order.asked.stream {
        return Written::Events(stream(order, label, said));
    }
    let mut json = Json::with_room(512);
    opening(&mut json, order, label);
    for index in 0..order.asked.copies {
        json.raw(if index > 0 { "," } else { "" });
        choice(&mut json, index, (0, order.visible), Some(order.finish));
    }
    json.raw("]");
    let usage_at = json.buffer().len();
    if let Some(said) = said {
        json.raw(",\"usage\":");
        said.write(&mut json);
    }
    json.raw("}");
    Written::json(json.into_string(), usage_at)
}

fn stream(order: &Order, label: &Label, said: Option<Told>) -> Vec<Step> {
    let mut steps = Vec::new();
    let chunk = |write: &dyn Fn(&mut Json)| {
        let mut json = Json::with_room(256);
        json.raw("data: ");
        opening(&mut json, order, label);
        write(&mut json);
        json.raw("}\n\n");
        Bytes::from(json.into_string())
    };
    let mut at = 0;
    while at < order.visible {
        let to = order.visible.min(at + PER_CHUNK);
        for index in 0..order.asked.copies {
            let write = |json: &mut Json| {
                choice(json, index, (at, to), None);
                json.raw("]");
            };
            steps.push(Step::Text(chunk(&write)));
        }
        at = to;
    }
    for index in 0..order.asked.copies {
        let write = |json: &mut Json| {
            choice(json, index, (at, at), Some(order.finish));
            json.raw("]");
        };
        steps.push(Step::Other(chunk(&write)));
    }
    if let Some(said) = said {
        let write = |json: &mut Json| {
            json.raw("],\"usage\":");
            said.write(json);
        };
        steps.push(Step::Usage(chunk(&write)));
    }
    steps.push(Step::Other(Bytes::from_static(b"data: [DONE]\n\n")));
    steps.push(Step::End);
    steps
}

fn opening(json: &mut Json, order: &Order, label: &Label) {
    json.raw("{\"id\":").string(&label.id);
    json.raw(",\"object\":\"text_completion\",\"created\":");
    json.number(label.created).raw(",\"model\":");
    json.string(&order.model).raw(",\"choices\":[");
}

fn choice(json: &mut Json, index: u64, (from, to): (u64, u64), finish: Option<Finish>) {
    json.raw("{\"text\":\"");
    words::append(json.buffer(), from, to);
    json.raw("\",\"index\":").number(index);
    json.raw(",\"logprobs\":null,\"finish_reason\":");
    json.raw(match finish {
        Some(Finish::Stop) => "\"stop\"}",
        Some(Finish::Length) => "\"length\"}",
        None => "null}",
    });
}

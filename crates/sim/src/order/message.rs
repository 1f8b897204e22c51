//! Messages, as Anthropic has them.

use bytes::Bytes;
use serde_json::Value;

use super::answer::{Finish, Written};
use super::{Asked, Order, text};
use crate::chat::Label;
use crate::chat::stream::Step;
use crate::json::Json;
use crate::rejection::Rejection;
use crate::usage::{ChatUsage, Told};
use crate::words;

/// Tokens around the whole prompt.
const PER_PROMPT: u64 = 3;
/// Tokens that tools bring along whatever they are.
const WITH_TOOLS: u64 = 346;
/// Tokens in a chunk.
const PER_CHUNK: u64 = 5;

/// Reads a request, or one to count its tokens, which has no bound.
pub(super) fn read(bytes: &[u8], bounded: bool) -> Result<Asked, Rejection> {
    let body = text::tree(bytes)?;
    let messages = body.get("messages").unwrap_or(&Value::Null);
    let system = body.get("system").unwrap_or(&Value::Null);
    let tools = body.get("tools");
    let max = text::number(&body, "max_tokens");
    if bounded && max.is_none() {
        return Err(Rejection::sentence("max_tokens: Field required".to_owned()));
    }
    let around = if tools.is_some() { WITH_TOOLS } else { 0 };
    let tokens =
        PER_PROMPT + around + text::content(messages) + text::content(system) + text::json(tools);
    Ok(Asked {
        max,
        stream: text::flag(&body, "stream"),
        tier: text::text(&body, "service_tier").ok(),
        ..Asked::of(text::text(&body, "model")?, tokens)
    })
}

/// Writes the answer.
pub(super) fn write(order: &Order, label: &Label, said: Option<Told>) -> Written {
    if order.asked.stream {
        return Written::Events(stream(order, label, said));
    }
    let mut json = Json::with_room(1_024);
    opening(&mut json, order, label);
    json.raw("{\"type\":\"text\",\"text\":\"");
    words::append(json.buffer(), 0, order.visible);
    json.raw("\"}],\"stop_reason\":\"").raw(reason(order));
    json.raw("\",\"stop_sequence\":null");
    let usage_at = json.buffer().len();
    if let Some(said) = said {
        json.raw(",\"usage\":");
        said.write(&mut json);
    }
    json.raw("}");
    Written::json(json.into_string(), usage_at)
}

/// Writes the answer to a request to count.
pub(super) fn count(order: &Order) -> Written {
    let text = format!("{{\"input_tokens\":{}}}", order.asked.input);
    let end = text.len() - 1;
    Written::json(text, end)
}

fn reason(order: &Order) -> &'static str {
    match order.finish {
        Finish::Stop => "end_turn",
        Finish::Length => "max_tokens",
    }
}

fn opening(json: &mut Json, order: &Order, label: &Label) {
    json.raw("{\"id\":").string(&label.id);
    json.raw(",\"type\":\"message\",\"role\":\"assistant\",\"model\":");
    json.string(&order.model).raw(",\"content\":[");
}

fn stream(order: &Order, label: &Label, said: Option<Told>) -> Vec<Step> {
    let start = event("message_start", |json| {
        json.raw(",\"message\":");
        opening(json, order, label);
        json.raw("],\"stop_reason\":null,\"stop_sequence\":null");
        if let Some(said) = said {
            json.raw(",\"usage\":");
            let counted = ChatUsage {
                completion: 1,
                reasoning: 0,
                ..said.counted
            };
            Told { counted, ..said }.write(json);
        }
        json.raw("}");
    });
    let mut steps = vec![Step::Other(start)];
    let block = ",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}";
    steps.push(Step::Other(event("content_block_start", |json| {
        json.raw(block);
    })));
    steps.push(Step::Other(event("ping", |_| {})));
    let mut at = 0;
    while at < order.visible {
        let to = order.visible.min(at + PER_CHUNK);
        steps.push(Step::Text(event("content_block_delta", |json| {
            json.raw(",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"");
            words::append(json.buffer(), at, to);
            json.raw("\"}");
        })));
        at = to;
    }
    steps.push(Step::Other(event("content_block_stop", |json| {
        json.raw(",\"index\":0");
    })));
    let delta = event("message_delta", |json| {
        json.raw(",\"delta\":{\"stop_reason\":\"")
            .raw(reason(order));
        json.raw("\",\"stop_sequence\":null}");
        if let Some(said) = said {
            let output = said.counted.completion;
            json.raw(",\"usage\":{\"output_tokens\":")
                .number(output)
                .raw("}");
        }
    });
    steps.push(match said {
        Some(_) => Step::Usage(delta),
        None => Step::Other(delta),
    });
    steps.push(Step::Other(event("message_stop", |_| {})));
    steps.push(Step::End);
    steps
}

fn event(kind: &str, rest: impl FnOnce(&mut Json)) -> Bytes {
    let mut json = Json::with_room(256);
    json.raw("event: ")
        .raw(kind)
        .raw("\ndata: {\"type\":\"")
        .raw(kind)
        .raw("\"");
    rest(&mut json);
    json.raw("}\n\n");
    Bytes::from(json.into_string())
}

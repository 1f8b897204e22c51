//! Responses, the newer kind of chat.

use bytes::Bytes;
use serde_json::Value;

use super::answer::{Finish, Written};
use super::{Asked, Order, text};
use crate::chat::Label;
use crate::chat::stream::Step;
use crate::json::Json;
use crate::rejection::Rejection;
use crate::usage::Told;
use crate::words;

/// Tokens around the whole prompt.
const PER_PROMPT: u64 = 3;
/// Tokens in a chunk.
const PER_CHUNK: u64 = 5;

/// Reads a request.
pub(super) fn read(bytes: &[u8]) -> Result<Asked, Rejection> {
    let body = text::tree(bytes)?;
    let input = body.get("input").unwrap_or(&Value::Null);
    let instructions = body.get("instructions").unwrap_or(&Value::Null);
    let tools = body.get("tools");
    let searches = |tool: &Value| {
        let kind = tool.get("type").and_then(Value::as_str);
        kind.is_some_and(|kind| kind.starts_with("web_search"))
    };
    let has_search = tools.and_then(Value::as_array);
    let has_search = has_search.is_some_and(|tools| tools.iter().any(searches));
    let tokens = PER_PROMPT
        + text::content(input)
        + text::content(instructions)
        + text::json(tools.filter(|tools| tools.as_array().is_none_or(|list| !list.is_empty())));
    Ok(Asked {
        max: text::number(&body, "max_output_tokens"),
        stream: text::flag(&body, "stream"),
        tier: text::text(&body, "service_tier").ok(),
        searches: if has_search {
            text::number(&body, "max_tool_calls").unwrap_or(u64::MAX)
        } else {
            0
        },
        ..Asked::of(text::text(&body, "model")?, tokens)
    })
}

/// Writes the answer.
pub(super) fn write(order: &Order, label: &Label, said: Option<Told>) -> Written {
    if order.asked.stream {
        return Written::Events(stream(order, label, said));
    }
    let mut json = Json::with_room(1_024);
    let usage_at = object(&mut json, (order, label), Some(said));
    Written::json(json.into_string(), usage_at)
}

/// The response, at its beginning (`None`) or at its end. Answers where the usage stands.
fn object(json: &mut Json, (order, label): (&Order, &Label), end: Option<Option<Told>>) -> usize {
    json.raw("{\"id\":").string(&label.id);
    json.raw(",\"object\":\"response\",\"created_at\":");
    json.number(label.created).raw(",\"status\":\"");
    let cut = order.finish == Finish::Length;
    json.raw(match end {
        None => "in_progress",
        Some(_) if cut => "incomplete",
        Some(_) => "completed",
    });
    json.raw("\",\"error\":null,\"incomplete_details\":");
    json.raw(if cut && end.is_some() {
        "{\"reason\":\"max_output_tokens\"}"
    } else {
        "null"
    });
    json.raw(",\"model\":").string(&order.model);
    json.raw(",\"service_tier\":").string(order.tier.name());
    json.raw(",\"parallel_tool_calls\":true,\"tool_choice\":\"auto\",\"tools\":[],\"output\":[");
    if end.is_some() {
        for search in 0..order.searches {
            json.raw("{\"type\":\"web_search_call\",\"id\":\"ws_")
                .number(search);
            json.raw(
                "\",\"status\":\"completed\",\"action\":{\"type\":\"search\",\"query\":\"sea\"}},",
            );
        }
        message(json, (0, order.visible));
    }
    json.raw("]");
    let usage_at = json.buffer().len();
    if let Some(Some(said)) = end {
        json.raw(",\"usage\":");
        said.write(json);
    }
    json.raw("}");
    usage_at
}

fn message(json: &mut Json, (from, to): (u64, u64)) {
    json.raw("{\"type\":\"message\",\"id\":\"msg_0\",\"status\":\"completed\",\"role\":\"assistant\",\"content\":[");
    part(json, (from, to));
    json.raw("]}");
}

fn part(json: &mut Json, (from, to): (u64, u64)) {
    json.raw("{\"type\":\"output_text\",\"text\":\"");
    words::append(json.buffer(), from, to);
    json.raw("\",\"annotations\":[],\"logprobs\":[]}");
}

fn stream(order: &Order, label: &Label, said: Option<Told>) -> Vec<Step> {
    let mut events = Events::default();
    for kind in ["response.created", "response.in_progress"] {
        let event = events.event(kind, |json| {
            json.raw(",\"response\":");
            object(json, (order, label), None);
        });
        events.steps.push(Step::Other(event));
    }
    const PLACE: &str = ",\"item_id\":\"msg_0\",\"output_index\":0,\"content_index\":0";
    let event = events.event("response.output_item.added", |json| {
        json.raw(",\"output_index\":0,\"item\":{\"type\":\"message\",\"id\":\"msg_0\",\"status\":\"in_progress\",\"role\":\"assistant\",\"content\":[]}");
    });
    events.steps.push(Step::Other(event));
    let event = events.event("response.content_part.added", |json| {
        json.raw(PLACE).raw(",\"part\":");
        part(json, (0, 0));
    });
    events.steps.push(Step::Other(event));
    let mut at = 0;
    while at < order.visible {
        let to = order.visible.min(at + PER_CHUNK);
        let event = events.event("response.output_text.delta", |json| {
            json.raw(PLACE).raw(",\"logprobs\":[],\"delta\":\"");
            words::append(json.buffer(), at, to);
            json.raw("\"");
        });
        events.steps.push(Step::Text(event));
        at = to;
    }
    let event = events.event("response.output_item.done", |json| {
        json.raw(",\"output_index\":0,\"item\":");
        message(json, (0, order.visible));
    });
    events.steps.push(Step::Other(event));
    let kind = match order.finish {
        Finish::Stop => "response.completed",
        Finish::Length => "response.incomplete",
    };
    let event = events.event(kind, |json| {
        json.raw(",\"response\":");
        object(json, (order, label), Some(said));
    });
    events.steps.push(match said {
        Some(_) => Step::Usage(event),
        None => Step::Other(event),
    });
    events.steps.push(Step::End);
    events.steps
}

#[derive(Default)]
struct Events {
    steps: Vec<Step>,
    number: u64,
}

impl Events {
    fn event(&mut self, kind: &str, rest: impl FnOnce(&mut Json)) -> Bytes {
        let mut json = Json::with_room(512);
        json.raw("event: ")
            .raw(kind)
            .raw("\ndata: {\"type\":\"")
            .raw(kind);
        json.raw("\",\"sequence_number\":").number(self.number);
        rest(&mut json);
        json.raw("}\n\n");
        self.number += 1;
        Bytes::from(json.into_string())
    }
}

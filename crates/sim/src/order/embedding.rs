//! Embeddings: vectors that say nothing, as many as were asked for.

use serde_json::Value;

use super::answer::Written;
use super::{Asked, Order, text};
use crate::json::Json;
use crate::rejection::Rejection;
use crate::usage::Told;

/// The longest vector that is written.
const LONGEST: u64 = 4_096;

/// Reads a request.
pub(super) fn read(bytes: &[u8]) -> Result<Asked, Rejection> {
    let body = text::tree(bytes)?;
    let input = body.get("input").unwrap_or(&Value::Null);
    let (tokens, many) = text::inputs(input)
        .filter(|(_, many)| *many > 0)
        .ok_or_else(|| Rejection::sentence("'input' is neither text nor tokens.".to_owned()))?;
    let base64 = body.get("encoding_format").and_then(Value::as_str) == Some("base64");
    let dimensions = text::number(&body, "dimensions").unwrap_or(8);
    Ok(Asked {
        copies: many,
        // Nought stands for the one form in which the numbers are not written out.
        dimensions: if base64 {
            0
        } else {
            dimensions.clamp(1, LONGEST)
        },
        ..Asked::of(text::text(&body, "model")?, tokens)
    })
}

/// Writes the answer.
pub(super) fn write(order: &Order, said: Option<Told>) -> Written {
    let mut json = Json::with_room(1_024);
    json.raw("{\"object\":\"list\",\"data\":[");
    for index in 0..order.asked.copies {
        json.raw(if index > 0 { "," } else { "" });
        json.raw("{\"object\":\"embedding\",\"index\":")
            .number(index);
        json.raw(",\"embedding\":");
        if order.asked.dimensions == 0 {
            // Eight times 0.5.
            json.string("AAAAPwAAAD8AAAA/AAAAPwAAAD8AAAA/AAAAPwAAAD8=");
        } else {
            json.raw("[0.5");
            (1..order.asked.dimensions).for_each(|_| {
                json.raw(",0.5");
            });
            json.raw("]");
        }
        json.raw("}");
    }
    json.raw("],\"model\":").string(&order.model);
    let usage_at = json.buffer().len();
    if let Some(said) = said {
        json.raw(",\"usage\":");
        said.write(&mut json);
    }
    json.raw("}");
    Written::json(json.into_string(), usage_at)
}

//! Moderations: nothing is ever flagged, and nothing billed.

use serde_json::Value;

use super::answer::Written;
use super::{Asked, Order, text};
use crate::chat::Label;
use crate::json::Json;
use crate::rejection::Rejection;

/// Reads a request.
pub(super) fn read(bytes: &[u8]) -> Result<Asked, Rejection> {
    let body = text::tree(bytes)?;
    let model = text::text(&body, "model");
    let model = model.unwrap_or_else(|_absent| "omni-moderation-latest".to_owned());
    let input = body.get("input").unwrap_or(&Value::Null);
    let copies = match input {
        Value::String(_) => 1,
        Value::Array(list) if list.iter().all(Value::is_string) => {
            u64::try_from(list.len()).unwrap_or(u64::MAX)
        }
        Value::Array(_) => 1,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            return Err(Rejection::sentence(
                "Missing required parameter: 'input'.".to_owned(),
            ));
        }
    };
    Ok(Asked {
        copies,
        ..Asked::of(model, text::content(input))
    })
}

/// Writes the answer.
pub(super) fn write(order: &Order, label: &Label) -> Written {
    let mut json = Json::with_room(512);
    json.raw("{\"id\":").string(&label.id).raw(",\"model\":");
    json.string(&order.model).raw(",\"results\":[");
    for index in 0..order.asked.copies {
        json.raw(if index > 0 { "," } else { "" });
        json.raw("{\"flagged\":false,\"categories\":{\"violence\":false},");
        json.raw("\"category_scores\":{\"violence\":0.0001},");
        json.raw("\"category_applied_input_types\":{\"violence\":[\"text\"]}}");
    }
    json.raw("]}");
    let text = json.into_string();
    let end = text.len() - 1;
    Written::json(text, end)
}

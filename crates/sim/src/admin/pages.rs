//! Lists page by page, as the administration API gives them: at most `limit` of 100, 20 without one, `after` an id.

use serde_json::Value;

/// Items of a page that asks for no number.
const USUAL: usize = 20;
/// Items of a page at most.
const MOST: usize = 100;

/// The page that the query asks for, of a body that is a whole list. Any other body stays as it is.
pub(super) fn cut(body: String, query: Option<&str>) -> String {
    let Ok(mut list) = serde_json::from_str::<Value>(&body) else {
        return body;
    };
    if list.get("object").and_then(Value::as_str) != Some("list") {
        return body;
    }
    let asked = |name: &str| {
        let members = query.unwrap_or_default().split('&');
        let mut members = members.filter_map(|member| member.split_once('='));
        members
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    };
    let limit = asked("limit").and_then(|limit| limit.parse().ok());
    let limit = limit.unwrap_or(USUAL).clamp(1, MOST);
    let id = |item: &Value| item.get("id").cloned().unwrap_or(Value::Null);
    let Some(all) = list.get_mut("data").and_then(Value::as_array_mut) else {
        return body;
    };
    let first = asked("after").map_or(0, |after| {
        let at = all
            .iter()
            .position(|item| item.get("id").and_then(Value::as_str) == Some(after));
        at.map_or(all.len(), |at| at.saturating_add(1))
    });
    let more = all.len().saturating_sub(first) > limit;
    let page: Vec<Value> = all.drain(..).skip(first).take(limit).collect();
    let (first_id, last_id) = (page.first().map(id), page.last().map(id));
    list["data"] = Value::Array(page);
    list["has_more"] = Value::Bool(more);
    list["first_id"] = first_id.unwrap_or(Value::Null);
    list["last_id"] = last_id.unwrap_or(Value::Null);
    list.to_string()
}

//! What people read: aligned tables and lists of facts. Nothing here is meant for programs; they ask for JSON.

use serde_json::Value;

use super::amount::dollars;

/// A table; amounts stand at the right of their column.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(head: &[&str]) -> Self {
        Self {
            rows: vec![head.iter().map(|cell| (*cell).to_owned()).collect()],
        }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The lines, or `nothing` where there is no row.
    pub(crate) fn or(&self, nothing: &str) -> String {
        if self.rows.len() > 1 {
            self.lines()
        } else {
            format!("{nothing}\n")
        }
    }

    fn lines(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let right = |column: usize| {
            let mut cells = self.rows.iter().skip(1).filter_map(|row| row.get(column));
            cells.clone().any(|cell| is_amount(cell))
                && cells.all(|cell| is_amount(cell) || cell == "–")
        };
        let layout: Vec<(usize, bool)> = (0..columns)
            .map(|column| (width(column), right(column)))
            .collect();
        let mut text = String::new();
        for row in &self.rows {
            let cells = row.iter().zip(&layout).map(|(cell, (width, right))| {
                if *right {
                    format!("{cell:>width$}")
                } else {
                    format!("{cell:<width$}")
                }
            });
            text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
            text.push('\n');
        }
        text
    }
}

fn is_amount(cell: &str) -> bool {
    cell.trim_start_matches('-').starts_with('$')
}

/// Facts, one a line, under each other.
pub(crate) fn facts(facts: &[(&str, String)]) -> String {
    let width = facts
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    facts
        .iter()
        .map(|(name, said)| format!("{name:<width$}  {said}\n"))
        .collect()
}

/// A field as people read it: amounts in dollars, nothing as a dash, lists with commas.
pub(crate) fn field(object: &Value, name: &str) -> String {
    match object.get(name) {
        None | Some(Value::Null) => "–".to_owned(),
        Some(Value::String(text)) if name.ends_with("_usd") => dollars(Some(text)),
        Some(Value::String(text)) if name.ends_with("_at") || name == "at" => short_time(text),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            let texts = items.iter().map(|item| {
                item.as_str()
                    .map_or_else(|| item.to_string(), str::to_owned)
            });
            texts.collect::<Vec<_>>().join(", ")
        }
        Some(other) => other.to_string(),
    }
}

/// All fields of these names.
pub(crate) fn fields(object: &Value, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| field(object, name)).collect()
}

/// Every field that says something and is one value, one a line; first what a thing is called. What is not set is left
/// out, and what has parts of its own, which JSON shows.
pub(crate) fn object(object: &Value) -> String {
    let Value::Object(map) = object else {
        return format!("{object}\n");
    };
    let simple = map.iter().filter(|(name, value)| {
        let parts = value.is_object()
            || value
                .as_array()
                .is_some_and(|items| items.iter().any(Value::is_object));
        !parts && !value.is_null() && name.as_str() != "schema"
    });
    let mut pairs: Vec<(&str, String)> = simple
        .map(|(name, _)| (name.as_str(), field(object, name)))
        .collect();
    pairs.sort_by_key(|(name, _)| match *name {
        "name" => 0,
        "id" => 1,
        "secret" => 2,
        "secret_note" => 3,
        _ => 4,
    });
    facts(&pairs)
}

/// `2026-11-22 14:03:05` for an RFC 3339 time in UTC; anything else as it is.
fn short_time(text: &str) -> String {
    match text.parse::<jiff::Timestamp>() {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_not_a_time) => text.to_owned(),
    }
}

/// Whose something is, such as `project image-bot`.
pub(crate) fn scope(scope: &Value) -> String {
    let name = scope
        .get("name")
        .filter(|name| !name.is_null())
        .or_else(|| scope.get("id"));
    let name = name.and_then(Value::as_str).unwrap_or_default();
    format!("{} {name}", field(scope, "kind"))
        .trim_end()
        .to_owned()
}

/// On what a hard limit or a budget is.
pub(crate) fn scope_of(thing: &Value) -> String {
    scope(thing.get("scope").unwrap_or(&Value::Null))
}

/// In which time a hard limit or a budget counts, such as `month (Europe/Berlin)`.
pub(crate) fn window_of(thing: &Value) -> String {
    let window = thing.get("window").unwrap_or(&Value::Null);
    if let Some(seconds) = window.get("seconds") {
        return format!("any {seconds} seconds");
    }
    match window.get("time_zone").and_then(Value::as_str) {
        Some(zone) => format!("{} ({zone})", field(window, "kind")),
        None => field(window, "kind"),
    }
}

/// A constraint, such as `project hard limit`.
pub(crate) fn plain(code: &str) -> String {
    code.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_line_up_and_amounts_stand_at_the_right() {
        let mut table = Table::new(&["name", "left", "id"]);
        table.row(vec!["chat".to_owned(), "$22.14".to_owned(), "a".to_owned()]);
        table.row(vec![
            "image-bot".to_owned(),
            "$0.38".to_owned(),
            "b".to_owned(),
        ]);
        assert_eq!(
            table.or("none"),
            "name         left  id\nchat       $22.14  a\nimage-bot   $0.38  b\n"
        );
        assert_eq!(Table::new(&["name"]).or("none"), "none\n");
    }

    #[test]
    fn a_field_is_shown_as_people_read_it() {
        let object = json!({
            "left_usd": "22.14", "created_at": "2026-11-22T14:03:05.123Z", "models": ["a", "b"],
            "name": "chat", "expires_at": null, "n": 7,
        });
        assert_eq!(
            fields(
                &object,
                &[
                    "left_usd",
                    "created_at",
                    "models",
                    "name",
                    "expires_at",
                    "n",
                    "none"
                ]
            ),
            [
                "$22.14",
                "2026-11-22 14:03:05",
                "a, b",
                "chat",
                "–",
                "7",
                "–"
            ]
        );
    }

    #[test]
    fn a_thing_begins_with_its_name_and_says_nothing_that_is_not_set() {
        let made = json!({
            "archived_at": null, "id": "key_1", "attempts": [{"number": 1}], "name": "bot", "schema": "x", "secret": "s",
            "models": ["a", "b"],
        });
        assert_eq!(
            object(&made),
            "name    bot\nid      key_1\nsecret  s\nmodels  a, b\n"
        );
    }
}

//! Scopes, amounts and windows in words.

use ledger::{Book, Scope, Span, Time, Window};
use money::Nanos;
use serde_json::{Value, json};

/// `project "web"`.
pub(super) fn scope(scope: Scope, book: &Book) -> String {
    match scope {
        Scope::Organization => match book.organization() {
            Some(found) => format!("organization \"{}\"", found.name),
            None => "the organization".to_owned(),
        },
        Scope::Project(id) => match book.project(id) {
            Some(project) => format!("project \"{}\"", project.name),
            None => format!("project {id}"),
        },
        Scope::Key(id) => match book.key(id) {
            Some(key) => format!("key \"{}\"", key.name),
            None => format!("key {id}"),
        },
    }
}

/// The same for programs.
pub(super) fn scope_json(scope: Scope, book: &Book) -> Value {
    match scope {
        Scope::Organization => {
            let found = book.organization();
            json!({
                "kind": "organization",
                "id": found.map(|found| found.id.to_string()),
                "name": found.map(|found| &*found.name),
            })
        }
        Scope::Project(id) => json!({
            "kind": "project",
            "id": id.to_string(),
            "name": book.project(id).map(|project| &*project.name),
        }),
        Scope::Key(id) => json!({
            "kind": "key",
            "id": id.to_string(),
            "name": book.key(id).map(|key| &*key.name),
        }),
    }
}

pub(super) fn usd(amount: Nanos) -> String {
    let text = amount.to_string();
    match text.strip_prefix('-') {
        Some(text) => format!("-${text}"),
        None => format!("${text}"),
    }
}

fn zone(window: &Window) -> Option<&str> {
    match window {
        Window::Total | Window::Rolling(_) => None,
        Window::Day { time_zone } | Window::Week { time_zone } | Window::Month { time_zone } => {
            Some(time_zone)
        }
    }
}

/// `per month (UTC)`.
pub(super) fn window(window: &Window) -> String {
    let kind = match window {
        Window::Total => return "in total".to_owned(),
        Window::Day { .. } => "day",
        Window::Week { .. } => "week",
        Window::Month { .. } => "month",
        Window::Rolling(rolling) => return format!("in any {} seconds", rolling.seconds),
    };
    format!("per {kind} ({})", zone(window).unwrap_or("UTC"))
}

pub(super) fn window_json(of: &Window) -> Value {
    let kind = match of {
        Window::Total => "total",
        Window::Day { .. } => "day",
        Window::Week { .. } => "week",
        Window::Month { .. } => "month",
        Window::Rolling(rolling) => return json!({"kind": "rolling", "seconds": rolling.seconds}),
    };
    match zone(of) {
        Some(zone) => json!({"kind": kind, "time_zone": zone}),
        None => json!({"kind": kind}),
    }
}

/// `since 1 November 2026 (UTC)`; `in all` where the window never ends.
pub(super) fn since(window: &Window, span: Span) -> String {
    let Some(name) = zone(window) else {
        return "in all".to_owned();
    };
    format!("since {} ({name})", day(span.start, name))
}

/// A day as people write it, in a time zone; in UTC where this program does not know the zone.
pub(super) fn day(at: Time, zone: &str) -> String {
    let zone = ledger::time_zone(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let at = at.to_timestamp().to_zoned(zone);
    at.strftime("%-d %B %Y").to_string()
}

/// When a window ends, unless it never does.
pub(super) fn ends(end: Time) -> Option<Time> {
    Some(end).filter(|end| *end < Time::LATEST)
}

pub(super) fn at_json(at: Option<Time>) -> Value {
    json!(at.map(|at| at.to_string()))
}

pub(super) fn resets(at: Option<Time>) -> String {
    at.map_or_else(|| "never".to_owned(), |at| at.to_string())
}

/// The fields of an object that was written as one.
pub(super) fn fields(object: Value) -> serde_json::Map<String, Value> {
    match object {
        Value::Object(fields) => fields,
        _ => serde_json::Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_said_in_its_own_time_zone() {
        let window = Window::Month {
            time_zone: "Europe/Berlin".into(),
        };
        let at: jiff::Timestamp = "2026-11-22T14:00:00Z".parse().unwrap();
        let span = window.span_at(at.into()).unwrap();
        // In UTC it would be the last of October.
        assert_eq!(
            since(&window, span),
            "since 1 November 2026 (Europe/Berlin)"
        );
        assert_eq!(usd(Nanos::new(-1_500_000_000)), "-$1.50");
    }
}

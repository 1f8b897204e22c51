//! Hard limits for people: one in full, many in lines of a terminal's width.

use serde_json::Value;

use crate::command::print::{self, Table};

/// The table of a list.
pub(super) fn table(all: &[Value]) -> String {
    let mut table = Table::new(&["of", "hard limit", "spent", "left", "id"]);
    for limit in all {
        let mut row = vec![of(limit), ceiling(limit)];
        row.extend(["spent", "left"].map(|name| amount(limit, name)));
        row.push(print::field(limit, "id"));
        table.row(row);
    }
    table.or(
        "no hard limit yet; set one with `seawall limit create USD --project PROJECT --per month`",
    )
}

/// An upstream cap beside the account it is on: `upstream cap $100.00/month: spent $4.20, held $0.00, left $95.80 (lim_…)`.
pub(in crate::command) fn cap(limit: &Value) -> String {
    let [spent, held, left] = ["spent", "held", "left"].map(|name| amount(limit, name));
    format!(
        "upstream cap {}: spent {spent}, held {held}, left {left} ({})\n",
        ceiling(limit),
        print::field(limit, "id")
    )
}

/// Everything of one.
pub(super) fn one(limit: &Value) -> String {
    let mut facts = vec![
        ("of", of(limit)),
        ("hard limit", ceiling(limit)),
        ("per", print::window_of(limit)),
    ];
    facts.extend(
        ["spent", "held", "left"]
            .into_iter()
            .map(|name| (name, amount(limit, name))),
    );
    for (name, field) in [
        ("would have stopped", "would_have_stopped"),
        ("ends", "until_at"),
    ] {
        if limit.get(field).is_some_and(|value| !value.is_null()) {
            facts.push((name, print::field(limit, field)));
        }
    }
    if let Some(raised) = limit.get("raised").filter(|raised| !raised.is_null()) {
        let (until, back) = (print::field(raised, "until_at"), amount(raised, "back_to"));
        facts.push(("raised until", format!("{until}, then {back}")));
    }
    if limit.get("on_trip").and_then(Value::as_str) == Some("freeze_key") {
        facts.push(("stops a call", "and freezes its key".to_owned()));
    }
    facts.push(("resets", print::field(limit, "resets_at")));
    facts.push(("id", print::field(limit, "id")));
    let mut text = print::facts(&facts);
    text.push_str(&subjects(limit));
    for warning in limit
        .get("warnings")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        text.push_str(&format!(
            "\nNote: {}\n",
            warning.as_str().unwrap_or_default()
        ));
    }
    text
}

/// Who counts most, where each counts apart.
fn subjects(limit: &Value) -> String {
    let Some(subjects) = limit.get("subjects").filter(|found| !found.is_null()) else {
        return String::new();
    };
    let top = subjects.get("top").and_then(Value::as_array);
    let mut table = Table::new(&["who", "spent", "held", "left"]);
    for one in top.into_iter().flatten() {
        let name = one.get("name").and_then(Value::as_str);
        let mut row = vec![name.map_or_else(|| print::field(one, "subject"), str::to_owned)];
        row.extend(["spent", "held", "left"].map(|name| amount(one, name)));
        table.row(row);
    }
    let count = print::field(subjects, "count");
    format!(
        "\n{count} counted apart; those that used most:\n{}",
        table.or("nobody yet")
    )
}

/// `project web`, `model gpt-5* in web`, `each end user`.
pub(super) fn of(limit: &Value) -> String {
    let scope = limit.get("scope").unwrap_or(&Value::Null);
    let text = |name: &str| scope.get(name).and_then(Value::as_str);
    let kind = text("kind").unwrap_or_default();
    let what = match kind {
        "model" => format!("model {}", text("model").unwrap_or_default()),
        "end_user" | "tag" => {
            let kind = kind.replace('_', " ");
            match text("value").or_else(|| text("subject")) {
                Some(value) => format!("{kind} {value}"),
                None => format!("each {kind}"),
            }
        }
        _ => return print::scope(scope),
    };
    let narrower = text("project_id").or_else(|| text("key_id")).is_some();
    match text("name").filter(|_| narrower) {
        Some(name) => format!("{what} in {name}"),
        None => what,
    }
}

/// `$10.00/month`, `60 requests/60s`, with a word where it only counts.
fn ceiling(limit: &Value) -> String {
    let per = match window(limit) {
        ("rolling", seconds) => format!("/{seconds}s"),
        ("total", _) => " in all".to_owned(),
        (kind, _) => format!("/{kind}"),
    };
    let shadow = limit.get("mode").and_then(Value::as_str) == Some("shadow");
    let shadow = if shadow { " (shadow)" } else { "" };
    format!("{}{per}{shadow}", with_unit(limit))
}

/// The same within a sentence.
pub(super) fn spoken(limit: &Value) -> String {
    let per = match window(limit) {
        ("rolling", seconds) => format!("in any {seconds} seconds"),
        ("total", _) => "in total".to_owned(),
        (kind, _) => format!("per {kind}"),
    };
    format!("{} {per}", with_unit(limit))
}

fn window(limit: &Value) -> (&str, u64) {
    let kind = limit.pointer("/window/kind").and_then(Value::as_str);
    let seconds = limit.pointer("/window/seconds").and_then(Value::as_u64);
    (kind.unwrap_or("total"), seconds.unwrap_or(0))
}

fn with_unit(limit: &Value) -> String {
    match limit.get("measure").and_then(Value::as_str) {
        Some("usd") | None => amount(limit, "amount"),
        Some(measure) => format!("{} {measure}", amount(limit, "amount")),
    }
}

/// An amount under whichever of its two names says something.
pub(super) fn amount(of: &Value, name: &str) -> String {
    let usd = format!("{name}_usd");
    if of.get(&usd).is_some_and(|value| !value.is_null()) {
        print::field(of, &usd)
    } else {
        print::field(of, name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_of_usual_limits_fits_into_eighty_columns() {
        let id = "lim_01jd8z5v7m2k4n6p8r0t2w4y6a";
        let all = [
            json!({
                "scope": {"kind": "project", "id": "proj_x", "name": "image-bot"}, "measure": "usd", "mode": "enforce",
                "amount_usd": "10.00", "window": {"kind": "month", "time_zone": "UTC"}, "spent_usd": "4.20",
                "left_usd": "5.80", "id": id,
            }),
            json!({
                "scope": {"kind": "end_user", "organization_id": "org_x", "name": "acme", "each": true, "value": null},
                "measure": "requests", "mode": "enforce", "amount": 5, "window": {"kind": "rolling", "seconds": 60},
                "spent": 7, "left": null, "id": id,
            }),
        ];
        let text = table(&all);
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        assert!(text.contains("each end user"), "{text}");
        assert!(text.contains("5 requests/60s"), "{text}");
        assert!(text.contains("$10.00/month"), "{text}");
        assert_eq!(spoken(&all[1]), "5 requests in any 60 seconds");
    }

    #[test]
    fn a_narrow_scope_says_what_it_is_within() {
        let on = |scope: Value| of(&json!({"scope": scope}));
        let model = json!({"kind": "model", "organization_id": "o", "project_id": "p", "name": "web", "model": "gpt-5*"});
        assert_eq!(on(model), "model gpt-5* in web");
        let tag = json!({"kind": "tag", "organization_id": "o", "name": "acme", "value": "team=red", "subject": "12"});
        assert_eq!(on(tag), "tag team=red");
        let user = json!({"kind": "end_user", "organization_id": "o", "name": "acme", "value": null, "subject": "0a1b"});
        assert_eq!(on(user), "end user 0a1b");
    }
}

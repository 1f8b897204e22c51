//! The single facts of an explanation, a line or a few each; `None` where there is nothing to say.

use serde_json::Value;

use super::{at, figure};
use crate::command::amount::dollars;
use crate::command::print;

/// Outcome, time, route, model and upstream; whose call it was.
pub(super) fn head(json: &Value) -> String {
    let request = json.get("request").unwrap_or(&Value::Null);
    let outcome = match request.get("outcome").and_then(Value::as_str) {
        None => "RUNNING".to_owned(),
        Some("refused") => "REFUSED here".to_owned(),
        Some("provider_refused") => "REFUSED by the provider".to_owned(),
        Some("served") if request.get("fitted").is_some_and(Value::is_object) => {
            "SERVED, fitted".to_owned()
        }
        Some(other) => other.to_uppercase(),
    };
    let upstream = match request.get("upstream").and_then(Value::as_str) {
        Some(upstream) => format!("upstream {upstream}"),
        None => "never sent upstream".to_owned(),
    };
    let took = match request.get("duration_ms").and_then(Value::as_u64) {
        Some(millis) => format!("   {millis} ms"),
        None => String::new(),
    };
    let code = match request.get("error_code").and_then(Value::as_str) {
        Some(code) => format!("   code {code}"),
        None => String::new(),
    };
    format!(
        "{outcome}   {}   {}   {}   {upstream}{took}\n{} / {} / key {} (…{}){code}\n",
        at(json, "/request/started_at"),
        at(json, "/request/route"),
        at(json, "/request/model"),
        at(json, "/names/organization"),
        at(json, "/names/project"),
        at(json, "/names/key"),
        at(json, "/names/key_hint"),
    )
}

/// `$0.41 = 2 pictures (prices 2026-11-01)`.
pub(super) fn needed(json: &Value) -> Option<String> {
    let needed = json.get("needed").filter(|needed| needed.is_object())?;
    let amount = print::field(needed, "needed_usd");
    let number = |name| needed.get(name).and_then(Value::as_u64);
    let parts = match (number("pictures"), number("units")) {
        (Some(pictures), _) => format!(" = {pictures} pictures and their prompt"),
        (None, Some(units)) if needed.get("per_million_usd").is_some() && units > 0 => format!(
            " = {} for the input + {units} units at {} a million, at least {} with {}",
            print::field(needed, "base_usd"),
            print::field(needed, "per_million_usd"),
            print::field(needed, "least_needed_usd"),
            at(needed, "/least_units"),
        ),
        (None, Some(units)) if units > 0 => format!(" for at most {units} units"),
        _ => String::new(),
    };
    let catalog = match needed.get("catalog").and_then(Value::as_str) {
        Some(catalog) => format!(" (prices {catalog})"),
        None => String::new(),
    };
    Some(format!("{amount}{parts}{catalog}"))
}

/// What the provider's refusal means, what it closes, what to do and where.
pub(super) fn diagnosis(json: &Value) -> Option<String> {
    let told = json.pointer("/request/error/details/diagnosis")?;
    let field = |name: &str| Some(told.get(name)?.as_str()?.to_owned());
    let what = format!(
        "{} ({}), closes the {}",
        field("cause")?,
        field("confidence")?,
        field("scope")?
    );
    let lines = [Some(what), field("remedy"), field("where")];
    Some(
        lines
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(&next()),
    )
}

/// What would have helped, in the order the client was told it.
pub(super) fn remedies(json: &Value) -> Option<String> {
    let all = json.get("would_have_fitted").and_then(Value::as_array)?;
    let said: Vec<String> = all.iter().map(remedy).collect();
    (!said.is_empty()).then(|| said.join(", or "))
}

fn remedy(remedy: &Value) -> String {
    let field = |name| print::field(remedy, name);
    match remedy.get("do").and_then(Value::as_str).unwrap_or_default() {
        "raise_limit" => format!("a hard limit of at least {}", field("to_at_least_usd")),
        "raise_approved_usage_limit" => format!(
            "an approved usage limit of at least {}",
            field("to_at_least_usd")
        ),
        "add_credit" => format!("at least {} more credit", field("at_least_usd")),
        "reduce_request" if remedy.get("n").is_some() => {
            format!("n={} ({})", field("n"), field("needs_usd"))
        }
        "reduce_request" => format!("at most {} output tokens", field("max_output_tokens")),
        "wait" => format!("a wait until {}", field("until")),
        "retry" => format!("a retry after {} seconds", field("after_seconds")),
        other => print::plain(other),
    }
}

/// Who can move what binds, and who did last.
pub(super) fn who(json: &Value) -> Option<String> {
    let who = json.get("who_can_change").filter(|who| who.is_object())?;
    let can = match who.get("who").and_then(Value::as_str) {
        Some("operator") => "the operator",
        _ => "an administrator",
    };
    let last = match who.get("last_change").filter(|change| change.is_object()) {
        Some(change) => format!(
            "; set last by {} at {} (entry {})",
            at(change, "/actor"),
            at(change, "/at"),
            at(change, "/seq")
        ),
        None => String::new(),
    };
    Some(format!("{can}{last}"))
}

/// An attempt a line: what was held, what became of it, and the lines of its bill.
pub(super) fn attempts(json: &Value) -> Option<String> {
    let all = json.pointer("/request/attempts")?.as_array()?;
    let said: Vec<String> = all.iter().map(attempt).collect();
    (!said.is_empty()).then(|| said.join(&next()))
}

fn attempt(attempt: &Value) -> String {
    let reason = match attempt.get("reason").and_then(Value::as_str) {
        Some(reason) => format!(" ({})", print::plain(reason)),
        None => String::new(),
    };
    let failed = match attempt.get("error_code").and_then(Value::as_str) {
        Some(code) => format!("; {}", met(attempt, code)),
        None => String::new(),
    };
    let fees = attempt.get("fees").and_then(Value::as_array);
    let fees = fees.into_iter().flatten().map(|fee| {
        format!(
            "{}{} {} at {} a million",
            next(),
            at(fee, "/quantity"),
            print::plain(&at(fee, "/unit")),
            dollars(fee.get("per_million_usd").and_then(Value::as_str)),
        )
    });
    format!(
        "{} to {}: held {}, {}{reason}, charged {}{failed}{}",
        at(attempt, "/number"),
        at(attempt, "/upstream"),
        print::field(attempt, "held_usd"),
        at(attempt, "/state"),
        print::field(attempt, "cost_usd"),
        fees.collect::<String>(),
    )
}

/// What an attempt met instead of an answer.
fn met(attempt: &Value, code: &str) -> String {
    let status = match attempt.get("http_status").and_then(Value::as_u64) {
        Some(status) => format!("{status} "),
        None => String::new(),
    };
    let cause = match attempt.get("cause").and_then(Value::as_str) {
        Some(cause) => format!(" ({})", print::plain(cause)),
        None => String::new(),
    };
    format!("met {status}{code}{cause}")
}

/// The journal's entries about the call.
pub(super) fn entries(json: &Value) -> Option<String> {
    let all = json.get("entries").and_then(Value::as_array)?;
    let said = all.iter().map(|entry| {
        let kind = print::plain(&at(entry, "/kind"));
        format!("entry {} {kind}", at(entry, "/seq"))
    });
    let said: Vec<String> = said.collect();
    Some(if said.is_empty() {
        "no entry: nothing held, nothing charged".to_owned()
    } else {
        said.join(", ")
    })
}

/// Which lots of credit paid, by the last entry that charged it.
pub(super) fn paid(json: &Value) -> Option<String> {
    let all = json.get("entries").and_then(Value::as_array)?;
    let charged = all.iter().rev().find(|entry| {
        let kind = entry.get("kind").and_then(Value::as_str);
        matches!(kind, Some("hold_settled" | "hold_corrected"))
    });
    let draws = charged?.pointer("/fields/draws")?.as_array()?;
    let said = draws.iter().map(|draw| {
        let amount = print::field(draw, "amount_usd");
        format!("{amount} of {}", print::field(draw, "lot_id"))
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| said.join(", "))
}

/// What came of making the decision again.
pub(super) fn replay(json: &Value) -> Option<String> {
    let replay = json.get("replay")?;
    Some(match replay.get("result").and_then(Value::as_str)? {
        "same" => format!(
            "same: decided again after entry {} of the journal, it comes out as recorded",
            at(json, "/decision_seq")
        ),
        "differs" => {
            let all = replay.get("differences").and_then(Value::as_array);
            let lines = all.into_iter().flatten().map(|one| {
                let (what, recorded) = (at(one, "/what"), at(one, "/recorded"));
                format!(
                    "{}{what}: recorded {recorded}, now {}",
                    next(),
                    at(one, "/replayed")
                )
            });
            format!("DIFFERS from what is recorded{}", lines.collect::<String>())
        }
        "not_recorded" => format!("not: {}", at(replay, "/reason")),
        _ => format!("not possible: {}", at(replay, "/reason")),
    })
}

/// How things stand where it was decided.
pub(super) fn now(json: &Value) -> Option<String> {
    let now = json.get("now").filter(|now| now.is_object())?;
    let would = match now.get("stopped_by").and_then(Value::as_str) {
        Some(check) => format!("it would be stopped by the {}", print::plain(check)),
        None => "it would fit".to_owned(),
    };
    Some(format!("left {}; {would}", figure(now, "left")))
}

/// A new line below what was said before.
fn next() -> String {
    format!("\n{:24}", "")
}

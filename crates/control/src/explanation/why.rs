//! Why a call went as it did, in one or two sentences.

use ledger::Measure;
use projections::{AttemptState, Outcome, Row};
use serde_json::Value;

use super::checks::Checked;
use super::spoken;

/// The sentence.
pub(super) fn sentence(row: &Row, checked: Option<&Checked>) -> String {
    match row.outcome {
        None => "It is running; its money is held.".to_owned(),
        Some(Outcome::Refused) => refused(row, checked),
        Some(Outcome::Served) => format!("{} {}", granted(row, checked), charged(row)),
        Some(Outcome::ProviderRefused) => {
            format!(
                "It was granted by Seawall, {}",
                provider(row, "it was refused by")
            )
        }
        Some(Outcome::Failed) => {
            format!(
                "It was granted by Seawall, {}",
                provider(row, "it failed at")
            )
        }
        Some(Outcome::Cancelled) => {
            format!(
                "The client went away before it had the answer. {}",
                charged(row)
            )
        }
    }
}

fn refused(row: &Row, checked: Option<&Checked>) -> String {
    let binding = checked.and_then(|checked| Some((checked, checked.binding()?)));
    let Some((checked, check)) = binding else {
        return told(row).unwrap_or_else(|| "Seawall refused it.".to_owned());
    };
    let needed = checked.needed_of(check.measure);
    let (of, verb) = match check.measure {
        Measure::Usd => ("money", "cost"),
        Measure::Requests | Measure::Tokens => (check.measure.name(), "take"),
    };
    if checked.transient {
        return format!(
            "Running calls held the {} it needed: the {} left {} beside {} held; the request may {} up to {}.",
            of,
            spoken(check),
            check.measure.spoken(check.left),
            check.measure.spoken(check.held),
            verb,
            check.measure.spoken(needed)
        );
    }
    format!(
        "The {} left {}; the request may {} up to {}.",
        spoken(check),
        check.measure.spoken(check.left),
        verb,
        check.measure.spoken(needed)
    )
}

/// What the client was told, where it was told a sentence.
fn told(row: &Row) -> Option<String> {
    let kept = row.refusal.as_ref()?.details_json.as_deref()?;
    let told: Value = serde_json::from_str(kept).ok()?;
    let message = told.pointer("/error/message")?.as_str()?;
    Some(message.to_owned())
}

fn granted(row: &Row, checked: Option<&Checked>) -> String {
    let tightest = checked
        .and_then(|checked| checked.binding())
        .map(|check| {
            format!(
                " (least was left by the {}: {})",
                spoken(check),
                check.measure.spoken(check.left)
            )
        })
        .unwrap_or_default();
    let held = row.held().unwrap_or(money::Nanos::ZERO);
    match row.fitted() {
        Some((granted, asked)) => format!(
            "What it asked for did not fit{tightest}, so it was fitted: {granted} output tokens instead of {asked}, which \
             cost at most ${held}."
        ),
        None => format!("The most it could cost, ${held}, fitted everywhere{tightest}."),
    }
}

fn provider(row: &Row, what: &str) -> String {
    let upstream = row.upstream().unwrap_or("the provider");
    let code = row.error_code.as_deref();
    let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
    let means = diagnosis(row).map(|means| format!("{means} "));
    format!(
        "but {what} upstream {upstream}{code}. {}{}",
        means.unwrap_or_default(),
        charged(row)
    )
}

/// What the provider's error means, where the client was told so.
fn diagnosis(row: &Row) -> Option<String> {
    let told: Value = serde_json::from_str(row.error_json.as_deref()?).ok()?;
    let means = told.pointer("/error/details/diagnosis/means")?.as_str()?;
    Some(means.to_owned())
}

fn charged(row: &Row) -> String {
    let last = row.attempts.last().map(|attempt| attempt.state);
    match last {
        Some(AttemptState::Presumed(_)) => format!(
            "Nobody knows what it cost, so it is charged all it held, ${}, until its bill is known.",
            row.charged()
        ),
        Some(AttemptState::Corrected(_)) => format!(
            "It had been charged all it held and was corrected to ${}.",
            row.charged()
        ),
        Some(AttemptState::Released(_)) => "Nothing is charged.".to_owned(),
        _ => format!("It cost ${}.", row.charged()),
    }
}

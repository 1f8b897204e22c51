//! A forecast for people.

use ledger::Time;
use money::Nanos;

use super::pace::Pace;
use super::{Ceiling, Credit};

/// Hard limits that are named at most.
const NAMED: usize = 3;

pub(super) fn of(pace: Pace, credit: &Credit, limits: &[Ceiling], now: Time) -> String {
    let days = pace.days();
    if pace.spent() == Nanos::ZERO {
        return "Nothing was spent in the last 7 days.".to_owned();
    }
    if days == 0 {
        return format!(
            "${} were spent since it began, less than a day ago: too little for a forecast.",
            pace.spent()
        );
    }
    let mut clauses = vec![match credit.runs_out_at {
        _ if !credit.left_usd.0.is_positive() => "the credit balance is used up".to_owned(),
        Some(at) => format!("the credit balance runs out {}", when(at.0, now)),
        None => "the credit balance lasts".to_owned(),
    }];
    let reached = limits.iter().filter_map(|limit| {
        let at = limit.reached_at?;
        Some(format!("{} is reached {}", name(limit), when(at.0, now)))
    });
    clauses.extend(reached.take(NAMED));
    if credit.lapses_usd.0.is_positive() {
        clauses.push(format!(
            "${} of credit lapse before they are spent",
            credit.lapses_usd.0
        ));
    }
    format!(
        "At the pace of the last {} (${} a day) {}.",
        if days == 1 {
            "day".to_owned()
        } else {
            format!("{days} days")
        },
        pace.per_day(),
        clauses.join("; ")
    )
}

fn name(limit: &Ceiling) -> String {
    let scope = &limit.scope;
    match limit.set_by {
        "operator" => "the organization's approved usage limit".to_owned(),
        _ => format!("the hard limit of {}", scope.spoken()),
    }
}

/// On which day, and how far away that is.
fn when(at: Time, now: Time) -> String {
    let hours = at.micros().saturating_sub(now.micros()) / 3_600_000_000;
    let day = at.to_timestamp().strftime("%Y-%m-%d");
    match hours {
        ..1 => "within the hour".to_owned(),
        1..48 => format!("in {hours} h (on {day}, UTC)"),
        _ => format!("in {} days (on {day}, UTC)", hours / 24),
    }
}

//! `GET /v1/organizations/cost_report`: the same bill as another provider reports it, in cents, for a key that begins with
//! `sk-ant-admin`. It tells no key apart.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::days::{self, DAY, Days, Query};
use crate::decimal::dollars;
use crate::provider::Provider;
use crate::rejection::Rejection;

/// Where it is.
pub(super) const PATH: &str = "/v1/organizations/cost_report";
/// Days on a page where nobody says, and at most.
const PAGE: (u64, u64) = (7, 31);
/// Cents of a dollar.
const CENTS: u64 = 100;

pub(super) fn answer(provider: &Provider, query: Query<'_>) -> Result<String, Rejection> {
    let seconds = |name: &'static str| {
        let text = query.all(name).next().unwrap_or_default();
        moment(text)
            .ok_or_else(|| Rejection::value(name, text, "times such as 2026-11-22T00:00:00Z"))
    };
    let start = seconds("starting_at")?;
    let end = match query.all("ending_at").next() {
        Some(_) => seconds("ending_at")?,
        None => (provider.clock)() + 1,
    };
    let rest = query.0;
    let asked = format!("{rest}&start_time={start}&end_time={end}");
    let days = Days::asked(Query(&asked), (provider.clock)(), PAGE)?;
    let lines = days::billed(provider);
    let by_model = query.groups_by("description");
    let buckets = days.starts().map(|start| {
        let mut sums: BTreeMap<Option<String>, u64> = BTreeMap::new();
        for line in days::of_day(&lines, start) {
            let call = line.call();
            let model = Some(call.model.to_string()).filter(|_| by_model);
            let sum = sums.entry(model).or_default();
            *sum = sum.saturating_add(call.nanos.saturating_mul(CENTS));
        }
        let result = |(model, cents): (&Option<String>, &u64)| {
            json!({"currency": "USD", "amount": dollars(*cents), "workspace_id": null, "model": model,
                "description": model.as_ref().map(|model| format!("{model} Usage")), "cost_type": "tokens"})
        };
        let results: Vec<Value> = sums.iter().map(result).collect();
        json!({"starting_at": text(start), "ending_at": text(start + DAY), "results": results}).to_string()
    });
    let buckets: Vec<String> = buckets.collect();
    Ok(format!(
        r#"{{"data":[{}],{}}}"#,
        buckets.join(","),
        days.end()
    ))
}

/// Seconds since 1970 of a day's beginning such as `2026-11-22T00:00:00Z`, percent-encoded or not.
fn moment(text: &str) -> Option<u64> {
    let date = text.split('T').next()?;
    let mut parts = date.split('-').map(|part| part.parse::<u64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    (1970..=9999).contains(&year).then_some(())?;
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(())?;
    // Days since 1 March of year 0, so that a leap day is a year's last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    Some((days - 719_468) * DAY)
}

fn text(seconds: u64) -> String {
    let days = seconds / DAY + 719_468;
    let era = days / 146_097;
    let day = days % 146_097;
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    format!(
        "{:04}-{month:02}-{day:02}T00:00:00Z",
        era * 400 + year + later
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_written_as_the_calendar_has_them() {
        for (seconds, said) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_795_305_600, "2026-11-22T00:00:00Z"),
            (1_798_675_200, "2026-12-31T00:00:00Z"),
        ] {
            assert_eq!(text(seconds), said);
            assert_eq!(moment(said), Some(seconds));
        }
        assert_eq!(moment("2026-13-01"), None);
        assert_eq!(moment("yesterday"), None);
    }
}

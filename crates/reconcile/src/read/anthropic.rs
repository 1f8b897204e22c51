//! Anthropic's cost report. Its amounts are cents; it tells no key apart.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::{Misread, Page, object};
use crate::Billed;
use crate::amount::dollars;

/// Amounts are in a currency's smallest unit.
const CENTS: i32 = -2;

#[derive(Deserialize)]
struct Report {
    data: Vec<Bucket>,
    has_more: bool,
    next_page: Option<String>,
}

#[derive(Deserialize)]
struct Bucket {
    starting_at: String,
    results: Vec<Cost>,
}

#[derive(Deserialize)]
struct Cost {
    amount: String,
    currency: String,
    workspace_id: Option<String>,
    model: Option<String>,
}

/// `/organizations/cost_report`, grouped by description.
///
/// # Errors
/// A sentence.
pub fn cost_report(body: &[u8]) -> Result<Page<Billed>, Misread> {
    let report: Report = object(body)?;
    let mut all = Vec::new();
    for bucket in report.data {
        let start: Timestamp = bucket
            .starting_at
            .parse()
            .map_err(|_no_time| format!("`{}` is no time", bucket.starting_at))?;
        let day = start.to_zoned(TimeZone::UTC).date();
        for cost in bucket.results {
            if !cost.currency.eq_ignore_ascii_case("usd") {
                return Err(format!(
                    "the provider bills in {}, not in US dollars",
                    cost.currency
                ));
            }
            let text = &cost.amount;
            let amount =
                dollars(text, CENTS).ok_or_else(|| format!("`{text}` is not an amount"))?;
            all.push(Billed {
                day,
                project: cost.workspace_id,
                key: None,
                model: cost.model,
                amount,
            });
        }
    }
    Ok((all, report.next_page.filter(|_| report.has_more)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use money::Femtos;

    use super::*;

    #[test]
    fn a_report_in_cents_is_read_in_dollars() {
        let body = br#"{"data":[{"starting_at":"2026-11-22T00:00:00Z","ending_at":"2026-11-23T00:00:00Z","results":[
            {"currency":"USD","amount":"123.45","workspace_id":null,"model":"claude-opus-5","description":"d","cost_type":"tokens"}]}],
            "has_more":false,"next_page":"page_x"}"#;
        let (costs, next) = cost_report(body).unwrap();
        assert_eq!(next, None);
        let [cost] = &costs[..] else {
            unreachable!("{costs:?}")
        };
        assert_eq!(cost.day, date(2026, 11, 22));
        assert_eq!(cost.amount, Femtos::new(1_234_500_000_000_000));
        assert_eq!(cost.model.as_deref(), Some("claude-opus-5"));
    }
}

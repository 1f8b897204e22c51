//! OpenAI's administration API: costs, usage, projects and their keys.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Misread, Page, day, object};
use crate::amount::dollars;
use crate::{Billed, Used};

#[derive(Deserialize)]
struct Report<B> {
    data: Vec<B>,
    has_more: bool,
    next_page: Option<String>,
}

impl<B> Report<B> {
    fn next(&mut self) -> Option<String> {
        self.next_page.take().filter(|_| self.has_more)
    }
}

#[derive(Deserialize)]
struct Bucket<R> {
    start_time: i64,
    results: Vec<R>,
}

#[derive(Deserialize)]
struct Cost<'a> {
    #[serde(borrow)]
    amount: Amount<'a>,
    line_item: Option<String>,
    project_id: Option<String>,
    api_key_id: Option<String>,
}

#[derive(Deserialize)]
struct Amount<'a> {
    #[serde(borrow)]
    value: &'a RawValue,
    currency: String,
}

/// `/organization/costs`, grouped by project, key and line item.
///
/// # Errors
/// A sentence.
pub fn costs(body: &[u8]) -> Result<Page<Billed>, Misread> {
    let mut report: Report<Bucket<Cost<'_>>> = object(body)?;
    let next = report.next();
    let mut all = Vec::new();
    for bucket in report.data {
        let day = day(bucket.start_time)?;
        for cost in bucket.results {
            let Amount { value, currency } = cost.amount;
            if !currency.eq_ignore_ascii_case("usd") {
                return Err(format!(
                    "the provider bills in {currency}, not in US dollars"
                ));
            }
            let text = value.get();
            let amount = dollars(text, 0).ok_or_else(|| format!("`{text}` is not an amount"))?;
            all.push(Billed {
                day,
                project: cost.project_id,
                key: cost.api_key_id,
                model: cost.line_item.as_deref().and_then(model_of),
                amount,
            });
        }
    }
    Ok((all, next))
}

/// The model of a line item such as `gpt-5-mini-2025-08-07, input`; of `web search tool calls | gpt-4o`, the one behind.
/// `None`: the line is of none.
fn model_of(item: &str) -> Option<String> {
    let name = item.rsplit('|').next().unwrap_or(item);
    let name = name.split(',').next().unwrap_or(name).trim();
    // A model's name is one word; `Image models` and `Credits` are not.
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._:/".contains(&b);
    (!name.is_empty() && name.bytes().all(plain)).then(|| name.to_owned())
}

#[derive(Deserialize)]
struct Usage {
    input_tokens: u64,
    output_tokens: u64,
    num_model_requests: u64,
    api_key_id: Option<String>,
    model: Option<String>,
}

/// `/organization/usage/completions`, grouped by key and model.
///
/// # Errors
/// A sentence.
pub fn usage(body: &[u8]) -> Result<Page<Used>, Misread> {
    let mut report: Report<Bucket<Usage>> = object(body)?;
    let next = report.next();
    let mut all = Vec::new();
    for bucket in report.data {
        let day = day(bucket.start_time)?;
        for usage in bucket.results {
            all.push(Used {
                day,
                key: usage.api_key_id,
                model: usage.model.unwrap_or_default(),
                input: usage.input_tokens,
                output: usage.output_tokens,
                requests: usage.num_model_requests,
            });
        }
    }
    Ok((all, next))
}

#[derive(Deserialize)]
struct List<T> {
    data: Vec<T>,
    has_more: bool,
    last_id: Option<String>,
}

impl<T> List<T> {
    fn page<U>(self, read: impl Fn(T) -> U) -> Page<U> {
        let next = self.last_id.filter(|_| self.has_more);
        (self.data.into_iter().map(read).collect(), next)
    }
}

#[derive(Deserialize)]
struct Project {
    id: String,
}

/// The ids of `/organization/projects`.
///
/// # Errors
/// A sentence.
pub fn projects(body: &[u8]) -> Result<Page<String>, Misread> {
    object::<List<Project>>(body).map(|list| list.page(|project| project.id))
}

/// A key of a project, as its list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Key {
    /// The provider's id.
    pub id: String,
    /// What its owner calls it.
    pub name: Option<String>,
    /// Its beginning and its last letters, with stars between.
    #[serde(rename = "redacted_value")]
    pub shown: String,
}

/// `/organization/projects/{id}/api_keys`.
///
/// # Errors
/// A sentence.
pub fn keys(body: &[u8]) -> Result<Page<Key>, Misread> {
    object::<List<Key>>(body).map(|list| list.page(|key| key))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use money::Femtos;

    use super::*;

    #[test]
    fn costs_are_read_by_their_day_key_and_model_and_lead_to_the_next_page() {
        let body = br#"{"object":"page","data":[{"object":"bucket","start_time":1795305600,"end_time":1795392000,"results":[
            {"object":"organization.costs.result","amount":{"value":6e-06,"currency":"usd"},"line_item":"gpt-5-mini-2025-08-07, input","project_id":"proj_a","api_key_id":"key_1"},
            {"object":"organization.costs.result","amount":{"value":"-1.50","currency":"usd"},"line_item":"Credits","project_id":null,"organization_id":"org"}
        ]}],"has_more":true,"next_page":"page_2"}"#;
        let (costs, next) = costs(body).unwrap();
        assert_eq!(next.as_deref(), Some("page_2"));
        let [first, credit] = &costs[..] else {
            unreachable!("{costs:?}")
        };
        assert_eq!(first.day, date(2026, 11, 22));
        assert_eq!(first.model.as_deref(), Some("gpt-5-mini-2025-08-07"));
        assert_eq!(first.key.as_deref(), Some("key_1"));
        assert_eq!(first.amount, Femtos::new(6_000_000_000));
        assert_eq!((&credit.model, credit.amount < Femtos::ZERO), (&None, true));
    }

    #[test]
    fn a_bill_in_another_currency_or_without_an_amount_is_not_taken_for_dollars() {
        for result in [
            r#"{"amount":{"value":1,"currency":"eur"}}"#,
            r#"{"amount":{"currency":"usd"}}"#,
            r#"{"line_item":"x"}"#,
        ] {
            let body = format!(
                r#"{{"data":[{{"start_time":0,"results":[{result}]}}],"has_more":false,"next_page":null}}"#
            );
            assert!(costs(body.as_bytes()).is_err(), "{result}");
        }
    }

    #[test]
    fn a_line_names_its_model_or_none() {
        for (item, model) in [
            ("gpt-5-mini, input", Some("gpt-5-mini")),
            ("web search tool calls | gpt-4o", Some("gpt-4o")),
            ("ft:gpt-4o:acme, cached input", Some("ft:gpt-4o:acme")),
            ("Image models", None),
            ("Tax", None),
            ("", None),
        ] {
            assert_eq!(model_of(item).as_deref(), model, "{item}");
        }
    }
}

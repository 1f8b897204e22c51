//! What some providers tell a key of its credit: `OpenRouter`'s key and credits, and the credit grants that gateways and
//! resellers serve in the shape `OpenAI` once had.

use jiff::Timestamp;
use money::Nanos;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::admin::read::dollars;
use crate::observations::{Balance, KeyBudget};

#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

#[derive(Deserialize)]
struct Key<'a> {
    #[serde(borrow)]
    limit_remaining: Option<&'a RawValue>,
    limit_reset: Option<String>,
    #[serde(borrow)]
    effective_budget: Option<Layer<'a>>,
}

#[derive(Deserialize)]
struct Layer<'a> {
    scope: Option<String>,
    #[serde(borrow)]
    remaining_usd: Option<&'a RawValue>,
    resets_at: Option<String>,
}

fn amount(raw: Option<&RawValue>) -> Option<Nanos> {
    dollars(raw?.get().trim_matches('"'))
}

/// `GET /key` of `OpenRouter`: the layer that blocks first.
#[must_use]
pub fn key_budget(body: &[u8]) -> Option<KeyBudget> {
    let Data { data: key }: Data<Key<'_>> = serde_json::from_slice(body).ok()?;
    let own = amount(key.limit_remaining);
    Some(match key.effective_budget {
        Some(layer) => KeyBudget {
            left: amount(layer.remaining_usd),
            layer: layer.scope.map_or_else(
                || "the key's limit".to_owned(),
                |scope| format!("the limit of {scope}"),
            ),
            resets: layer.resets_at.map(|at| format!("at {at}")),
        },
        None => KeyBudget {
            left: own,
            layer: "the key's limit".to_owned(),
            resets: key.limit_reset,
        },
    })
}

#[derive(Deserialize)]
struct Credits<'a> {
    #[serde(borrow)]
    total_credits: &'a RawValue,
    #[serde(borrow)]
    total_usage: &'a RawValue,
}

/// `GET /credits` of `OpenRouter`: bought less used.
#[must_use]
pub fn credits(body: &[u8]) -> Option<Balance> {
    let Data { data }: Data<Credits<'_>> = serde_json::from_slice(body).ok()?;
    let left = amount(Some(data.total_credits))?.checked_sub(amount(Some(data.total_usage))?)?;
    Some(Balance {
        left,
        expires_at: None,
        source: "the provider's credits endpoint".to_owned(),
    })
}

#[derive(Deserialize)]
struct Summary<'a> {
    #[serde(borrow)]
    total_available: &'a RawValue,
    grants: Option<Grants>,
}

#[derive(Deserialize)]
struct Grants {
    data: Vec<Grant>,
}

#[derive(Deserialize)]
struct Grant {
    expires_at: Option<serde_json::Number>,
}

/// `GET /dashboard/billing/credit_grants`: what is left, and when the last of it ends.
#[must_use]
pub fn credit_grants(body: &[u8]) -> Option<Balance> {
    let summary: Summary<'_> = serde_json::from_slice(body).ok()?;
    let ends: Vec<Option<Timestamp>> = summary
        .grants
        .map(|grants| grants.data)
        .unwrap_or_default()
        .iter()
        .map(|grant| Timestamp::from_second(grant.expires_at.as_ref()?.as_i64()?).ok())
        .collect();
    // Where one grant has no end, the credit as a whole has none.
    let expires_at = if ends.contains(&None) {
        None
    } else {
        ends.into_iter().flatten().max()
    };
    Some(Balance {
        left: amount(Some(summary.total_available))?,
        expires_at,
        source: "the provider's credit grants".to_owned(),
    })
}

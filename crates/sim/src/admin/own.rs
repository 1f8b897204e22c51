//! What a key may ask of itself: its limits, its credit, and what one call of its has cost. Two providers have these.

use serde_json::{Value, json};

use super::days::{self, Query};
use crate::decimal::dollars;
use crate::provider::Provider;

/// The paths.
pub(super) const PATHS: [&str; 4] = [
    "/v1/key",
    "/v1/credits",
    "/v1/dashboard/billing/credit_grants",
    GENERATION,
];
const GENERATION: &str = "/v1/generation";

/// The answer; `None`: there is nothing of the kind.
pub(super) fn answer(provider: &Provider, path: &str, query: Query<'_>) -> Option<String> {
    let wrapped = |data: &Value| json!({"data": data}).to_string();
    match path {
        "/v1/key" => provider.account.with(|said| said.key.as_ref().map(wrapped)),
        "/v1/credits" => credits(provider),
        GENERATION => generation(provider, query),
        _ => provider
            .account
            .with(|said| said.credit_grants.as_ref().map(Value::to_string)),
    }
}

/// What was said of it; else what follows from the credit that was said to be there.
fn credits(provider: &Provider) -> Option<String> {
    let billed = provider.bill.nanos();
    provider
        .account
        .with(|said| match (&said.credits, said.credit_usd) {
            (Some(credits), _) => Some(json!({"data": credits}).to_string()),
            (None, Some(credit)) => Some(format!(
                r#"{{"data":{{"total_credits":{},"total_usage":{}}}}}"#,
                dollars(credit),
                dollars(billed)
            )),
            (None, None) => None,
        })
}

/// What one call has cost, by the id that its answer had.
fn generation(provider: &Provider, query: Query<'_>) -> Option<String> {
    let id = query.all("id").next()?;
    let lines = days::billed(provider);
    let line = lines.iter().find(|line| &*line.call().id == id)?;
    let call = line.call();
    let [id, model] = [&*call.id, &*call.model].map(Value::from);
    Some(format!(
        r#"{{"data":{{"id":{id},"model":{model},"total_cost":{},"is_byok":false}}}}"#,
        dollars(call.nanos)
    ))
}

//! OpenRouter: what one call has cost, and what is left of the credit.

use money::Femtos;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Misread, object};
use crate::amount::dollars;

#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

#[derive(Deserialize)]
struct Generation<'a> {
    #[serde(borrow)]
    total_cost: &'a RawValue,
}

#[derive(Deserialize)]
struct Sums<'a> {
    #[serde(borrow)]
    total_credits: &'a RawValue,
    #[serde(borrow)]
    total_usage: &'a RawValue,
}

/// All that was bought, and all that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credits {
    /// Bought, ever.
    pub bought: Femtos,
    /// Used, ever.
    pub used: Femtos,
}

fn amount(value: &RawValue) -> Result<Femtos, Misread> {
    let text = value.get();
    dollars(text, 0).ok_or_else(|| format!("`{text}` is not an amount"))
}

/// What a call has cost, of `/generation?id=`.
///
/// # Errors
/// A sentence.
pub fn generation(body: &[u8]) -> Result<Femtos, Misread> {
    let read: Data<Generation<'_>> = object(body)?;
    amount(read.data.total_cost)
}

/// `/credits`.
///
/// # Errors
/// A sentence.
pub fn credits(body: &[u8]) -> Result<Credits, Misread> {
    let read: Data<Sums<'_>> = object(body)?;
    Ok(Credits {
        bought: amount(read.data.total_credits)?,
        used: amount(read.data.total_usage)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_s_cost_and_the_credit_are_read_to_the_last_digit() {
        let body = br#"{"data":{"id":"gen-1","total_cost":0.0015,"usage":0.0015,"is_byok":false}}"#;
        assert_eq!(generation(body), Ok(Femtos::new(1_500_000_000_000)));
        assert!(generation(br#"{"data":{"id":"gen-1"}}"#).is_err());
        let body = br#"{"data":{"total_credits":100.5,"total_usage":25.75}}"#;
        let credits = credits(body).unwrap();
        assert_eq!(credits.bought, Femtos::new(100_500_000_000_000_000));
        assert_eq!(credits.used, Femtos::new(25_750_000_000_000_000));
    }
}

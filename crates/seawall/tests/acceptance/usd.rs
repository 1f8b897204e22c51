//! Amounts in tests: whole nano-dollars, read from the decimal strings of the API and printed as dollars.

use money::Nanos;
use serde_json::Value;

/// The nano-dollars of a decimal string.
pub(crate) fn nanos(text: &str) -> i64 {
    match text.parse::<Nanos>() {
        Ok(amount) => amount.get(),
        Err(error) => panic!("{text:?}: {error}"),
    }
}

/// The nano-dollars of a member, which has to be a decimal string.
pub(crate) fn of(object: &Value, member: &str) -> i64 {
    match object[member].as_str() {
        Some(text) => nanos(text),
        None => panic!("no {member} in {object}"),
    }
}

/// As a decimal string.
pub(crate) fn dollars(nanos: i64) -> String {
    Nanos::new(nanos).to_string()
}

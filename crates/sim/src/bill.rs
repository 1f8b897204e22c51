//! The bill: what all calls cost, by model. It only ever adds up; a call is added once, before its answer leaves.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::decimal::dollars;
use crate::json::Json;

/// How many model names are told apart; the rest share one line.
const MOST_MODELS: usize = 10_000;

/// What the calls of one model cost. Added to without a lock.
#[derive(Debug, Default)]
pub(crate) struct Account {
    nanos: AtomicU64,
    calls: AtomicU64,
}

impl Account {
    /// Adds one call.
    pub(crate) fn add(&self, nanos: u64) {
        // Beyond 18 billion dollars the bill stays where it is rather than begin again at nothing.
        self.nanos
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |sum| {
                Some(sum.saturating_add(nanos))
            })
            .ok();
        self.calls.fetch_add(1, Ordering::AcqRel);
    }
}

/// All accounts.
#[derive(Debug, Default)]
pub(crate) struct Bill {
    accounts: RwLock<HashMap<Arc<str>, Arc<Account>>>,
}

impl Bill {
    /// The account of a model, opened on its first call.
    pub(crate) fn account(&self, model: &str) -> Arc<Account> {
        if let Some(account) = self
            .accounts
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(model)
        {
            return Arc::clone(account);
        }
        let mut accounts = self
            .accounts
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let name = if accounts.len() < MOST_MODELS {
            model
        } else {
            "(others)"
        };
        Arc::clone(accounts.entry(name.into()).or_default())
    }

    /// What all calls cost so far, in nano-dollars.
    pub(crate) fn nanos(&self) -> u64 {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        let each = accounts
            .values()
            .map(|one| one.nanos.load(Ordering::Acquire));
        each.fold(0, u64::saturating_add)
    }

    /// Sets every account to nothing. Accounts stay where they are, so a call on its way is still added.
    pub(crate) fn reset(&self) {
        for account in self
            .accounts
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
        {
            account.nanos.store(0, Ordering::Release);
            account.calls.store(0, Ordering::Release);
        }
    }

    /// The bill as `GET /sim/billed` tells it; models without a call are left out.
    pub(crate) fn to_json(&self) -> String {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        let mut lines: Vec<(&str, u64, u64)> = accounts
            .iter()
            .map(|(model, account)| {
                (
                    &**model,
                    account.nanos.load(Ordering::Acquire),
                    account.calls.load(Ordering::Acquire),
                )
            })
            .filter(|(_, _, calls)| *calls > 0)
            .collect();
        lines.sort_unstable();
        let nanos = lines
            .iter()
            .fold(0_u64, |sum, (_, nanos, _)| sum.saturating_add(*nanos));
        let calls = lines
            .iter()
            .fold(0_u64, |sum, (_, _, calls)| sum.saturating_add(*calls));
        let mut json = Json::with_room(128);
        json.raw("{\"usd\":")
            .string(&dollars(nanos))
            .raw(",\"calls\":")
            .number(calls)
            .raw(",\"by_model\":{");
        for (at, (model, nanos, calls)) in lines.iter().enumerate() {
            json.raw(if at > 0 { "," } else { "" }).string(model);
            json.raw(":{\"usd\":")
                .string(&dollars(*nanos))
                .raw(",\"calls\":")
                .number(*calls)
                .raw("}");
        }
        json.raw("}}");
        json.into_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bill_adds_up_over_models_and_begins_again_after_a_reset() {
        let bill = Bill::default();
        let held = bill.account("a");
        held.add(12_345_678_901);
        bill.account("b").add(1);
        bill.account("a").add(0);
        assert_eq!(
            bill.to_json(),
            r#"{"usd":"12.345678902","calls":3,"by_model":{"a":{"usd":"12.345678901","calls":2},"b":{"usd":"0.000000001","calls":1}}}"#
        );
        bill.reset();
        assert_eq!(bill.to_json(), r#"{"usd":"0.00","calls":0,"by_model":{}}"#);
        held.add(5);
        assert_eq!(
            bill.to_json(),
            r#"{"usd":"0.000000005","calls":1,"by_model":{"a":{"usd":"0.000000005","calls":1}}}"#
        );
    }
}

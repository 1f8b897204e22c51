//! What a client is told of the accounts that its call did not get an answer from.

use std::time::Duration;

use ledger::Shortfall;
use projections::Tried;

use super::Wish;
use crate::{Disclosure, Gateway};

/// How long an account is left alone that has no room now and does not say for how long.
pub(crate) const BREATH: Duration = Duration::from_secs(1);

/// Why a call was not sent to an account that could have taken it: at its price the money does not suffice. The provider's
/// refusal stays what the client is told. At the first account's price the money did suffice, so it is the provider that
/// stopped the call, and a refusal of ours for want of money would send its reader to the wrong place.
pub(crate) fn unaffordable(gateway: &Gateway, shortfall: &Shortfall, wish: &Wish) -> String {
    let Some(check) = shortfall.binding().filter(|_| is_open(gateway)) else {
        return String::new();
    };
    let needed = shortfall.least_needed_of(check.measure);
    format!(
        " Seawall did not send it to upstream {:?}: there it may take up to {}, and {} is left here.",
        wish.upstream,
        check.measure.spoken(needed),
        check.measure.spoken(check.left),
    )
}

/// Sentences behind the error of a call that went well nowhere: where it was, and where it did not go. What passes by itself
/// (`is_final` is false) must not have the words in it by which libraries know what does not, so no codes are told then.
pub(crate) fn journey(
    gateway: &Gateway,
    (asked, tried): (&[String], &[Tried]),
    (untried, is_final): (&str, bool),
) -> String {
    if !is_open(gateway) || asked.len() < 2 {
        return untried.to_owned();
    }
    let each = asked.iter().zip(tried);
    let each = each.map(
        |(upstream, tried)| match tried.code.as_deref().filter(|_| is_final) {
            Some(code) => format!("{upstream} ({code})"),
            None => upstream.clone(),
        },
    );
    let all: Vec<String> = each.collect();
    format!(
        " Seawall asked, in this order: {}.{untried}",
        all.join(", ")
    )
}

fn is_open(gateway: &Gateway) -> bool {
    gateway.settings().disclosure == Disclosure::Full
}

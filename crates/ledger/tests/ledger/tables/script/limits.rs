//! Limits in the words of the tables.

use ledger::{
    Calls, ChangeLimit, LimitOrigin, LimitTerms, Measure, Mode, OnTrip, Quantity, Tag, UsedSoFar,
};

use super::{Words, amount, scope, window};
use crate::world::{self, time};

/// What a row says of a new limit.
pub(super) fn terms(words: &Words<'_>) -> LimitTerms {
    let (measure, amount) = quantity(words.at(3));
    LimitTerms {
        id: world::limit(words.at(1)),
        origin: match words.option("by") {
            None => LimitOrigin::Owner,
            Some("operator") => LimitOrigin::Operator,
            Some(_) => LimitOrigin::Guard,
        },
        scope: scope(words.at(2)),
        calls: calls(words),
        measure,
        mode: if words.has("shadow") {
            Mode::Shadow
        } else {
            Mode::Enforce
        },
        on_trip: if words.has("freezes") {
            OnTrip::FreezeKey
        } else {
            OnTrip::Refuse
        },
        amount,
        window: window(words.at(4)),
        ends_at: words.option("until").map(time),
    }
}

fn calls(words: &Words<'_>) -> Calls {
    if let Some(model) = words.option("model") {
        return Calls::Model(model.into());
    }
    if let Some(user) = words.option("user") {
        return Calls::EndUser(world::subject(user));
    }
    if let Some(name) = words.option("tag") {
        return Calls::Tag(Box::new(Tag {
            subject: world::subject(name),
            name: name.into(),
        }));
    }
    match words.option("each") {
        None => Calls::All,
        Some("user") => Calls::EachEndUser,
        Some("key") => Calls::EachKey,
        Some(_) => Calls::EachTag,
    }
}

/// `5.00`, `60requests` or `9000tokens`.
fn quantity(text: &str) -> (Measure, Quantity) {
    let number = |text: &str| Quantity::new(text.parse().unwrap());
    if let Some(requests) = text.strip_suffix("requests") {
        (Measure::Requests, number(requests))
    } else if let Some(tokens) = text.strip_suffix("tokens") {
        (Measure::Tokens, number(tokens))
    } else {
        (Measure::Usd, amount(text).into())
    }
}

/// What a row says of a change.
pub(super) fn change(words: &Words<'_>) -> ChangeLimit {
    let amount = Some(words.at(2)).filter(|text| *text != "-");
    ChangeLimit {
        id: world::limit(words.at(1)),
        amount: amount.map(|text| quantity(text).1),
        used: if words.at(3) == "reset" {
            UsedSoFar::Reset
        } else {
            UsedSoFar::Keep
        },
        until: words.option("until").map(time),
    }
}

//! Reading what hard limit is wanted. What cannot be had is said clearly: a limit that would silently be another one is
//! worse than none.

use ids::{LimitId, Pepper};
use ledger::{LimitOrigin, LimitTerms, Measure, Mode, OnTrip, Quantity, Time};
use money::Nanos;

use super::on::{self, On};
use super::window;
use crate::error::ApiError;
use crate::fields::Fields;

/// What is wanted.
pub(super) struct Wanted {
    pub(super) on: On,
    measure: Measure,
    amount: Quantity,
    mode: Mode,
    on_trip: OnTrip,
    window: window::Wanted,
    ends_at: Option<Time>,
}

const MEASURES: [(&str, Measure); 3] = [
    ("usd", Measure::Usd),
    ("requests", Measure::Requests),
    ("tokens", Measure::Tokens),
];
const MODES: [(&str, Mode); 2] = [("enforce", Mode::Enforce), ("shadow", Mode::Shadow)];
const ON_TRIP: [(&str, OnTrip); 2] = [
    ("refuse", OnTrip::Refuse),
    ("freeze_key", OnTrip::FreezeKey),
];

pub(super) fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Enforce => "enforce",
        Mode::Shadow => "shadow",
    }
}

pub(super) fn on_trip_word(on_trip: OnTrip) -> &'static str {
    match on_trip {
        OnTrip::Refuse => "refuse",
        OnTrip::FreezeKey => "freeze_key",
    }
}

/// Reads the terms of a limit, which are the same whether it is to be set or only tried.
pub(super) fn read(fields: &mut Fields, pepper: &Pepper) -> Result<Wanted, ApiError> {
    let on = on::read(fields, pepper)?;
    let measure = fields.word("measure", &MEASURES)?.unwrap_or(Measure::Usd);
    let amount = Amounts::read(fields)?;
    let on_trip = fields.word("on_trip", &ON_TRIP)?.unwrap_or(OnTrip::Refuse);
    if on.upstream.is_some() && on_trip == OnTrip::FreezeKey {
        return Err(ApiError::invalid(
            "on_trip",
            "freezes a key, and an upstream cap stops the calls of every key: it can only refuse",
        ));
    }
    Ok(Wanted {
        on,
        measure,
        mode: fields.word("mode", &MODES)?.unwrap_or(Mode::Enforce),
        on_trip,
        ends_at: fields.optional("until_at")?,
        window: window::read(fields)?,
        amount: amount
            .of(measure)?
            .ok_or_else(|| window::missing(field_of(measure)))?,
    })
}

impl Wanted {
    /// The terms, with the organization's time zone where none was named.
    pub(super) fn terms(self, id: LimitId, zone: Box<str>) -> LimitTerms {
        LimitTerms {
            id,
            origin: LimitOrigin::Owner,
            scope: self.on.place.scope(),
            calls: self.on.calls,
            measure: self.measure,
            mode: self.mode,
            on_trip: self.on_trip,
            amount: self.amount,
            window: self.window.in_zone(zone),
            ends_at: self.ends_at,
        }
    }
}

/// An amount under one of its two names.
pub(super) struct Amounts {
    usd: Option<Nanos>,
    count: Option<u64>,
}

impl Amounts {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, ApiError> {
        Ok(Self {
            usd: fields.optional("amount_usd")?,
            count: fields.optional("amount")?,
        })
    }

    /// The amount in this measure, if it was sent; the other name is refused.
    pub(super) fn of(&self, measure: Measure) -> Result<Option<Quantity>, ApiError> {
        match (measure, self.usd, self.count) {
            (Measure::Usd, usd, None) => Ok(usd.map(Into::into)),
            (Measure::Requests | Measure::Tokens, None, count) => Ok(count.map(Quantity::count)),
            (Measure::Usd, _, Some(_)) => Err(ApiError::invalid(
                "amount",
                "counts requests or tokens, and the measure is usd: send `amount_usd`",
            )),
            (Measure::Requests | Measure::Tokens, Some(_), _) => Err(ApiError::invalid(
                "amount_usd",
                format!("is money, and the measure is {measure}: send `amount`, a whole number"),
            )),
        }
    }
}

const fn field_of(measure: Measure) -> &'static str {
    match measure {
        Measure::Usd => "amount_usd",
        Measure::Requests | Measure::Tokens => "amount",
    }
}

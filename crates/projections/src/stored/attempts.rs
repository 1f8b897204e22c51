//! A call's attempts as one column: an array of arrays, which takes half the room of an array of objects.
//!
//! Codes and the order of fields are those of every file ever written.

use ledger::{Fee, PresumeReason, ReleaseReason, Time};
use money::{Nanos, Price};

use crate::{Attempt, AttemptState, LogError};

const fn presume_code(reason: PresumeReason) -> u8 {
    match reason {
        PresumeReason::HolderGone => 1,
        PresumeReason::DeadlinePassed => 2,
        PresumeReason::ProviderFailed => 3,
        PresumeReason::CutOff => 4,
        PresumeReason::NoUsage => 5,
        PresumeReason::TimedOut => 6,
    }
}

const PRESUME_REASONS: [PresumeReason; 6] = [
    PresumeReason::HolderGone,
    PresumeReason::DeadlinePassed,
    PresumeReason::ProviderFailed,
    PresumeReason::CutOff,
    PresumeReason::NoUsage,
    PresumeReason::TimedOut,
];

/// Tens say what, ones say why.
const fn state_code(state: AttemptState) -> u8 {
    match state {
        AttemptState::Open => 0,
        AttemptState::Settled => 10,
        AttemptState::Released(ReleaseReason::NotSent) => 21,
        AttemptState::Released(ReleaseReason::ProviderRefused) => 22,
        AttemptState::Presumed(reason) => presume_code(reason).saturating_add(30),
        AttemptState::Corrected(reason) => presume_code(reason).saturating_add(40),
    }
}

fn state_of(code: u8) -> Option<AttemptState> {
    let presumed = PRESUME_REASONS.map(AttemptState::Presumed);
    let corrected = PRESUME_REASONS.map(AttemptState::Corrected);
    let others = [
        AttemptState::Open,
        AttemptState::Settled,
        AttemptState::Released(ReleaseReason::NotSent),
        AttemptState::Released(ReleaseReason::ProviderRefused),
    ];
    others
        .into_iter()
        .chain(presumed)
        .chain(corrected)
        .find(|state| state_code(*state) == code)
}

type FeeFields = (u16, u64, i64);
type AttemptFields<Text> = (
    u8,
    u64,
    i64,
    Option<i64>,
    Text,
    i64,
    u64,
    u64,
    u8,
    i64,
    Text,
    Vec<FeeFields>,
);

/// The attempts as the column has them.
pub(crate) fn write_attempts(attempts: &[Attempt]) -> Result<String, LogError> {
    let fields: Vec<AttemptFields<&str>> = attempts
        .iter()
        .map(|attempt| {
            let fees = attempt
                .fees
                .iter()
                .map(|fee| (fee.unit, fee.quantity, fee.price.get()));
            (
                attempt.number,
                attempt.decision_seq,
                attempt.taken_at.micros(),
                attempt.closed_at.map(Time::micros),
                &*attempt.upstream,
                attempt.held.get(),
                attempt.granted_units,
                attempt.asked_units,
                state_code(attempt.state),
                attempt.charged.get(),
                &*attempt.catalog,
                fees.collect(),
            )
        })
        .collect();
    serde_json::to_string(&fields).map_err(|error| LogError::Damaged(error.to_string()))
}

pub(super) fn read_attempts(text: &str) -> Result<Vec<Attempt>, LogError> {
    let damaged = |what: &str| LogError::Damaged(format!("attempts: {what}"));
    let fields: Vec<AttemptFields<String>> =
        serde_json::from_str(text).map_err(|error| damaged(&error.to_string()))?;
    let attempt = |fields: AttemptFields<String>| {
        let (
            number,
            decision_seq,
            taken_at,
            closed_at,
            upstream,
            held,
            granted_units,
            asked_units,
            ..,
        ) = fields;
        let (.., state, charged, catalog, fees) = fields;
        let fees = fees.into_iter().map(|(unit, quantity, price)| {
            Some(Fee {
                unit,
                quantity,
                price: Price::new(price)?,
            })
        });
        Ok(Attempt {
            number,
            decision_seq,
            taken_at: Time::from_micros(taken_at),
            closed_at: closed_at.map(Time::from_micros),
            upstream: upstream.into(),
            held: Nanos::new(held),
            granted_units,
            asked_units,
            state: state_of(state).ok_or_else(|| damaged("state"))?,
            charged: Nanos::new(charged),
            fees: fees
                .collect::<Option<_>>()
                .ok_or_else(|| damaged("price"))?,
            catalog: catalog.into(),
        })
    };
    fields.into_iter().map(attempt).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_code_of_its_own() {
        let reasons = PRESUME_REASONS.into_iter();
        let states = reasons
            .flat_map(|reason| {
                [
                    AttemptState::Presumed(reason),
                    AttemptState::Corrected(reason),
                ]
            })
            .chain([
                AttemptState::Open,
                AttemptState::Settled,
                AttemptState::Released(ReleaseReason::NotSent),
                AttemptState::Released(ReleaseReason::ProviderRefused),
            ]);
        for state in states {
            assert_eq!(state_of(state_code(state)), Some(state));
        }
        assert_eq!(state_of(255), None);
    }

    #[test]
    fn attempts_read_back() {
        let attempt = Attempt {
            number: 255,
            decision_seq: u64::MAX,
            taken_at: Time::EARLIEST,
            closed_at: Some(Time::LATEST),
            upstream: "a \"quoted\" ü".into(),
            held: Nanos::MAX,
            granted_units: u64::MAX,
            asked_units: 0,
            state: AttemptState::Corrected(PresumeReason::CutOff),
            charged: Nanos::new(-1),
            fees: vec![Fee {
                unit: u16::MAX,
                quantity: u64::MAX,
                price: Price::new(i64::MAX).unwrap(),
            }],
            catalog: "".into(),
        };
        let attempts = vec![
            attempt.clone(),
            Attempt {
                closed_at: None,
                fees: Vec::new(),
                ..attempt
            },
        ];
        let text = write_attempts(&attempts).unwrap();
        assert_eq!(read_attempts(&text).unwrap(), attempts);
    }
}

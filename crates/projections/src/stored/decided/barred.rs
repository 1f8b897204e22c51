//! The refusal of a key as fields. The codes are those of every file ever written.

use ledger::{KeyProblem, Time};

use crate::{Bar, Barred};

/// When, on which entry; why, and what is to say of it.
pub(super) type Fields = ((i64, u64), (u8, Option<String>));

const UNKNOWN: u8 = 0;
const REVOKED: u8 = 1;
const EXPIRED: u8 = 2;
const FROZEN: u8 = 3;
const PROJECT_ARCHIVED: u8 = 4;
const MODEL_NOT_ALLOWED: u8 = 5;
const ADDRESS_NOT_ALLOWED: u8 = 6;

pub(super) fn fields(barred: &Barred) -> Fields {
    let why = match &barred.why {
        Bar::Key(KeyProblem::Unknown) => (UNKNOWN, None),
        Bar::Key(KeyProblem::Revoked) => (REVOKED, None),
        Bar::Key(KeyProblem::Expired(at)) => (EXPIRED, Some(at.micros().to_string())),
        Bar::Key(KeyProblem::Frozen(reason)) => (FROZEN, Some(reason.to_string())),
        Bar::Key(KeyProblem::ProjectArchived) => (PROJECT_ARCHIVED, None),
        Bar::Key(KeyProblem::ModelNotAllowed(model)) => {
            (MODEL_NOT_ALLOWED, Some(model.to_string()))
        }
        Bar::Address(address) => (
            ADDRESS_NOT_ALLOWED,
            address.map(|address| address.to_string()),
        ),
    };
    ((barred.at.micros(), barred.seq), why)
}

pub(super) fn read(((at, seq), (why, about)): Fields) -> Option<Barred> {
    let why = match (why, about) {
        (UNKNOWN, None) => Bar::Key(KeyProblem::Unknown),
        (REVOKED, None) => Bar::Key(KeyProblem::Revoked),
        (EXPIRED, Some(at)) => Bar::Key(KeyProblem::Expired(Time::from_micros(at.parse().ok()?))),
        (FROZEN, Some(reason)) => Bar::Key(KeyProblem::Frozen(reason.into())),
        (PROJECT_ARCHIVED, None) => Bar::Key(KeyProblem::ProjectArchived),
        (MODEL_NOT_ALLOWED, Some(model)) => Bar::Key(KeyProblem::ModelNotAllowed(model.into())),
        (ADDRESS_NOT_ALLOWED, None) => Bar::Address(None),
        (ADDRESS_NOT_ALLOWED, Some(address)) => Bar::Address(Some(address.parse().ok()?)),
        _ => return None,
    };
    Some(Barred {
        at: Time::from_micros(at),
        seq,
        why,
    })
}

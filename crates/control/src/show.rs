//! How amounts, times, digests and lists look in JSON.

use std::fmt::Write as _;

use ids::{
    AlertId, BudgetId, EntryId, KeyId, LimitId, LotId, OrganizationId, ProjectId, RequestId,
    TargetId,
};
use ledger::{Measure, Quantity, Time};
use money::Nanos;
use serde::{Serialize, Serializer};

/// An amount: a decimal string of dollars with two to nine decimals.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usd(pub(crate) Nanos);

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// The two ways to say an amount, in US dollars and in requests or tokens, of which one is null.
pub(crate) fn two_ways(measure: Measure, amount: Option<Quantity>) -> (Option<Usd>, Option<i64>) {
    match measure {
        Measure::Usd => (amount.map(|amount| Usd(amount.usd())), None),
        Measure::Requests | Measure::Tokens => (None, amount.map(Quantity::get)),
    }
}

/// A moment: RFC 3339 in UTC.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At(pub(crate) Time);

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Anything that prints, such as an id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<T>(pub(crate) T);

impl<T: std::fmt::Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// The texts of ids. A generated client has a type for each.
pub(crate) type OrganizationRef = Text<OrganizationId>;
pub(crate) type ProjectRef = Text<ProjectId>;
pub(crate) type KeyRef = Text<KeyId>;
pub(crate) type LotRef = Text<LotId>;
pub(crate) type LimitRef = Text<LimitId>;
pub(crate) type RequestRef = Text<RequestId>;
pub(crate) type EntryRef = Text<EntryId>;
pub(crate) type BudgetRef = Text<BudgetId>;
pub(crate) type AlertRef = Text<AlertId>;
pub(crate) type TargetRef = Text<TargetId>;
/// The texts of a moment and of a day, as the catalogue has them.
pub(crate) type Moment = Text<jiff::Timestamp>;
pub(crate) type Day = Text<jiff::civil::Date>;

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a string cannot fail.
        let _written = write!(text, "{byte:02x}").is_ok();
        text
    })
}

/// A page of a list.
#[derive(Debug, Serialize)]
pub(crate) struct List<T> {
    pub(crate) data: Vec<T>,
    /// What to ask for as `cursor` to get the next page; null on the last one.
    pub(crate) next_cursor: Option<String>,
}

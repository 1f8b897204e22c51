//! Who changed what: the entries of the journals that a person asked for, as changes of fields from one value to another.
//!
//! It is kept in the request log's file rather than folded when asked: a journal has thousands of holds to one change, and
//! what a field was before is known only to whoever read all of it. No hash of a key comes here.

mod change;
mod read;

use std::fmt;
use std::str::FromStr;

use ids::OrganizationId;
use ledger::Time;

use crate::ParseCursorError;

pub(crate) use change::Change;
pub(crate) use read::read;

/// Which changes are wanted: those to which every field that is given applies.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Whose.
    pub organization: Option<OrganizationId>,
    /// By whom.
    pub actor: Option<Box<str>>,
    /// Not before this moment.
    pub from: Option<Time>,
    /// Before this moment.
    pub to: Option<Time>,
    /// Older than the page this came with.
    pub cursor: Option<AuditCursor>,
    /// Changes at most: 1 to 200; zero means 50, more than 200 means 200.
    pub limit: usize,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// When.
    pub at: Time,
    /// Whose journal it is in: an organization's, or that of an upstream account's caps.
    pub organization: OrganizationId,
    /// The number of its entry there.
    pub seq: u64,
    /// Who asked for it.
    pub actor: Box<str>,
    /// What was done, in the words of the ledger's entries.
    pub action: Box<str>,
    /// What it was done to: organization, project, key, credit, limit or budget; store, where a journal itself lost a part.
    pub kind: Box<str>,
    /// The id of what it was done to.
    pub object: Box<str>,
    /// What people called it afterwards, where it has a name; of an upstream cap, the account.
    pub name: Option<Box<str>>,
    /// The fields that changed, as a JSON object of `{from, to}`. What was made has no `from`.
    pub changes_json: Box<str>,
}

/// Some changes, newest first.
#[derive(Clone, Debug)]
pub struct AuditPage {
    /// The changes.
    pub rows: Vec<AuditRow>,
    /// Where the next page begins; `None` where this is the last.
    pub next_cursor: Option<AuditCursor>,
}

/// A place between two changes. Its text is opaque to whoever gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditCursor {
    pub(crate) at: Time,
    pub(crate) organization: OrganizationId,
    pub(crate) seq: u64,
}

impl fmt::Display for AuditCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let organization = u128::from_be_bytes(self.organization.to_bytes());
        let (at, seq) = (self.at.micros(), self.seq);
        write!(f, "{at:016x}{organization:032x}{seq:016x}")
    }
}

impl FromStr for AuditCursor {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> Result<Self, ParseCursorError> {
        let digits = text.bytes().all(|digit| digit.is_ascii_hexdigit());
        let parts = text.split_at_checked(16).and_then(|(at, rest)| {
            let (organization, seq) = rest.split_at_checked(32)?;
            Some((at, organization, seq))
        });
        let (at, organization, seq) = parts
            .filter(|_| digits && text.len() == 64)
            .ok_or(ParseCursorError)?;
        let number = |text| u64::from_str_radix(text, 16).map_err(|_digits| ParseCursorError);
        let organization =
            u128::from_str_radix(organization, 16).map_err(|_digits| ParseCursorError)?;
        Ok(Self {
            at: Time::from_micros(number(at)?.cast_signed()),
            organization: OrganizationId::from_bytes(organization.to_be_bytes()),
            seq: number(seq)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let cursor = AuditCursor {
            at: Time::from_micros(-7),
            organization: OrganizationId::from_bytes([0xa5; 16]),
            seq: u64::MAX,
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "0", &"0".repeat(65), &format!("+{}", "0".repeat(63))] {
            assert_eq!(text.parse::<AuditCursor>(), Err(ParseCursorError), "{text}");
        }
    }
}

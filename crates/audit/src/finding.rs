//! What was found to be wrong.

use std::fmt;

use ids::OrganizationId;

/// The part of a store that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The file itself.
    File,
    /// A journal: one of its entries.
    Journal,
    /// The row that says where a journal ends.
    Head,
    /// A kept Book.
    Snapshot,
    /// The arithmetic of the credit.
    Credit,
    /// The arithmetic of a limit.
    Limit,
    /// The arithmetic of a budget.
    Budget,
    /// The request log.
    RequestLog,
}

impl Part {
    /// Its name, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Journal => "journal",
            Self::Head => "head",
            Self::Snapshot => "snapshot",
            Self::Credit => "credit",
            Self::Limit => "limit",
            Self::Budget => "budget",
            Self::RequestLog => "request_log",
        }
    }
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whose; `None` where it is about the file as a whole.
    pub organization: Option<OrganizationId>,
    /// Which part.
    pub part: Part,
    /// The first entry it is about, where it is about one.
    pub entry: Option<u64>,
    /// What is wrong, as a sentence without its full stop.
    pub problem: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.organization {
            Some(organization) => write!(f, "{organization}: {}", self.problem),
            None => f.write_str(&self.problem),
        }
    }
}

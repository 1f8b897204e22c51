//! One account as the list has it: what it is, where it comes from, whether calls can be sent there.

use std::fmt;
use std::sync::Arc;

use ledger::Time;
use upstream::{Account, Secret};

use crate::draft::Draft;
use crate::record::Kept;
use crate::served::Served;

/// Where an account comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The configuration file.
    File,
    /// The usual environment variables, without any in the file.
    Environment,
    /// Made at run time.
    Api,
}

impl Origin {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Environment => "environment",
            Self::Api => "api",
        }
    }
}

/// Whether calls can be sent to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// They can.
    Serving,
    /// This version calls no account of its kind.
    NotCalledYet,
    /// Its credential does not open.
    Sealed,
    /// The configuration has an account of the same name, which counts.
    Shadowed,
}

impl State {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Serving => "serving",
            Self::NotCalledYet => "not_called_yet",
            Self::Sealed => "sealed",
            Self::Shadowed => "shadowed",
        }
    }
}

/// An account of the configuration, with its credential.
pub struct Given {
    /// What it is.
    pub draft: Draft,
    /// Where it comes from.
    pub origin: Origin,
    /// Its credential, where it is called.
    pub api_key: Option<Secret>,
    /// Whether it has a key for reading limits and costs.
    pub has_admin_key: bool,
    /// That key, where it can be read.
    pub admin_key: Option<Secret>,
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given")
            .field("draft", &self.draft)
            .finish_non_exhaustive()
    }
}

/// An account as the list has it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is.
    pub draft: Draft,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether calls can be sent there.
    pub state: State,
    /// Why not, as a sentence; and else nothing.
    pub problem: Option<String>,
    /// The end of its credential, where it has one and it opens.
    pub api_key_hint: Option<String>,
    /// Whether it has a credential.
    pub has_api_key: bool,
    /// Whether it has a key for reading limits and costs.
    pub has_admin_key: bool,
    /// When it was made and last changed, where it was made at run time.
    pub times: Option<(Time, Time)>,
    /// The account at work, where it is.
    pub served: Option<Arc<Served>>,
    /// The account as its administration is asked, where the configuration has a key for that.
    pub(crate) administration: Option<Account>,
    /// As it is kept, where it is.
    pub(crate) kept: Option<Kept>,
}

impl Entry {
    /// What tells it from an account of the same name with another credential or elsewhere. Of the credential there is no
    /// more in it than the end that is shown anyway.
    pub(crate) fn mark(&self) -> String {
        let hint = self.api_key_hint.as_deref().unwrap_or_default();
        format!("{} {hint}", self.draft.origin())
    }

    /// An account whose models were changed is still whose it was.
    pub(crate) fn remember_of(&self, before: &[Self]) {
        let same =
            |entry: &&Self| entry.draft.name == self.draft.name && entry.mark() == self.mark();
        let before = before
            .iter()
            .find(same)
            .and_then(|entry| entry.served.as_ref());
        if let (Some(served), Some(identity)) =
            (&self.served, before.and_then(|one| one.identity()))
        {
            served.put_identity(Clone::clone(&identity));
        }
    }
}

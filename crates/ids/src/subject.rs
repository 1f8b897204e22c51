//! Whom or what a call is for, as its limits know it: a keyed hash, because a journal is kept for ever and holds no
//! personal data.

use std::fmt;

/// The first half of a keyed hash (HMAC-SHA-256 under the installation's [`crate::Pepper`]) of an end user or a tag.
///
/// Equal texts of one kind have equal subjects; nobody without the pepper can tell a text from its subject.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject([u8; 16]);

impl Subject {
    /// The subject with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

/// Twelve hexadecimal digits, enough to tell subjects apart in a list.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .take(6)
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subject({self})")
    }
}

/// What a [`Subject`] stands for. The same text has another subject as an end user than as a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// The person an application makes a call for.
    EndUser,
    /// What an application writes on a call, such as `team=red`.
    Tag,
}

impl SubjectKind {
    /// What goes into the hash before the text.
    pub(crate) const fn prefix(self) -> &'static [u8] {
        match self {
            Self::EndUser => b"end user\0",
            Self::Tag => b"tag\0",
        }
    }
}

//! The Book: an organization's money, as its journal tells it.

mod budgets;
mod count;
mod credit;
mod directory;
mod each;
mod holds;
mod limits;
mod memory;
mod ordered;
mod scoped;

use ids::{HoldId, OrganizationId};
use money::Nanos;

pub use budgets::Budget;
pub use count::Count;
pub use credit::{Balance, Lot};
pub use directory::{Key, KeyState, Project, ProjectState};
pub use holds::{Hold, PresumedCharge};
pub use limits::{Limit, Raise};

pub(crate) use budgets::{Budgets, Origin};
pub(crate) use credit::{Credit, LotPart, MOST_EVER};
pub(crate) use directory::Directory;
pub(crate) use holds::{Holds, NO_TRAITS};
pub(crate) use limits::{Limits, Moment};
pub(crate) use memory::{Memory, Recall};
pub(crate) use scoped::Along;

use crate::codec::{Canonical, DecodeError, Reader, canonical_struct};
use crate::{Head, HoldTraits, Time};

/// Who the journal belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// What people call it.
    pub name: Box<str>,
    /// The IANA name of the zone its calendar windows use unless they name another.
    pub time_zone: Box<str>,
    /// When it began.
    pub created_at: Time,
}
canonical_struct!(Organization {
    id,
    name,
    time_zone,
    created_at
});

/// Everything that decides an organization's money, after the entries up to [`Book::head`].
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    pub(crate) head: Head,
    pub(crate) now: Time,
    pub(crate) organization: Option<Organization>,
    pub(crate) directory: Directory,
    pub(crate) credit: Credit,
    pub(crate) limits: Limits,
    pub(crate) budgets: Budgets,
    pub(crate) holds: Holds,
    /// What the entry before said of the hold that is taken next.
    pub(crate) described: Option<(HoldId, Box<HoldTraits>)>,
    pub(crate) memory: Memory,
}

impl Book {
    /// The Book of a journal without entries.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            head: Head::EMPTY,
            now: Time::from_micros(0),
            organization: None,
            directory: Directory::default(),
            credit: Credit::default(),
            limits: Limits::default(),
            budgets: Budgets::default(),
            holds: Holds::default(),
            described: None,
            memory: Memory::default(),
        }
    }

    /// The last entry taken up.
    #[must_use]
    pub const fn head(&self) -> Head {
        self.head
    }

    /// The time of the last entry taken up.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// Who the journal belongs to; `None` before its first entry.
    #[must_use]
    pub const fn organization(&self) -> Option<&Organization> {
        self.organization.as_ref()
    }

    /// Whether it is the Book of an upstream account's caps, and of no organization.
    #[must_use]
    pub fn is_of_upstream(&self) -> bool {
        self.organization
            .as_ref()
            .is_some_and(|organization| organization.id.is_of_upstream())
    }

    /// Rises whenever a project or key is made or changes, and never else.
    #[must_use]
    pub const fn directory_version(&self) -> u64 {
        self.directory.version()
    }

    /// The sums over all lots.
    #[must_use]
    pub fn balance(&self) -> Balance {
        self.credit.balance()
    }

    /// What all calls ever cost, corrections included.
    #[must_use]
    pub fn spent_ever(&self) -> Nanos {
        self.credit.balance().spent
    }
}

// The derived parts (orders, sums) are rebuilt on reading, so that a snapshot cannot disagree with itself.
impl Canonical for Book {
    fn write(&self, out: &mut Vec<u8>) {
        self.head.write(out);
        self.now.write(out);
        self.organization.write(out);
        self.directory.write(out);
        self.credit.write(out);
        self.limits.write(out);
        self.budgets.write(out);
        self.holds.write(out);
        self.described.write(out);
        self.memory.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            head: Canonical::read(reader)?,
            now: Canonical::read(reader)?,
            organization: Canonical::read(reader)?,
            directory: Canonical::read(reader)?,
            credit: Canonical::read(reader)?,
            limits: Canonical::read(reader)?,
            budgets: Canonical::read(reader)?,
            holds: Canonical::read(reader)?,
            described: Canonical::read(reader)?,
            memory: Canonical::read(reader)?,
        })
    }
}

//! What can happen to a ledger, in plain numbers.

use super::Window;
use super::counts::Who;

/// A command, some time after the one before. The pause may be negative: clocks are set back.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) pause: i64,
    pub(crate) op: Op,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Organization,
    Project(u8),
    Key(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    Try,
    Wait,
    Last,
}

/// What a limit counts, from the first to the last that binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Measure {
    Usd,
    Requests,
    Tokens,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Calls {
    All,
    Model(u8),
    User(u8),
    EachUser,
    Tag(u8),
    EachTag,
}

/// Which calls a limit counts, what of them, and what it does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) calls: Calls,
    pub(crate) measure: Measure,
    pub(crate) shadow: bool,
    pub(crate) freezes: bool,
    pub(crate) guard: bool,
}

impl Kind {
    pub(crate) const PLAIN: Self = Self {
        calls: Calls::All,
        measure: Measure::Usd,
        shadow: false,
        freezes: false,
        guard: false,
    };
}

/// Amounts are nano-dollars, requests or tokens, spans of time microseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Op {
    AddCredit {
        lot: u8,
        amount: i64,
        lapses_in: Option<i64>,
        priority: u32,
    },
    Void {
        lot: u8,
    },
    ChargeBack {
        lot: u8,
        amount: i64,
    },
    CreateLimit {
        limit: u8,
        scope: Scope,
        amount: i64,
        window: Window,
        kind: Kind,
        ends_in: Option<i64>,
    },
    ChangeLimit {
        limit: u8,
        amount: Option<i64>,
        reset: bool,
        raised_for: Option<i64>,
    },
    DeleteLimit {
        limit: u8,
    },
    /// Thresholds are the bits of a number: those of the model's list.
    CreateBudget {
        budget: u8,
        scope: Scope,
        amount: i64,
        window: Window,
        at: u8,
    },
    ChangeBudget {
        budget: u8,
        amount: Option<i64>,
        at: Option<u8>,
    },
    DeleteBudget {
        budget: u8,
    },
    CreateProject {
        project: u8,
    },
    Archive {
        project: u8,
    },
    CreateKey {
        key: u8,
        project: u8,
        expires_in: Option<i64>,
        only_model: Option<u8>,
    },
    Freeze {
        key: u8,
    },
    Unfreeze {
        key: u8,
    },
    Revoke {
        key: u8,
    },
    Expire {
        key: u8,
        expires_in: Option<i64>,
    },
    Take(Ask),
    /// Renews the holds `first`, `first + 1`, …
    Renew {
        first: u16,
        count: u16,
        lasts: i64,
    },
    Settle {
        hold: u16,
        charge: i64,
        tokens: Option<i64>,
    },
    Release {
        hold: u16,
    },
    Presume {
        hold: u16,
    },
    PresumeBoots {
        node: u8,
        boot: u8,
        most: usize,
    },
    PresumeOverdue {
        most: usize,
    },
}

/// How a call ended: what it cost and how many tokens it had, if anybody said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Charged(i64, Option<i64>),
    Released,
    Unknown,
}

/// A hold that is asked for. `fixed` and `per_unit` are femto-dollars (a millionth of a nano-dollar).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask {
    pub(crate) hold: u16,
    pub(crate) key: u8,
    pub(crate) model: u8,
    pub(crate) fixed: i64,
    pub(crate) per_unit: i64,
    pub(crate) units: u64,
    pub(crate) floor: u64,
    pub(crate) patience: Patience,
    pub(crate) node: u8,
    pub(crate) boot: u8,
    pub(crate) lasts: i64,
    pub(crate) tokens: i64,
    pub(crate) tokens_per_unit: i64,
    pub(crate) user: Option<u8>,
    /// The bits of a number.
    pub(crate) tags: u8,
    pub(crate) others_wait: bool,
}

impl Ask {
    /// What this many units cost, rounded up to a nano-dollar.
    pub(crate) fn cost_of(&self, units: u64) -> i64 {
        let femtos = self.fixed + self.per_unit * i64::try_from(units).unwrap();
        femtos / 1_000_000 + i64::from(femtos % 1_000_000 != 0)
    }

    pub(crate) fn tokens_of(&self, units: u64) -> i64 {
        self.tokens + self.tokens_per_unit * i64::try_from(units).unwrap()
    }

    pub(crate) fn who(&self) -> Who {
        Who {
            user: self.user,
            tags: self.tags,
        }
    }

    /// How much of a measure this many units take.
    pub(crate) fn takes(&self, measure: Measure, units: u64) -> i64 {
        match measure {
            Measure::Usd => self.cost_of(units),
            Measure::Requests => 1,
            Measure::Tokens => self.tokens_of(units),
        }
    }

    /// Nothing fits everywhere. A cost is nothing where it is so with all units.
    pub(crate) fn fits(&self, measure: Measure, units: u64, left: i64) -> bool {
        let takes_nothing = match measure {
            Measure::Usd => self.cost_of(self.units) == 0,
            Measure::Requests => false,
            Measure::Tokens => self.tokens_of(units) == 0,
        };
        takes_nothing || self.takes(measure, units) <= left
    }

    pub(crate) fn least_units(&self) -> u64 {
        self.floor.min(self.units)
    }
}

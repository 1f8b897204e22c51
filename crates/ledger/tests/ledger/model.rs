//! The ledger once more, slow and obvious: plain lists, everything summed anew whenever it is asked for.
//!
//! It shares no code with the crate and no types but numbers. What it does not know at all: entries, bytes, hashes,
//! idempotency, names.

mod budgets;
mod calls;
mod counts;
mod directory;
mod events;
mod limits;
mod time;

pub(crate) use budgets::{Budget, percents};
use counts::Spent;
pub(crate) use counts::Who;
pub(crate) use events::{Ask, Calls, Ended, Event, Kind, Measure, Op, Patience, Scope};
pub(crate) use time::{Window, number_at};

/// What a command is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    Rejected,
    Granted {
        amount: i64,
        units: u64,
        fitted: bool,
    },
    Wait,
    KeyRefused(&'static str),
    /// `binding` is a limit's number, or `None` for the credit.
    MoneyRefused {
        binding: Option<u8>,
        transient: bool,
    },
    Closed {
        charged: i64,
        overrun: i64,
        changed: bool,
    },
    Presumed {
        holds: usize,
        amount: i64,
        more: bool,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Lot {
    pub(crate) number: u8,
    pub(crate) added: i64,
    pub(crate) spent: i64,
    pub(crate) held: i64,
    pub(crate) lapsed: i64,
    pub(crate) voided: i64,
    added_at: i64,
    lapses_at: Option<i64>,
    priority: u32,
}

impl Lot {
    /// What is left; below nothing: what is owed.
    pub(crate) fn free(&self) -> i64 {
        self.added - self.spent - self.held - self.lapsed - self.voided
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Limit {
    pub(crate) number: u8,
    /// Tells it from an earlier limit of the same number.
    made: usize,
    scope: Scope,
    pub(crate) amount: i64,
    window: Window,
    pub(crate) kind: Kind,
    ends_at: Option<i64>,
    /// Until when its amount is raised, and to what it goes back.
    raise: Option<(i64, i64)>,
    pub(crate) would_have_stopped: u64,
    /// Which window it is in, and how often it was reset.
    pub(crate) now_in: i64,
    resets: usize,
    /// What ended calls took since both.
    ended: Vec<Spent>,
}

impl Limit {
    pub(crate) fn window(&self) -> Window {
        self.window
    }
}

#[derive(Clone, Debug)]
struct Key {
    number: u8,
    project: u8,
    state: KeyState,
    expires_at: Option<i64>,
    only_model: Option<u8>,
}

impl Key {
    fn freeze(&mut self) {
        if self.state == KeyState::Active {
            self.state = KeyState::Frozen;
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyState {
    Active,
    Frozen,
    Revoked,
}

/// A hold that is open or presumed; what ended is forgotten.
#[derive(Clone, Debug)]
struct Call {
    number: u16,
    amount: i64,
    draws: Vec<(u8, i64)>,
    counted: Vec<Counted>,
    /// Which budgets count it, and in which of their windows.
    budgets: Vec<(usize, i64)>,
    node: u8,
    boot: u8,
    deadline: i64,
    presumed: bool,
    presumed_at: i64,
    key: u8,
    who: Who,
    tokens: i64,
}

/// In which window of which limit a call counts, and since which reset its charge does.
#[derive(Clone, Copy, Debug)]
struct Counted {
    limit: usize,
    window: i64,
    charged_after: usize,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    now: i64,
    projects: Vec<(u8, bool)>,
    keys: Vec<Key>,
    lots: Vec<Lot>,
    limits: Vec<Limit>,
    budgets: Vec<Budget>,
    calls: Vec<Call>,
    limits_made: usize,
}

impl Model {
    /// Comes to `now` and does what is asked.
    pub(crate) fn run(&mut self, now: i64, op: &Op) -> Answer {
        self.now = now;
        self.pass();
        let answer = self.answer(op);
        self.tell();
        self.pass();
        answer
    }

    /// Credit lapses, windows begin anew.
    fn pass(&mut self) {
        let now = self.now;
        for lot in &mut self.lots {
            if lot.lapses_at.is_some_and(|at| at <= now) && lot.free() > 0 {
                lot.lapsed += lot.free();
            }
        }
        let over = |limit: &Limit| limit.ends_at.is_some_and(|at| at <= now);
        self.limits.retain(|limit| !over(limit));
        for limit in &mut self.limits {
            limit.pass(now);
        }
        for budget in &mut self.budgets {
            budget.pass(now);
        }
    }

    fn answer(&mut self, op: &Op) -> Answer {
        match *op {
            Op::AddCredit { .. } | Op::Void { .. } | Op::ChargeBack { .. } => self.credit(op),
            Op::CreateLimit { .. } | Op::ChangeLimit { .. } | Op::DeleteLimit { .. } => {
                self.limit(op)
            }
            Op::CreateBudget { .. } | Op::ChangeBudget { .. } | Op::DeleteBudget { .. } => {
                self.budget(op)
            }
            Op::CreateProject { .. }
            | Op::Archive { .. }
            | Op::CreateKey { .. }
            | Op::Freeze { .. }
            | Op::Unfreeze { .. }
            | Op::Revoke { .. }
            | Op::Expire { .. } => self.directory(op),
            Op::Take(ref ask) => self.take(ask),
            Op::Renew {
                first,
                count,
                lasts,
            } => self.renew(first, count, lasts),
            Op::Settle {
                hold,
                charge,
                tokens,
            } => self.settle(hold, Ended::Charged(charge, tokens)),
            Op::Release { hold } => self.settle(hold, Ended::Released),
            Op::Presume { hold } => self.settle(hold, Ended::Unknown),
            Op::PresumeBoots { node, boot, most } => {
                let earlier = |call: &Call| call.node == node && call.boot != boot;
                self.presume_all(most, earlier, |call| (0, call.number))
            }
            Op::PresumeOverdue { most } => {
                let now = self.now;
                let overdue = |call: &Call| call.deadline <= now;
                self.presume_all(most, overdue, |call| (call.deadline, call.number))
            }
        }
    }

    fn credit(&mut self, op: &Op) -> Answer {
        match *op {
            Op::AddCredit {
                lot,
                amount,
                lapses_in,
                priority,
            } => {
                if amount <= 0
                    || lapses_in.is_some_and(|micros| micros <= 0)
                    || self.lot(lot).is_some()
                {
                    return Answer::Rejected;
                }
                let mut new = Lot {
                    number: lot,
                    added: amount,
                    spent: 0,
                    held: 0,
                    lapsed: 0,
                    voided: 0,
                    added_at: self.now,
                    lapses_at: lapses_in.map(|micros| self.now + micros),
                    priority,
                };
                let payable: Vec<i64> = self.lots.iter().map(|lot| self.payable(lot)).collect();
                let lots = self.lots.iter_mut().zip(payable);
                for (owing, payable) in lots.filter(|(lot, _)| lot.free() < 0) {
                    let part = (-owing.free()).min(payable).min(new.free());
                    owing.spent -= part;
                    new.spent += part;
                }
                self.lots.push(new);
                self.lots.sort_by_key(|lot| lot.number);
                Answer::Done
            }
            Op::Void { lot } => match self.lot_mut(lot) {
                Some(lot) if lot.free() > 0 => {
                    lot.voided += lot.free();
                    Answer::Done
                }
                _ => Answer::Rejected,
            },
            Op::ChargeBack { lot, amount } => self.charge_back(lot, amount),
            _ => unreachable!(),
        }
    }

    /// What was spent of a lot for good: no correction gives it back.
    fn payable(&self, lot: &Lot) -> i64 {
        let presumed = self.calls.iter().filter(|call| call.presumed);
        let draws = presumed.flat_map(|call| &call.draws);
        let may_come_back: i64 = draws
            .filter(|(other, _)| *other == lot.number)
            .map(|(_, part)| part)
            .sum();
        lot.spent - may_come_back
    }

    fn charge_back(&mut self, number: u8, amount: i64) -> Answer {
        let Some(lot) = self.lot(number) else {
            return Answer::Rejected;
        };
        let payable = self.payable(lot);
        if amount <= 0 || amount > lot.added - lot.lapsed - lot.voided {
            return Answer::Rejected;
        }
        let mut owes = (amount - lot.free().max(0)).max(0).min(payable);
        self.lot_mut(number).unwrap().voided += amount;
        for (other, part) in self.pay(owes, &[]) {
            let part = part.min(self.lot(other).unwrap().free().max(0)).min(owes);
            owes -= part;
            self.lot_mut(other).unwrap().spent += part;
            self.lot_mut(number).unwrap().spent -= part;
        }
        Answer::Done
    }

    fn key(&self, number: u8) -> Option<&Key> {
        self.keys.iter().find(|key| key.number == number)
    }

    pub(crate) fn lot(&self, number: u8) -> Option<&Lot> {
        self.lots.iter().find(|lot| lot.number == number)
    }

    fn lot_mut(&mut self, number: u8) -> Option<&mut Lot> {
        self.lots.iter_mut().find(|lot| lot.number == number)
    }

    pub(crate) fn lots(&self) -> &[Lot] {
        &self.lots
    }

    pub(crate) fn limits(&self) -> &[Limit] {
        &self.limits
    }

    /// How many keys are frozen.
    pub(crate) fn frozen(&self) -> usize {
        let frozen = |key: &&Key| key.state == KeyState::Frozen;
        self.keys.iter().filter(frozen).count()
    }

    /// How many holds are open, and how many presumed.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let presumed = self.calls.iter().filter(|call| call.presumed).count();
        (self.calls.len() - presumed, presumed)
    }
}

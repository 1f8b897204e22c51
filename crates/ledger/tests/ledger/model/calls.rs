//! Holds in the model: taken, renewed, ended.

use super::events::{Ask, Patience, Scope};
use super::{Answer, Call, Counted, Key, KeyState, Limit, Model};

/// Something that can stop a call: a limit's number (`None`: the credit), what is left, and what would be left if every
/// running call gave back what it holds.
type Check = (Option<u8>, i64, i64);

impl Model {
    pub(super) fn take(&mut self, ask: &Ask) -> Answer {
        if let Some(problem) = self.key_problem(ask) {
            return Answer::KeyRefused(problem);
        }
        if self.calls.iter().any(|call| call.number == ask.hold) {
            return Answer::Rejected;
        }
        let checks = self.checks(ask.key, ask.model);
        let left = checks.iter().map(|check| check.1).min().unwrap();
        let back = checks.iter().map(|check| check.2).min().unwrap();
        let (worst, least) = (ask.cost_of(ask.units), ask.cost_of(ask.least_units()));
        if worst <= left || worst == 0 {
            return self.grant(ask, ask.units, false);
        }
        if ask.patience == Patience::Wait && worst <= back {
            return Answer::Wait;
        }
        if ask.patience != Patience::Try {
            let mut fitting = (ask.least_units()..=ask.units).rev();
            if let Some(units) = fitting.find(|units| ask.cost_of(*units) <= left) {
                return self.grant(ask, units, true);
            }
            if ask.patience == Patience::Wait && least <= back {
                return Answer::Wait;
            }
        }
        let needed = if ask.patience == Patience::Try {
            worst
        } else {
            least
        };
        let transient = needed <= back;
        let mut stopping: Vec<Check> = checks
            .into_iter()
            .filter(|(_, left, back)| needed > if transient { *left } else { *back })
            .collect();
        // A stable sort: of equals the first stays first.
        stopping.sort_by_key(|check| check.1);
        Answer::MoneyRefused {
            binding: stopping[0].0,
            transient,
        }
    }

    fn key_problem(&self, ask: &Ask) -> Option<&'static str> {
        let Some(key) = self.key(ask.key) else {
            return Some("unknown");
        };
        let archived = self.projects.contains(&(key.project, false));
        match key.state {
            KeyState::Frozen => Some("frozen"),
            KeyState::Revoked => Some("revoked"),
            KeyState::Active if key.expires_at.is_some_and(|at| at <= self.now) => Some("expired"),
            KeyState::Active if archived => Some("archived"),
            KeyState::Active if key.only_model.is_some_and(|model| model != ask.model) => {
                Some("model")
            }
            KeyState::Active => None,
        }
    }

    /// The limits that count calls of this key for this model, in the order key, project, organization.
    fn limits_on(&self, key: &Key, model: u8) -> Vec<&Limit> {
        [
            Scope::Key(key.number),
            Scope::Project(key.project),
            Scope::Organization,
        ]
        .into_iter()
        .flat_map(|scope| self.limits.iter().filter(move |limit| limit.scope == scope))
        .filter(|limit| limit.only_model.is_none_or(|only| only == model))
        .collect()
    }

    fn checks(&self, key: u8, model: u8) -> Vec<Check> {
        let mut checks: Vec<Check> = Vec::new();
        for limit in self.limits_on(self.key(key).unwrap(), model) {
            let spent = self.spent_in(limit);
            let left = limit.amount - spent - self.held_in(limit);
            checks.push((Some(limit.number), left, limit.amount - spent));
        }
        let (left, held) = (
            self.available(),
            self.lots.iter().map(|lot| lot.held).sum::<i64>(),
        );
        checks.push((None, left, left + held));
        checks
    }

    /// What a new hold may take of the credit.
    pub(crate) fn available(&self) -> i64 {
        self.lots.iter().map(super::Lot::free).sum()
    }

    fn counting(&self, limit: &Limit, presumed: bool) -> impl Iterator<Item = (&Call, &Counted)> {
        let (made, window) = (limit.made, limit.now_in);
        self.calls
            .iter()
            .filter(move |call| call.presumed == presumed)
            .flat_map(|call| call.counted.iter().map(move |counted| (call, counted)))
            .filter(move |(_, counted)| counted.limit == made && counted.window == window)
    }

    /// What open holds promise in the limit's current window.
    pub(crate) fn held_in(&self, limit: &Limit) -> i64 {
        self.counting(limit, false)
            .map(|(call, _)| call.amount)
            .sum()
    }

    /// What calls cost in the limit's current window since it was last reset.
    pub(crate) fn spent_in(&self, limit: &Limit) -> i64 {
        let presumed: i64 = self
            .counting(limit, true)
            .filter(|(_, counted)| counted.charged_after == limit.resets)
            .map(|(call, _)| call.amount)
            .sum();
        limit.ended + presumed
    }

    fn grant(&mut self, ask: &Ask, units: u64, fitted: bool) -> Answer {
        let amount = ask.cost_of(units);
        let counted = self
            .limits_on(self.key(ask.key).unwrap(), ask.model)
            .into_iter()
            .map(|limit| Counted {
                limit: limit.made,
                window: limit.now_in,
                charged_after: 0,
            })
            .collect();
        let budgets = self.budgets_on(ask.key);
        let draws = self.pay(amount, &[]);
        for (lot, part) in &draws {
            self.lot_mut(*lot).unwrap().held += part;
        }
        self.calls.push(Call {
            number: ask.hold,
            amount,
            draws,
            counted,
            budgets,
            node: ask.node,
            boot: ask.boot,
            deadline: self.now + ask.lasts,
            presumed: false,
        });
        self.calls.sort_by_key(|call| call.number);
        Answer::Granted {
            amount,
            units,
            fitted,
        }
    }

    /// Who pays `amount`: first the reserved parts, then what is left of all lots in their order, then the last of the
    /// reserved lots, or the last of all.
    pub(super) fn pay(&self, amount: i64, reserved: &[(u8, i64)]) -> Vec<(u8, i64)> {
        let mut order: Vec<&super::Lot> = self.lots.iter().filter(|lot| lot.free() > 0).collect();
        order.sort_by_key(|lot| {
            (
                lot.priority,
                lot.lapses_at.unwrap_or(i64::MAX),
                lot.added_at,
                lot.number,
            )
        });
        let free = order.into_iter().map(|lot| (lot.number, lot.free()));
        let mut missing = amount;
        let mut parts = Vec::new();
        for (lot, most) in reserved.iter().copied().chain(free) {
            let part = missing.min(most);
            missing -= part;
            parts.push((lot, part));
        }
        if missing > 0 {
            let last = reserved.last().map(|part| part.0);
            parts.push((
                last.unwrap_or_else(|| self.lots.last().unwrap().number),
                missing,
            ));
        }
        parts.retain(|(_, part)| *part > 0);
        parts
    }

    /// `None`: nobody knows the charge.
    pub(super) fn settle(&mut self, hold: u16, charge: Option<i64>) -> Answer {
        let place = self.calls.iter().position(|call| call.number == hold);
        let Some(place) = place else {
            return Answer::Closed {
                charged: 0,
                overrun: 0,
                changed: false,
            };
        };
        let (amount, presumed) = (self.calls[place].amount, self.calls[place].presumed);
        match charge.filter(|charge| *charge == 0 || *charge > 0 && !self.lots.is_empty()) {
            None if presumed => Answer::Closed {
                charged: amount,
                overrun: 0,
                changed: false,
            },
            None => {
                self.presume(place);
                Answer::Closed {
                    charged: amount,
                    overrun: 0,
                    changed: true,
                }
            }
            Some(charge) => {
                self.end(place, charge);
                Answer::Closed {
                    charged: charge,
                    overrun: (charge - amount).max(0),
                    changed: true,
                }
            }
        }
    }

    fn end(&mut self, place: usize, charge: i64) {
        let call = self.calls[place].clone();
        let draws = self.pay(charge, &call.draws);
        for (lot, part) in &call.draws {
            let lot = self.lot_mut(*lot).unwrap();
            *if call.presumed {
                &mut lot.spent
            } else {
                &mut lot.held
            } -= part;
        }
        for (lot, part) in draws {
            self.lot_mut(lot).unwrap().spent += part;
        }
        for counted in &call.counted {
            let in_force = |limit: &&mut Limit| {
                limit.made == counted.limit
                    && limit.now_in == counted.window
                    && (!call.presumed || limit.resets == counted.charged_after)
            };
            if let Some(limit) = self.limits.iter_mut().find(in_force) {
                limit.ended += charge;
            }
        }
        let before = if call.presumed { call.amount } else { 0 };
        self.count(&call.budgets, charge - before);
        self.calls.remove(place);
    }

    fn presume(&mut self, place: usize) {
        let mut call = self.calls[place].clone();
        call.presumed = true;
        for (lot, part) in &call.draws {
            let lot = self.lot_mut(*lot).unwrap();
            lot.held -= part;
            lot.spent += part;
        }
        for counted in &mut call.counted {
            let found = self.limits.iter().find(|limit| limit.made == counted.limit);
            counted.charged_after = found.map_or(0, |limit| limit.resets);
        }
        self.count(&call.budgets, call.amount);
        self.calls[place] = call;
    }

    /// Presumes the first `most` open holds that are due, in this order.
    pub(super) fn presume_all(
        &mut self,
        most: usize,
        due: impl Fn(&Call) -> bool,
        order: fn(&Call) -> (i64, u16),
    ) -> Answer {
        let due = |call: &Call| !call.presumed && due(call);
        let mut all: Vec<usize> = (0..self.calls.len())
            .filter(|at| due(&self.calls[*at]))
            .collect();
        all.sort_by_key(|at| order(&self.calls[*at]));
        let chosen: Vec<usize> = all.iter().copied().take(most).collect();
        let amount = chosen.iter().map(|at| self.calls[*at].amount).sum();
        for at in &chosen {
            self.presume(*at);
        }
        Answer::Presumed {
            holds: chosen.len(),
            amount,
            more: all.len() > chosen.len(),
        }
    }

    pub(super) fn renew(&mut self, first: u16, count: u16, lasts: i64) -> Answer {
        let until = self.now + lasts;
        for call in &mut self.calls {
            let named = (first..first + count).contains(&call.number);
            if named && !call.presumed && call.deadline < until {
                call.deadline = until;
            }
        }
        Answer::Done
    }
}

//! Random events. Few names, so that commands meet; small amounts, so that limits bind; pauses from nothing to weeks.
//!
//! They come from a number, and cost next to nothing to make: a million of them are part of every test run.

use crate::model::{Ask, Calls, Event, Kind, Measure, Op, Patience, Scope, Window};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const HOLDS: u16 = 60;
const KEYS: u8 = 24;
const PROJECTS: u8 = 6;
const LIMITS: u8 = 9;
const BUDGETS: u8 = 6;
const LOTS: u8 = 150;
const USERS: u8 = 4;

/// What every history begins with: someone who can call, and something to spend.
pub(super) fn beginning() -> Vec<Event> {
    let day = Window::Day { tokyo: false };
    let limit = |limit, scope, amount| Op::CreateLimit {
        limit,
        scope,
        amount,
        window: day,
        kind: Kind::PLAIN,
        ends_in: None,
    };
    [
        Op::CreateProject { project: 0 },
        Op::CreateKey {
            key: 0,
            project: 0,
            expires_in: None,
            only_model: None,
        },
        Op::CreateKey {
            key: 1,
            project: 0,
            expires_in: None,
            only_model: None,
        },
        Op::AddCredit {
            lot: 0,
            amount: 6_000,
            lapses_in: None,
            priority: 1,
        },
        limit(0, Scope::Key(0), 4_000),
        limit(1, Scope::Project(0), 6_000),
        limit(2, Scope::Organization, 9_000),
    ]
    .into_iter()
    .map(|op| Event { pause: SECOND, op })
    .collect()
}

/// The history that a number stands for, of an organization that has credit enough, or hardly any.
pub(super) fn history(number: u64, len: usize) -> Vec<Event> {
    let mut dice = Dice(number);
    let most_credit = if dice.chance(70) { 20_000 } else { 500 };
    let events = (0..len).map(|_| Event {
        pause: dice.pause(),
        op: dice.op(most_credit),
    });
    events.collect()
}

/// Numbers that look random and are the same for the same beginning (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `from` to below `to`.
    fn between<N: Copy + TryFrom<i64>>(&mut self, from: N, to: N) -> N
    where
        i64: From<N>,
    {
        let (from, to) = (i64::from(from), i64::from(to));
        let sides = u64::try_from(to - from).unwrap();
        let number = from + i64::try_from(self.next() % sides).unwrap();
        N::try_from(number).unwrap_or_else(|_| unreachable!())
    }

    fn below(&mut self, sides: u64) -> u64 {
        self.next() % sides
    }

    /// Whether something happens that does so in so many of 100 cases.
    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pause(&mut self) -> i64 {
        match self.below(100) {
            0..90 => self.between(0, 3 * SECOND + 1),
            90..93 => self.between(-2 * HOUR, 0),
            93..98 => self.between(0, 8 * HOUR + 1),
            _ => self.between(0, 20 * 24 * HOUR + 1),
        }
    }

    fn op(&mut self, most_credit: i64) -> Op {
        match self.below(970) {
            0..400 => Op::Take(self.ask()),
            400..700 => self.ends(),
            700..740 => self.many(),
            740..800 => self.credit(most_credit),
            800..870 => self.limits(),
            870..910 => self.budgets(),
            _ => self.directory(),
        }
    }

    fn ask(&mut self) -> Ask {
        let patience = [Patience::Try, Patience::Wait, Patience::Last];
        // Femto-dollars, so that most costs are rounded.
        let fixed = self.between(0, 60_000_000_i64);
        let per_unit = self.between(0, 90_000_000_i64);
        Ask {
            hold: self.between(0, HOLDS),
            key: if self.chance(90) {
                self.between(0, 2)
            } else {
                self.between(0, KEYS)
            },
            model: self.between(0, 3),
            fixed: if self.chance(10) { 0 } else { fixed },
            per_unit: if self.chance(20) { 0 } else { per_unit },
            units: self.below(60),
            floor: if self.chance(80) {
                self.below(12)
            } else {
                self.below(70)
            },
            patience: patience[usize::from(self.between(0_u8, 3))],
            node: self.between(0, 3),
            boot: self.between(0, 3),
            lasts: self.between(0, 40 * HOUR),
            tokens: if self.chance(20) {
                0
            } else {
                self.between(0, 60)
            },
            tokens_per_unit: self.between(0, 3),
            user: self.some(60, |dice| dice.between(0, USERS)),
            tags: if self.chance(50) {
                self.between(0, 8)
            } else {
                0
            },
            others_wait: self.chance(15),
        }
    }

    fn ends(&mut self) -> Op {
        let hold = self.between(0, HOLDS);
        match self.below(20) {
            0..14 => {
                let charge = match self.below(24) {
                    0 => self.between(-5, 1),
                    1..21 => self.between(0, 400),
                    _ => self.between(400, 6_000),
                };
                let tokens = self.some(70, |dice| dice.between(0, 250));
                Op::Settle {
                    hold,
                    charge,
                    tokens,
                }
            }
            14..16 => Op::Release { hold },
            _ => Op::Presume { hold },
        }
    }

    fn many(&mut self) -> Op {
        let most = if self.chance(25) {
            self.between(0_u8, 3).into()
        } else {
            100
        };
        match self.below(6) {
            0..3 => Op::Renew {
                first: self.between(0, HOLDS),
                count: self.between(1, 30),
                lasts: self.between(0, 60 * HOUR),
            },
            3 => Op::PresumeBoots {
                node: self.between(0, 3),
                boot: self.between(0, 3),
                most,
            },
            _ => Op::PresumeOverdue { most },
        }
    }

    fn credit(&mut self, most: i64) -> Op {
        match self.below(16) {
            0..12 => Op::AddCredit {
                lot: self.between(0, LOTS),
                amount: if self.below(13) == 0 {
                    self.between(-1, 2)
                } else {
                    self.between(0, most)
                },
                lapses_in: match self.below(4) {
                    0 => Some(self.between(0, 20 * HOUR)),
                    1 => Some(self.between(0, 100 * 24 * HOUR)),
                    _ => None,
                },
                priority: self.between(0, 3),
            },
            12 => Op::Void {
                lot: self.between(0, LOTS),
            },
            _ => Op::ChargeBack {
                lot: self.between(0, 30),
                amount: self.between(-1, 500),
            },
        }
    }

    fn scope(&mut self) -> Scope {
        match self.below(4) {
            0 => Scope::Organization,
            1 => Scope::Project(self.between(0, PROJECTS)),
            2 => Scope::Key(self.between(0, KEYS)),
            _ => Scope::Key(self.between(0, 3)),
        }
    }

    fn window(&mut self) -> Window {
        let tokyo = self.chance(50);
        match self.below(4) {
            0 => Window::Total,
            1 => Window::Day { tokyo },
            2 => Window::Week { tokyo },
            _ => Window::Month { tokyo },
        }
    }

    /// Something in so many of 100 cases.
    fn some<T>(&mut self, percent: u64, of: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance(percent).then(|| of(self))
    }

    fn limits(&mut self) -> Op {
        let limit = self.between(0, LIMITS);
        match self.below(12) {
            0..5 => self.new_limit(limit),
            5..9 => Op::ChangeLimit {
                limit,
                amount: self.some(70, |dice| {
                    let most = if dice.chance(50) { 9_000 } else { 600 };
                    dice.between(-1, most)
                }),
                reset: self.chance(50),
                raised_for: self.some(30, |dice| dice.between(0, 10 * 60 * SECOND)),
            },
            _ => Op::DeleteLimit { limit },
        }
    }

    fn new_limit(&mut self, limit: u8) -> Op {
        let kind = self.kind();
        let most = match kind.measure {
            Measure::Usd => 9_000,
            Measure::Requests => 200,
            Measure::Tokens => 20_000,
        };
        Op::CreateLimit {
            limit,
            scope: self.scope(),
            amount: self.between(-1, most),
            window: self.limit_window(),
            kind,
            ends_in: self.some(10, |dice| dice.between(0, 2 * HOUR)),
        }
    }

    /// Many of them dollars of all calls.
    fn kind(&mut self) -> Kind {
        if self.chance(30) {
            return Kind::PLAIN;
        }
        if self.chance(10) {
            return Kind {
                guard: true,
                freezes: true,
                ..Kind::PLAIN
            };
        }
        Kind {
            calls: match self.below(8) {
                0 => Calls::Model(self.between(0, 3)),
                1 => Calls::User(self.between(0, USERS)),
                2 | 3 => Calls::EachUser,
                4 => Calls::Tag(self.between(0, 3)),
                5 => Calls::EachTag,
                _ => Calls::All,
            },
            measure: match self.below(3) {
                0 => Measure::Requests,
                1 => Measure::Tokens,
                _ => Measure::Usd,
            },
            shadow: self.chance(35),
            freezes: self.chance(30),
            guard: self.below(100) == 0,
        }
    }

    /// Rolling ones are as long as pauses are short, and a few longer.
    fn limit_window(&mut self) -> Window {
        match self.below(10) {
            0..3 => Window::Rolling {
                seconds: self.between(1, 90_i64),
            },
            3 => Window::Rolling {
                seconds: self.between(1, 100_000_i64),
            },
            _ => self.window(),
        }
    }

    fn budgets(&mut self) -> Op {
        let budget = self.between(0, BUDGETS);
        match self.below(9) {
            0..4 => Op::CreateBudget {
                budget,
                scope: self.scope(),
                amount: self.between(-1, 3_000),
                window: self.window(),
                at: self.bits(),
            },
            4..8 => Op::ChangeBudget {
                budget,
                amount: self.some(70, |dice| dice.between(-1, 3_000)),
                at: self.some(50, Self::bits),
            },
            _ => Op::DeleteBudget { budget },
        }
    }

    fn bits(&mut self) -> u8 {
        self.next().to_be_bytes()[0]
    }

    fn directory(&mut self) -> Op {
        let key = self.between(0, KEYS);
        match self.below(36) {
            0..4 => Op::CreateProject {
                project: self.between(0, PROJECTS),
            },
            4..12 => Op::CreateKey {
                key,
                project: self.between(0, PROJECTS),
                expires_in: self.some(10, |dice| dice.between(0, 200 * HOUR)),
                only_model: self.some(30, |dice| dice.between(0, 3)),
            },
            12..14 => Op::Freeze { key },
            14..20 => Op::Unfreeze { key },
            20..26 => Op::Unfreeze {
                key: self.between(0, 2),
            },
            26..34 => Op::Expire {
                key,
                expires_in: self.some(10, |dice| dice.between(0, 200 * HOUR)),
            },
            // For good, so they are rare.
            34 => Op::Revoke {
                key: self.between(2, KEYS),
            },
            _ => Op::Archive {
                project: self.between(1, PROJECTS),
            },
        }
    }
}

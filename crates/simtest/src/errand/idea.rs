//! What comes to an administrator's mind: credit, limits, budgets, projects and keys come, change and go, at random.

mod limits;

use ids::{BudgetId, KeyHash, KeyId, LimitId, LotId, ProjectId};
use ledger::{
    AddCredit, ChangeBudget, ChargeBack, Command, CreateBudget, CreateKey, CreateProject,
    DirectoryCommand, LotKind, Measure, Scope, Time, Window,
};
use money::Nanos;

use crate::dice::Dice;
use crate::plan::SECOND;
use crate::reference::KeyIs;
use crate::world::World;
pub(super) use limits::rolling;

pub(super) fn bytes<const N: usize>(number: usize) -> [u8; N] {
    let mut bytes = [0; N];
    let number = u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
    for (to, from) in bytes.iter_mut().rev().zip(number.iter().rev()) {
        *to = *from;
    }
    bytes
}

/// An amount in thousandths of a dollar.
pub(super) fn thousandths(amount: i64) -> Nanos {
    Nanos::new(amount.max(0) * 1_000_000)
}

impl World {
    /// One errand more, whatever comes to mind.
    pub(crate) fn think_of_one(&mut self, dearest: i64, dice: &mut Dice) {
        let Some(about) = About::any(self, dice) else {
            return;
        };
        let idea = Idea {
            number: self.errands.len(),
            now: self.now,
            about,
            amount: thousandths(dice.between(0, dearest * 4)),
        };
        let command = match dice.below(100) {
            0..30 => idea.of_money(dice),
            30..66 => idea.of_limits(dice),
            66..75 => idea.of_budgets(dice),
            _ => idea.of_keys(dice),
        };
        self.intend(command);
    }
}

/// What the dice say before it is known what they are about.
struct Idea {
    number: usize,
    now: i64,
    about: About,
    amount: Nanos,
}

impl Idea {
    fn soon(&self, dice: &mut Dice) -> Time {
        Time::from_micros(self.now + dice.between(SECOND, 90 * SECOND))
    }

    fn scope(&self, dice: &mut Dice) -> Scope {
        match dice.below(3) {
            0 => Scope::Organization,
            1 => Scope::Project(self.about.project),
            _ => Scope::Key(self.about.key),
        }
    }

    fn of_money(&self, dice: &mut Dice) -> Command {
        match dice.below(32) {
            0..20 => {
                let lapses = dice.chance(400).then(|| self.soon(dice));
                let priority = u32::try_from(dice.below(3)).unwrap_or(0);
                let amount = self.amount.max(Nanos::new(1));
                credit(self.number, amount, lapses, priority)
            }
            20..26 => Command::VoidCredit {
                lot: self.about.lot,
            },
            _ => Command::ChargeBack(ChargeBack {
                lot: self.about.lot,
                amount: self.amount.max(Nanos::new(1)),
                note: "".into(),
            }),
        }
    }

    fn of_budgets(&self, dice: &mut Dice) -> Command {
        let amount = self.amount.max(Nanos::new(1));
        match dice.below(12) {
            0..6 => Command::CreateBudget(CreateBudget {
                id: BudgetId::from_bytes(bytes(self.number)),
                scope: self.scope(dice),
                amount,
                window: window(dice),
                thresholds: thresholds(dice),
            }),
            6..10 => Command::ChangeBudget(ChangeBudget {
                id: self.about.budget,
                amount: dice.chance(700).then_some(amount),
                thresholds: dice.chance(400).then(|| thresholds(dice)),
            }),
            _ => Command::DeleteBudget {
                id: self.about.budget,
            },
        }
    }

    fn of_keys(&self, dice: &mut Dice) -> Command {
        let id = self.about.key;
        match dice.below(36) {
            0..12 => {
                let expires = dice.chance(300).then(|| self.soon(dice));
                key(self.number, self.about.project, expires)
            }
            12..15 => project(self.number),
            15 => DirectoryCommand::ArchiveProject {
                id: self.about.project,
            }
            .into(),
            16..23 => DirectoryCommand::FreezeKey {
                id,
                reason: "spends too fast".into(),
            }
            .into(),
            23..34 => {
                let id = self.about.frozen.unwrap_or(id);
                DirectoryCommand::UnfreezeKey { id }.into()
            }
            _ => DirectoryCommand::RevokeKey { id }.into(),
        }
    }
}

/// What an errand may be about: something there is, mostly.
struct About {
    key: KeyId,
    /// One that is frozen, if any is.
    frozen: Option<KeyId>,
    project: ProjectId,
    limit: LimitId,
    /// What that limit counts.
    measure: Measure,
    budget: BudgetId,
    lot: LotId,
}

impl About {
    fn any(world: &World, dice: &mut Dice) -> Option<Self> {
        let figures = world.truth.now().ok()?;
        let keys: Vec<KeyId> = figures.keys.keys().copied().collect();
        let limits: Vec<LimitId> = figures.limits.keys().copied().collect();
        let budgets: Vec<BudgetId> = figures.budgets.keys().copied().collect();
        let projects = world.truth.reference.projects();
        let nowhere = [9; 16];
        let lot = dice.one(figures.lots()).copied();
        let frozen = figures
            .keys
            .iter()
            .filter(|(_, key)| key.state == KeyIs::Frozen);
        let frozen: Vec<KeyId> = frozen.map(|(id, _)| *id).collect();
        let limit = dice.one(&limits).copied();
        let known = limit.and_then(|id| figures.limits.get(&id));
        Some(Self {
            frozen: dice.one(&frozen).copied(),
            measure: known.map_or(Measure::Usd, |limit| limit.terms.measure),
            key: dice
                .one(&keys)
                .copied()
                .unwrap_or(KeyId::from_bytes(nowhere)),
            project: dice
                .one(&projects)
                .copied()
                .unwrap_or(ProjectId::from_bytes(nowhere)),
            limit: limit.unwrap_or(LimitId::from_bytes(nowhere)),
            budget: dice
                .one(&budgets)
                .copied()
                .unwrap_or(BudgetId::from_bytes(nowhere)),
            lot: lot.unwrap_or(LotId::from_bytes(nowhere)),
        })
    }
}

pub(super) fn project(number: usize) -> Command {
    let project = CreateProject {
        id: ProjectId::from_bytes(bytes(number)),
        name: "web".into(),
        default_max_output: None,
    };
    DirectoryCommand::CreateProject(project).into()
}

pub(super) fn key(number: usize, project: ProjectId, expires_at: Option<Time>) -> Command {
    let key = CreateKey {
        id: KeyId::from_bytes(bytes(number)),
        project,
        name: "production".into(),
        hash: KeyHash::from_bytes(bytes(number)),
        hint: "wxyz".into(),
        expires_at,
        models: None,
        ip_allow: None,
    };
    DirectoryCommand::CreateKey(key).into()
}

pub(super) fn credit(
    number: usize,
    amount: Nanos,
    lapses_at: Option<Time>,
    priority: u32,
) -> Command {
    Command::AddCredit(AddCredit {
        lot: LotId::from_bytes(bytes(number)),
        kind: LotKind::Purchase,
        amount,
        lapses_at,
        priority,
        note: "".into(),
    })
}

fn window(dice: &mut Dice) -> Window {
    let time_zone: Box<str> = match dice.below(10) {
        0..7 => "UTC",
        7..9 => "Africa/Abidjan",
        _ => "Asia/Tokyo",
    }
    .into();
    match dice.below(4) {
        0 => Window::Total,
        1 => Window::Week { time_zone },
        2 => Window::Month { time_zone },
        _ => Window::Day { time_zone },
    }
}

/// One to three of them.
fn thresholds(dice: &mut Dice) -> Vec<u16> {
    let mut all: Vec<u16> = vec![1, 25, 50, 80, 100, 150];
    while all.len() > 3 || all.len() > 1 && dice.chance(400) {
        all.remove(dice.place(all.len()));
    }
    all
}

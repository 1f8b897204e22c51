//! What administrators do: credit, limits, projects and keys come, change and go, at random.

use ids::{KeyHash, KeyId, LimitId, LotId, ProjectId};
use ledger::{
    AddCredit, Cause, ChangeLimit, Command, CreateKey, CreateOrganization, CreateProject,
    DirectoryCommand, IdempotencyKey, LimitTerms, LotKind, Rejection, Scope, Time, UsedSoFar,
    Window,
};
use money::Nanos;

use crate::caller::Site;
use crate::dice::Dice;
use crate::judge::Question;
use crate::plan::SECOND;
use crate::reference::{Figures, KeyIs};
use crate::world::{Errand, ErrandIs, ORGANIZATION, Shared, World};

/// How often an errand that is not answered is asked again.
const TRIES: u32 = 12;

fn bytes<const N: usize>(number: usize) -> [u8; N] {
    let mut bytes = [0; N];
    let number = u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
    for (to, from) in bytes.iter_mut().rev().zip(number.iter().rev()) {
        *to = *from;
    }
    bytes
}

/// An amount in thousandths of a dollar.
fn thousandths(amount: i64) -> Nanos {
    Nanos::new(amount.max(0) * 1_000_000)
}

impl World {
    /// Notes an errand, to be asked; answers its number.
    pub(crate) fn intend(&mut self, command: impl Into<Command>) -> usize {
        let number = self.errands.len();
        self.errands.push(Errand {
            command: command.into(),
            cause: Cause {
                actor: format!("admin-{number}").into(),
                idempotency: Some(IdempotencyKey {
                    key: bytes(number),
                    request: bytes(number),
                }),
            },
            first_asked: None,
            state: ErrandIs::Open,
            tries: 0,
        });
        number
    }

    /// What every run begins with.
    pub(crate) fn begin(&mut self, dearest: i64, dice: &mut Dice) {
        self.intend(DirectoryCommand::CreateOrganization(CreateOrganization {
            id: ORGANIZATION,
            name: "Acme".into(),
            time_zone: "UTC".into(),
            approved_usage_limit: dice
                .chance(200)
                .then(|| (LimitId::from_bytes([1; 16]), thousandths(dearest * 20))),
            spend_guard: None,
        }));
        self.intend(project(1));
        for number in 2..5 {
            let project = ProjectId::from_bytes(bytes(1));
            self.intend(key(number, project, None));
        }
        let amount = thousandths(dice.between(dearest, dearest * 8));
        self.intend(credit(5, amount, None, 0));
    }

    /// One errand more, whatever comes to mind.
    pub(crate) fn think_of_one(&mut self, dearest: i64, dice: &mut Dice) {
        let number = self.errands.len();
        let now = self.now;
        let soon = |dice: &mut Dice| Time::from_micros(now + dice.between(SECOND, 90 * SECOND));
        let Some(about) = About::any(self, dice) else {
            return;
        };
        let amount = thousandths(dice.between(0, dearest * 4));
        let command = match dice.below(100) {
            0..22 => {
                let lapses = if dice.chance(400) {
                    Some(soon(dice))
                } else {
                    None
                };
                let priority = u32::try_from(dice.below(3)).unwrap_or(0);
                credit(number, amount.max(Nanos::new(1)), lapses, priority)
            }
            22..28 => Command::VoidCredit { lot: about.lot },
            28..44 => {
                let scope = match dice.below(3) {
                    0 => Scope::Organization,
                    1 => Scope::Project(about.project),
                    _ => Scope::Key(about.key),
                };
                limit(number, scope, amount, dice)
            }
            44..58 => Command::ChangeLimit(ChangeLimit {
                id: about.limit,
                amount: dice.chance(800).then_some(amount.into()),
                used: if dice.chance(250) {
                    UsedSoFar::Reset
                } else {
                    UsedSoFar::Keep
                },
                until: None,
            }),
            58..64 => Command::DeleteLimit { id: about.limit },
            64..76 => {
                let expires = if dice.chance(300) {
                    Some(soon(dice))
                } else {
                    None
                };
                key(number, about.project, expires)
            }
            76..79 => project(number),
            79..80 => DirectoryCommand::ArchiveProject { id: about.project }.into(),
            80..87 => DirectoryCommand::FreezeKey {
                id: about.key,
                reason: "spends too fast".into(),
            }
            .into(),
            87..98 => DirectoryCommand::UnfreezeKey { id: about.key }.into(),
            _ => DirectoryCommand::RevokeKey { id: about.key }.into(),
        };
        self.intend(command);
    }
}

/// What an errand may be about: something there is, mostly.
struct About {
    key: KeyId,
    project: ProjectId,
    limit: LimitId,
    lot: LotId,
}

impl About {
    fn any(world: &World, dice: &mut Dice) -> Option<Self> {
        let figures = world.truth.now().ok()?;
        let keys: Vec<KeyId> = figures.keys.keys().copied().collect();
        let limits: Vec<LimitId> = figures.limits.keys().copied().collect();
        let projects = world.truth.reference.projects();
        let nowhere = [9; 16];
        let lot = dice.one(figures.lots()).copied();
        Some(Self {
            key: dice
                .one(&keys)
                .copied()
                .unwrap_or(KeyId::from_bytes(nowhere)),
            project: dice
                .one(&projects)
                .copied()
                .unwrap_or(ProjectId::from_bytes(nowhere)),
            limit: dice
                .one(&limits)
                .copied()
                .unwrap_or(LimitId::from_bytes(nowhere)),
            lot: lot.unwrap_or(LotId::from_bytes(nowhere)),
        })
    }
}

fn project(number: usize) -> Command {
    let project = CreateProject {
        id: ProjectId::from_bytes(bytes(number)),
        name: "web".into(),
        default_max_output: None,
    };
    DirectoryCommand::CreateProject(project).into()
}

fn key(number: usize, project: ProjectId, expires_at: Option<Time>) -> Command {
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

fn credit(number: usize, amount: Nanos, lapses_at: Option<Time>, priority: u32) -> Command {
    Command::AddCredit(AddCredit {
        lot: LotId::from_bytes(bytes(number)),
        kind: LotKind::Purchase,
        amount,
        lapses_at,
        priority,
        note: "".into(),
    })
}

fn limit(number: usize, scope: Scope, amount: Nanos, dice: &mut Dice) -> Command {
    let time_zone: Box<str> = if dice.chance(700) {
        "UTC"
    } else {
        "Africa/Abidjan"
    }
    .into();
    Command::CreateLimit(LimitTerms::hard_limit(
        LimitId::from_bytes(bytes(number)),
        scope,
        amount,
        match dice.below(4) {
            0 => Window::Total,
            1 => Window::Week { time_zone },
            2 => Window::Month { time_zone },
            _ => Window::Day { time_zone },
        },
    ))
}

/// An errand on its way. Whoever goes away without an answer leaves it open.
#[derive(Debug)]
pub(crate) struct Asking {
    world: Shared,
    number: usize,
}

impl Asking {
    /// The first errand that is open.
    pub(crate) fn next(world: &Shared) -> Option<Self> {
        let mut look = world.look();
        let open = |errand: &Errand| errand.state == ErrandIs::Open;
        let number = look.errands.iter().position(open)?;
        look.errands.get_mut(number)?.state = ErrandIs::Asked;
        Some(Self {
            world: world.clone(),
            number,
        })
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        let mut world = self.world.look();
        if let Some(errand) = world.errands.get_mut(self.number) {
            if errand.state == ErrandIs::Asked {
                errand.state = ErrandIs::Open;
            }
            if errand.tries >= TRIES {
                errand.state = ErrandIs::Over;
            }
        }
    }
}

/// Asks an errand once.
pub(crate) async fn run(site: Site, asking: Asking) {
    let number = asking.number;
    let question: Question;
    let (command, cause) = {
        let mut world = site.world.look();
        question = world.question(&site.holder);
        let seq = question.seq;
        let Some(errand) = world.errands.get_mut(number) else {
            return;
        };
        errand.first_asked.get_or_insert(seq);
        errand.tries += 1;
        (errand.command.clone(), errand.cause.clone())
    };
    let Some(teller) = site.teller() else {
        return;
    };
    let told = teller.command(command, Some(cause)).await;
    let mut world = site.world.look();
    world.note(format!("admin-{number} hears {told:?}"));
    match told {
        Ok(outcome) => {
            world.carried_out(number, &question, &outcome);
            if let Some(errand) = world.errands.get_mut(number) {
                errand.state = ErrandIs::Over;
            }
        }
        Err(why) => world.unavailable(&why),
    }
}

/// Whether a command that changes nothing is as good as carried out.
pub(crate) fn already(command: &Command, figures: &Figures) -> bool {
    let Command::Directory(command) = command else {
        return false;
    };
    let state = |id: &KeyId| figures.keys.get(id).map(|key| key.state);
    match command {
        DirectoryCommand::FreezeKey { id, .. } => state(id) == Some(KeyIs::Frozen),
        DirectoryCommand::UnfreezeKey { id } => state(id) == Some(KeyIs::Active),
        DirectoryCommand::RevokeKey { id } => state(id) == Some(KeyIs::Revoked),
        DirectoryCommand::ArchiveProject { id } => figures.projects.get(id) == Some(&false),
        _ => false,
    }
}

/// Whether a command is rightly rejected on a Book with these figures.
pub(crate) fn is_so(command: &Command, why: &Rejection, figures: &Figures) -> bool {
    match (command, why) {
        (Command::ChangeLimit(ChangeLimit { id, .. }) | Command::DeleteLimit { id }, _) => {
            *why == Rejection::NotFound("limit") && !figures.limits.contains_key(id)
        }
        (Command::VoidCredit { lot }, Rejection::NotFound(_)) => figures.lot(*lot).is_none(),
        (Command::VoidCredit { lot }, Rejection::Ended(..)) => {
            figures.lot(*lot).is_some_and(|left| left <= 0)
        }
        (Command::CreateLimit(ask), Rejection::NotFound(_)) => match ask.scope {
            Scope::Organization => false,
            Scope::Project(id) => !figures.projects.contains_key(&id),
            Scope::Key(id) => !figures.keys.contains_key(&id),
        },
        // By a node whose clock is ahead.
        (Command::AddCredit(_), Rejection::Invalid { field, .. }) => *field == "lapses_at",
        (Command::Directory(command), _) => is_so_of_directory(command, why, figures),
        _ => false,
    }
}

fn is_so_of_directory(command: &DirectoryCommand, why: &Rejection, figures: &Figures) -> bool {
    match (command, why) {
        (
            DirectoryCommand::FreezeKey { id, .. } | DirectoryCommand::UnfreezeKey { id },
            Rejection::Ended(..),
        ) => figures.keys.get(id).map(|key| key.state) == Some(KeyIs::Revoked),
        (
            DirectoryCommand::FreezeKey { id, .. }
            | DirectoryCommand::UnfreezeKey { id }
            | DirectoryCommand::RevokeKey { id },
            Rejection::NotFound(_),
        ) => !figures.keys.contains_key(id),
        (DirectoryCommand::CreateKey(_), Rejection::Invalid { field, .. }) => {
            *field == "expires_at"
        }
        (DirectoryCommand::CreateKey(ask), Rejection::Ended("project", _)) => {
            figures.projects.get(&ask.project) == Some(&false)
        }
        (DirectoryCommand::CreateKey(ask), Rejection::NotFound("project")) => {
            !figures.projects.contains_key(&ask.project)
        }
        (DirectoryCommand::ArchiveProject { id }, Rejection::NotFound(_)) => {
            !figures.projects.contains_key(id)
        }
        _ => false,
    }
}

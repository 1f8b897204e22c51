//! What administrators do: each errand is asked for, under one idempotency key, until it is answered.

mod idea;
mod so;

use ids::LimitId;
use ledger::{Cause, Command, CreateOrganization, DirectoryCommand, IdempotencyKey, SpendGuard};

use crate::caller::Site;
use crate::dice::Dice;
use crate::judge::Question;
use crate::world::{Errand, ErrandIs, ORGANIZATION, Shared, World};
use idea::{bytes, credit, key, project, thousandths};
pub(crate) use so::{already, is_so};

/// How often an errand that is not answered is asked again.
const TRIES: u32 = 12;

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
            spend_guard: dice.chance(300).then(|| SpendGuard {
                id: LimitId::from_bytes([2; 16]),
                amount: thousandths(dice.between(dearest, dearest * 6)),
                rolling: idea::rolling(dice),
            }),
        }));
        self.intend(project(1));
        for number in 2..5 {
            let project = ids::ProjectId::from_bytes(bytes(1));
            self.intend(key(number, project, None));
        }
        let amount = thousandths(dice.between(dearest, dearest * 8));
        self.intend(credit(5, amount, None, 0));
    }
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

//! Reads and runs a table's rows.
//!
//! ```text
//! now 2026-11-23T00:00:00Z                 what time brings; later rows are at this time
//! project P · archive P
//! key K P [expires=TIME] [models=a,b*] · change-key K [expires=TIME|never] [models=a,b*|any]
//! freeze K REASON · unfreeze K · revoke K
//! credit LOT AMOUNT [kind=grant] [lapses=TIME] [priority=N] · void LOT · chargeback LOT AMOUNT
//! limit L SCOPE AMOUNT WINDOW [by=operator|guard] [shadow] [freezes] [until=TIME]
//!       [model=M*] [user=U] [tag=T] [each=user|tag]
//!     SCOPE: org, project:P, key:K; AMOUNT: 5.00, 60requests, 9000tokens;
//!     WINDOW: total, day, week/Asia/Tokyo, rolling/60, …
//! covered L SCOPE AMOUNT WINDOW …                           by which limit such a one would be covered; makes none
//! change L AMOUNT|- keep|reset [until=TIME] · delete L
//! budget B SCOPE AMOUNT WINDOW at=50,80 · change-budget B AMOUNT|- [at=50,80] · delete-budget B
//! take H K COST [try|wait|last] [model=M] [node=N] [boot=B] [deadline=TIME] [user=U] [tags=T,T]
//!       [tokens=N|N+N (fixed, per unit)] [others-wait]
//!     COST: 3.00, or 0.10+0.02x100..10 (fixed, per unit, units, floor)
//! renew H,H TIME · settle H AMOUNT [tokens=N] · release H · presume H
//! presume-boots NODE BOOT MOST · presume-overdue MOST
//! lot LOT · lim L [user=U|tag=T] · bud B · sums · headroom K          answers with figures, changes nothing
//! ```
//! Any command may end with `idem=KEY/REQUEST`.

mod limits;

use ledger::{
    AddCredit, Cause, ChangeBudget, ChangeKey, ChargeBack, Command, CreateBudget, DirectoryCommand,
    IdempotencyKey, LotKind, Patience, PresumeReason, ReleaseReason, Rolling, Scope, Settlement,
    TakeHold, Time, Traits, Window,
};
use money::{Bound, Femtos, Nanos};

use super::speak;
use crate::world::{self, World, named, time};

/// Runs every row of the table and compares what each answers.
pub(crate) fn run(world: &mut World, table: &str) {
    let mut wrong = Vec::new();
    for row in table
        .lines()
        .map(str::trim)
        .filter(|row| !row.is_empty() && !row.starts_with('#'))
    {
        let (command, expected) = row.split_once("->").expect(row);
        let answer = run_row(world, command.trim());
        if answer != expected.trim() {
            wrong.push(format!("{row}\n    but it answered: {answer}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    world.replay();
}

/// A table on an organization with a project `p` and a key `k` in it.
pub(crate) fn check(table: &str) {
    let mut world = World::new();
    run(&mut world, "project p -> done p\nkey k p -> done k");
    run(&mut world, table);
}

fn run_row(world: &mut World, row: &str) -> String {
    let words: Words<'_> = Words(row.split_whitespace().collect());
    if let Some(figures) = speak::figures(&world.book, &words) {
        return figures;
    }
    if words.at(0) == "covered" {
        let by = world.book.covered_by(&limits::terms(&words));
        return by.map_or("no".to_owned(), |id| world::name_of(id.to_bytes()));
    }
    if words.at(0) == "now" {
        world.clock = time(words.at(1));
        let nothing = Command::RenewHolds {
            holds: Vec::new(),
            deadline: Time::EARLIEST,
        };
        return speak::facts(&world.run(&nothing));
    }
    let command = command(&words);
    let cause = words.option("idem").map(cause);
    let stepped = world.run_for(&command, cause.as_ref());
    speak::answer(&stepped)
}

/// A row's words; `name=value` ones are options.
#[derive(Debug)]
pub(crate) struct Words<'a>(Vec<&'a str>);

impl<'a> Words<'a> {
    pub(crate) fn at(&self, place: usize) -> &'a str {
        let Some(word) = self.0.get(place) else {
            panic!("too few words: {self:?}")
        };
        word
    }

    fn amount(&self, place: usize) -> Nanos {
        amount(self.at(place))
    }

    pub(crate) fn option(&self, name: &str) -> Option<&'a str> {
        let of = |word: &&'a str| word.strip_prefix(name)?.strip_prefix('=');
        self.0.iter().find_map(of)
    }

    fn has(&self, word: &str) -> bool {
        self.0.contains(&word)
    }
}

fn amount(text: &str) -> Nanos {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// `KEY/REQUEST` as a cause.
pub(crate) fn cause(text: &str) -> Cause {
    let (key, request) = text.split_once('/').unwrap();
    let wide = |name: &str| {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&named(name));
        bytes
    };
    Cause {
        actor: "ops".into(),
        idempotency: Some(IdempotencyKey {
            key: wide(key),
            request: wide(request),
        }),
    }
}

/// The command that a row's words ask for.
pub(crate) fn command_of(row: &str) -> Command {
    command(&Words(row.split_whitespace().collect()))
}

fn command(words: &Words<'_>) -> Command {
    match words.at(0) {
        "credit" => Command::AddCredit(credit(words)),
        "void" => Command::VoidCredit {
            lot: world::lot(words.at(1)),
        },
        "chargeback" => Command::ChargeBack(ChargeBack {
            lot: world::lot(words.at(1)),
            amount: words.amount(2),
            note: "".into(),
        }),
        "limit" => Command::CreateLimit(limits::terms(words)),
        "change" => Command::ChangeLimit(limits::change(words)),
        "delete" => Command::DeleteLimit {
            id: world::limit(words.at(1)),
        },
        "budget" => Command::CreateBudget(CreateBudget {
            id: world::budget(words.at(1)),
            scope: scope(words.at(2)),
            amount: words.amount(3),
            window: window(words.at(4)),
            thresholds: words.option("at").map(percents).unwrap_or_default(),
        }),
        "change-budget" => Command::ChangeBudget(ChangeBudget {
            id: world::budget(words.at(1)),
            amount: Some(words.at(2)).filter(|text| *text != "-").map(amount),
            thresholds: words.option("at").map(percents),
        }),
        "delete-budget" => Command::DeleteBudget {
            id: world::budget(words.at(1)),
        },
        "take" => Command::TakeHold(take(words)),
        "renew" => Command::RenewHolds {
            holds: words.at(1).split(',').map(world::hold).collect(),
            deadline: time(words.at(2)),
        },
        "settle" => {
            let charge = world::charge(words.amount(2));
            let tokens = words.option("tokens").map(|text| text.parse().unwrap());
            settle(
                words,
                match tokens {
                    Some(tokens) => Settlement::Metered { charge, tokens },
                    None => Settlement::Charge(charge),
                },
            )
        }
        "release" => settle(words, Settlement::Release(ReleaseReason::ProviderRefused)),
        "presume" => settle(words, Settlement::Presume(PresumeReason::CutOff)),
        "presume-boots" => Command::PresumeEarlierBoots {
            holder: world::holder(words.at(1), words.at(2)),
            most: words.at(3).parse().unwrap(),
        },
        "presume-overdue" => Command::PresumeOverdue {
            most: words.at(1).parse().unwrap(),
        },
        _ => directory(words).into(),
    }
}

fn directory(words: &Words<'_>) -> DirectoryCommand {
    let name = words.at(1);
    let list = |text: &str| text.split(',').map(Box::from).collect::<Vec<_>>();
    match words.at(0) {
        "project" => {
            let Command::Directory(command) = world::create_project(name) else {
                unreachable!()
            };
            command
        }
        "archive" => DirectoryCommand::ArchiveProject {
            id: world::project(name),
        },
        "key" => DirectoryCommand::CreateKey(ledger::CreateKey {
            expires_at: words.option("expires").map(time),
            models: words.option("models").map(list),
            ..world::create_key(name, words.at(2))
        }),
        "change-key" => DirectoryCommand::ChangeKey(ChangeKey {
            id: world::key(name),
            name: None,
            expires_at: words
                .option("expires")
                .map(|at| (at != "never").then(|| time(at))),
            models: words
                .option("models")
                .map(|models| (models != "any").then(|| list(models))),
            ip_allow: None,
        }),
        "freeze" => DirectoryCommand::FreezeKey {
            id: world::key(name),
            reason: words.at(2).into(),
        },
        "unfreeze" => DirectoryCommand::UnfreezeKey {
            id: world::key(name),
        },
        "revoke" => DirectoryCommand::RevokeKey {
            id: world::key(name),
        },
        other => panic!("no such command: {other}"),
    }
}

fn credit(words: &Words<'_>) -> AddCredit {
    AddCredit {
        lot: world::lot(words.at(1)),
        kind: match words.option("kind") {
            None | Some("purchase") => LotKind::Purchase,
            Some("grant") => LotKind::Grant,
            _ => LotKind::Refund,
        },
        amount: words.amount(2),
        lapses_at: words.option("lapses").map(time),
        priority: words
            .option("priority")
            .map_or(100, |text| text.parse().unwrap()),
        note: "".into(),
    }
}

fn percents(text: &str) -> Vec<u16> {
    text.split(',').map(|text| text.parse().unwrap()).collect()
}

fn scope(text: &str) -> Scope {
    match text.split_once(':') {
        None => Scope::Organization,
        Some(("project", name)) => Scope::Project(world::project(name)),
        Some((_, name)) => Scope::Key(world::key(name)),
    }
}

fn window(text: &str) -> Window {
    let (kind, zone) = text.split_once('/').unwrap_or((text, "UTC"));
    let time_zone: Box<str> = zone.into();
    match kind {
        "total" => Window::Total,
        "day" => Window::Day { time_zone },
        "week" => Window::Week { time_zone },
        "month" => Window::Month { time_zone },
        "rolling" => Window::Rolling(Rolling {
            seconds: zone.parse().unwrap(),
        }),
        other => panic!("no such window: {other}"),
    }
}

fn settle(words: &Words<'_>, settlement: Settlement) -> Command {
    Command::Settle {
        hold: world::hold(words.at(1)),
        settlement,
    }
}

fn take(words: &Words<'_>) -> TakeHold {
    TakeHold {
        hold: world::hold(words.at(1)),
        key: world::key(words.at(2)),
        bound: bound(words.at(3)),
        patience: if words.has("try") {
            Patience::Try
        } else if words.has("wait") {
            Patience::Wait
        } else {
            Patience::Last
        },
        holder: world::holder(
            words.option("node").unwrap_or("n"),
            words.option("boot").unwrap_or("b"),
        ),
        deadline: words.option("deadline").map_or(Time::LATEST, time),
        route: "/v1/chat/completions".into(),
        model: words.option("model").unwrap_or("gpt-5").into(),
        upstream: "openai".into(),
        traits: traits(words),
        others_wait: words.has("others-wait"),
    }
}

fn traits(words: &Words<'_>) -> Traits {
    let tokens = words.option("tokens").unwrap_or("0");
    let (tokens, per_unit) = tokens.split_once('+').unwrap_or((tokens, "0"));
    let tags = words.option("tags").into_iter();
    let mut tags: Vec<_> = tags
        .flat_map(|tags| tags.split(',').map(world::subject))
        .collect();
    tags.sort_unstable();
    Traits {
        tokens: tokens.parse().unwrap(),
        tokens_per_unit: per_unit.parse().unwrap(),
        end_user: words.option("user").map(world::subject),
        tags,
    }
}

/// `3.00`, or `0.10+0.02x100..10`, and with `never` behind it not to be cut down.
fn bound(text: &str) -> Bound {
    let femtos = |text: &str| Femtos::from(amount(text));
    let Some((fixed, grows)) = text.split_once('+') else {
        return Bound::fixed(femtos(text));
    };
    let (per_unit, units) = grows.split_once('x').unwrap();
    let (units, floor) = units.split_once("..").unwrap();
    let whole = floor.strip_suffix("never");
    let bound = Bound::linear(
        femtos(fixed),
        femtos(per_unit),
        units.parse().unwrap(),
        whole.unwrap_or(floor).parse().unwrap(),
    )
    .unwrap();
    if whole.is_some() {
        bound.unfittable()
    } else {
        bound
    }
}

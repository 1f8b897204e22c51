//! What an administrator changes while calls are decided.

use ids::{KeyId, LimitId, LotId, ProjectId};
use ledger::{
    AddCredit, ChangeKey, ChangeLimit, Command, CreateKey, CreateProject, DirectoryCommand,
    LimitOrigin, LimitTerms, LotKind, Scope, UsedSoFar, Window,
};

use crate::storm::Dice;
use crate::world::{
    KEY, Node, PROJECT, add_credit, answered, change_limit, dollars, key, set_limit,
};

const FROZEN: u8 = 10;
const REVOKED: u8 = 11;
const EXPIRING: u8 = 12;
const MODELS: u8 = 13;
const ADDRESSES: u8 = 14;
const ARCHIVED: u8 = 15;
/// The keys that something is the matter with, at least now and then.
pub(crate) const KEYS: [u8; 6] = [FROZEN, REVOKED, EXPIRING, MODELS, ADDRESSES, ARCHIVED];

const CLOSED: ProjectId = ProjectId::from_bytes([5; 16]);
/// A limit that comes and goes.
const NOW_AND_THEN: LimitId = LimitId::from_bytes([63; 16]);

fn limit(number: u8, (scope, amount): (Scope, i64), window: Window) -> Command {
    Command::CreateLimit(
        LimitTerms::hard_limit(
            LimitId::from_bytes([number; 16]),
            scope,
            dollars(amount),
            window,
        )
        .set_by(if number == 62 {
            LimitOrigin::Operator
        } else {
            LimitOrigin::Owner
        }),
    )
}

/// Limits of every kind, and keys of every state.
pub(crate) async fn has_everything(node: &Node) {
    let berlin = || -> Box<str> { "Europe/Berlin".into() };
    node.does(set_limit(dollars(100))).await;
    let day = Window::Day {
        time_zone: berlin(),
    };
    node.does(limit(60, (Scope::Project(PROJECT), 300), day))
        .await;
    let month = Window::Month {
        time_zone: berlin(),
    };
    node.does(limit(61, (Scope::Key(KEY), 900), month.clone()))
        .await;
    node.does(limit(62, (Scope::Organization, 4_000), month))
        .await;
    let project = CreateProject {
        id: CLOSED,
        name: "old".into(),
        default_max_output: None,
    };
    node.does(DirectoryCommand::CreateProject(project)).await;
    for number in KEYS {
        let project = if number == ARCHIVED { CLOSED } else { PROJECT };
        let new = CreateKey {
            project,
            ..key(number)
        };
        node.does(DirectoryCommand::CreateKey(new)).await;
    }
    let id = KeyId::from_bytes([REVOKED; 16]);
    node.does(DirectoryCommand::RevokeKey { id }).await;
    node.does(DirectoryCommand::ArchiveProject { id: CLOSED })
        .await;
}

/// Somebody changes something.
pub(crate) async fn changes(node: &Node, number: u32, dice: &mut Dice) {
    // Now and then nothing but the rest stops.
    let amount =
        [100_000, i64::from(dice.below(300) + number / 3)][usize::from(dice.below(3) == 0)];
    match dice.below(10) {
        0 => node.does(change_limit(dollars(amount))).await,
        1 => node.does(add_credit(1_000 + number, dollars(14))).await,
        2 => node.does(lapsing(node, number)).await,
        3 => comes_or_goes(node, dice).await,
        4 => resets(node, dice).await,
        5 => freezes_or_not(node, number).await,
        6 | 7 => changes_a_key(node, dice).await,
        _ => edits(node, dice).await,
    }
}

fn lapsing(node: &Node, number: u32) -> Command {
    let mut lot = [9; 16];
    lot[12..].copy_from_slice(&number.to_be_bytes());
    Command::AddCredit(AddCredit {
        lot: LotId::from_bytes(lot),
        kind: LotKind::Grant,
        amount: dollars(12),
        lapses_at: Some(node.now().plus_seconds(3_600)),
        priority: 0,
        note: "".into(),
    })
}

/// A limit on the project is deleted, or made anew.
async fn comes_or_goes(node: &Node, dice: &mut Dice) {
    let asked = node
        .teller
        .ask(|book, _now| book.limits().any(|limit| limit.id == NOW_AND_THEN));
    let is_there = answered(asked).await.unwrap();
    if is_there {
        return node.does(Command::DeleteLimit { id: NOW_AND_THEN }).await;
    }
    let amount = i64::from(dice.below(20));
    node.does(limit(63, (Scope::Project(PROJECT), amount), Window::Total))
        .await;
}

/// What was used of a limit counts no longer.
async fn resets(node: &Node, dice: &mut Dice) {
    let id = LimitId::from_bytes([60 + u8::try_from(dice.below(3)).unwrap(); 16]);
    let amount = None;
    let used = UsedSoFar::Reset;
    node.does(Command::ChangeLimit(ChangeLimit {
        id,
        amount,
        used,
        until: None,
    }))
    .await;
}

/// A limit is lowered or raised.
async fn edits(node: &Node, dice: &mut Dice) {
    let (number, most) =
        [(60, 600), (61, 900), (62, 1_500)][usize::try_from(dice.below(3)).unwrap()];
    let amount = Some(dollars(i64::from(dice.below(most))).into());
    let (id, used) = (LimitId::from_bytes([number; 16]), UsedSoFar::Keep);
    node.does(Command::ChangeLimit(ChangeLimit {
        id,
        amount,
        used,
        until: None,
    }))
    .await;
}

async fn freezes_or_not(node: &Node, number: u32) {
    let id = KeyId::from_bytes([FROZEN; 16]);
    let asked = node
        .teller
        .ask(move |book, now| book.usable_key(id, now).is_ok());
    let usable = answered(asked).await.unwrap();
    if usable {
        let reason = format!("since call {number}").into();
        node.does(DirectoryCommand::FreezeKey { id, reason }).await;
    } else {
        node.does(DirectoryCommand::UnfreezeKey { id }).await;
    }
}

async fn changes_a_key(node: &Node, dice: &mut Dice) {
    let number = [EXPIRING, MODELS, ADDRESSES][usize::try_from(dice.below(3)).unwrap()];
    let stays = ChangeKey {
        id: KeyId::from_bytes([number; 16]),
        name: None,
        expires_at: None,
        models: None,
        ip_allow: None,
    };
    let some = dice.below(3) > 0;
    let at = node.now().plus_seconds(1 + i64::from(dice.below(1_000)));
    let change = match number {
        EXPIRING => ChangeKey {
            expires_at: Some(some.then_some(at)),
            ..stays
        },
        MODELS => ChangeKey {
            models: Some(some.then(|| vec!["o3".into(), "gpt-4*".into()])),
            ..stays
        },
        _ => ChangeKey {
            ip_allow: Some(some.then(|| vec!["10.0.0.0/8".into(), "2001:db8::/32".into()])),
            ..stays
        },
    };
    node.does(DirectoryCommand::ChangeKey(change)).await;
}

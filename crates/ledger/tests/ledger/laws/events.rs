//! Random events. Few names, so that commands meet; small amounts, so that limits bind; pauses from nothing to weeks.

use proptest::prelude::*;

use crate::model::{Ask, Event, Op, Patience, Scope, Window};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const HOLDS: u16 = 60;
const KEYS: u8 = 24;
const PROJECTS: u8 = 6;
const LIMITS: u8 = 9;
const BUDGETS: u8 = 6;
const LOTS: u8 = 150;

/// What every history begins with: someone who can call, and something to spend.
pub(super) fn beginning() -> Vec<Event> {
    let day = Window::Day { tokyo: false };
    let limit = |limit, scope, amount| Op::CreateLimit {
        limit,
        scope,
        amount,
        window: day,
        only_model: None,
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

/// A history of so many events, of an organization that has credit enough, or hardly any.
pub(super) fn history(len: usize) -> impl Strategy<Value = Vec<Event>> {
    prop_oneof![
        proptest::collection::vec(event(4_000), len),
        proptest::collection::vec(event(500), len),
    ]
}

fn event(most_credit: i64) -> impl Strategy<Value = Event> {
    (pause(), op(most_credit)).prop_map(|(pause, op)| Event { pause, op })
}

fn pause() -> impl Strategy<Value = i64> {
    prop_oneof![
        90 => 0..=3 * SECOND,
        3 => -2 * HOUR..0,
        5 => 0..=8 * HOUR,
        2 => 0..=20 * 24 * HOUR,
    ]
}

fn op(most_credit: i64) -> impl Strategy<Value = Op> {
    prop_oneof![
        400 => ask().prop_map(Op::Take),
        300 => ends(),
        40 => many(),
        60 => credit(most_credit),
        70 => limits(),
        40 => budgets(),
        60 => directory(),
    ]
}

fn ask() -> impl Strategy<Value = Ask> {
    let patience = prop_oneof![
        Just(Patience::Try),
        Just(Patience::Wait),
        Just(Patience::Last)
    ];
    // Femto-dollars, so that most costs are rounded.
    let fixed = prop_oneof![1 => Just(0_i64), 9 => 0..60_000_000_i64];
    let per_unit = prop_oneof![1 => Just(0_i64), 4 => 0..90_000_000_i64];
    let cost = (
        fixed,
        per_unit,
        0..60_u64,
        prop_oneof![4 => 0..12_u64, 1 => 0..70_u64],
    );
    let by = (0..3_u8, 0..3_u8, 0..40 * HOUR);
    let key = prop_oneof![9 => 0..2_u8, 1 => 0..KEYS];
    (0..HOLDS, key, 0..3_u8, cost, patience, by).prop_map(
        |(hold, key, model, (fixed, per_unit, units, floor), patience, (node, boot, lasts))| Ask {
            hold,
            key,
            model,
            fixed,
            per_unit,
            units,
            floor,
            patience,
            node,
            boot,
            lasts,
        },
    )
}

fn ends() -> impl Strategy<Value = Op> {
    let charge = prop_oneof![1 => -5..1_i64, 20 => 0..400_i64, 3 => 400..6_000_i64];
    prop_oneof![
        14 => (0..HOLDS, charge).prop_map(|(hold, charge)| Op::Settle { hold, charge }),
        2 => (0..HOLDS).prop_map(|hold| Op::Release { hold }),
        4 => (0..HOLDS).prop_map(|hold| Op::Presume { hold }),
    ]
}

fn many() -> impl Strategy<Value = Op> {
    let most = prop_oneof![1 => 0..3_usize, 3 => Just(100)];
    let overdue = prop_oneof![1 => 0..3_usize, 3 => Just(100)];
    prop_oneof![
        3 => (0..HOLDS, 1..30_u16, 0..60 * HOUR)
            .prop_map(|(first, count, lasts)| Op::Renew { first, count, lasts }),
        1 => (0..3_u8, 0..3_u8, most)
            .prop_map(|(node, boot, most)| Op::PresumeBoots { node, boot, most }),
        2 => overdue.prop_map(|most| Op::PresumeOverdue { most }),
    ]
}

fn credit(most: i64) -> impl Strategy<Value = Op> {
    let lapses_in = proptest::option::of(prop_oneof![0..20 * HOUR, 0..100 * 24 * HOUR]);
    let amount = prop_oneof![1 => -1..2_i64, 12 => 0..most];
    prop_oneof![
        12 => (0..LOTS, amount, lapses_in, 0..3_u32).prop_map(
            |(lot, amount, lapses_in, priority)| Op::AddCredit { lot, amount, lapses_in, priority }
        ),
        1 => (0..LOTS).prop_map(|lot| Op::Void { lot }),
        3 => (0..30_u8, -1..500_i64).prop_map(|(lot, amount)| Op::ChargeBack { lot, amount }),
    ]
}

fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        Just(Scope::Organization),
        (0..PROJECTS).prop_map(Scope::Project),
        (0..KEYS).prop_map(Scope::Key),
        (0..3_u8).prop_map(Scope::Key),
    ]
}

fn window() -> impl Strategy<Value = Window> {
    prop_oneof![
        Just(Window::Total),
        any::<bool>().prop_map(|tokyo| Window::Day { tokyo }),
        any::<bool>().prop_map(|tokyo| Window::Week { tokyo }),
        any::<bool>().prop_map(|tokyo| Window::Month { tokyo }),
    ]
}

fn limits() -> impl Strategy<Value = Op> {
    let only_model = proptest::option::weighted(0.3, 0..3_u8);
    let create = (0..LIMITS, scope(), -1..9_000_i64, window(), only_model);
    let create = create.prop_map(
        |(limit, scope, amount, window, only_model)| Op::CreateLimit {
            limit,
            scope,
            amount,
            window,
            only_model,
        },
    );
    let amount = proptest::option::weighted(0.7, -1..9_000_i64);
    let change =
        (0..LIMITS, amount, any::<bool>()).prop_map(|(limit, amount, reset)| Op::ChangeLimit {
            limit,
            amount,
            reset,
        });
    prop_oneof![
        4 => create,
        5 => change,
        2 => (0..LIMITS).prop_map(|limit| Op::DeleteLimit { limit }),
    ]
}

fn budgets() -> impl Strategy<Value = Op> {
    let create = (0..BUDGETS, scope(), -1..3_000_i64, window(), any::<u8>());
    let create = create.prop_map(|(budget, scope, amount, window, at)| Op::CreateBudget {
        budget,
        scope,
        amount,
        window,
        at,
    });
    let amount = proptest::option::weighted(0.7, -1..3_000_i64);
    let change = (0..BUDGETS, amount, proptest::option::of(any::<u8>()))
        .prop_map(|(budget, amount, at)| Op::ChangeBudget { budget, amount, at });
    prop_oneof![
        4 => create,
        4 => change,
        1 => (0..BUDGETS).prop_map(|budget| Op::DeleteBudget { budget }),
    ]
}

fn directory() -> impl Strategy<Value = Op> {
    let expires_in = || proptest::option::weighted(0.1, 0..200 * HOUR);
    let create_key = (
        0..KEYS,
        0..PROJECTS,
        expires_in(),
        proptest::option::weighted(0.3, 0..3_u8),
    )
        .prop_map(|(key, project, expires_in, only_model)| Op::CreateKey {
            key,
            project,
            expires_in,
            only_model,
        });
    let key = || 0..KEYS;
    prop_oneof![
        4 => (0..PROJECTS).prop_map(|project| Op::CreateProject { project }),
        8 => create_key,
        2 => key().prop_map(|key| Op::Freeze { key }),
        12 => key().prop_map(|key| Op::Unfreeze { key }),
        8 => (key(), expires_in()).prop_map(|(key, expires_in)| Op::Expire { key, expires_in }),
        // For good, so they are rare.
        1 => (2..KEYS).prop_map(|key| Op::Revoke { key }),
        1 => (1..PROJECTS).prop_map(|project| Op::Archive { project }),
    ]
}

//! One entry of every kind, with every optional part both there and not there.

mod budgets;
mod holds;
mod terms;

use ids::{EntryId, KeyHash, OrganizationId};
use ledger::{
    Cause, CreditFact, DirectoryFact, Entry, Fact, IdempotencyKey, KeyChanged, KeyCreated,
    LimitFact, LimitOrigin, LotKind, Scope, Span, Time, Window,
};
use money::Nanos;

use crate::world::{key, limit, lot, named, project};

const AT: Time = Time::from_micros(1_795_356_000_123_456);

/// Every entry under its name.
pub(crate) fn all() -> Vec<(&'static str, Entry)> {
    let facts = [
        directory(),
        keys(),
        credit(),
        limits(),
        holds::running(),
        holds::ended(),
    ]
    .concat();
    let mut entries: Vec<_> = facts
        .into_iter()
        .map(|(name, fact)| (name, entry(fact, None)))
        .collect();
    let fact = Fact::Limit(LimitFact::Deleted { id: limit("l") });
    let idempotency = IdempotencyKey {
        key: [0xaa; 32],
        request: [0xbb; 32],
    };
    let plain = Cause {
        actor: "ops".into(),
        idempotency: None,
    };
    let once = Cause {
        actor: "".into(),
        idempotency: Some(idempotency),
    };
    entries.push(("entry with a cause", entry(fact.clone(), Some(plain))));
    entries.push((
        "entry with an idempotency key",
        entry(fact.clone(), Some(once)),
    ));
    let first = Entry {
        seq: 1,
        previous: [0; 32],
        at: Time::EARLIEST,
        ..entry(fact, None)
    };
    entries.push(("entry that is the first", first));
    let later = [budgets::all(), terms::all()].concat();
    entries.extend(
        later
            .into_iter()
            .map(|(name, fact)| (name, entry(fact, None))),
    );
    entries
}

fn entry(fact: Fact, cause: Option<Cause>) -> Entry {
    Entry {
        seq: 0x0102_0304_0506_0708,
        previous: [0x5a; 32],
        id: EntryId::from_bytes(*b"0123456789abcdef"),
        at: AT,
        cause,
        fact,
    }
}

type Named = Vec<(&'static str, Fact)>;

fn directory() -> Named {
    let facts = vec![
        (
            "organization created",
            DirectoryFact::OrganizationCreated {
                id: OrganizationId::from_bytes(named("acme")),
                name: "Acmé".into(),
                time_zone: "Europe/Berlin".into(),
            },
        ),
        (
            "organization changed",
            DirectoryFact::OrganizationChanged {
                name: "Acme".into(),
                time_zone: "UTC".into(),
            },
        ),
        (
            "project created",
            DirectoryFact::ProjectCreated {
                id: project("p"),
                name: "P".into(),
                default_max_output: None,
            },
        ),
        (
            "project created with a default",
            DirectoryFact::ProjectCreated {
                id: project("p"),
                name: "P".into(),
                default_max_output: Some(4096),
            },
        ),
        (
            "project changed",
            DirectoryFact::ProjectChanged {
                id: project("p"),
                name: "Q".into(),
                default_max_output: None,
            },
        ),
        (
            "project changed with a default",
            DirectoryFact::ProjectChanged {
                id: project("p"),
                name: "Q".into(),
                default_max_output: Some(u64::MAX),
            },
        ),
        (
            "project archived",
            DirectoryFact::ProjectArchived { id: project("p") },
        ),
        (
            "project's fit floor",
            DirectoryFact::ProjectFitFloor {
                id: project("p"),
                fit_floor: Some(64),
            },
        ),
        (
            "key frozen",
            DirectoryFact::KeyFrozen {
                id: key("k"),
                reason: "stolen".into(),
            },
        ),
        ("key unfrozen", DirectoryFact::KeyUnfrozen { id: key("k") }),
        ("key revoked", DirectoryFact::KeyRevoked { id: key("k") }),
    ];
    wrap(facts, Fact::Directory)
}

fn wrap<T>(facts: Vec<(&'static str, T)>, into: fn(T) -> Fact) -> Named {
    facts
        .into_iter()
        .map(|(name, fact)| (name, into(fact)))
        .collect()
}

fn keys() -> Named {
    let created = KeyCreated {
        id: key("k"),
        project: project("p"),
        name: "K".into(),
        hash: KeyHash::from_bytes([0xcc; 32]),
        hint: "wxyz".into(),
        expires_at: None,
        models: None,
        ip_allow: None,
    };
    let changed = KeyChanged {
        id: key("k"),
        name: "K".into(),
        expires_at: None,
        models: None,
        ip_allow: None,
    };
    let bounded_created = KeyCreated {
        expires_at: Some(AT),
        models: Some(vec!["gpt-5".into(), "o4-*".into()]),
        ip_allow: Some(vec!["10.0.0.0/8".into()]),
        ..created.clone()
    };
    let bounded_changed = KeyChanged {
        expires_at: Some(Time::LATEST),
        models: Some(Vec::new()),
        ip_allow: Some(vec!["::1".into()]),
        ..changed.clone()
    };
    let facts = vec![
        ("key created", DirectoryFact::KeyCreated(created)),
        (
            "key created with bounds",
            DirectoryFact::KeyCreated(bounded_created),
        ),
        ("key changed", DirectoryFact::KeyChanged(changed)),
        (
            "key changed with bounds",
            DirectoryFact::KeyChanged(bounded_changed),
        ),
    ];
    wrap(facts, Fact::Directory)
}

fn credit() -> Named {
    let added = |kind, lapses_at| CreditFact::Added {
        lot: lot("a"),
        kind,
        amount: Nanos::new(10_000_000_001),
        lapses_at,
        priority: 100,
        note: "invoice 7".into(),
    };
    let facts = vec![
        ("purchase added", added(LotKind::Purchase, None)),
        ("grant added that lapses", added(LotKind::Grant, Some(AT))),
        ("refund added", added(LotKind::Refund, None)),
        (
            "credit lapsed",
            CreditFact::Lapsed {
                lot: lot("a"),
                amount: Nanos::new(1),
            },
        ),
        (
            "credit voided",
            CreditFact::Voided {
                lot: lot("a"),
                amount: Nanos::MAX,
            },
        ),
        (
            "owed repaid",
            CreditFact::OwedRepaid {
                owing: lot("a"),
                by: lot("b"),
                amount: Nanos::new(-1),
            },
        ),
    ];
    wrap(facts, Fact::Credit)
}

fn limits() -> Named {
    let span = Span {
        start: Time::from_micros(0),
        end: AT,
    };
    let created = |origin, scope, window| LimitFact::Created {
        id: limit("l"),
        origin,
        scope,
        amount: Nanos::DOLLAR,
        window,
        span,
    };
    let (owner, zone) = (LimitOrigin::Owner, || Box::from("Asia/Tokyo"));
    let (p, k) = (Scope::Project(project("p")), Scope::Key(key("k")));
    let changed = |reset| LimitFact::Changed {
        id: limit("l"),
        amount: Nanos::ZERO,
        reset,
    };
    let facts = vec![
        (
            "total limit by the operator",
            created(LimitOrigin::Operator, Scope::Organization, Window::Total),
        ),
        (
            "day limit on a project",
            created(owner, p, Window::Day { time_zone: zone() }),
        ),
        (
            "week limit on a key",
            created(owner, k, Window::Week { time_zone: zone() }),
        ),
        (
            "month limit",
            created(
                owner,
                Scope::Organization,
                Window::Month { time_zone: zone() },
            ),
        ),
        ("limit changed", changed(false)),
        ("limit changed and reset", changed(true)),
        ("limit deleted", LimitFact::Deleted { id: limit("l") }),
        (
            "window opened",
            LimitFact::WindowOpened {
                limit: limit("l"),
                span,
            },
        ),
    ];
    wrap(facts, Fact::Limit)
}

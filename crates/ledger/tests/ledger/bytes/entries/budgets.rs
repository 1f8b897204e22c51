//! Facts of the second time that kinds of facts were added: budgets, limits on the
//! calls of a model, chargebacks.

use ledger::{
    BudgetFact, Calls, CreditFact, Fact, LimitFact, LimitOrigin, Scope, Span, Time, Window,
};
use money::Nanos;

use super::{AT, Named, wrap};
use crate::world::{budget, key, limit, lot, project};

pub(super) fn all() -> Named {
    let span = Span {
        start: Time::from_micros(0),
        end: AT,
    };
    let created = |scope, window, thresholds: &[u16]| BudgetFact::Created {
        id: budget("b"),
        scope,
        amount: Nanos::DOLLAR,
        window,
        span,
        thresholds: thresholds.to_vec(),
    };
    let month = Window::Month {
        time_zone: "Asia/Tokyo".into(),
    };
    let facts = vec![
        (
            "budget of an organization",
            created(Scope::Organization, month, &[50, 80, 100]),
        ),
        (
            "budget of a project",
            created(Scope::Project(project("p")), Window::Total, &[1]),
        ),
        (
            "budget of a key",
            created(Scope::Key(key("k")), Window::Total, &[1_000]),
        ),
        (
            "budget changed",
            BudgetFact::Changed {
                id: budget("b"),
                amount: Nanos::new(1),
                thresholds: vec![80, 100],
            },
        ),
        ("budget deleted", BudgetFact::Deleted { id: budget("b") }),
        (
            "budget window opened",
            BudgetFact::WindowOpened {
                budget: budget("b"),
                span,
            },
        ),
        (
            "budget threshold crossed",
            BudgetFact::Crossed {
                budget: budget("b"),
                percent: 80,
                spent: Nanos::new(810_000_000),
            },
        ),
    ];
    let budgets = wrap(facts, Fact::Budget);
    let charged_back = CreditFact::ChargedBack {
        lot: lot("a"),
        amount: Nanos::DOLLAR,
        note: "dispute 9".into(),
    };
    let credit = wrap(vec![("credit charged back", charged_back)], Fact::Credit);
    [budgets, limits_on_models(span), credit].concat()
}

fn limits_on_models(span: Span) -> Named {
    let created = |calls| LimitFact::CreatedFor {
        id: limit("l"),
        origin: LimitOrigin::Owner,
        scope: Scope::Project(project("p")),
        calls,
        amount: Nanos::DOLLAR,
        window: Window::Total,
        span,
    };
    let facts = vec![
        ("limit on a model", created(Calls::Model("gpt-5*".into()))),
        ("limit on all calls, in the later form", created(Calls::All)),
    ];
    wrap(facts, Fact::Limit)
}

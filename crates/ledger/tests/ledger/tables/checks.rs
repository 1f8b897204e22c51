//! What is in a call's way, and what each of it is called: the same words in headers, refusals and the API.

use ids::LimitId;
use ledger::{CheckKind, Measure, Scope};

use super::script::command_of;
use crate::world::{self, World};

#[test]
fn every_check_has_a_name_by_what_it_is_on_and_what_it_counts() {
    let id: LimitId = world::limit("l");
    let (project, key) = (
        Scope::Project(world::project("p")),
        Scope::Key(world::key("k")),
    );
    for (kind, scope, names) in [
        (
            CheckKind::HardLimit(id),
            Scope::Organization,
            [
                "organization_hard_limit",
                "organization_request_limit",
                "organization_token_limit",
            ],
        ),
        (
            CheckKind::HardLimit(id),
            project,
            [
                "project_hard_limit",
                "project_request_limit",
                "project_token_limit",
            ],
        ),
        (
            CheckKind::HardLimit(id),
            key,
            [
                "api_key_hard_limit",
                "api_key_request_limit",
                "api_key_token_limit",
            ],
        ),
        (
            CheckKind::ModelLimit(id),
            project,
            [
                "model_hard_limit",
                "model_request_limit",
                "model_token_limit",
            ],
        ),
        (
            CheckKind::EndUserLimit(id),
            Scope::Organization,
            [
                "end_user_hard_limit",
                "end_user_request_limit",
                "end_user_token_limit",
            ],
        ),
        (
            CheckKind::TagLimit(id),
            key,
            ["tag_hard_limit", "tag_request_limit", "tag_token_limit"],
        ),
        (
            CheckKind::UpstreamCap(id),
            Scope::Organization,
            ["upstream_cap", "upstream_request_cap", "upstream_token_cap"],
        ),
        (
            CheckKind::ApprovedUsageLimit(id),
            Scope::Organization,
            ["organization_usage_limit"; 3],
        ),
        (
            CheckKind::CreditBalance,
            Scope::Organization,
            ["credit_balance"; 3],
        ),
    ] {
        let measures = [Measure::Usd, Measure::Requests, Measure::Tokens];
        for (measure, name) in measures.into_iter().zip(names) {
            assert_eq!(kind.name(scope, measure), name, "{kind:?} {scope:?}");
        }
    }
}

#[test]
fn a_book_tells_its_checks_from_the_key_outwards_and_when_each_begins_anew() {
    let mut world = World::new();
    for row in [
        "project p",
        "key k p",
        "credit c 10.00",
        "limit total org 3.00 total",
        "limit month project:p 2.00 month",
        "limit rate key:k 5requests day",
    ] {
        world.run(&command_of(row));
    }
    let (project, key) = (Some(world::project("p")), Some(world::key("k")));
    let checks = world.book.checks(project, key);
    let told: Vec<_> = checks
        .iter()
        .map(|check| {
            (
                check.name(),
                check.resets_at.map(|at| at.to_timestamp().to_string()),
            )
        })
        .collect();
    let at = |text: &str| Some(text.to_owned());
    assert_eq!(
        told,
        [
            ("api_key_request_limit", at("2026-11-23T00:00:00Z")),
            ("project_hard_limit", at("2026-12-01T00:00:00Z")),
            ("organization_hard_limit", None),
            ("credit_balance", None),
        ]
    );
    let headroom = world.book.headroom(project, key);
    assert_eq!(headroom.name(), "project_hard_limit");
    assert_eq!(
        world.book.headroom(None, None).name(),
        "organization_hard_limit"
    );
}

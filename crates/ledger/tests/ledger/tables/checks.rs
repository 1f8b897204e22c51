//! What is in a call's way, and what each of it is called: the same words in headers, refusals and the API.

use ids::LimitId;
use ledger::{CheckKind, Measure, Scope};

use super::script::command_of;
use crate::world::{self, World};

#[test]
fn every_check_has_a_name_by_what_it_is_on_and_what_it_counts() {
    let id: LimitId = world::limit("l");
    let on = Scope::Organization;
    let (project, key) = (
        Scope::Project(world::project("p")),
        Scope::Key(world::key("k")),
    );
    for (kind, scope, usd, requests, tokens) in [
        (
            CheckKind::HardLimit(id),
            on,
            "organization_hard",
            "organization_request",
            "organization_token",
        ),
        (
            CheckKind::HardLimit(id),
            project,
            "project_hard",
            "project_request",
            "project_token",
        ),
        (
            CheckKind::HardLimit(id),
            key,
            "api_key_hard",
            "api_key_request",
            "api_key_token",
        ),
        (
            CheckKind::ModelLimit(id),
            project,
            "model_hard",
            "model_request",
            "model_token",
        ),
        (
            CheckKind::EndUserLimit(id),
            on,
            "end_user_hard",
            "end_user_request",
            "end_user_token",
        ),
        (
            CheckKind::TagLimit(id),
            key,
            "tag_hard",
            "tag_request",
            "tag_token",
        ),
    ] {
        for (measure, name) in [
            (Measure::Usd, usd),
            (Measure::Requests, requests),
            (Measure::Tokens, tokens),
        ] {
            assert_eq!(
                kind.name(scope, measure),
                format!("{name}_limit"),
                "{kind:?}"
            );
        }
    }
}

#[test]
fn caps_the_approved_usage_limit_and_the_credit_have_names_of_their_own() {
    let (id, on): (LimitId, _) = (world::limit("l"), Scope::Organization);
    let cap = CheckKind::UpstreamCap(id);
    assert_eq!(cap.name(on, Measure::Usd), "upstream_cap");
    assert_eq!(cap.name(on, Measure::Requests), "upstream_request_cap");
    assert_eq!(cap.name(on, Measure::Tokens), "upstream_token_cap");
    let approved = CheckKind::ApprovedUsageLimit(id);
    assert_eq!(approved.name(on, Measure::Usd), "organization_usage_limit");
    assert_eq!(
        CheckKind::CreditBalance.name(on, Measure::Usd),
        "credit_balance"
    );
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

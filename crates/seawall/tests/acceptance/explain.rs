//! Every call can be explained afterwards: what was checked, what it came to, and the decision made again from the
//! journal, also after limits were edited and the server was started anew.

use serde_json::Value;

use crate::call::Call;
use crate::process::{Ended, Start};
use crate::stage::{ADMIN_KEY, Stage};
use crate::tenant::{On, Tenant};
use crate::usd;

const DOLLAR: i64 = 1_000_000_000;

/// A call that was made, and what its explanation must begin with and say.
struct Made {
    id: String,
    outcome: &'static str,
    headline: &'static str,
    entries: &'static [&'static str],
}

/// Makes a call and waits until its row has ended.
async fn make(stage: &Stage, tenant: &Tenant, call: &Call, expected: Made) -> Made {
    let answer = stage.call(&tenant.secret, call).await;
    let id = answer.must("x-request-id").to_owned();
    let told = stage.told(&id).await;
    assert_eq!(told.outcome, expected.outcome, "{answer:?}");
    Made { id, ..expected }
}

const fn made(
    outcome: &'static str,
    headline: &'static str,
    entries: &'static [&'static str],
) -> Made {
    Made {
        id: String::new(),
        outcome,
        headline,
        entries,
    }
}

fn explain(stage: &Stage, arguments: &[&str]) -> Ended {
    let address = format!("http://{}", stage.gateway.address);
    let mut all = vec!["explain"];
    all.extend(arguments);
    Start::new(&all)
        .env("SEAWALL_URL", &address)
        .env("SEAWALL_ADMIN_KEY", ADMIN_KEY)
        .run(stage.folder())
}

async fn of_each_kind(stage: &Stage, tenant: &Tenant, limit: &str) -> Vec<Made> {
    let served = made("served", "SERVED   ", &["hold_taken", "hold_settled"]);
    let refused_there = made(
        "provider_refused",
        "REFUSED by the provider",
        &["hold_taken", "hold_released"],
    );
    let failed = made("failed", "FAILED", &["hold_taken", "hold_presumed"]);
    let fault = |name: &str| Call::chat().sim("fault", name);
    let mut all = vec![
        make(stage, tenant, &Call::chat(), served).await,
        make(
            stage,
            tenant,
            &fault("refuse:billing_hard_limit_reached"),
            refused_there,
        )
        .await,
        make(stage, tenant, &fault("refuse:server_error"), failed).await,
    ];
    let balance = stage.settled(&tenant.organization).await;
    // Enough for some tokens of a thousand, then for none.
    stage
        .change_limit(limit, balance.spent + DOLLAR / 1_000)
        .await;
    let fitted = made("served", "SERVED, fitted", &["hold_taken", "hold_settled"]);
    all.push(make(stage, tenant, &Call::chat().max(1_000), fitted).await);
    stage.change_limit(limit, 0).await;
    let refused = made("refused", "REFUSED here", &[]);
    all.push(make(stage, tenant, &Call::chat(), refused).await);
    all
}

fn assert_explained(made: &Made, json: &Value) {
    assert_eq!(json["schema"], "seawall.explain/1");
    assert_eq!(json["id"], *made.id);
    assert_eq!(json["request"]["outcome"], made.outcome);
    assert_eq!(json["replay"]["result"], "same", "{json}");
    let entries = json["entries"].as_array().unwrap();
    let kinds: Vec<&str> = entries
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, made.entries, "{json}");
    let checks = json["checks"].as_array().unwrap();
    let kinds: Vec<&str> = checks
        .iter()
        .map(|check| check["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["project_hard_limit", "credit_balance"], "{json}");
    for check in checks {
        let fits = usd::of(check, "needed_usd") <= usd::of(check, "left_usd");
        assert_eq!(check["verdict"] == "pass", fits, "{check}");
        assert!(fits || made.outcome == "refused", "{check}");
    }
}

#[tokio::test]
async fn a_call_of_each_kind_is_explained_after_limits_were_edited_and_a_restart() {
    let mut stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let limit = stage.limit(On::Project(&tenant.project), 4 * DOLLAR).await;
    let all = of_each_kind(&stage, &tenant, &limit).await;
    stage.change_limit(&limit, 3 * DOLLAR).await;
    stage.stop_gateway().await;
    stage.start_again();
    for made in &all {
        let ended = explain(&stage, &[&made.id, "--json"]);
        assert!(ended.status.success(), "{ended:?}");
        assert_explained(made, &serde_json::from_str(&ended.stdout).unwrap());
        let ended = explain(&stage, &[&made.id]);
        assert!(ended.stdout.starts_with(made.headline), "{}", ended.stdout);
        assert!(
            ended.stdout.contains("it comes out as recorded"),
            "{}",
            ended.stdout
        );
    }
}

#[tokio::test]
async fn the_explanation_of_a_refusal_has_the_figures_the_client_was_told() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let limit = stage.limit(On::Key(&tenant.key), 7).await;
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    let told = answer.error()["details"].clone();
    let id = answer.must("x-request-id");
    let json = stage.get(&format!("requests/{id}/explanation")).await;
    let binding = &json["checks"][0];
    assert_eq!(
        (&binding["binding"], &binding["verdict"]),
        (&true.into(), &"stops".into())
    );
    for member in [
        "limit_usd",
        "spent_usd",
        "held_usd",
        "left_usd",
        "needed_usd",
        "resets_at",
        "scope",
        "window",
    ] {
        assert_eq!(binding[member], told[member], "{member}");
    }
    assert_eq!(json["would_have_fitted"], told["remedies"]);
    assert_eq!(json["who_can_change"]["limit_id"], *limit);
    assert!(
        json["who_can_change"]["last_change"]["actor"].is_string(),
        "{json}"
    );
    assert_eq!(json["now"]["would_fit"], false);
    stage.change_limit(&limit, DOLLAR).await;
    let json = stage.get(&format!("requests/{id}/explanation")).await;
    assert_eq!(json["now"]["would_fit"], true);
    assert_eq!(json["checks"][0]["limit_usd"], told["limit_usd"]);
}

#[tokio::test]
async fn a_call_that_nobody_made_is_not_found_with_exit_code_5() {
    let stage = Stage::raise();
    for id in ["req_00000000000000000000000000", "nonsense"] {
        let ended = explain(&stage, &[id]);
        assert_eq!(ended.status.code(), Some(5), "{ended:?}");
        assert!(
            ended.stderr.contains("There is no such request"),
            "{ended:?}"
        );
    }
}

#[tokio::test]
async fn a_call_of_a_key_that_may_not_is_explained_by_what_it_was_told() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    stage.act(&format!("keys/{}/freeze", tenant.key)).await;
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    let id = answer.must("x-request-id");
    stage.told(id).await;
    let json = stage.get(&format!("requests/{id}/explanation")).await;
    assert_eq!(json["why"], answer.error()["message"]);
    // Unfrozen since, it is explained as it was.
    stage.act(&format!("keys/{}/unfreeze", tenant.key)).await;
    let json = stage.get(&format!("requests/{id}/explanation")).await;
    assert_eq!(json["replay"]["result"], "same", "{json}");
    assert_eq!(json["request"]["error"], answer.error());
}

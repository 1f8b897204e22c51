//! Commands that look at a running server: what they print is what the API says.

use serde_json::Value;

use crate::call::Call;
use crate::process::{Ended, Start};
use crate::stage::{ADMIN_KEY, Stage};
use crate::tenant::{On, Tenant};

const DOLLAR: i64 = 1_000_000_000;

fn run(stage: &Stage, arguments: &[&str]) -> Ended {
    let address = format!("http://{}", stage.gateway.address);
    let ended = Start::new(arguments)
        .env("SEAWALL_URL", &address)
        .env("SEAWALL_ADMIN_KEY", ADMIN_KEY)
        .run(stage.folder());
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    ended
}

async fn called(stage: &Stage) -> Tenant {
    let tenant = stage.tenant(5 * DOLLAR).await;
    for _ in 0..4 {
        assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
    }
    stage.settled(&tenant.organization).await;
    tenant
}

#[tokio::test]
async fn the_request_log_is_rebuilt_by_one_command_and_says_the_same_as_before() {
    let stage = Stage::raise();
    called(&stage).await;
    let shown = async || {
        (
            stage.list("requests").await,
            stage.list("usage").await,
            stage.list("audit").await,
        )
    };
    let before = shown().await;
    assert_eq!(before.0.len(), 4);
    let ended = run(&stage, &["rebuild", "--json"]);
    let said: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(said["schema"], "seawall.rebuild/1");
    assert!(said["entries"].as_u64().unwrap() > 8, "{said}");
    assert_eq!(shown().await, before);
}

#[tokio::test]
async fn a_preview_is_a_sentence_first() {
    let stage = Stage::raise();
    let tenant = called(&stage).await;
    let preview = [
        "limit",
        "preview",
        "0",
        "--project",
        &tenant.project,
        "--per",
        "month",
    ];
    let ended = run(&stage, &preview);
    let first = ended.stdout.lines().next().unwrap();
    assert_eq!(
        first,
        "At $0.00 per month, 4 of the 4 calls of the last 7 days would have been refused or cut down."
    );
    let listed = stage
        .list(&format!("limits?project={}", tenant.project))
        .await;
    assert!(listed.is_empty(), "{listed:?}");
}

#[tokio::test]
async fn status_makes_no_forecast_from_less_than_a_day() {
    let stage = Stage::raise();
    called(&stage).await;
    let ended = run(&stage, &["status"]);
    assert!(
        ended.stdout.contains("too little for a forecast"),
        "{ended:?}"
    );
}

/// Nothing that administers is stopped by what it administers.
#[tokio::test]
async fn past_the_limit_it_can_still_be_raised() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let limit = stage.limit(On::Project(&tenant.project), 0).await;
    assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 429);
    for shows in [
        &["status"][..],
        &["limit", "list"],
        &["requests"],
        &["headroom", "--project", &tenant.project],
    ] {
        run(&stage, shows);
    }
    run(&stage, &["limit", "set", &limit, "2"]);
    assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
}

//! Ends and beginnings: a server that is asked to end finishes what runs, everything is there at the next start, and
//! one store never has two servers.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use crate::call::Call;
use crate::http::{Ask, Http};
use crate::patience::eventually;
use crate::process::Start;
use crate::stage::{Setting, Stage};
use crate::tenant::On;

const DOLLAR: i64 = 1_000_000_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_asked_to_end_finishes_running_calls_and_ends_well() {
    let mut stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let plain = Call::chat()
        .sim("latency-ms", 1_500)
        .tag("plain")
        .ask(&tenant.secret);
    let stream = Call::stream(true)
        .sim("output-tokens", 30)
        .sim("chunk-delay-ms", 200)
        .tag("stream")
        .ask(&tenant.secret);
    let (http, to) = (Http::new(), stage.gateway.address);
    let running = async { tokio::join!(http.send(to, &plain), http.send(to, &stream)) };
    let ending = async {
        for tag in ["plain", "stream"] {
            eventually("a call to reach the provider", async || {
                stage.line(tag).await
            })
            .await;
        }
        stage.gateway.ask_to_end();
    };
    let ((plain, stream), ()) = tokio::join!(running, ending);
    let (plain, stream) = (plain.unwrap(), stream.unwrap());
    assert_eq!((plain.status, plain.whole), (200, true), "{plain:?}");
    assert_eq!((stream.status, stream.whole), (200, true), "{stream:?}");
    assert_eq!(stream.events().last(), Some(&"[DONE]"));
    let status = stage.gateway.ended().await;
    assert_eq!(status.code(), Some(0), "{}", stage.gateway.said());

    stage.start_again();
    for answer in [plain, stream] {
        let told = stage.told(answer.must("x-request-id")).await;
        assert_eq!(
            (told.presumed, &*told.outcome),
            (false, "served"),
            "{told:?}"
        );
    }
    stage.assert_balanced(&tenant.organization).await;
}

#[tokio::test]
async fn everything_is_there_after_a_clean_stop() {
    let mut stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let limit = stage.limit(On::Project(&tenant.project), 2 * DOLLAR).await;
    let frozen = stage.key(&tenant.project, json!({"name": "frozen"})).await;
    stage.act(&format!("keys/{}/freeze", frozen.id)).await;
    let answer = stage.call(&tenant.secret, &Call::image()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let organization = format!("organizations/{}", tenant.organization);
    let paths = [
        organization.clone(),
        format!("{organization}/balance"),
        format!("{organization}/credits"),
        format!("{organization}/ledger"),
        format!("projects/{}", tenant.project),
        format!("projects/{}/keys", tenant.project),
        format!("limits/{limit}"),
        format!("requests/{}", answer.must("x-request-id")),
    ];
    stage.told(answer.must("x-request-id")).await;
    let mut before = Vec::new();
    for path in &paths {
        before.push(stage.get(path).await);
    }
    stage.stop_gateway().await;
    crate::file::read(&stage.store()).assert_balanced_and_at_rest();
    stage.start_again();
    for (path, before) in paths.iter().zip(before) {
        assert_eq!(stage.get(path).await, before, "{path}");
    }
    assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
    assert_eq!(
        stage.call(&frozen.secret, &Call::chat()).await.code(),
        "api_key_frozen"
    );
    // The admin key of the first start is the admin key.
    assert_eq!(stage.list("organizations").await.len(), 1);
}

#[tokio::test]
async fn a_second_server_on_the_same_store_refuses_and_says_why() {
    let stage = Stage::raise();
    let tenant = stage.tenant(DOLLAR).await;
    let ended = stage.start.run(stage.folder());
    assert_eq!(ended.status.code(), Some(4), "{ended:?}");
    assert!(
        ended.stderr.contains("in use by another seawall"),
        "{ended:?}"
    );
    assert!(ended.stderr.contains("seawall.db"), "{ended:?}");
    assert_eq!(ended.stdout, "");
    assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
}

#[tokio::test]
async fn a_port_in_use_is_named_with_a_remedy() {
    let stage = Stage::raise();
    let taken = stage.gateway.address.to_string();
    let start = Start::new(&["sim", "--listen", &taken]);
    let ended = start.run(stage.folder());
    assert_eq!(ended.status.code(), Some(4), "{ended:?}");
    assert!(ended.stderr.contains(&taken), "{ended:?}");
}

#[tokio::test]
async fn a_server_is_alive_and_ready_without_asking_the_provider() {
    let mut stage = Setting::default().raise();
    stage.sim.kill();
    for path in ["/livez", "/readyz", "/version"] {
        let answer = stage.send(&Ask::get(path)).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn the_simulated_provider_ends_well_when_it_is_asked_to() {
    let stage = Stage::raise();
    stage.sim.stop().await;
}

#[tokio::test]
async fn a_server_starts_within_a_second_or_so() {
    let mut stage = Stage::raise();
    stage.stop_gateway().await;
    let began = Instant::now();
    stage.start_again();
    // A debug build beside other tests: this is not the target, only the guard that nothing waits in there.
    let took = began.elapsed();
    println!("ready after {took:?}");
    assert!(took < Duration::from_secs(10), "{took:?}");
}

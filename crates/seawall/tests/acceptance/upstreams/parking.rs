//! Taking an account out of use, at the terminal: shown everywhere, there after a restart, and no reason not to be ready.

use http::Method;
use serde_json::json;

use super::{PLANTED, PLANTED_ADMIN, command, made, sealed};
use crate::http::Ask;
use crate::secrets::assert_without;
use crate::stage::Stage;

async fn metrics(stage: &Stage) -> String {
    stage.send(&Ask::get("/metrics")).await.text().to_owned()
}

#[tokio::test]
async fn what_a_person_parks_is_shown_everywhere_and_there_after_a_restart_while_the_server_is_ready()
 {
    let mut stage = sealed().raise();
    let parked = command(&stage, &["upstream", "park", "openai", "--note", "moving"]);
    assert!(parked.status.success(), "{parked:?}");
    stage.stop_gateway().await;
    stage.start_again();
    let shown = stage.get("upstreams/openai").await;
    assert_eq!(shown["state"], "parked", "{shown}");
    assert_eq!(shown["parks"][0]["note"], "moving");
    let listed = command(&stage, &["upstream", "list"]);
    let listed = format!("{listed:?}");
    assert!(
        listed.contains("until somebody unparks it. by hand: moving"),
        "{listed}"
    );
    assert_eq!(stage.send(&Ask::get("/readyz")).await.status, 200);
    let gauge = "seawall_upstream_parked{upstream=\"openai\"}";
    assert!(metrics(&stage).await.contains(&format!("{gauge} 1\n")));
    let probed = command(&stage, &["upstream", "probe", "openai"]);
    let probed = format!("{probed:?}");
    assert!(
        probed.contains("model list: served") && probed.contains("openai is parked"),
        "what a person parked no probe ends: {probed}"
    );
    let back = command(&stage, &["upstream", "unpark", "openai"]);
    assert!(back.status.success(), "{back:?}");
    assert!(metrics(&stage).await.contains(&format!("{gauge} 0\n")));
    assert_eq!(stage.get("upstreams/openai").await["parks"], json!([]));
}

#[tokio::test]
async fn the_doctor_of_a_running_server_names_the_stop_and_no_credential() {
    let stage = sealed().raise();
    let body = made(&stage);
    let post = stage.administer(Method::POST, "upstreams", Some(&body));
    assert_eq!(post.await.status, 201);
    let account = json!({"credit_usd": "0"});
    let ask = Ask::post("/sim/account", &account);
    let client = crate::http::Http::new();
    let said = client.send(stage.sim.address, &ask).await.unwrap();
    assert_eq!(said.status, 200, "{said:?}");
    let asked = json!({"probe_chat": true, "model": "gpt-5-mini"});
    let report = stage
        .administer(Method::POST, "upstreams/made/doctor", Some(&asked))
        .await;
    assert_eq!(report.status, 200, "{report:?}");
    let findings = report.json()["findings"].as_array().cloned().unwrap();
    let verdict = findings
        .first()
        .map(ToString::to_string)
        .unwrap_or_default();
    assert!(verdict.contains("balance"), "{verdict}");
    assert_without("the report", &report.body, &[PLANTED, PLANTED_ADMIN]);
    let typed = command(&stage, &["upstream", "doctor", "made", "--probe-chat"]);
    assert_eq!(typed.status.code(), Some(10), "{typed:?}");
    assert_without(
        "the report",
        format!("{typed:?}").as_bytes(),
        &[PLANTED, PLANTED_ADMIN],
    );
    let nobody = command(&stage, &["upstream", "doctor", "nobody"]);
    assert_eq!(nobody.status.code(), Some(5), "{nobody:?}");
}

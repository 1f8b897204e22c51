//! Secrets that were planted come to light nowhere: not in a log at its most talkative, not in an answer, not in a file.

mod elsewhere;
mod everywhere;

use std::path::Path;

use http::Method;
use serde_json::json;

use crate::call::Call;
use crate::http::{Answer, Ask};
use crate::stage::{ADMIN_KEY, PROVIDER_KEY, Setting, Stage};
use crate::tenant::Tenant;

const DOLLAR: i64 = 1_000_000_000;
/// What a caller says in confidence.
const PROMPT: &str = "prompt-planted-5b1c77e09ad2";
/// An end user's name for himself.
const END_USER: &str = "user-planted-1f2e3d4c5b6a";

/// Every kind of call there is, good and bad. Answers all that came back.
async fn everything(stage: &Stage, tenant: &Tenant) -> Vec<Answer> {
    let prompt = json!([{"role": "user", "content": PROMPT}]);
    let chat = Call::chat()
        .with("messages", prompt)
        .with("safety_identifier", json!(END_USER));
    let calls = [
        chat.clone(),
        chat.clone().with("stream", json!(true)),
        Call::image().with("prompt", json!(PROMPT)),
        chat.clone().model("gpt-nobody-priced"),
        chat.clone().with("n", json!(0)),
        chat.clone().max(1_000_000_000),
        chat.clone().sim("fault", "refuse:invalid_api_key"),
        chat.clone().sim("fault", "refuse:server_error"),
        chat.clone().sim("fault", "drop:before"),
        chat.clone().sim("fault", "garbage"),
        chat.with("stream", json!(true)).sim("fault", "drop:mid"),
    ];
    let mut answers = Vec::new();
    for call in &calls {
        answers.push(stage.call(&tenant.secret, call).await);
        // A key that is wrong by one letter is somebody's key, too.
        answers.push(stage.call(&format!("{}x", tenant.secret), call).await);
    }
    answers.push(
        stage
            .send(&Ask::get("/v1/models").bearer(&tenant.secret))
            .await,
    );
    answers.push(
        stage
            .send(&Ask::get("/v1/me/headroom").bearer(&tenant.secret))
            .await,
    );
    answers.push(
        stage
            .send(&Ask::get("/api/v1/organizations").bearer(&tenant.secret))
            .await,
    );
    answers
}

/// Every answer of our API that a secret could be in.
async fn told(stage: &Stage, tenant: &Tenant) -> Vec<Answer> {
    let organization = &tenant.organization;
    let mut answers = Vec::new();
    for path in [
        "organizations".to_owned(),
        format!("organizations/{organization}"),
        format!("organizations/{organization}/projects"),
        format!("organizations/{organization}/credits"),
        format!("organizations/{organization}/balance"),
        format!("organizations/{organization}/ledger"),
        format!("projects/{}", tenant.project),
        format!("projects/{}/keys", tenant.project),
        format!("keys/{}", tenant.key),
        format!("headroom?key={}", tenant.key),
        format!("requests?organization={organization}"),
        "prices".to_owned(),
        "upstreams".to_owned(),
        "nowhere".to_owned(),
    ] {
        answers.push(stage.administer(Method::GET, &path, None).await);
    }
    for row in stage
        .list(&format!("requests?organization={organization}"))
        .await
    {
        let path = format!("requests/{}", crate::tenant::id(&row));
        answers.push(stage.administer(Method::GET, &path, None).await);
    }
    for path in [
        "/",
        "/livez",
        "/readyz",
        "/version",
        "/metrics",
        "/openapi.json",
    ] {
        answers.push(stage.send(&Ask::get(path)).await);
    }
    answers
}

pub(crate) fn holds(bytes: &[u8], secret: &str) -> bool {
    bytes
        .windows(secret.len())
        .any(|window| window == secret.as_bytes())
}

pub(crate) fn assert_without(what: &str, bytes: &[u8], secrets: &[&str]) {
    for secret in secrets {
        assert!(!holds(bytes, secret), "{what} holds {secret}");
    }
}

pub(crate) fn assert_files_without(folder: &Path, secrets: &[&str]) {
    let (mut files, mut folders) = (0, vec![folder.to_owned()]);
    while let Some(path) = folders.pop() {
        if path.is_dir() {
            let inside = std::fs::read_dir(&path).unwrap();
            folders.extend(inside.map(|file| file.unwrap().path()));
            continue;
        }
        assert_without(
            &path.display().to_string(),
            &std::fs::read(&path).unwrap(),
            secrets,
        );
        files += 1;
    }
    assert!(
        files >= 3,
        "the configuration, the store and what is remembered at least"
    );
}

#[tokio::test]
async fn planted_secrets_come_to_light_nowhere() {
    let mut stage = Setting::default().env("RUST_LOG", "trace").raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let idempotent = Ask::post(
        &format!("/api/v1/projects/{}/keys", tenant.project),
        &json!({"name": "once"}),
    );
    let idempotent = idempotent
        .bearer(ADMIN_KEY)
        .header("idempotency-key", "the-same");
    let first = stage.send(&idempotent).await;
    let once = first.json()["secret"].as_str().unwrap().to_owned();
    let mut answers = vec![stage.send(&idempotent).await];
    assert_eq!(answers[0].status, 201, "{answers:?}");
    answers.extend(everything(&stage, &tenant).await);
    stage.settled(&tenant.organization).await;
    answers.extend(told(&stage, &tenant).await);
    let secrets = [PROVIDER_KEY, ADMIN_KEY, &tenant.secret, &once];
    for answer in &answers {
        let said = format!("{:?}", answer.headers);
        assert_without(&said, said.as_bytes(), &secrets);
        assert_without(&format!("{answer:?}"), &answer.body, &secrets);
    }
    let private = [
        PROVIDER_KEY,
        ADMIN_KEY,
        &tenant.secret,
        &once,
        PROMPT,
        END_USER,
    ];
    assert_files_without(stage.folder(), &private);
    stage.stop_gateway().await;
    assert_files_without(stage.folder(), &private);
    let said = stage.gateway.said();
    assert!(
        said.contains("TRACE") || said.contains("DEBUG"),
        "the log was not at its most talkative:\n{said}"
    );
    assert_without("the log", said.as_bytes(), &private);
}

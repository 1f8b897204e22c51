//! Requests that nobody should send: each gets a clear error in the envelope that clients know, costs nothing, and
//! leaves the server as it was.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};

use crate::call::Call;
use crate::http::{Answer, Ask};
use crate::stage::{Setting, Stage};
use crate::tenant::Tenant;

const DOLLAR: i64 = 1_000_000_000;

async fn chat(stage: &Stage, secret: &str, body: impl Into<bytes::Bytes>) -> Answer {
    let ask = Ask::new(Method::POST, "/v1/chat/completions").bearer(secret);
    stage.send(&ask.json(body)).await
}

/// Sends what cannot be priced: 400, and the member that is to blame.
async fn assert_bad(stage: &Stage, secret: &str, (what, param): (&str, Value), body: String) {
    let answer = chat(stage, secret, body).await;
    assert_eq!(answer.status, 400, "{what}: {answer:?}");
    let error = answer.error();
    assert_eq!(error["type"], "invalid_request_error", "{what}");
    assert_eq!(error["param"], param, "{what}: {error}");
    assert!(!error["message"].as_str().unwrap().is_empty(), "{what}");
    assert_ne!(answer.header("x-should-retry"), Some("true"), "{what}");
}

/// Nothing was held, nothing was sent, and the next good call is served.
async fn assert_unharmed(stage: &Stage, tenant: &Tenant) {
    let balance = stage.balance(&tenant.organization).await;
    assert_eq!((balance.spent, balance.held), (0, 0));
    assert_eq!(stage.provider("/sim/billed").await["calls"], 0);
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn a_body_that_is_not_one_clear_json_object_is_refused() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let good = Call::chat().body.to_string();
    let before = |member: &str| good.replacen('{', &format!("{{{member},"), 1);
    let deep = format!(
        "{{\"model\":\"gpt-5-mini\",\"messages\":{}",
        "[".repeat(100_000)
    );
    for (what, body, param) in [
        ("nothing", String::new(), Value::Null),
        ("no JSON", "{\"model\":".to_owned(), Value::Null),
        ("no object", "[]".to_owned(), Value::Null),
        ("two texts", format!("{good}{good}"), Value::Null),
        ("too deep", deep, Value::Null),
        ("twice", before("\"model\":\"gpt-5\""), json!("model")),
        (
            "hidden by capitals",
            before("\"Max_Completion_Tokens\":9"),
            json!("max_completion_tokens"),
        ),
    ] {
        assert_bad(&stage, &tenant.secret, (what, param), body).await;
    }
    let not_text = chat(&stage, &tenant.secret, vec![b'{', 0xff, 0xfe, b'}']).await;
    assert_eq!(not_text.status, 400, "{not_text:?}");
    assert_unharmed(&stage, &tenant).await;
}

#[tokio::test]
async fn a_member_that_cannot_be_priced_is_refused_by_its_name() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let max = "max_completion_tokens";
    for (member, value) in [
        ("model", Value::Null),
        ("model", json!(5)),
        ("messages", Value::Null),
        ("n", json!(0)),
        ("n", json!(-1)),
        ("n", json!(1_000_000)),
        (max, json!(-5)),
        (max, json!(0)),
        (max, json!(1.5)),
        (max, json!(u64::MAX)),
        ("max_tokens", json!(5)),
        ("stream", json!("yes")),
        ("stream_options", json!("usage")),
        ("prediction", json!({"type": "content", "content": "dear"})),
        ("audio", json!({"voice": "alloy", "format": "wav"})),
    ] {
        let what = format!("{member}: {value}");
        let body = Call::chat().with(member, value).body.to_string();
        assert_bad(&stage, &tenant.secret, (&what, json!(member)), body).await;
    }
    assert_unharmed(&stage, &tenant).await;
}

#[tokio::test]
async fn a_body_beyond_the_bound_is_413() {
    let stage = Setting::default()
        .config("[gateway]\nbody_limit = \"64KiB\"")
        .raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let message = "a".repeat(65 * 1024);
    let body = Call::chat().with("messages", json!([{"role": "user", "content": message}]));
    let answer = chat(&stage, &tenant.secret, body.body.to_string()).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    assert_eq!(answer.error()["type"], "invalid_request_error");
    let balance = stage.balance(&tenant.organization).await;
    assert_eq!((balance.spent, balance.held), (0, 0));
}

#[tokio::test]
async fn json_under_another_content_type_is_read_as_what_it_is() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    for kind in [
        "text/plain",
        "application/json; charset=utf-8",
        "application/x-www-form-urlencoded",
    ] {
        let mut ask = Call::chat().ask(&tenant.secret);
        ask.headers.retain(|(name, _)| name != "content-type");
        let answer = stage.send(&ask.header("content-type", kind)).await;
        assert_eq!(answer.status, 200, "{kind}: {answer:?}");
    }
}

#[tokio::test]
async fn amounts_that_are_no_amounts_are_refused_with_a_sentence() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let before = stage.balance(&tenant.organization).await;
    let path = format!("organizations/{}/credits", tenant.organization);
    for amount in [
        json!("12345678901234567890"),
        json!("99999999999999999999.99"),
        json!("9223372036.854775808"),
        json!("0.0000000001"),
        json!("-1.00"),
        json!("0.00"),
        json!(""),
        json!("1e3"),
        json!("1,000.00"),
        json!("$5"),
        json!(" 5"),
        json!("NaN"),
        json!(5),
        json!(5.5),
        json!(null),
        json!(["5.00"]),
    ] {
        let body = json!({"amount_usd": amount, "kind": "purchase", "note": "no"});
        let answer = stage.administer(Method::POST, &path, Some(&body)).await;
        assert_eq!(answer.status, 400, "{amount}: {answer:?}");
        let error = answer.error();
        assert!(
            error["message"].as_str().unwrap().contains("amount_usd"),
            "{amount}: {error}"
        );
        assert!(error["code"].is_string(), "{error}");
    }
    assert_eq!(stage.balance(&tenant.organization).await, before);
}

#[tokio::test]
async fn our_api_answers_nonsense_in_its_own_envelope() {
    let stage = Stage::raise();
    for (method, path, status) in [
        (Method::GET, "organizations/org_nonsense", 404),
        (Method::GET, "requests/req_00000000000000000000000000", 404),
        (Method::GET, "nowhere", 404),
        (Method::POST, "organizations", 400),
        (Method::DELETE, "organizations", 405),
    ] {
        let body = (method == Method::POST).then(|| json!({"name": "x", "colour": "red"}));
        let answer = stage.administer(method.clone(), path, body.as_ref()).await;
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        let error = answer.error();
        assert!(
            error["code"].is_string() && error["message"].is_string(),
            "{error}"
        );
    }
    for key in ["", "sk-sw-admin-wrong", "acceptance-admin-key"] {
        let answer = stage
            .send(&Ask::get("/api/v1/organizations").bearer(key))
            .await;
        assert_eq!(answer.status, 401, "{answer:?}");
        assert!(answer.error()["code"].is_string());
    }
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_not_waited_for() {
    let stage = Setting::default()
        .config("[gateway]\nrequest_timeout = \"1s\"")
        .raise();
    let tenant = stage.tenant(DOLLAR).await;
    let mut slow = TcpStream::connect(stage.gateway.address).await.unwrap();
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: seawall\r\nauthorization: Bearer {}\r\n\
         content-length: 500\r\n\r\n{{\"model\":",
        tenant.secret
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 1024];
    let len = timeout(Duration::from_secs(20), slow.read(&mut answer)).await;
    let len = len.expect("no answer").unwrap();
    let answer = String::from_utf8_lossy(&answer[..len]);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let balance = stage.balance(&tenant.organization).await;
    assert_eq!((balance.spent, balance.held), (0, 0));
}

#[tokio::test]
async fn a_client_that_dribbles_its_headers_is_cut_off() {
    let stage = Setting::default()
        .env("SEAWALL_SERVER__HEADER_TIMEOUT", "2s")
        .raise();
    let mut slow = TcpStream::connect(stage.gateway.address).await.unwrap();
    slow.write_all(b"POST /v1/chat/completions HTTP/1.1\r\nhost: seawall\r\n")
        .await
        .unwrap();
    let (mut read, mut write) = slow.split();
    let mut bytes = Vec::new();
    let mut beat = interval(Duration::from_millis(200));
    let cut = async {
        loop {
            tokio::select! {
                // Closed, with or without a word; a reset is a close as well.
                ended = read.read_to_end(&mut bytes) => return ended.map(|_len| ()),
                _ = beat.tick() => write.write_all(b"x-slow: 1\r\n").await?,
            }
        }
    };
    let _closed_or_reset = timeout(Duration::from_secs(20), cut)
        .await
        .expect("still open");
    // Others never noticed.
    let tenant = stage.tenant(DOLLAR).await;
    assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
}

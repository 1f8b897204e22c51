//! What an administrator or a script types wrongly: every amount, name and body that cannot be is refused with a sentence
//! that names it, and no journal has an entry more than before.

use http::Method;
use serde_json::{Value, json};

use crate::http::{Answer, Ask};
use crate::stage::{ADMIN_KEY, Setting, Stage};
use crate::tenant::{On, Tenant};

const DOLLAR: i64 = 1_000_000_000;

/// What is no amount of money, in any field.
fn no_amounts() -> Vec<Value> {
    let texts = [
        "12345678901234567890",
        "99999999999999999999.99",
        "9223372036.854775808",
        "-1.00",
        "-0.000000001",
        "0.0000000001",
        "",
        " ",
        "1e3",
        "1E-2",
        "1,000.00",
        "1.000,00",
        "$5",
        " 5",
        "5 ",
        "NaN",
        "Infinity",
        "-Infinity",
        "0x10",
        "٥",
        "5\u{0}",
        "5\n",
        "five",
        ".",
        "5.",
        "--5",
    ];
    let mut all: Vec<Value> = texts.map(Value::from).to_vec();
    all.extend([
        json!(5),
        json!(5.5),
        json!(1e300),
        json!(true),
        json!(["5.00"]),
        json!({}),
    ]);
    all
}

/// What is no whole number of tokens or seconds.
fn no_numbers() -> Vec<Value> {
    vec![
        json!(-1),
        json!(1.5),
        json!(1e30),
        json!("5"),
        json!(true),
        json!([5]),
        json!(9_223_372_036_854_775_808_u64),
    ]
}

/// A stage, somebody on it, and all its journal has.
async fn stage() -> (Stage, Tenant, String) {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let limit = stage.limit(On::Key(&tenant.key), DOLLAR).await;
    (stage, tenant, limit)
}

async fn entries(stage: &Stage, tenant: &Tenant) -> Vec<Value> {
    let path = format!("organizations/{}/ledger?limit=200", tenant.organization);
    stage.list(&path).await
}

/// A sentence in our envelope that names the field.
fn assert_names(field: &str, value: &Value, answer: &Answer) {
    assert_eq!(answer.status, 400, "{field} = {value}: {answer:?}");
    let error = answer.error();
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(field), "{field} = {value}: {message}");
    assert!(
        message.ends_with('.') || message.ends_with(')'),
        "{field} = {value}: {message}"
    );
    assert_eq!(error["details"]["field"], field, "{value}: {error}");
}

#[tokio::test]
async fn what_is_no_amount_is_refused_in_every_field_by_its_name() {
    let (stage, tenant, limit) = stage().await;
    let (organization, project, key) = (&tenant.organization, &tenant.project, &tenant.key);
    let scope = json!({"kind": "project", "id": project});
    let new_limit =
        json!({"scope": scope, "window": {"kind": "total"}, "measure": "usd", "mode": "enforce"});
    let (post, patch) = (Method::POST, Method::PATCH);
    let credits = format!("organizations/{organization}/credits");
    let amounts = [
        (
            &post,
            credits,
            "amount_usd",
            json!({"kind": "purchase", "note": "n"}),
        ),
        (&post, "limits".to_owned(), "amount_usd", new_limit),
        (&patch, format!("limits/{limit}"), "amount_usd", json!({})),
        (
            &post,
            "organizations".to_owned(),
            "approved_usage_limit_usd",
            json!({"name": "n"}),
        ),
        (
            &patch,
            format!("organizations/{organization}"),
            "approved_usage_limit_usd",
            json!({}),
        ),
    ];
    let numbers = [
        (
            &post,
            format!("organizations/{organization}/projects"),
            "default_max_output",
            json!({"name": "n"}),
        ),
        (
            &patch,
            format!("projects/{project}"),
            "default_max_output",
            json!({}),
        ),
        (
            &post,
            format!("keys/{key}/rotate"),
            "overlap_seconds",
            json!({}),
        ),
    ];
    let before = (
        entries(&stage, &tenant).await,
        stage.list("organizations").await,
    );
    let amounts = amounts.into_iter().map(|case| (case, no_amounts()));
    let numbers = numbers.into_iter().map(|case| (case, no_numbers()));
    for ((method, path, field, body), values) in amounts.chain(numbers) {
        for value in values {
            let mut body = body.clone();
            body[field] = value.clone();
            let answer = stage.administer(method.clone(), &path, Some(&body)).await;
            assert_names(field, &value, &answer);
        }
    }
    let after = (
        entries(&stage, &tenant).await,
        stage.list("organizations").await,
    );
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_name_that_nobody_could_read_is_refused() {
    let (stage, tenant, _limit) = stage().await;
    let project = format!("organizations/{}/projects", tenant.organization);
    let key = format!("projects/{}/keys", tenant.project);
    let before = (
        entries(&stage, &tenant).await,
        stage.list("organizations").await,
    );
    for path in ["organizations", &project, &key] {
        for name in [
            json!("nul\u{0}"),
            json!("two\nlines"),
            json!("\u{1b}[31mred"),
            json!("\u{7f}"),
            json!("\u{85}"),
            json!("a".repeat(100_000)),
            json!(""),
            json!(5),
            json!(null),
            json!(["a"]),
        ] {
            let answer = stage
                .administer(Method::POST, path, Some(&json!({"name": name})))
                .await;
            assert_eq!(answer.status, 400, "{path} {name}: {answer:?}");
            let message = answer.error()["message"].as_str().unwrap().to_owned();
            assert!(message.contains("name"), "{path} {name}: {message}");
        }
    }
    let after = (
        entries(&stage, &tenant).await,
        stage.list("organizations").await,
    );
    assert_eq!(before, after);
}

async fn post(stage: &Stage, body: impl Into<bytes::Bytes>) -> Answer {
    let ask = Ask::new(Method::POST, "/api/v1/organizations").bearer(ADMIN_KEY);
    stage.send(&ask.json(body)).await
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_with_where_and_why() {
    let (stage, _tenant, _limit) = stage().await;
    let before = stage.list("organizations").await;
    let deep = format!("{{\"name\":{}", "[".repeat(100_000));
    for (what, body, says) in [
        ("half", b"{\"name\":".to_vec(), "line 1 column 8"),
        ("a list", b"[]".to_vec(), "one JSON object"),
        ("two", b"{}{}".to_vec(), "line 1 column 3"),
        ("too deep", deep.into_bytes(), "recursion limit"),
        (
            "twice",
            b"{\"name\":\"a\",\"name\":\"b\"}".to_vec(),
            "\"name\" is there twice",
        ),
        ("not UTF-8", b"{\"name\":\"\xff\xfe\"}".to_vec(), "line 1"),
        (
            "a number beyond all",
            b"{\"name\":1e999}".to_vec(),
            "number out of range",
        ),
        (
            "not a number",
            b"{\"name\":NaN}".to_vec(),
            "line 1 column 9",
        ),
        (
            "unknown",
            b"{\"name\":\"a\",\"colour\":\"b\"}".to_vec(),
            "colour",
        ),
    ] {
        let answer = post(&stage, body).await;
        assert_eq!(answer.status, 400, "{what}: {answer:?}");
        let message = answer.error()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(says), "{what}: {message}");
    }
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
    ] {
        let ask = Ask::new(Method::POST, "/api/v1/organizations").bearer(ADMIN_KEY);
        let mut ask = ask.header("content-type", kind);
        ask.body = "{\"name\":\"a\"}".into();
        let answer = stage.send(&ask).await;
        assert_eq!(answer.status, 415, "{kind}: {answer:?}");
        assert!(
            answer.text().contains("Content-Type: application/json"),
            "{answer:?}"
        );
    }
    let large = post(&stage, format!("{{\"name\":\"{}\"}}", "a".repeat(2 << 20))).await;
    assert_eq!(large.status, 413, "{large:?}");
    assert!(large.text().contains("larger than 1 MiB"), "{large:?}");
    assert_eq!(before, stage.list("organizations").await);
}

#[tokio::test]
async fn what_nobody_knows_is_answered_with_what_there_is() {
    let stage = Setting::default().raise();
    for (method, path, status, says) in [
        (Method::GET, "requests?outcome=lost", 400, "served, refused"),
        (Method::GET, "requests?limit=-1", 400, "1 to 200"),
        (
            Method::GET,
            "requests?limit=99999999999999999999",
            400,
            "1 to 200",
        ),
        (Method::GET, "requests?from=yesterday", 400, "RFC 3339"),
        (Method::GET, "requests?cursor=%00", 400, "next_cursor"),
        (Method::GET, "requests?colour=red", 400, "colour"),
        (Method::GET, "usage?bucket=year", 400, "day"),
        (Method::GET, "limits", 400, "organization"),
        (Method::GET, "headroom?key=key_nonsense", 400, "key_"),
        (Method::GET, "keys/%ff%fe", 404, "There is no such"),
        (
            Method::DELETE,
            "organizations/x/credits/y",
            404,
            "There is no such",
        ),
    ] {
        let answer = stage.administer(method, path, None).await;
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        let message = answer.error()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(says), "{path}: {message}");
    }
}

//! Plain chat completions and what surrounds them.

use sim::Options;

use crate::support::{HELLO, Provider, hello, noon, provider, tokens};

#[tokio::test]
async fn an_answer_has_the_shape_the_tokens_and_the_headers_of_the_provider() {
    let provider = provider().await;
    let answer = provider
        .chat(HELLO, &["x-sim-output-tokens: 17", "x-sim-tag: mine"])
        .await;
    assert_eq!(answer.status, 200);
    let json = answer.json();
    assert_eq!(json["object"], "chat.completion");
    assert_eq!(json["model"], "gpt-5-mini");
    assert_eq!(json["created"], noon());
    assert_eq!(json["service_tier"], "default");
    assert!(json["id"].as_str().unwrap().starts_with("chatcmpl-"));
    assert_eq!(json["choices"][0]["finish_reason"], "stop");
    assert_eq!(tokens(&answer.text()), 17);
    assert_eq!(json["usage"]["prompt_tokens"], 9);
    assert_eq!(json["usage"]["completion_tokens"], 17);
    assert_eq!(json["usage"]["total_tokens"], 26);
    for name in [
        "openai-organization",
        "openai-processing-ms",
        "x-ratelimit-remaining-tokens",
    ] {
        assert!(answer.header(name).is_some(), "{name}");
    }
    assert_eq!(answer.header("openai-version"), Some("2020-10-01"));
    assert!(
        answer
            .header("openai-project")
            .unwrap()
            .starts_with("proj_")
    );
    let line = provider.line().await;
    assert_eq!(line["id"], answer.header("x-request-id").unwrap());
    assert_eq!(line["tag"], "mine");
    assert_eq!(line["path"], "/v1/chat/completions");
    assert_eq!(line["usage"], json["usage"]);
    assert_eq!(line["usage_delivered"], true);
    assert_eq!(line["status"], 200);
}

#[tokio::test]
async fn the_same_body_has_the_same_length_under_one_seed_and_lengths_vary() {
    let mut lengths = std::collections::BTreeSet::new();
    let one = provider().await;
    let other = provider().await;
    let mut seeded = Options::new(noon);
    seeded.seed = 99;
    let reseeded = Provider::start(seeded).await;
    let mut changed = 0;
    for n in 0..20 {
        let body = hello(&format!(r#""user":"u{n}""#));
        let length = one.chat(&body, &[]).await.json()["usage"]["completion_tokens"].clone();
        assert_eq!(
            other.chat(&body, &[]).await.json()["usage"]["completion_tokens"],
            length
        );
        assert_eq!(
            one.chat(&body, &[]).await.json()["usage"]["completion_tokens"],
            length
        );
        changed += usize::from(
            reseeded.chat(&body, &[]).await.json()["usage"]["completion_tokens"] != length,
        );
        lengths.insert(length.as_u64().unwrap());
    }
    assert!(
        lengths.len() > 10 && lengths.iter().all(|length| (1..=200).contains(length)),
        "{lengths:?}"
    );
    assert!(changed > 10, "{changed}");
}

#[tokio::test]
async fn max_tokens_bound_the_answer_and_a_disobedient_provider_does_not_keep_to_them() {
    let provider = provider().await;
    for (member, headers, completion, finish) in [
        (
            r#""max_tokens":5"#,
            vec!["x-sim-output-tokens: 9"],
            5,
            "length",
        ),
        (
            r#""max_completion_tokens":5"#,
            vec!["x-sim-output-tokens: 9"],
            5,
            "length",
        ),
        (
            r#""max_tokens":9"#,
            vec!["x-sim-output-tokens: 9"],
            9,
            "stop",
        ),
        (
            r#""max_tokens":5"#,
            vec!["x-sim-output-tokens: 9", "x-sim-ignore-max: 1"],
            9,
            "stop",
        ),
        (r#""n":3"#, vec!["x-sim-output-tokens: 9"], 27, "stop"),
        (
            r#""n":2"#,
            vec!["x-sim-output-tokens: 9", "x-sim-reasoning-tokens: 40"],
            58,
            "stop",
        ),
    ] {
        let json = provider.chat(&hello(member), &headers).await.json();
        assert_eq!(json["usage"]["completion_tokens"], completion, "{member}");
        assert_eq!(json["choices"][0]["finish_reason"], finish, "{member}");
    }
    let reasoning = provider
        .chat(
            HELLO,
            &["x-sim-reasoning-tokens: 40", "x-sim-cached-tokens: 4"],
        )
        .await;
    let usage = &reasoning.json()["usage"];
    assert_eq!(usage["completion_tokens_details"]["reasoning_tokens"], 40);
    assert_eq!(usage["prompt_tokens_details"]["cached_tokens"], 4);
}

#[tokio::test]
async fn a_request_without_a_key_is_refused_with_the_masked_key() {
    let provider = provider().await;
    let path = "/v1/chat/completions";
    let answer = provider
        .send_bare(
            "POST",
            path,
            &["authorization: Basic sk-Eyftb0123456789vW99"],
            HELLO,
        )
        .await;
    assert_eq!(answer.status, 401);
    let error = &answer.json()["error"];
    assert_eq!(error["code"], "invalid_api_key");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("sk-Eyftb**********vW99"),
        "{error}"
    );
    assert_eq!(
        provider.send_bare("POST", path, &[], HELLO).await.status,
        401
    );
    assert_eq!(provider.get("/sim/billed").await["calls"], 0);
}

#[tokio::test]
async fn wrong_requests_get_the_provider_s_envelope() {
    let provider = provider().await;
    let post = "/v1/chat/completions";
    for (method, path, body, status, code) in [
        ("POST", post, "{", 400, None),
        (
            "POST",
            post,
            r#"{"model":"gpt-7","messages":[]}"#,
            404,
            Some("model_not_found"),
        ),
        (
            "POST",
            post,
            r#"{"model":"gpt-5","messages":[],"n":0}"#,
            400,
            Some("invalid_value"),
        ),
        (
            "POST",
            post,
            r#"{"model":"gpt-5","messages":[],"max_tokens":0}"#,
            400,
            Some("integer_below_min_value"),
        ),
        (
            "POST",
            post,
            r#"{"model":"gpt-5","messages":[],"service_tier":"gold"}"#,
            400,
            Some("invalid_value"),
        ),
        ("GET", post, "", 405, None),
        ("POST", "/v1/videos", "{}", 404, None),
        ("GET", "/v1/models/gpt-7", "", 404, Some("model_not_found")),
        ("GET", "/v2", "", 404, None),
        ("GET", "/sim/nothing", "", 404, None),
        ("POST", "/sim/billed", "", 405, None),
    ] {
        let answer = provider.send(method, path, &[], body).await;
        assert_eq!(answer.status, status, "{method} {path} {body}");
        let error = &answer.json()["error"];
        assert_eq!(error["type"], "invalid_request_error");
        assert_eq!(error["code"].as_str(), code, "{method} {path} {body}");
    }
    assert_eq!(
        provider
            .chat(HELLO, &["x-sim-output-tokens: many"])
            .await
            .status,
        400
    );
    assert_eq!(provider.usd().await, "0.00");
}

#[tokio::test]
async fn the_models_are_listed_and_found_by_name() {
    let provider = provider().await;
    let list = provider.get("/v1/models").await;
    let ids: Vec<_> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| model["id"].clone())
        .collect();
    assert!(ids.contains(&"gpt-5-mini".into()) && ids.contains(&"gpt-image-2".into()));
    assert!(ids.iter().all(|id| !id.as_str().unwrap().contains('*')));
    assert_eq!(provider.get("/v1/models/gpt-5.4").await["id"], "gpt-5.4");
    assert_eq!(provider.get("/v1/models/sim%2Fany").await["id"], "sim/any");
}

#[tokio::test]
async fn a_connection_serves_call_after_call() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let provider = provider().await;
    let mut stream = tokio::net::TcpStream::connect(provider.address)
        .await
        .unwrap();
    for _ in 0..3 {
        let len = HELLO.len();
        let head = "POST /v1/chat/completions HTTP/1.1\r\nhost: sim\r\nauthorization: Bearer k\r\n";
        stream
            .write_all(format!("{head}content-length: {len}\r\n\r\n{HELLO}").as_bytes())
            .await
            .unwrap();
        let mut read = Vec::new();
        while !read.ends_with(b"}}}") {
            assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0);
        }
    }
    assert_eq!(provider.get("/sim/billed").await["calls"], 3);
    drop(stream);
    provider.stop().await;
}

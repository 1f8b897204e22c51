//! Calls that do not come to an end, and callers that do not wait for it.

use serde_json::Value;
use tokio::io::AsyncReadExt as _;

use crate::support::{HELLO, hello, provider};

#[tokio::test]
async fn a_hanging_call_is_billed_nothing_and_ends_with_the_server() {
    let provider = provider().await;
    let headers = ["authorization: Bearer k", "x-sim-fault: hang"];
    let mut stream = provider
        .open("POST", "/v1/chat/completions", &headers, HELLO)
        .await;
    // The line stands before the call begins to hang.
    while provider.get("/sim/ledger").await["data"]
        .as_array()
        .unwrap()
        .is_empty()
    {
        tokio::task::yield_now().await;
    }
    assert_eq!(provider.line().await["status"], Value::Null);
    assert_eq!(provider.usd().await, "0.00");
    provider.stop().await;
    let mut read = Vec::new();
    stream.read_to_end(&mut read).await.ok();
    assert!(read.is_empty());
}

#[tokio::test]
async fn an_endless_stream_ends_with_the_reader_and_is_billed_for_what_was_made() {
    let provider = provider().await;
    let headers = ["authorization: Bearer k", "x-sim-fault: endless"];
    let body = hello(r#""stream":true,"max_tokens":10"#);
    let mut stream = provider
        .open("POST", "/v1/chat/completions", &headers, &body)
        .await;
    let mut read = vec![0; 1024 * 1024];
    stream.read_exact(&mut read).await.unwrap();
    assert_eq!(provider.usd().await, "0.00");
    drop(stream);
    while provider.get("/sim/billed").await["calls"] == 0 {
        tokio::task::yield_now().await;
    }
    let line = provider.line().await;
    assert!(
        line["usage"]["completion_tokens"].as_u64().unwrap() > 10_000,
        "{line}"
    );
    assert_eq!(line["usd"].as_str().unwrap(), provider.usd().await);
    provider.stop().await;
}

#[tokio::test]
async fn an_endless_stream_is_bounded() {
    let provider = provider().await;
    let answer = provider.chat(HELLO, &["x-sim-fault: endless"]).await;
    assert!(!answer.whole);
    let bytes = answer.body.len();
    assert!(
        (63 * 1024 * 1024..=64 * 1024 * 1024).contains(&bytes),
        "{bytes}"
    );
}

#[tokio::test]
async fn a_call_whose_caller_leaves_before_the_answer_is_billed() {
    let provider = provider().await;
    let headers = [
        "authorization: Bearer k",
        "x-sim-latency-ms: 600000",
        "x-sim-output-tokens: 100",
    ];
    let stream = provider
        .open("POST", "/v1/chat/completions", &headers, HELLO)
        .await;
    while provider.get("/sim/billed").await["calls"] == 0 {
        tokio::task::yield_now().await;
    }
    drop(stream);
    // 9 × $0.25/M + 100 × $2/M
    assert_eq!(provider.usd().await, "0.00020225");
    assert_eq!(provider.line().await["usage_delivered"], false);
    provider.stop().await;
}

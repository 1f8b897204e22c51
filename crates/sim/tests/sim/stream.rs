//! Streams of chat completions.

use crate::support::{hello, provider, tokens};

#[tokio::test]
async fn a_stream_with_usage_has_null_in_every_chunk_and_the_usage_in_one_without_choices() {
    let provider = provider().await;
    let body = hello(r#""stream":true,"stream_options":{"include_usage":true}"#);
    let answer = provider.chat(&body, &["x-sim-output-tokens: 23"]).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.whole
            && answer
                .header("content-type")
                .unwrap()
                .starts_with("text/event-stream")
    );
    let chunks = answer.chunks();
    let (last, others) = chunks.split_last().unwrap();
    assert!(
        others
            .iter()
            .all(|chunk| chunk.as_object().unwrap()["usage"].is_null())
    );
    assert_eq!(last["choices"].as_array().unwrap().len(), 0);
    assert_eq!(last["usage"]["completion_tokens"], 23);
    assert_eq!(last["usage"]["prompt_tokens"], 9);
    assert_eq!(answer.events().last(), Some(&"[DONE]"));
    assert_eq!(tokens(&answer.text()), 23);
    // The role, ⌈23 / 5⌉ pieces of text, the finish, the usage.
    assert_eq!(chunks.len(), 1 + 5 + 1 + 1);
    assert_eq!(
        others.last().unwrap()["choices"][0]["finish_reason"],
        "stop"
    );
    assert_eq!(provider.line().await["usage_delivered"], true);
}

#[tokio::test]
async fn a_stream_without_usage_never_names_it_and_is_billed_all_the_same() {
    let provider = provider().await;
    let answer = provider
        .chat(&hello(r#""stream":true"#), &["x-sim-output-tokens: 500"])
        .await;
    assert!(answer.whole && !answer.body.contains("usage"));
    assert_eq!(tokens(&answer.text()), 500);
    // 9 × $0.25/M + 500 × $2/M
    assert_eq!(provider.usd().await, "0.00100225");
    let line = provider.line().await;
    assert_eq!(line["usage_delivered"], false);
    assert!(line["usage_said"].is_null());
}

#[tokio::test]
async fn every_choice_of_a_stream_is_whole() {
    let provider = provider().await;
    let body = hello(r#""stream":true,"n":3,"max_tokens":12"#);
    let headers = ["x-sim-output-tokens: 40", "x-sim-chunk-tokens: 7"];
    let chunks = provider.chat(&body, &headers).await.chunks();
    for index in 0..3 {
        let of_choice = || {
            chunks
                .iter()
                .filter(|chunk| chunk["choices"][0]["index"] == index)
        };
        let text: String = of_choice()
            .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str())
            .collect();
        assert_eq!(tokens(&text), 12);
        let finishes: Vec<_> = of_choice()
            .filter_map(|chunk| chunk["choices"][0]["finish_reason"].as_str())
            .collect();
        assert_eq!(finishes, ["length"]);
        assert_eq!(of_choice().count(), 1 + 2 + 1);
    }
}

#[tokio::test]
async fn a_slow_stream_sends_each_chunk_when_it_is_made() {
    use tokio::io::AsyncReadExt as _;
    let provider = provider().await;
    let headers = [
        "authorization: Bearer k",
        "x-sim-output-tokens: 100000",
        "x-sim-chunk-tokens: 1",
        "x-sim-chunk-delay-ms: 20",
    ];
    let body = hello(r#""stream":true"#);
    let mut stream = provider
        .open("POST", "/v1/chat/completions", &headers, &body)
        .await;
    let mut read = Vec::new();
    while read
        .windows(10)
        .filter(|piece| piece == b"\"content\":")
        .count()
        < 4
    {
        assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0);
    }
    // A hundred thousand chunks make thirty million bytes and take half an hour: what is here came before.
    assert!(read.len() < 1_000_000, "{}", read.len());
    // Who goes away in the middle pays for the whole answer: 9 × $0.25/M + 100,000 × $2/M.
    drop(stream);
    assert_eq!(provider.usd().await, "0.20000225");
    assert_eq!(provider.line().await["usage_delivered"], false);
    provider.stop().await;
}

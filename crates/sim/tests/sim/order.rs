//! The routes beside chats and pictures: what they answer, and that the bill says the same.

use serde_json::{Value, json};

use crate::support::{Answer, Provider, provider};

async fn ask(provider: &Provider, path: &str, body: &Value, headers: &[&str]) -> Answer {
    provider
        .send("POST", path, headers, &body.to_string())
        .await
}

async fn billed(provider: &Provider) -> String {
    let bill = provider.get("/sim/billed").await;
    bill["usd"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_route_bills_what_its_answer_says() {
    // "Hello world" is two tokens and eleven characters; an item has three around it and its role is one.
    let hello = json!("Hello world");
    let said = json!([{"role": "user", "content": "Hello world"}]);
    for (path, body, place, value, usd) in [
        (
            "/v1/embeddings",
            json!({"model": "text-embedding-3-small", "input": [hello, hello]}),
            "/usage/prompt_tokens",
            json!(4),
            "0.00000008",
        ),
        (
            "/v1/embeddings",
            json!({"model": "text-embedding-3-large", "input": [[1, 2, 3]]}),
            "/usage/total_tokens",
            json!(3),
            "0.00000039",
        ),
        (
            "/v1/completions",
            json!({"model": "gpt-3.5-turbo-instruct", "prompt": hello, "n": 2, "best_of": 3}),
            "/usage/completion_tokens",
            json!(3 * 10),
            "0.000063",
        ),
        (
            "/v1/moderations",
            json!({"input": hello}),
            "/results/0/flagged",
            json!(false),
            "0.00",
        ),
        (
            "/v1/responses",
            json!({"model": "gpt-5-mini", "input": said}),
            "/usage/input_tokens",
            json!(3 + 3 + 1 + 2),
            "0.00002225",
        ),
        (
            "/v1/messages",
            json!({"model": "claude-haiku-4-5", "max_tokens": 99, "messages": said}),
            "/usage/output_tokens",
            json!(10),
            "0.000059",
        ),
        (
            "/v1/messages/count_tokens",
            json!({"model": "claude-haiku-4-5", "messages": said}),
            "/input_tokens",
            json!(9),
            "0.00",
        ),
    ] {
        let provider = provider().await;
        let answer = ask(&provider, path, &body, &["x-sim-output-tokens: 10"]).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert_eq!(answer.json().pointer(place), Some(&value), "{path}");
        assert_eq!(billed(&provider).await, usd, "{path}");
        provider.stop().await;
    }
}

#[tokio::test]
async fn speech_is_billed_by_the_character_or_by_its_tokens() {
    let provider = provider().await;
    let body = json!({"model": "tts-1", "input": "Hello world", "voice": "alloy"});
    let answer = ask(&provider, "/v1/audio/speech", &body, &[]).await;
    assert!(answer.head.contains("audio/mpeg"), "{}", answer.head);
    assert_eq!(billed(&provider).await, "0.000165");
    let body = json!({"model": "gpt-4o-mini-tts", "input": "Hello world", "stream_format": "sse"});
    let answer = ask(&provider, "/v1/audio/speech", &body, &[]).await;
    assert!(
        answer
            .body
            .contains(r#""usage":{"input_tokens":2,"output_tokens":10,"#),
        "{}",
        answer.body
    );
    assert_eq!(billed(&provider).await, "0.0002862");
    provider.stop().await;
}

#[tokio::test]
async fn streams_end_with_what_was_used_in_the_events_of_their_route() {
    let provider = provider().await;
    let said = json!([{"role": "user", "content": "Hello world"}]);
    for (path, body, wanted) in [
        (
            "/v1/completions",
            json!({"model": "gpt-3.5-turbo-instruct", "prompt": "Hello world", "stream": true,
                "stream_options": {"include_usage": true}}),
            vec![
                r#""finish_reason":"stop""#,
                r#""prompt_tokens":2"#,
                "data: [DONE]",
            ],
        ),
        (
            "/v1/responses",
            json!({"model": "gpt-5-mini", "input": said, "stream": true}),
            vec![
                "event: response.created",
                "event: response.output_text.delta",
                "event: response.completed",
                r#""input_tokens":9"#,
            ],
        ),
        (
            "/v1/messages",
            json!({"model": "claude-haiku-4-5", "max_tokens": 99, "messages": said, "stream": true}),
            vec![
                "event: message_start",
                "event: content_block_delta",
                "event: message_delta",
                r#""usage":{"output_tokens":10}"#,
                "event: message_stop",
            ],
        ),
    ] {
        let answer = ask(&provider, path, &body, &["x-sim-output-tokens: 10"]).await;
        assert!(answer.whole, "{path}");
        let mut rest = answer.body.as_str();
        for word in wanted {
            let found = rest.find(word);
            assert!(found.is_some(), "{path}: {word} in {}", answer.body);
            rest = rest.split_at(found.unwrap()).1;
        }
        let cut = ["x-sim-output-tokens: 10", "x-sim-fault: drop:before_usage"];
        let answer = ask(&provider, path, &body, &cut).await;
        assert!(
            !answer.whole && !answer.body.contains(r#""output_tokens":10"#),
            "{path}"
        );
    }
    provider.stop().await;
}

#[tokio::test]
async fn a_bound_is_kept_and_a_broken_stream_is_billed_for_its_half() {
    let provider = provider().await;
    let body = json!({"model": "gpt-5-mini", "input": "Hello world", "max_output_tokens": 4});
    let answer = ask(
        &provider,
        "/v1/responses",
        &body,
        &["x-sim-output-tokens: 10"],
    )
    .await;
    let answer = answer.json();
    assert_eq!(answer["status"], "incomplete");
    assert_eq!(answer["usage"]["output_tokens"], 4);
    let before = billed(&provider).await;
    assert_eq!(before, "0.00000925");
    let body = json!({"model": "gpt-5-mini", "input": "Hello world", "stream": true});
    let broken = ["x-sim-output-tokens: 20", "x-sim-fault: drop:mid"];
    let answer = ask(&provider, "/v1/responses", &body, &broken).await;
    assert!(!answer.whole);
    // 5 × $0.25/M and 10 × $2/M on top.
    assert_eq!(billed(&provider).await, "0.0000305");
    provider.stop().await;
}

#[tokio::test]
async fn searches_are_billed_by_the_call_within_their_bound() {
    let provider = provider().await;
    let body = json!({"model": "gpt-5-mini", "input": "a", "max_tool_calls": 2,
        "tools": [{"type": "web_search"}]});
    let headers = ["x-sim-output-tokens: 1", "x-sim-web-searches: 3"];
    let answer = ask(&provider, "/v1/responses", &body, &headers)
        .await
        .json();
    let searches = answer["output"].as_array().unwrap().iter();
    assert_eq!(
        searches
            .filter(|item| item["type"] == "web_search_call")
            .count(),
        2
    );
    let usd: f64 = billed(&provider).await.parse().unwrap();
    assert!(usd > 0.02 && usd < 0.021, "{usd}");
    let without = json!({"model": "gpt-5-mini", "input": "a"});
    let answer = ask(&provider, "/v1/responses", &without, &headers)
        .await
        .json();
    assert_eq!(answer["output"].as_array().unwrap().len(), 1);
    provider.stop().await;
}

#[tokio::test]
async fn anthropics_routes_take_its_key_and_speak_in_its_envelope() {
    let provider = provider().await;
    let body = json!({"model": "claude-haiku-4-5", "messages": []});
    let answer = ask(&provider, "/v1/messages", &body, &["x-api-key: sk-ant-x"]).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["type"], "error");
    assert_eq!(answer.json()["error"]["type"], "invalid_request_error");
    let body = json!({"model": "claude-99", "max_tokens": 1, "messages": []});
    let answer = ask(&provider, "/v1/messages", &body, &[]).await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["error"]["type"], "not_found_error");
    provider.stop().await;
}

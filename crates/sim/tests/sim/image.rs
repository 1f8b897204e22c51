//! Image generations.

use crate::support::provider;

#[tokio::test]
async fn images_have_the_tokens_of_the_table_and_are_billed_by_them() {
    let provider = provider().await;
    let mut nanos = 0_u64;
    for (body, output, cost) in [
        // "Hello world" is two tokens: 2 × $5/M, and images at $40/M, $32/M, $30/M or $8/M.
        (
            r#""model":"gpt-image-1","size":"1024x1024","quality":"low""#,
            272,
            10_000 + 272 * 40_000,
        ),
        (r#""model":"gpt-image-1""#, 6_240, 10_000 + 6_240 * 40_000),
        (
            r#""model":"gpt-image-1.5","quality":"medium","size":"1536x1024","n":3"#,
            4_704,
            10_000 + 4_704 * 32_000,
        ),
        (
            r#""model":"gpt-image-2.5-flare","size":"1024x1024","quality":"high""#,
            7_050,
            10_000 + 7_050 * 30_000,
        ),
        (
            r#""model":"gpt-image-2","size":"1024x1536","quality":"low""#,
            184,
            10_000 + 184 * 30_000,
        ),
        (
            r#""model":"gpt-image-1-mini","size":"1024x1536","quality":"auto""#,
            6_240,
            4_000 + 6_240 * 8_000,
        ),
        (
            r#""model":"sim/picture","size":"auto","quality":"low""#,
            408,
            10_000 + 408 * 40_000,
        ),
    ] {
        let answer = provider
            .image(&format!(r#"{{"prompt":"Hello world",{body}}}"#), &[])
            .await;
        assert_eq!(answer.status, 200, "{body}");
        let usage = &answer.json()["usage"];
        assert_eq!(usage["output_tokens"], output, "{body}");
        assert_eq!(usage["input_tokens"], 2);
        assert_eq!(usage["input_tokens_details"]["text_tokens"], 2);
        assert_eq!(usage["total_tokens"], output + 2);
        nanos += cost;
        let billed = format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000);
        assert_eq!(provider.usd().await, billed.trim_end_matches('0'), "{body}");
    }
}

#[tokio::test]
async fn every_image_is_there_and_is_a_picture() {
    let provider = provider().await;
    let json = provider
        .image(r#"{"model":"gpt-image-2","prompt":"a wall","n":4}"#, &[])
        .await
        .json();
    let data = json["data"].as_array().unwrap();
    assert_eq!(data.len(), 4);
    assert!(data.iter().all(|image| {
        image["b64_json"]
            .as_str()
            .unwrap()
            .starts_with("iVBORw0KGgo")
    }));
    assert_eq!(provider.line().await["usage_delivered"], true);
}

#[tokio::test]
async fn a_flat_price_is_billed_per_image_and_comes_without_usage() {
    let provider = provider().await;
    let answer = provider
        .image(
            r#"{"model":"sim/image-flat","prompt":"a wall","n":3,"size":"9x9"}"#,
            &[],
        )
        .await;
    assert!(answer.json()["usage"].is_null());
    assert_eq!(provider.usd().await, "0.12");
    assert_eq!(provider.line().await["usage"]["images"], 3);
}

#[tokio::test]
async fn a_size_that_is_not_sold_is_refused_and_not_billed() {
    let provider = provider().await;
    for (model, member) in [
        ("gpt-image-1", r#""size":"512x512""#),
        ("gpt-image-2", r#""size":"2048x2048""#),
        ("gpt-image-2", r#""quality":"hd""#),
        ("gpt-image-2", r#""n":11"#),
    ] {
        let body = format!(r#"{{"model":"{model}","prompt":"a wall",{member}}}"#);
        let answer = provider.image(&body, &[]).await;
        assert_eq!(answer.status, 400, "{member}");
        assert_eq!(answer.json()["error"]["type"], "invalid_request_error");
    }
    assert_eq!(
        provider
            .image(r#"{"model":"gpt-5-mini","prompt":"a wall"}"#, &[])
            .await
            .status,
        404
    );
    assert_eq!(provider.usd().await, "0.00");
}

//! The bill and the ledger.

use std::fmt::Write as _;

use sim::{Options, Sim, SimError};

use crate::support::{HELLO, Provider, hello, noon, provider};

#[tokio::test]
async fn tiers_and_cached_tokens_are_priced_as_published() {
    let provider = provider().await;
    for (member, headers, tier, billed) in [
        // 9 × $0.25/M + 10 × $2/M = 2,250 + 20,000 nano-dollars
        (r#""service_tier":"auto""#, vec![], "default", "0.00002225"),
        // 9 × $0.125/M + 10 × $1/M
        (r#""service_tier":"flex""#, vec![], "flex", "0.000011125"),
        // 9 × $0.45/M + 10 × $3.60/M
        (
            r#""service_tier":"priority""#,
            vec![],
            "priority",
            "0.00004005",
        ),
        // 5 × $0.25/M + 4 × $0.025/M + 10 × $2/M
        (
            r#""user":"u""#,
            vec!["x-sim-cached-tokens: 4"],
            "default",
            "0.00002135",
        ),
        // flex, 3 of 9 cached: 6 × 125 + 3 × 12.5 + 10 × 1,000 = 10,787.5 nano-dollars, rounded up
        (
            r#""service_tier":"flex""#,
            vec!["x-sim-cached-tokens: 3"],
            "flex",
            "0.000010788",
        ),
        // 30 more tokens of reasoning
        (
            r#""user":"u""#,
            vec!["x-sim-reasoning-tokens: 30"],
            "default",
            "0.00008225",
        ),
    ] {
        provider.send("POST", "/sim/reset", &[], "").await;
        let mut all = vec!["x-sim-output-tokens: 10"];
        all.extend(headers);
        let json = provider.chat(&hello(member), &all).await.json();
        assert_eq!(json["service_tier"], tier);
        assert_eq!(provider.usd().await, billed, "{member}");
    }
}

#[tokio::test]
async fn a_prompt_beyond_272000_tokens_costs_double() {
    let provider = provider().await;
    // " sea" is one token; the prompt is 3 + 3 + 1 around it.
    let body = |n| {
        format!(
            r#"{{"model":"gpt-5.4","messages":[{{"role":"user","content":"{}"}}]}}"#,
            " sea".repeat(n)
        )
    };
    let headers = ["x-sim-output-tokens: 100"];
    let at = provider.chat(&body(272_000 - 7), &headers).await.json();
    assert_eq!(at["usage"]["prompt_tokens"], 272_000);
    // 272,000 × $2.50/M + 100 × $15/M
    assert_eq!(provider.usd().await, "0.6815");
    provider.send("POST", "/sim/reset", &[], "").await;
    provider.chat(&body(272_000 - 6), &headers).await;
    // 272,001 × $5/M + 100 × $22.50/M
    assert_eq!(provider.usd().await, "1.362255");
}

#[tokio::test]
async fn many_calls_at_once_add_up_to_the_nano_dollar() {
    let provider = std::sync::Arc::new(provider().await);
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..200_u64 {
        let provider = std::sync::Arc::clone(&provider);
        calls.spawn(async move {
            let (tokens, tag) = (
                format!("x-sim-output-tokens: {n}"),
                format!("x-sim-tag: t{n}"),
            );
            let model = if n % 2 == 0 { "sim/even" } else { "sim/odd" };
            let body = HELLO.replace("gpt-5-mini", model);
            assert_eq!(provider.chat(&body, &[&tokens, &tag]).await.status, 200);
        });
    }
    calls.join_all().await;
    // 200 × 9 × 250 + (0 + … + 199) × 2,000 = 450,000 + 39,800,000 nano-dollars
    let billed = provider.get("/sim/billed").await;
    assert_eq!(billed["usd"], "0.04025");
    assert_eq!(billed["calls"], 200);
    // Even: 100 × 2,250 + 9,900 × 2,000.
    assert_eq!(billed["by_model"]["sim/even"]["usd"], "0.020025");
    assert_eq!(billed["by_model"]["sim/odd"]["calls"], 100);
    let ledger = provider.get("/sim/ledger").await;
    let lines = ledger["data"].as_array().unwrap();
    assert!(lines.iter().all(|line| line["usage_delivered"] == true));
    let of_tag = lines.iter().find(|line| line["tag"] == "t150").unwrap();
    assert_eq!(of_tag["usd"], "0.00030225");
}

#[tokio::test]
async fn a_price_table_of_ones_own_replaces_the_embedded_one() {
    let mut options = Options::new(noon);
    options.prices =
        Some("[[text]]\nnames = ['own']\ndefault = ['1000', '0', '0', '1']\n".to_owned());
    let provider = Provider::start(options).await;
    let answer = provider
        .chat(
            &HELLO.replace("gpt-5-mini", "own"),
            &["x-sim-output-tokens: 1"],
        )
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(provider.usd().await, "0.009001");
    assert_eq!(provider.chat(HELLO, &[]).await.status, 404);
    let mut wrong = Options::new(noon);
    wrong.prices = Some("not toml".to_owned());
    assert!(matches!(Sim::new(wrong), Err(SimError::PriceTable(_))));
}

#[tokio::test]
async fn the_ledger_file_has_the_lines_of_the_ledger() {
    let path = std::env::temp_dir().join(format!("sim-ledger-{}.jsonl", std::process::id()));
    std::fs::remove_file(&path).ok();
    let mut options = Options::new(noon);
    options.ledger = Some(path.clone());
    let provider = Provider::start(options).await;
    provider.chat(HELLO, &["x-sim-tag: served"]).await;
    provider
        .chat(
            HELLO,
            &["x-sim-tag: refused", "x-sim-fault: refuse:server_error"],
        )
        .await;
    provider
        .chat(HELLO, &["x-sim-tag: dropped", "x-sim-fault: drop:before"])
        .await;
    provider
        .image(
            r#"{"model":"sim/p","prompt":"x"}"#,
            &["x-sim-fault: drop:mid", "x-sim-tag: cut"],
        )
        .await;
    let ledger = provider.get("/sim/ledger").await;
    provider.stop().await;
    let mut expected = String::new();
    for line in ledger["data"].as_array().unwrap() {
        writeln!(expected, "{line}").unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 4);
    for line in lines {
        assert!(expected.contains(&line.to_string()), "{line}");
    }
}

//! Calls that fit: the application sees what the provider would have told it, and on top what the call cost.

use serde_json::json;

use crate::call::{Call, INPUT, OUTPUT};
use crate::http::{Answer, Ask};
use crate::stage::{PROVIDER_KEY, Stage};
use crate::tenant::Tenant;
use crate::usd::{self, nanos};

const DOLLAR: i64 = 1_000_000_000;

/// The body without what the provider draws anew for each call: the answer's id, and the second it was made.
fn stable(body: &str) -> String {
    let mut kept = String::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("\"created\":") {
        kept.push_str(before);
        kept.push_str("\"created\":_");
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    kept.push_str(rest);
    let mut ids = kept.split("\"chatcmpl-");
    let mut text = ids.next().unwrap_or_default().to_owned();
    for part in ids {
        text.push_str("\"chatcmpl-_");
        text.push_str(part.trim_start_matches(|c: char| c.is_ascii_alphanumeric()));
    }
    text
}

/// The same call through the gateway and at the provider itself.
async fn both(stage: &Stage, tenant: &Tenant, call: &Call) -> (Answer, Answer) {
    let ask = |secret| call.ask(secret).header("te", "trailers");
    let through = stage.send(&ask(&tenant.secret)).await;
    let direct = stage.http.send(stage.sim.address, &ask(PROVIDER_KEY)).await;
    let direct = direct.unwrap();
    assert_eq!(through.status, direct.status, "{through:?}");
    assert!(through.whole && direct.whole);
    assert_eq!(
        through.header("content-type"),
        direct.header("content-type")
    );
    assert_eq!(stable(through.text()), stable(direct.text()));
    (through, direct)
}

/// What every answer of the data plane says of itself.
fn assert_headers(answer: &Answer, decision: &str) {
    assert_eq!(answer.must("x-seawall-decision"), decision);
    assert_eq!(answer.must("x-seawall-upstream"), "openai");
    assert!(
        answer.must("x-request-id").starts_with("req_"),
        "{answer:?}"
    );
    assert!(nanos(answer.must("x-seawall-headroom-usd")) > 0);
    assert_eq!(answer.must("x-seawall-binding"), "credit_balance");
    assert_eq!(answer.header("x-seawall-fitted"), None);
}

#[tokio::test]
async fn a_chat_is_answered_byte_for_byte_and_its_cost_is_the_provider_s_bill() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    for (tag, call) in [
        ("one", Call::chat().sim("output-tokens", 12)),
        ("length", Call::chat().sim("output-tokens", 500)),
        (
            "three",
            Call::chat().with("n", json!(3)).sim("output-tokens", 7),
        ),
        (
            "odd",
            Call::chat()
                .with("unknown_member", json!({"deep": [1, null, "é\u{1f30a}"]}))
                .sim("output-tokens", 9),
        ),
    ] {
        let (answer, _) = both(&stage, &tenant, &call.tag(tag)).await;
        assert_headers(&answer, "served");
        let usage = &answer.json()["usage"];
        let tokens = |member: &str| usage[member].as_i64().unwrap();
        let cost = tokens("prompt_tokens") * INPUT + tokens("completion_tokens") * OUTPUT;
        assert_eq!(nanos(answer.must("x-seawall-cost-usd")), cost, "{tag}");
        let line = stage.line(tag).await.unwrap();
        assert_eq!(usd::of(&line, "usd"), cost, "{tag}");
        let told = stage.told(answer.must("x-request-id")).await;
        assert_eq!((told.charged, told.presumed), (cost, false), "{tag}");
        assert_eq!(told.outcome, "served");
    }
}

#[tokio::test]
async fn a_stream_arrives_byte_for_byte_with_its_cost_in_a_trailer() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    for (tag, include_usage) in [("with", true), ("without", false)] {
        let call = Call::stream(include_usage)
            .sim("output-tokens", 40)
            .tag(tag);
        let (answer, _) = both(&stage, &tenant, &call).await;
        assert_eq!(answer.events().last(), Some(&"[DONE]"));
        assert_eq!(answer.text().contains("\"usage\""), include_usage);
        assert_eq!(answer.must("x-seawall-decision"), "served");
        assert_eq!(answer.must("x-seawall-upstream"), "openai");
        let cost = answer
            .trailers
            .get("x-seawall-cost-usd")
            .unwrap_or_else(|| panic!("no trailer: {answer:?}"));
        let cost = nanos(cost.to_str().unwrap());
        let line = stage.line(tag).await.unwrap();
        assert_eq!(usd::of(&line, "usd"), cost, "{tag}");
        let told = stage.told(answer.must("x-request-id")).await;
        assert_eq!((told.charged, told.presumed), (cost, false), "{tag}");
    }
}

#[tokio::test]
async fn a_client_that_takes_no_trailers_gets_none() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let answer = stage.call(&tenant.secret, &Call::stream(false)).await;
    assert_eq!(answer.status, 200);
    assert!(answer.whole && answer.trailers.is_empty(), "{answer:?}");
}

#[tokio::test]
async fn a_stream_is_passed_on_while_it_is_made() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let call = Call::stream(false)
        .sim("output-tokens", 50)
        .sim("chunk-delay-ms", 600_000)
        .tag("slow");
    // The second piece would come in ten minutes: that the first one arrives shows that nothing waits for the rest.
    let ask = call.ask(&tenant.secret);
    let sent = stage.http.send_and_leave(stage.gateway.address, &ask, 1);
    let answer = sent.await.unwrap();
    assert!(answer.text().starts_with("data: {"), "{answer:?}");
    assert!(!answer.whole);
}

#[tokio::test]
async fn an_image_is_answered_byte_for_byte_and_its_cost_is_the_provider_s_bill() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    for (tag, call) in [
        ("one", Call::image()),
        (
            "two",
            Call::image()
                .with("n", json!(2))
                .with("quality", json!("low")),
        ),
        ("dearest", Call::image().without("size").without("quality")),
    ] {
        let (answer, _) = both(&stage, &tenant, &call.tag(tag)).await;
        assert_headers(&answer, "served");
        let line = stage.line(tag).await.unwrap();
        let cost = nanos(answer.must("x-seawall-cost-usd"));
        assert_eq!(usd::of(&line, "usd"), cost, "{tag}");
        let told = stage.told(answer.must("x-request-id")).await;
        assert_eq!((told.charged, told.presumed), (cost, false), "{tag}");
    }
}

#[tokio::test]
async fn the_models_on_offer_are_listed_in_the_provider_s_shape_and_cost_nothing() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let answer = stage
        .send(&Ask::get("/v1/models").bearer(&tenant.secret))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let models = answer.json();
    assert_eq!(models["object"], "list");
    let models = models["data"].as_array().unwrap();
    let chat = models.iter().find(|model| model["id"] == "gpt-5-mini");
    let chat = chat.unwrap_or_else(|| panic!("{models:?}"));
    assert_eq!(chat["object"], "model");
    assert!(
        chat["owned_by"].is_string() && chat["created"].is_i64(),
        "{chat}"
    );
    assert!(models.iter().any(|model| model["id"] == "gpt-image-2"));
    let balance = stage.balance(&tenant.organization).await;
    assert_eq!((balance.spent, balance.held), (0, 0));
}

#[tokio::test]
async fn a_key_in_x_api_key_is_as_good_as_a_bearer() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let mut ask = Call::chat().ask(&tenant.secret);
    ask.headers.retain(|(name, _)| name != "authorization");
    let ask = ask.header("x-api-key", &tenant.secret);
    assert_eq!(stage.send(&ask).await.status, 200);
}

//! Errors of the provider: passed on with its status, type and code, and where it was a refusal with a word on whose it
//! is. What breaks off in the middle of a stream ends in an error that clients understand.

use serde_json::Value;

use crate::call::Call;
use crate::http::Answer;
use crate::stage::{PROVIDER_KEY, Setting, Stage};
use crate::tenant::Tenant;

const DOLLAR: i64 = 1_000_000_000;
/// Vendors whose bodies have another shape.
const OTHERS: [&str; 11] = [
    "openrouter",
    "anthropic",
    "azure",
    "gemini",
    "groq",
    "mistral",
    "together",
    "deepseek",
    "litellm",
    "merge",
    "opper",
];

/// Every refusal of the provider's that has OpenAI's shape.
async fn refusals(stage: &Stage) -> Vec<String> {
    let names = stage.provider("/sim/faults/names").await;
    let names = names["data"].as_array().unwrap().iter();
    names
        .filter_map(|name| name.as_str()?.strip_prefix("refuse:").map(str::to_owned))
        .filter(|name| !OTHERS.iter().any(|vendor| name.starts_with(vendor)))
        .collect()
}

#[tokio::test]
async fn every_refusal_of_the_provider_keeps_status_type_and_code_and_is_named_as_its() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let names = refusals(&stage).await;
    assert!(names.len() > 25, "{names:?}");
    for name in names {
        let call = Call::chat().sim("fault", format!("refuse:{name}"));
        let through = stage.call(&tenant.secret, &call.clone().tag(&name)).await;
        let direct = stage
            .http
            .send(stage.sim.address, &call.ask(PROVIDER_KEY))
            .await
            .unwrap();
        assert_same(&name, &through, &direct);
        // Turned away at the door is not billed; a server that fell over may have done the work.
        let told = stage.told(through.must("x-request-id")).await;
        if name == "server_error" {
            assert!(told.presumed && told.charged > 0, "{told:?}");
            assert_eq!(told.outcome, "failed");
        } else {
            assert_eq!(
                (told.charged, told.presumed),
                (0, false),
                "{name}: {told:?}"
            );
            assert_eq!(told.outcome, "provider_refused", "{name}");
        }
    }
    let balance = stage.settled(&tenant.organization).await;
    assert!(balance.spent < DOLLAR / 1_000, "{balance:?}");
}

fn assert_same(name: &str, through: &Answer, direct: &Answer) {
    assert_eq!(through.status, direct.status, "{name}: {through:?}");
    let (ours, theirs) = (through.error(), direct.error());
    for member in ["type", "code", "param"] {
        assert_eq!(ours[member], theirs[member], "{name}: {ours}");
    }
    let (said, original) = (text(&ours), text(&theirs));
    // The masked key is the provider's own business, and another one when asked directly.
    if name == "server_error" {
        assert_eq!(said, original);
    } else {
        let begin = "Refused by OpenAI, not by Seawall: ";
        assert!(said.starts_with(begin), "{name}: {said}");
        assert!(said.contains(original), "{name}: {said}");
        let diagnosis = &ours["details"]["diagnosis"];
        let means = diagnosis["means"].as_str().unwrap();
        assert!(said.contains(means), "{name}: {said}");
        assert_ne!(diagnosis["cause"], "unknown", "{name}");
    }
    for header in ["retry-after", "retry-after-ms", "x-ratelimit-reset-tokens"] {
        assert_eq!(
            through.header(header),
            direct.header(header),
            "{name}: {header}"
        );
    }
}

fn text(error: &Value) -> &str {
    error["message"].as_str().unwrap()
}

async fn stream(stage: &Stage, tenant: &Tenant, fault: &str) -> Answer {
    let call = Call::stream(true)
        .sim("output-tokens", 60)
        .sim("fault", fault);
    stage.call(&tenant.secret, &call).await
}

#[tokio::test]
async fn an_error_in_the_middle_of_a_stream_arrives_as_one_line_and_then_the_end() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let answer = stream(&stage, &tenant, "error:mid_stream").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.whole, "{answer:?}");
    let events = answer.events();
    let (last, before) = events.split_last().unwrap();
    assert!(
        before.len() > 2
            && before
                .iter()
                .all(|event| event.contains("chat.completion.chunk"))
    );
    let last: Value = serde_json::from_str(last).unwrap();
    assert_eq!(last["error"]["code"], "billing_not_active");
    assert_eq!(last["error"]["type"], "billing_not_active");
    assert!(stage.told(answer.must("x-request-id")).await.presumed);
}

#[tokio::test]
async fn a_stream_that_the_provider_breaks_off_ends_in_an_error_and_not_as_if_it_were_whole() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    for fault in ["drop:mid", "drop:before_usage"] {
        let answer = stream(&stage, &tenant, fault).await;
        assert_eq!(answer.status, 200, "{fault}: {answer:?}");
        let events = answer.events();
        assert!(!events.contains(&"[DONE]"), "{fault}: {answer:?}");
        let last: Value = serde_json::from_str(events.last().unwrap()).unwrap();
        assert!(last["error"]["code"].is_string(), "{fault}: {last}");
        assert!(
            stage.told(answer.must("x-request-id")).await.presumed,
            "{fault}"
        );
    }
}

#[tokio::test]
async fn a_provider_that_gives_no_answer_is_a_gateway_error_and_charged_as_presumed() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let call = Call::chat().sim("fault", "drop:before").tag("gone");
    let answer = stage.call(&tenant.secret, &call).await;
    assert_eq!(answer.status, 502, "{answer:?}");
    assert_eq!(answer.error()["type"], "server_error");
    assert!(!answer.text().contains("insufficient_quota"));
    let told = stage.told(answer.must("x-request-id")).await;
    assert!(told.presumed && told.charged > 0, "{told:?}");
    assert_eq!(told.outcome, "failed");
}

#[tokio::test]
async fn an_upstream_that_cannot_be_reached_costs_nothing() {
    let mut stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    stage.sim.kill();
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    assert_eq!(answer.status, 502, "{answer:?}");
    let told = stage.told(answer.must("x-request-id")).await;
    assert_eq!((told.charged, told.presumed), (0, false), "{told:?}");
    let balance = stage.settled(&tenant.organization).await;
    assert_eq!(balance.spent, 0);
}

#[tokio::test]
async fn a_stream_without_end_is_cut_off_at_the_bound_and_charged_as_presumed() {
    let stage = Setting::default()
        .config("[gateway]\nanswer_limit = \"1MiB\"")
        .raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let call = Call::stream(false).sim("fault", "endless");
    let answer = stage.call(&tenant.secret, &call).await;
    assert!(answer.body.len() < 2 << 20, "{} bytes", answer.body.len());
    let events = answer.events();
    let last: Value = serde_json::from_str(events.last().unwrap()).unwrap();
    assert!(last["error"]["code"].is_string(), "{last}");
    let told = stage.told(answer.must("x-request-id")).await;
    assert!(told.presumed && told.charged > 0, "{told:?}");
}

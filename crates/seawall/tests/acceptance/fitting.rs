//! A call that asks for more tokens than are left is cut down to what is left, and says so; never below a floor, and
//! not where the caller forbids it.

use serde_json::{Value, json};

use crate::call::Call;
use crate::http::Answer;
use crate::stage::Stage;
use crate::tenant::{On, Tenant};
use crate::usd;

const DOLLAR: i64 = 1_000_000_000;

/// What a call costs at most: a part for its input, and a part for each token of output.
#[derive(Clone, Copy)]
struct Line {
    fixed: i64,
    each: i64,
}

impl Line {
    async fn of(stage: &Stage) -> Self {
        let at = async |tokens| stage.worst_case(&greedy(tokens)).await;
        let (thousand, hundred) = (at(1_000).await, at(100).await);
        let each = (thousand - hundred) / 900;
        // Bodies of the same length but for one digit, which is a token more by the cheap bound.
        Self {
            fixed: thousand - 1_000 * each,
            each,
        }
    }
}

/// A chat whose answer is as long as it may be.
fn greedy(max: u64) -> Call {
    Call::chat().max(max).sim("output-tokens", 5_000)
}

async fn under_a_limit(stage: &Stage, nanos: i64) -> Tenant {
    let tenant = stage.tenant(5 * DOLLAR).await;
    stage.limit(On::Project(&tenant.project), nanos).await;
    tenant
}

fn completion(line: &Value) -> i64 {
    line["usage"]["completion_tokens"].as_i64().unwrap()
}

fn fitted(answer: &Answer) -> i64 {
    answer.must("x-seawall-fitted").parse().unwrap()
}

#[tokio::test]
async fn a_call_is_cut_down_to_what_is_left_and_the_provider_sees_the_lower_number() {
    let stage = Stage::raise();
    let line = Line::of(&stage).await;
    for (tag, member) in [("old", "max_tokens"), ("new", "max_completion_tokens")] {
        let left = line.fixed + 400 * line.each;
        let tenant = under_a_limit(&stage, left).await;
        let call = greedy(1_000)
            .without("max_completion_tokens")
            .with(member, json!(1_000));
        let answer = stage.call(&tenant.secret, &call.tag(tag)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.must("x-seawall-decision"), "fitted");
        let tokens = fitted(&answer);
        assert_eq!(tokens, 400, "more would have fitted, or less");
        assert_eq!(completion(&stage.line(tag).await.unwrap()), tokens);
        assert_eq!(answer.json()["choices"][0]["finish_reason"], "length");
        let balance = stage.settled(&tenant.organization).await;
        assert!(0 < balance.spent && balance.spent <= left, "{balance:?}");
    }
}

#[tokio::test]
async fn a_project_s_own_floor_decides_what_is_too_short_to_be_fitted() {
    let stage = Stage::raise();
    let line = Line::of(&stage).await;
    for (left, fits) in [(200, true), (199, false)] {
        let tenant = under_a_limit(&stage, line.fixed + left * line.each).await;
        let path = format!("projects/{}", tenant.project);
        stage.patch(&path, &json!({"fit_floor": 200})).await;
        let answer = stage.call(&tenant.secret, &greedy(1_000)).await;
        assert_eq!(answer.status == 200, fits, "{answer:?}");
        if fits {
            assert_eq!(fitted(&answer), left);
        } else {
            assert_eq!(answer.code(), "project_spend_limit_exceeded");
        }
        // Without a floor of its own the project has the setting's, under which both fit.
        stage.patch(&path, &json!({"fit_floor": null})).await;
        if !fits {
            let answer = stage.call(&tenant.secret, &greedy(1_000)).await;
            assert_eq!(fitted(&answer), left, "{answer:?}");
        }
    }
}

#[tokio::test]
async fn a_stream_is_cut_down_as_well() {
    let stage = Stage::raise();
    let line = Line::of(&stage).await;
    let tenant = under_a_limit(&stage, line.fixed + 300 * line.each).await;
    let call = Call::stream(true)
        .max(1_000)
        .sim("output-tokens", 5_000)
        .tag("stream");
    let answer = stage.call(&tenant.secret, &call).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.must("x-seawall-decision"), "fitted");
    let tokens = fitted(&answer);
    assert!(tokens < 1_000);
    assert_eq!(completion(&stage.line("stream").await.unwrap()), tokens);
}

#[tokio::test]
async fn a_call_that_must_not_be_cut_is_refused_with_its_worst_case() {
    let stage = Stage::raise();
    let line = Line::of(&stage).await;
    let tenant = under_a_limit(&stage, line.fixed + 400 * line.each).await;
    let call = greedy(1_000).header("x-seawall-fit", "never").tag("never");
    let answer = stage.call(&tenant.secret, &call).await;
    assert_eq!(answer.status, 429, "{answer:?}");
    assert_eq!(answer.code(), "project_spend_limit_exceeded");
    assert_eq!(answer.must("x-seawall-decision"), "refused");
    let needed = usd::of(&answer.error()["details"], "needed_usd");
    assert!(needed > line.fixed + 900 * line.each, "{needed}");
    assert!(stage.line("never").await.is_none());
}

#[tokio::test]
async fn a_call_is_not_cut_below_the_floor() {
    let stage = Stage::raise();
    let line = Line::of(&stage).await;
    // By counting the input exactly the call could gain what the bound by bytes gave away, so nothing is left for that.
    let tenant = under_a_limit(&stage, 4 * line.each).await;
    let answer = stage
        .call(&tenant.secret, &greedy(1_000).tag("floor"))
        .await;
    assert_eq!(answer.status, 429, "{answer:?}");
    assert_eq!(answer.code(), "project_spend_limit_exceeded");
    assert!(stage.line("floor").await.is_none());
    let balance = stage.balance(&tenant.organization).await;
    assert_eq!((balance.spent, balance.held), (0, 0));
}

#[tokio::test]
async fn an_absent_max_becomes_the_project_s_default() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let project = json!({"name": "frugal", "default_max_output": 50});
    let project = stage.project(&tenant.organization, project).await;
    let key = stage.key(&project, json!({"name": "bot"})).await;
    let call = greedy(1).without("max_completion_tokens").tag("default");
    let answer = stage.call(&key.secret, &call).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(completion(&stage.line("default").await.unwrap()), 50);
    // What the caller says comes before the default.
    let answer = stage.call(&key.secret, &greedy(80).tag("said")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(completion(&stage.line("said").await.unwrap()), 80);
}

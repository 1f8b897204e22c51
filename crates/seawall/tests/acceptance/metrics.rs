//! What a server counts of itself is what happened.

use std::collections::BTreeMap;

use crate::call::Call;
use crate::http::Ask;
use crate::stage::{ADMIN_KEY, PROVIDER_KEY, Stage};
use crate::tenant::Tenant;
use crate::usd::nanos;

const DOLLAR: i64 = 1_000_000_000;

/// Every sample by its name and labels, read strictly: each family is described before its samples, each sample is of the
/// family last described, none comes twice, and the text ends with its end.
pub(crate) fn samples(text: &str) -> BTreeMap<String, f64> {
    let body = text.strip_suffix("# EOF\n").expect("the end is missing");
    let mut samples = BTreeMap::new();
    let mut family = "";
    for line in body.lines() {
        if let Some(described) = line.strip_prefix("# ") {
            let mut words = described.splitn(3, ' ');
            let (word, name) = (words.next().unwrap(), words.next().unwrap());
            assert!(["HELP", "TYPE", "UNIT"].contains(&word), "{line}");
            assert!(words.next().is_some_and(|rest| !rest.is_empty()), "{line}");
            family = name;
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        let name = series.split('{').next().unwrap();
        let rest = name
            .strip_prefix(family)
            .unwrap_or_else(|| panic!("{line} is not of {family}"));
        assert!(
            ["", "_total", "_sum", "_count", "_bucket", "_info"].contains(&rest),
            "{line}"
        );
        if let Some(labels) = series
            .strip_prefix(name)
            .filter(|labels| !labels.is_empty())
        {
            let inner = labels
                .strip_prefix('{')
                .and_then(|labels| labels.strip_suffix('}'));
            for label in inner.unwrap_or_else(|| panic!("{line}")).split(',') {
                let (label, value) = label.split_once('=').unwrap_or_else(|| panic!("{line}"));
                assert!(
                    label.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                    "{line}"
                );
                assert!(
                    value.len() >= 2 && value.starts_with('"') && value.ends_with('"'),
                    "{line}"
                );
            }
        }
        let before = samples.insert(series.to_owned(), value.parse().unwrap());
        assert_eq!(before, None, "{line} comes twice");
    }
    samples
}

async fn scrape(stage: &Stage) -> (String, BTreeMap<String, f64>) {
    let answer = stage.send(&Ask::get("/metrics")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(
        answer
            .must("content-type")
            .starts_with("application/openmetrics-text")
    );
    (answer.text().to_owned(), samples(answer.text()))
}

/// The sum of a family's samples that have all of these labels.
fn sum(samples: &BTreeMap<String, f64>, name: &str, labels: &[&str]) -> f64 {
    let fits = |series: &&String| {
        series.split('{').next() == Some(name) && labels.iter().all(|label| series.contains(label))
    };
    samples
        .iter()
        .filter(|(series, _)| fits(series))
        .map(|(_, value)| value)
        .sum()
}

#[tokio::test]
async fn the_counters_are_what_happened_and_hold_no_secret() {
    let stage = Stage::raise();
    let rich = stage.tenant(5 * DOLLAR).await;
    let poor = stage.tenant(0).await;
    let mut cost = 0;
    let mut tokens = 0;
    for length in [5, 6, 7] {
        let answer = stage
            .call(&rich.secret, &Call::chat().sim("output-tokens", length))
            .await;
        assert_eq!(answer.status, 200, "{answer:?}");
        cost += nanos(answer.must("x-seawall-cost-usd"));
        tokens += length;
    }
    let stream = Call::stream(true).sim("output-tokens", 9);
    let answer = stage
        .send(&stream.ask(&rich.secret).header("te", "trailers"))
        .await;
    cost += nanos(answer.trailers["x-seawall-cost-usd"].to_str().unwrap());
    tokens += 9;
    for number in 0..4 {
        let model = format!("made-up-{number}");
        assert_eq!(
            stage
                .call(&rich.secret, &Call::chat().model(&model))
                .await
                .status,
            404
        );
    }
    assert_eq!(stage.call(&poor.secret, &Call::chat()).await.status, 429);
    let refused = Call::chat().sim("fault", "refuse:billing_hard_limit_reached");
    assert_eq!(stage.call(&rich.secret, &refused).await.status, 400);
    let dropped = Call::chat().sim("fault", "drop:before");
    let answer = stage.call(&rich.secret, &dropped).await;
    assert_eq!(answer.status, 502, "{answer:?}");
    cost += nanos(answer.must("x-seawall-cost-usd"));
    assert_exact(&stage, &rich, (cost, tokens)).await;
}

#[track_caller]
fn assert_sum(
    (text, all): (&str, &BTreeMap<String, f64>),
    name: &str,
    labels: &[&str],
    wanted: i32,
) {
    let found = sum(all, name, labels);
    assert!(
        (found - f64::from(wanted)).abs() < 1e-12,
        "{name}: {found}, not {wanted}\n{text}"
    );
}

async fn assert_exact(stage: &Stage, rich: &Tenant, (cost, tokens): (i64, i32)) {
    // A receipt comes a moment before its entry is durable; the balance is answered only when all before it is.
    let balance = stage.balance(&rich.organization).await;
    assert_eq!((balance.spent, balance.held), (cost, 0));
    let (text, all) = scrape(stage).await;
    let served = [
        "route=\"/v1/chat/completions\"",
        "model=\"gpt-5-mini\"",
        "upstream=\"openai\"",
        "outcome=\"served\"",
    ];
    let exact =
        |name: &str, labels: &[&str], wanted| assert_sum((&text, &all), name, labels, wanted);
    exact("seawall_requests_total", &served, 4);
    exact(
        "seawall_requests_total",
        &["outcome=\"refused\"", "model=\"other\""],
        4,
    );
    exact(
        "seawall_requests_total",
        &["outcome=\"refused\"", "model=\"gpt-5-mini\""],
        1,
    );
    exact(
        "seawall_requests_total",
        &["outcome=\"provider_refused\""],
        1,
    );
    exact("seawall_requests_total", &["outcome=\"failed\""], 1);
    exact("seawall_requests_total", &[], 11);
    exact(
        "seawall_refusals_total",
        &["by=\"openai\"", "code=\"billing_hard_limit_reached\""],
        1,
    );
    exact(
        "seawall_upstream_errors_total",
        &["upstream=\"openai\"", "code=\"upstream_disconnected\""],
        1,
    );
    exact(
        "seawall_refusals_total",
        &["by=\"seawall\"", "code=\"model_not_found\""],
        4,
    );
    exact(
        "seawall_refusals_total",
        &["code=\"credit_balance_exhausted\""],
        1,
    );
    exact("seawall_request_duration_seconds_count", &[], 6);
    exact("seawall_overhead_seconds_count", &[], 6);
    exact("seawall_time_to_first_token_seconds_count", &[], 1);
    exact("seawall_tokens_total", &["kind=\"output_tokens\""], tokens);
    exact("seawall_holds_open", &[], 0);
    exact("seawall_holds_presumed_total", &[], 1);
    exact("seawall_overruns_total", &[], 0);
    exact("seawall_build_info", &[], 1);
    let whose = (rich, cost);
    assert_cost_and_silence(whose, &text, &all);
}

/// The cost is exact, and nothing that is nobody's business is told.
#[track_caller]
fn assert_cost_and_silence((rich, cost): (&Tenant, i64), text: &str, all: &BTreeMap<String, f64>) {
    let project = format!("project=\"{}\"", rich.project);
    let dollars = sum(
        all,
        "seawall_cost_usd_total",
        &[&project, "model=\"gpt-5-mini\""],
    );
    assert_eq!(nanos(&format!("{dollars:.9}")), cost, "{text}");
    assert!(
        sum(all, "seawall_ledger_commit_seconds_count", &[]) >= 8.0,
        "{text}"
    );
    for secret in [&*rich.secret, ADMIN_KEY, PROVIDER_KEY, &rich.key, "made-up"] {
        assert!(!text.contains(secret), "{secret} is in\n{text}");
    }
}

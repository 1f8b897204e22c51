//! What organizations have is told to whoever scrapes, as their Books have it, on a listener of its own.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::call::Call;
use crate::http::Ask;
use crate::metrics::samples;
use crate::stage::{Setting, Stage};
use crate::tenant::On;
use crate::usd::nanos;

const DOLLAR: i64 = 1_000_000_000;
const LISTEN: &str = "SEAWALL_SERVER__METRICS_LISTEN";

/// Where it said that metrics are.
fn own_listener(stage: &Stage) -> SocketAddr {
    let said = stage.gateway.said();
    let (_, rest) = said.split_once("metrics on http://").unwrap();
    let (address, _) = rest.split_once("/metrics").unwrap();
    address.parse().unwrap()
}

async fn scrape(stage: &Stage, at: SocketAddr) -> BTreeMap<String, f64> {
    let answer = stage.http.send(at, &Ask::get("/metrics")).await.unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    samples(answer.text())
}

#[track_caller]
fn amount(samples: &BTreeMap<String, f64>, series: &str) -> i64 {
    let found = samples.get(series);
    let found = found.unwrap_or_else(|| panic!("no {series} in {samples:#?}"));
    nanos(&format!("{found:.9}"))
}

#[tokio::test]
async fn what_an_organization_has_is_told_as_its_book_has_it() {
    let stage = Setting::default().env(LISTEN, "127.0.0.1:0").raise();
    let own = own_listener(&stage);
    let tenant = stage.tenant(5 * DOLLAR).await;
    let limit = stage.limit(On::Project(&tenant.project), 2 * DOLLAR).await;
    let on_key = stage.limit(On::Key(&tenant.key), DOLLAR).await;
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    let cost = nanos(answer.must("x-seawall-cost-usd"));
    // It is answered when all before it is durable.
    assert_eq!(stage.balance(&tenant.organization).await.spent, cost);
    let organization = format!("organization=\"{}\"", tenant.organization);
    for at in [own, stage.gateway.address] {
        let all = scrape(&stage, at).await;
        let of = |name: &str| amount(&all, &format!("seawall_{name}{{{organization}}}"));
        assert_eq!(of("credit_balance_usd"), 5 * DOLLAR - cost);
        assert_eq!(
            (of("held_usd"), of("owed_usd"), of("credit_lapsing_usd")),
            (0, 0, 0)
        );
        assert_eq!(of("headroom_usd"), 5 * DOLLAR - cost);
        let labels = format!("{organization},limit=\"{limit}\",scope=\"project\"");
        let series = all.keys().find(|series| {
            series.starts_with("seawall_limit_left_usd") && series.contains(&labels)
        });
        assert_eq!(amount(&all, series.unwrap()), 2 * DOLLAR - cost);
        assert!(
            all.keys().all(|series| !series.contains(&on_key)),
            "{all:#?}"
        );
        assert!(all["seawall_organizations_left_out"].abs() < f64::EPSILON);
    }
}

#[tokio::test]
async fn the_listener_for_metrics_serves_nothing_else_and_ends_with_the_server() {
    let mut stage = Setting::default().env(LISTEN, "127.0.0.1:0").raise();
    let own = own_listener(&stage);
    for path in ["/", "/livez", "/api/v1/organizations", "/v1/models"] {
        let answer = stage.http.send(own, &Ask::get(path)).await.unwrap();
        assert_eq!(answer.status, 404, "{path}");
    }
    stage.stop_gateway().await;
    assert!(stage.http.send(own, &Ask::get("/metrics")).await.is_err());
}

#[tokio::test]
async fn a_main_listener_that_others_can_reach_tells_nobody_what_organizations_have() {
    let own = Setting::default().env(LISTEN, "127.0.0.1:0");
    let stage = own.env("SEAWALL_SERVER__LISTEN", "0.0.0.0:0").raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let main = SocketAddr::from(([127, 0, 0, 1], stage.gateway.address.port()));
    let has = |all: &BTreeMap<String, f64>| {
        all.keys()
            .any(|series| series.contains(&tenant.organization))
    };
    assert!(!has(&scrape(&stage, main).await));
    assert!(has(&scrape(&stage, own_listener(&stage)).await));
}

#[tokio::test]
async fn counters_begin_at_nothing_before_anything_happened() {
    let stage = Stage::raise();
    let all = scrape(&stage, stage.gateway.address).await;
    for series in [
        "seawall_requests_total{route=\"/v1/chat/completions\",model=\"other\",upstream=\"none\",outcome=\"refused\"}",
        "seawall_refusals_total{by=\"seawall\",code=\"other\"}",
        "seawall_refusals_total{by=\"openai\",code=\"other\"}",
        "seawall_upstream_errors_total{upstream=\"openai\",code=\"other\"}",
        "seawall_tokens_total{kind=\"output_tokens\",model=\"other\"}",
        "seawall_cost_usd_total{organization=\"none\",project=\"none\",model=\"other\",upstream=\"none\"}",
        "seawall_holds_presumed_total",
        "seawall_overruns_total",
        "seawall_holds_open",
        "seawall_request_duration_seconds_count",
    ] {
        let value = all
            .get(series)
            .unwrap_or_else(|| panic!("no {series} in {all:#?}"));
        assert!(value.abs() < f64::EPSILON, "{series} {value}");
    }
}

//! Money that is only held by running calls: a call waits for it, briefly, and is served when it comes back; where it
//! does not, the refusal says that it will pass.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::call::Call;
use crate::patience::eventually;
use crate::stage::{Setting, Stage};
use crate::tenant::{On, Tenant};

const DOLLAR: i64 = 1_000_000_000;

/// A chat that holds a thousand tokens and may not be cut down; it needs one.
fn chat() -> Call {
    let call = Call::chat().max(1_000).sim("output-tokens", 1);
    call.header("x-seawall-fit", "never")
}

/// A tenant whose project has room for the holds of one such chat and a half, and the limit.
async fn room_for_one(stage: &Stage) -> (Tenant, String) {
    let tenant = stage.tenant(5 * DOLLAR).await;
    let worst = stage.worst_case(&chat()).await;
    let limit = stage
        .limit(On::Project(&tenant.project), worst * 3 / 2)
        .await;
    (tenant, limit)
}

/// Waits until a call that was just begun has its hold.
async fn held(stage: &Stage, limit: &str) {
    eventually("the first call to hold its money", async || {
        (stage.counted(limit).await.held > 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_waits_for_money_that_is_only_held_and_is_then_served() {
    let stage = Stage::raise();
    let (tenant, limit) = room_for_one(&stage).await;
    let first = chat().sim("latency-ms", 1_500);
    let began = Instant::now();
    let (first, second) = tokio::join!(stage.call(&tenant.secret, &first), async {
        held(&stage, &limit).await;
        let answer = stage.call(&tenant.secret, &chat()).await;
        (answer, began.elapsed())
    });
    assert_eq!(first.status, 200, "{first:?}");
    let (second, took) = second;
    assert_eq!(second.status, 200, "{second:?}");
    assert_eq!(second.must("x-seawall-decision"), "served");
    assert!(took >= Duration::from_millis(1_500), "{took:?}");
    stage.settled(&tenant.organization).await;
    stage.counted(&limit).await.assert_kept();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_waited_in_vain_is_told_that_this_passes() {
    let stage = Setting::default()
        .config("[gateway]\nwait_for_held = \"300ms\"")
        .raise();
    let (tenant, limit) = room_for_one(&stage).await;
    let first = chat().sim("latency-ms", 4_000).tag("first");
    let (first, ()) = tokio::join!(stage.call(&tenant.secret, &first), async {
        held(&stage, &limit).await;
        let second = chat().tag("second");
        let answer = timeout(Duration::from_secs(3), stage.call(&tenant.secret, &second));
        let answer = answer.await.expect("refused before the first call ends");
        assert_eq!(answer.status, 429, "{answer:?}");
        assert_eq!(answer.must("x-should-retry"), "true");
        let wait: u64 = answer.must("retry-after").parse().unwrap();
        assert!((1..=5).contains(&wait), "{wait}");
        let error = answer.error();
        assert_eq!(error["code"], "in_flight_budget_exhausted");
        assert_eq!(error["type"], "rate_limit_error");
        assert!(!answer.text().contains("insufficient_quota"), "{answer:?}");
        assert_eq!(error["details"]["refused_by"], "seawall");
        assert!(stage.line("second").await.is_none());
    });
    assert_eq!(first.status, 200, "{first:?}");
}

//! The gateway is killed while calls are held in two Books: no cap is passed, and every hold of either Book is accounted for.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{DOLLAR, chat};
use crate::dice::Dice;
use crate::http::Http;
use crate::stage::Setting;
use crate::usd::{self, dollars};

/// Times that the gateway is killed.
const KILLS: usize = 6;
/// Calls at once.
const CALLS: usize = 24;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_cap_is_passed_and_no_hold_leaks_when_the_gateway_is_killed_again_and_again() {
    let mut dice = Dice::new("caps killed");
    let mut stage = Setting::default().latency("5ms").raise();
    let tenants = [
        stage.tenant(5 * DOLLAR).await,
        stage.tenant(5 * DOLLAR).await,
    ];
    // Enough for most of the calls.
    let worst = stage.worst_case(&chat()).await;
    let amount = worst * i64::try_from(KILLS * CALLS / 2).unwrap();
    let cap = stage.cap("openai", amount).await;
    for _ in 0..KILLS {
        let (http, address) = (Arc::new(Http::new()), stage.gateway.address);
        let mut calls = JoinSet::new();
        for tenant in tenants.iter().cycle().take(CALLS) {
            let (http, ask) = (Arc::clone(&http), chat().ask(&tenant.secret));
            // A broken connection is what this is about.
            calls.spawn(async move { http.send(address, &ask).await.is_ok() });
        }
        // How long it runs is what is drawn here; nothing is expected to have happened by then.
        sleep(Duration::from_millis(dice.within(2..=60))).await;
        stage.gateway.kill();
        calls.join_all().await;
        stage.start_again();
        stage.counted(&cap).await.assert_kept();
    }
    let mut charged = 0;
    for tenant in &tenants {
        let balance = stage.settled(&tenant.organization).await;
        stage.assert_balanced(&tenant.organization).await;
        charged += balance.spent;
    }
    let counted = stage.counted(&cap).await;
    assert_eq!(counted.held, 0, "{counted:?}");
    let billed = usd::of(&stage.provider("/sim/billed").await, "usd");
    println!(
        "charged ${}, counted by the cap ${}, billed ${}",
        dollars(charged),
        dollars(counted.spent),
        dollars(billed)
    );
    // Each Book presumes on its own: either may charge a call that was never sent, and neither less than was billed.
    assert!(counted.spent >= billed && charged >= billed);
    stage.stop_gateway().await;
    crate::file::read(&stage.store()).assert_balanced_and_at_rest();
}

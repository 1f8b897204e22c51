//! The gateway is killed in the middle of everything, again and again, and started again on the same store: what it
//! had acknowledged is there, no limit was passed, every amount is accounted for and the chain of hashes is whole.

mod load;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::books::Counted;
use crate::dice::{Dice, size};
use crate::stage::Stage;
use crate::tenant::id;
use crate::usd::{self, dollars};
use load::Load;

/// Clients that call all the time.
const WORKERS: usize = 16;

/// What is true after every start.
async fn assert_kept(stage: &Stage, load: &Load) {
    let acknowledged = load.acknowledged();
    let organization = &load.tenant.organization;
    let keys = stage
        .list(&format!("projects/{}/keys", load.tenant.project))
        .await;
    let lots = stage
        .list(&format!("organizations/{organization}/credits"))
        .await;
    let limits = stage
        .list(&format!("limits?organization={organization}"))
        .await;
    // The first lot was there before the load.
    let granted = lots.len() - 1;
    let (made, asked) = (acknowledged.lots_made, acknowledged.lots_asked);
    assert!(
        (made..=asked).contains(&granted),
        "{made} made, {asked} asked for, {granted} there"
    );
    let there: HashSet<String> = [&keys, &lots, &limits]
        .into_iter()
        .flatten()
        .map(id)
        .collect();
    for id in &acknowledged.created {
        assert!(there.contains(id), "{id} was acknowledged and is gone");
    }
    let frozen = keys.iter().filter(|key| key["state"] == "frozen");
    let frozen: HashSet<String> = frozen.map(id).collect();
    for id in &acknowledged.frozen {
        assert!(frozen.contains(id), "{id} was frozen and is not");
    }
    for limit in &limits {
        Counted::read(limit).assert_kept();
    }
    let balance = stage.balance(organization).await;
    assert_eq!(balance.owed, 0, "{balance:?}");
    stage.assert_balanced(organization).await;
}

/// Every call that was told a cost is charged at least that.
async fn assert_charged(stage: &Stage, load: &Load) -> i64 {
    let mut told = 0;
    for (request, cost) in load.acknowledged().costs {
        let charged = stage.told(&request).await.charged;
        assert!(
            charged >= cost,
            "{request}: told ${}, charged ${}",
            dollars(cost),
            dollars(charged)
        );
        told += cost;
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_by_being_killed_under_load() {
    let _alone = crate::patience::alone().await;
    let mut dice = Dice::new("crash");
    let kills = size("SEAWALL_TEST_KILLS", 50);
    let mut stage = Stage::raise();
    let load = Arc::new(Load::begin(&stage).await);
    let mut workers = JoinSet::new();
    for _ in 0..WORKERS {
        workers.spawn(Arc::clone(&load).work(dice.split()));
    }
    workers.spawn(Arc::clone(&load).administer(dice.split()));
    for _ in 0..kills {
        // How long it runs is what is drawn here; nothing is expected to have happened by then.
        sleep(Duration::from_millis(dice.within(5..=400))).await;
        stage.gateway.kill();
        load.gateway_is(None);
        stage.start_again();
        assert_kept(&stage, &load).await;
        load.gateway_is(Some(stage.gateway.address));
    }
    load.stop();
    workers.join_all().await;
    stage.gateway.kill();
    stage.start_again();
    assert_kept(&stage, &load).await;
    let balance = stage.settled(&load.tenant.organization).await;
    let told = assert_charged(&stage, &load).await;
    let billed = usd::of(&stage.provider("/sim/billed").await, "usd");
    let rows = stage
        .list(&format!(
            "requests?organization={}",
            load.tenant.organization
        ))
        .await;
    let presumed = rows.iter().filter(|row| row["presumed"] == true).count();
    println!(
        "{kills} kills, {} calls answered (told ${}), {} calls in the log, {presumed} presumed; charged ${}, billed ${}",
        load.acknowledged().costs.len(),
        dollars(told),
        rows.len(),
        dollars(balance.spent),
        dollars(billed),
    );
    assert!(
        balance.spent >= billed,
        "the provider bills more than was charged: {balance:?}"
    );
    assert!(told > 0 && presumed > 0, "the load was no load");
    stage.stop_gateway().await;
    let journals = crate::file::read(&stage.store());
    journals.assert_balanced_and_at_rest();
    println!("{} entries in a whole chain", journals.entries);
}

//! Many calls of two organizations at once on one upstream cap: never past it at any moment, and at the end nothing is left
//! that would have fitted.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::DOLLAR;
use crate::call::Call;
use crate::dice::size;
use crate::http::Answer;
use crate::stage::{Setting, Stage};
use crate::usd::{self, nanos};

/// Pictures that the cap has room for.
const ROOM: i64 = 50;

/// Repeats its call for as long as it is told to.
async fn client(stage: Arc<Stage>, secret: String, gate: Arc<Barrier>) -> Answer {
    gate.wait().await;
    loop {
        let answer = stage.call(&secret, &Call::image()).await;
        if answer.header("x-should-retry") != Some("true") {
            return answer;
        }
        assert_eq!(answer.code(), "in_flight_budget_exhausted", "{answer:?}");
        sleep(Duration::from_secs(
            answer.must("retry-after").parse().unwrap(),
        ))
        .await;
    }
}

/// The room for exactly so many pictures: one less is spent, and the last one's worst case still fits.
async fn room(stage: &Stage) -> i64 {
    let worst = stage.worst_case(&Call::image()).await;
    let tenant = stage.tenant(DOLLAR).await;
    let answer = stage.call(&tenant.secret, &Call::image()).await;
    let cost = nanos(answer.must("x-seawall-cost-usd"));
    (ROOM - 1) * cost + worst
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cap_with_room_for_fifty_pictures_serves_fifty_of_five_hundred_of_two_organizations() {
    let _alone = crate::patience::alone().await;
    let stage = Arc::new(Setting::default().latency("20ms").raise());
    let room = room(&stage).await;
    let crowd = usize::try_from(size("SEAWALL_TEST_CROWD", 500)).unwrap();
    let before = usd::of(&stage.provider("/sim/billed").await, "usd");
    let tenants = [
        stage.tenant(1_000 * DOLLAR).await,
        stage.tenant(1_000 * DOLLAR).await,
    ];
    let cap = stage.cap("openai", room).await;
    let (gate, mut clients) = (Arc::new(Barrier::new(crowd)), JoinSet::new());
    for tenant in tenants.iter().cycle().take(crowd) {
        clients.spawn(client(
            Arc::clone(&stage),
            tenant.secret.clone(),
            Arc::clone(&gate),
        ));
    }
    let over = Cell::new(false);
    let watching = async {
        let mut looks = 0;
        while !over.get() {
            stage.counted(&cap).await.assert_kept();
            looks += 1;
        }
        looks
    };
    let counting = async {
        let (mut served, mut cost, mut refused) = (0_i64, 0, 0);
        while let Some(answer) = clients.join_next().await {
            let answer = answer.unwrap();
            if answer.status == 200 {
                served += 1;
                cost += nanos(answer.must("x-seawall-cost-usd"));
            } else {
                let told = (answer.status, answer.code());
                assert_eq!(
                    (told.0, &*told.1),
                    (429, "upstream_spend_limit_exceeded"),
                    "{answer:?}"
                );
                refused += 1;
            }
        }
        over.set(true);
        (served, cost, refused)
    };
    let (looks, (served, cost, refused)) = tokio::join!(watching, counting);
    println!("served {served}, refused {refused}, looked at {looks} times");
    assert_eq!((served, refused), (ROOM, crowd - 50));
    let mut charged = 0;
    for tenant in &tenants {
        let balance = stage.settled(&tenant.organization).await;
        stage.assert_balanced(&tenant.organization).await;
        assert!(
            balance.spent > 0,
            "both organizations were served: {balance:?}"
        );
        charged += balance.spent;
    }
    let counted = stage.counted(&cap).await;
    assert_eq!((counted.held, counted.spent), (0, cost));
    let billed = usd::of(&stage.provider("/sim/billed").await, "usd") - before;
    assert_eq!((charged, billed), (cost, cost));
}

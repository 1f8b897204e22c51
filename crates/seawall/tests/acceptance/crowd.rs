//! Many calls at once on one hard limit, or on one credit balance: never past it at any moment, and at the end nothing
//! is left that would have fitted. Clients repeat what they are told to repeat, and nothing else.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::call::Call;
use crate::dice::{Dice, size};
use crate::http::Answer;
use crate::stage::{Setting, Stage};
use crate::tenant::{On, Tenant};
use crate::usd::{self, dollars, nanos};

const DOLLAR: i64 = 1_000_000_000;
/// Pictures that the limit has room for.
const ROOM: i64 = 50;

/// What stops the calls of a run.
#[derive(Clone, Copy, Debug)]
enum Wall {
    Key,
    Project,
    Organization,
    Credit,
}

/// A run: who calls, and the wall.
struct Run {
    stage: Arc<Stage>,
    tenant: Tenant,
    wall: Wall,
    amount: i64,
    limit: Option<String>,
}

/// What the clients of a run saw.
#[derive(Debug, Default)]
struct Seen {
    served: usize,
    refused: usize,
    repeated: usize,
    /// How often the wall was looked at meanwhile.
    looks: usize,
    cost: i64,
    /// The least that any refused call needed, cut down as far as it may be.
    least_needed: Option<i64>,
}

impl Run {
    async fn begin(stage: &Arc<Stage>, wall: Wall, amount: i64) -> Self {
        let credit = if matches!(wall, Wall::Credit) {
            amount
        } else {
            1_000 * DOLLAR
        };
        let tenant = stage.tenant(credit).await;
        let on = match wall {
            Wall::Key => Some(On::Key(&tenant.key)),
            Wall::Project => Some(On::Project(&tenant.project)),
            Wall::Organization => Some(On::Organization(&tenant.organization)),
            Wall::Credit => None,
        };
        let limit = match on {
            Some(on) => Some(stage.limit(on, amount).await),
            None => None,
        };
        Self {
            stage: Arc::clone(stage),
            tenant,
            wall,
            amount,
            limit,
        }
    }

    /// What is left at the wall now. Asserts that it was never passed.
    async fn left(&self) -> i64 {
        if let Some(limit) = &self.limit {
            let counted = self.stage.counted(limit).await;
            counted.assert_kept();
            return counted.left;
        }
        let balance = self.stage.balance(&self.tenant.organization).await;
        assert!(balance.spent + balance.held <= self.amount, "{balance:?}");
        assert_eq!(balance.owed, 0, "{balance:?}");
        balance.left
    }

    fn code(&self) -> &'static str {
        match self.wall {
            Wall::Key => "api_key_spend_limit_exceeded",
            Wall::Project => "project_spend_limit_exceeded",
            Wall::Organization => "organization_spend_limit_exceeded",
            Wall::Credit => "credit_balance_exhausted",
        }
    }

    /// One client: repeats its call for as long as it is told to.
    async fn client(self: Arc<Self>, call: Call, gate: Arc<Barrier>) -> (Answer, usize) {
        gate.wait().await;
        let mut repeated = 0;
        loop {
            let answer = self.stage.call(&self.tenant.secret, &call).await;
            if answer.header("x-should-retry") != Some("true") {
                return (answer, repeated);
            }
            assert_eq!(answer.code(), "in_flight_budget_exhausted", "{answer:?}");
            let wait: u64 = answer.must("retry-after").parse().unwrap();
            sleep(Duration::from_secs(wait)).await;
            repeated += 1;
        }
    }

    /// Makes all calls at once, looks at the wall all the while, and adds up what came back.
    async fn crowd(self: &Arc<Self>, calls: Vec<Call>) -> Seen {
        let gate = Arc::new(Barrier::new(calls.len()));
        let mut clients = JoinSet::new();
        for call in calls {
            clients.spawn(Arc::clone(self).client(call, Arc::clone(&gate)));
        }
        let (over, mut seen) = (Cell::new(false), Seen::default());
        let watching = async {
            let mut looks = 0;
            while !over.get() {
                self.left().await;
                looks += 1;
            }
            looks
        };
        let counting = async {
            while let Some(ended) = clients.join_next().await {
                self.count(&mut seen, &ended.unwrap());
            }
            over.set(true);
        };
        let (looks, ()) = tokio::join!(watching, counting);
        seen.looks = looks;
        self.stage.settled(&self.tenant.organization).await;
        seen
    }

    fn count(&self, seen: &mut Seen, (answer, repeated): &(Answer, usize)) {
        seen.repeated += repeated;
        if answer.status == 200 {
            seen.served += 1;
            seen.cost += nanos(answer.must("x-seawall-cost-usd"));
            return;
        }
        assert_eq!(
            (answer.status, &*answer.code()),
            (429, self.code()),
            "{answer:?}"
        );
        assert_eq!(answer.must("x-should-retry"), "false");
        seen.refused += 1;
        let needed = usd::of(&answer.error()["details"], "needed_usd");
        seen.least_needed = Some(seen.least_needed.map_or(needed, |least| least.min(needed)));
    }

    /// P1 and P2, when all is over.
    async fn assert_exact(&self, seen: &Seen) {
        let left = self.left().await;
        let balance = self.stage.balance(&self.tenant.organization).await;
        assert_eq!(balance.spent, seen.cost, "{seen:?}");
        assert_eq!(left, self.amount - seen.cost, "{seen:?}");
        if let Some(needed) = seen.least_needed {
            assert!(left < needed, "${} left, and {seen:?}", dollars(left));
        }
        self.stage.assert_balanced(&self.tenant.organization).await;
    }
}

/// The room for exactly so many pictures: one less is spent, and the last one's worst case still fits.
async fn room(stage: &Stage) -> i64 {
    let worst = stage.worst_case(&Call::image()).await;
    let tenant = stage.tenant(DOLLAR).await;
    let answer = stage.call(&tenant.secret, &Call::image()).await;
    let cost = nanos(answer.must("x-seawall-cost-usd"));
    assert!(cost <= worst && worst < 2 * cost);
    (ROOM - 1) * cost + worst
}

async fn pictures(walls: &[Wall], runs: u64) {
    let _alone = crate::patience::alone().await;
    // Slow enough that all holds there is room for are open at once, and the others wait for what they give back.
    let stage = Arc::new(Setting::default().latency("20ms").raise());
    let crowd = usize::try_from(size("SEAWALL_TEST_CROWD", 500)).unwrap();
    let room = room(&stage).await;
    for (number, wall) in (0..runs).zip(walls.iter().cycle()) {
        let run = Arc::new(Run::begin(&stage, *wall, room).await);
        let seen = run.crowd(vec![Call::image(); crowd]).await;
        println!(
            "run {number} on {wall:?}: ${} for {ROOM} pictures, {seen:?}",
            dollars(room)
        );
        assert_eq!(
            seen.served,
            usize::try_from(ROOM).unwrap(),
            "{wall:?}: {seen:?}"
        );
        assert_eq!(seen.refused, crowd - seen.served, "{wall:?}: {seen:?}");
        run.assert_exact(&seen).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hard_limit_with_room_for_fifty_pictures_serves_fifty_of_five_hundred() {
    let walls = [Wall::Project, Wall::Key, Wall::Organization];
    pictures(&walls, size("SEAWALL_TEST_RUNS", 20)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credit_for_fifty_pictures_serves_fifty_of_five_hundred() {
    pictures(&[Wall::Credit], size("SEAWALL_TEST_RUNS", 20)).await;
}

/// A chat whose answer is of any length, which may not be cut down.
fn chat(dice: &mut Dice) -> Call {
    let max = dice.within(50..=400);
    let call = Call::chat()
        .max(max)
        .sim("output-tokens", dice.within(1..=max));
    // Half of them may be cut down to what is left.
    if dice.within(0..=1) == 0 {
        call.header("x-seawall-fit", "never")
    } else {
        call
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chats_of_any_length_never_pass_the_wall_and_leave_nothing_that_would_have_fitted() {
    let _alone = crate::patience::alone().await;
    let mut dice = Dice::new("crowd");
    // Only a few may wait: the others are told to come again, and do.
    let setting = Setting::default().config("[gateway]\nmost_waiting = 150");
    let stage = Arc::new(setting.latency("50ms").raise());
    let crowd = size("SEAWALL_TEST_CROWD", 500);
    let walls = [Wall::Project, Wall::Credit, Wall::Key, Wall::Organization];
    let runs = size("SEAWALL_TEST_RUNS", 20).div_ceil(2);
    for (number, wall) in (0..runs).zip(walls.iter().cycle()) {
        let amount = i64::try_from(dice.within(5_000_000..=30_000_000)).unwrap();
        let run = Arc::new(Run::begin(&stage, *wall, amount).await);
        let calls = (0..crowd).map(|_| chat(&mut dice)).collect();
        let seen = run.crowd(calls).await;
        println!("run {number} on {wall:?}: ${}, {seen:?}", dollars(amount));
        assert_eq!(seen.served + seen.refused, usize::try_from(crowd).unwrap());
        assert!(seen.served > 0, "{seen:?}");
        run.assert_exact(&seen).await;
    }
}

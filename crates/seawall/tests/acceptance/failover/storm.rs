//! A storm: of four accounts two fail at any moment, in turns, in every way that an account can fail before it answers.
//! Nothing here is measured by the clock: who fails changes with the number of calls made.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::RwLock;
use tokio::task::JoinSet;

use super::providers::{Provider, fault, lines};
use crate::call::Call;
use crate::dice::{Dice, size};
use crate::http::{Answer, Ask};
use crate::stage::{Setting, Stage};
use crate::tenant::Tenant;
use crate::usd;

const DOLLAR: i64 = 1_000_000_000;
/// Calls under way at any moment.
const WORKERS: u64 = 8;
/// Calls of a worker between two changes of the weather.
const ROUND: u64 = 5;
/// What an account may meet a call with. None of them is a fault of the request's.
const FAULTS: [&str; 6] = [
    "refuse:server_error",
    "refuse:server_is_overloaded",
    "refuse:rate_limit_exceeded_short",
    "drop:before",
    "drop:headers",
    "refuse:slow_down",
];

struct Storm {
    stage: Stage,
    tenant: Tenant,
    others: Vec<Provider>,
    number: AtomicU64,
    /// Held for reading by every call, for writing while the weather changes, so that nobody meets it half changed.
    weather: RwLock<()>,
}

impl Storm {
    async fn gather() -> Self {
        let mut setting = Setting::default().unprobed();
        let mut others = Vec::new();
        for name in ["second", "third", "fourth"] {
            let provider = Provider::raise();
            setting = setting.config(&provider.upstream(name, "[\"gpt-5*\"]"));
            others.push(provider);
        }
        let stage = setting.raise();
        let tenant = stage.tenant(500 * DOLLAR).await;
        Self {
            stage,
            tenant,
            others,
            number: AtomicU64::new(0),
            weather: RwLock::new(()),
        }
    }

    fn all(&self) -> Vec<SocketAddr> {
        let others = self.others.iter().map(|provider| provider.sim.address);
        [self.stage.sim.address].into_iter().chain(others).collect()
    }

    /// Two accounts fail every call from now on, the others none.
    async fn change(&self, dice: &mut Dice) {
        let _nobody_calls = self.weather.write().await;
        let all = self.all();
        let failing = [dice.within(0..=3), dice.within(1..=3)];
        let failing = [failing[0], (failing[0] + failing[1]) % 4];
        for (place, at) in (0_u64..).zip(all) {
            let clear = Ask::new(http::Method::DELETE, "/sim/faults");
            assert_eq!(self.stage.http.send(at, &clear).await.unwrap().status, 200);
            if failing.contains(&place) {
                fault(&self.stage.http, at, dice.pick::<&str>(&FAULTS), 1_000_000).await;
            }
        }
    }

    async fn call(&self) -> (String, Answer) {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let tag = format!("call-{number}");
        let call = if number.is_multiple_of(3) {
            Call::stream(number.is_multiple_of(2))
        } else {
            Call::chat()
        };
        let call = call.sim("output-tokens", 20).tag(&tag);
        let _weather = self.weather.read().await;
        (tag, self.stage.call(&self.tenant.secret, &call).await)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_storm_no_call_fails_that_some_account_could_have_served_and_no_hold_leaks() {
    let _alone = crate::patience::alone().await;
    let storm = Arc::new(Storm::gather().await);
    let mut dice = Dice::new("storm");
    let mut answered = Vec::new();
    for _ in 0..size("SEAWALL_TEST_ROUNDS", 15) {
        storm.change(&mut dice).await;
        let mut workers = JoinSet::new();
        for _ in 0..WORKERS {
            let storm = Arc::clone(&storm);
            workers.spawn(async move {
                let mut answered = Vec::new();
                for _ in 0..ROUND {
                    answered.push(storm.call().await);
                }
                answered
            });
        }
        answered.extend(workers.join_all().await.into_iter().flatten());
    }
    let balance = storm.stage.settled(&storm.tenant.organization).await;
    let (mut billed, mut presumed) = (0, 0);
    let mut bills = Vec::new();
    for at in storm.all() {
        let lines = lines(&storm.stage.http, at).await;
        billed += lines.iter().map(|line| usd::of(line, "usd")).sum::<i64>();
        bills.push(lines);
    }
    let mut elsewhere = 0;
    for (tag, answer) in &answered {
        assert_eq!(answer.status, 200, "{tag}: {answer:?}");
        assert!(answer.whole, "{tag}: {answer:?}");
        let id = answer.must("x-request-id");
        let told = storm.stage.told(id).await;
        assert_eq!(told.outcome, "served", "{tag}: {told:?}");
        elsewhere += u64::from(answer.header("x-seawall-attempts").is_some());
        // To the nano-dollar what the providers billed for it, beside what was presumed of attempts that broke off.
        let own = bills.iter().flatten().filter(|line| line["tag"] == *tag);
        let own: i64 = own.map(|line| usd::of(line, "usd")).sum();
        if told.presumed {
            assert!(told.charged >= own, "{tag}: {told:?}, billed {own}");
            presumed += told.charged - own;
        } else {
            assert_eq!(told.charged, own, "{tag}: {told:?}");
        }
    }
    println!(
        "{} calls, {elsewhere} of them served by another account",
        answered.len()
    );
    assert!(elsewhere > 0);
    assert_eq!(
        balance.spent,
        billed + presumed,
        "a charge, or a bill, that belongs to no call"
    );
    assert_eq!((balance.owed, balance.held), (0, 0));
    storm
        .stage
        .assert_balanced(&storm.tenant.organization)
        .await;
    let mut storm = Arc::into_inner(storm).unwrap();
    storm.stage.stop_gateway().await;
    crate::file::read(&storm.stage.store()).assert_balanced_and_at_rest();
}

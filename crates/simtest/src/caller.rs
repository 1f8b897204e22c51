//! A call, as the gateway makes it: it asks for money, works, and gives an account of it, or does not.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ids::{HoldId, KeyId};
use ledger::{
    Charge, Command, Holder, Outcome, Patience, PresumeReason, ReleaseReason, Settlement, TakeHold,
    Time, Traits,
};
use money::{Bound, Femtos, Nanos};
use teller::{Clock, HoldAnswer, LiveHold, Teller, Tellers};
use tokio::time::{Instant, sleep};

use crate::asked::{Ask, Ending, MODELS, tag, user};
use crate::dice::Dice;
use crate::judge::{is_definitive, is_for_now};
use crate::world::{ORGANIZATION, Shared};

/// A node's clock: true time, and how wrong it is.
#[derive(Clone, Debug)]
pub(crate) struct NodeClock {
    pub(crate) world: Shared,
    pub(crate) skew: Arc<AtomicI64>,
}

impl Clock for NodeClock {
    fn now(&self) -> Time {
        let mut world = self.world.look();
        let now = world.now + self.skew.load(Ordering::Relaxed);
        world.latest_clock = world.latest_clock.max(now);
        Time::from_micros(now)
    }
}

/// Where a caller is: one run of one node.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) world: Shared,
    pub(crate) tellers: Tellers,
    pub(crate) clock: NodeClock,
    pub(crate) holder: Holder,
    pub(crate) hold_for: Duration,
    pub(crate) wait_for_held: Duration,
    /// Whether nobody is turned away because too many wait.
    pub(crate) all_may_wait: bool,
    /// Whether its node remembers what the store acknowledged.
    pub(crate) remembers: bool,
    /// The most a call holds, in thousandths of a dollar.
    pub(crate) dearest: i64,
}

impl Site {
    pub(crate) fn teller(&self) -> Option<Teller> {
        self.tellers.of(ORGANIZATION).ok()
    }
}

fn ask_of(key: KeyId, dearest: i64, dice: &mut Dice) -> Ask {
    // Femto-dollars that do not come to whole nano-dollars, so that rounding shows.
    let fixed = i128::from(dice.between(0, dearest)) * 1_000_000_000_000
        + i128::from(dice.between(0, 999_999));
    let units = dice.below(5) * dice.below(400);
    let floor = if dice.chance(500) { units } else { units / 4 };
    let number = |dice: &mut Dice| u8::try_from(dice.below(3)).unwrap_or(0);
    let mut tags: Vec<_> = (0..dice.below(4)).map(|_tag| tag(number(dice))).collect();
    tags.sort_unstable();
    tags.dedup();
    Ask {
        key,
        model: dice.one(&MODELS).copied().unwrap_or("gpt-5"),
        fixed: if dice.chance(20) { 0 } else { fixed / 2 },
        per_unit: fixed / 2000,
        units,
        floor,
        tokens: if dice.chance(100) { 0 } else { dice.below(400) },
        tokens_per_unit: dice.below(3),
        user: dice.chance(600).then(|| user(number(dice))),
        tags: if dice.chance(500) { tags } else { Vec::new() },
    }
}

fn bound_of(ask: &Ask) -> Bound {
    let (fixed, per_unit) = (Femtos::new(ask.fixed), Femtos::new(ask.per_unit));
    Bound::linear(fixed, per_unit, ask.units, ask.floor).unwrap_or_else(|| Bound::fixed(fixed))
}

/// A whole call.
pub(crate) async fn call(site: Site, hold: HoldId, key: KeyId, mut dice: Dice) {
    let ask = ask_of(key, site.dearest, &mut dice);
    site.world.look().asked.asks(hold, ask.clone());
    let patience = match dice.below(10) {
        0..4 => Patience::Try,
        4..8 => Patience::Wait,
        _ => Patience::Last,
    };
    let mut granted = asks(&site, hold, (&ask, patience)).await;
    if matches!(granted, Heard::No) && patience == Patience::Try {
        granted = asks(&site, hold, (&ask, Patience::Wait)).await;
    }
    let Heard::Granted(live, amount) = granted else {
        return;
    };
    let longest = if dice.chance(150) { 60_000 } else { 3_000 };
    let work = dice.below(longest);
    sleep(Duration::from_millis(work)).await;
    settles(&site, live, amount, &mut dice).await;
}

/// What a call heard.
enum Heard {
    Granted(LiveHold, i128),
    No,
    Nothing,
}

async fn asks(site: &Site, hold: HoldId, (ask, patience): (&Ask, Patience)) -> Heard {
    let Some(teller) = site.teller() else {
        return Heard::Nothing;
    };
    let seconds = i64::try_from(site.hold_for.as_secs()).unwrap_or(0);
    let question = site.world.look().question(&site.holder);
    let asked_at = Instant::now();
    let answer = teller.hold(TakeHold {
        hold,
        key: ask.key,
        bound: bound_of(ask),
        patience,
        holder: site.holder.clone(),
        deadline: site.clock.now().plus_seconds(seconds),
        route: "/v1/chat/completions".into(),
        model: ask.model.into(),
        upstream: "openai".into(),
        traits: Traits {
            tokens: ask.tokens,
            tokens_per_unit: ask.tokens_per_unit,
            end_user: ask.user,
            tags: ask.tags.clone(),
        },
        others_wait: false,
    });
    let answer = answer.await;
    let waited = asked_at.elapsed() >= site.wait_for_held;
    let mut world = site.world.look();
    world.note(format!("{hold} hears {}", short(&answer)));
    match answer {
        Ok(HoldAnswer::Granted(live, grant)) => {
            world.granted(&question, hold, &grant);
            Heard::Granted(live, i128::from(grant.amount.get()))
        }
        Ok(HoldAnswer::Refused(refusal, _)) => {
            if is_definitive(patience) {
                let waited = waited || patience == Patience::Last || !site.all_may_wait;
                world.refused(&question, (ask, waited), &refusal);
            }
            Heard::No
        }
        Ok(HoldAnswer::Rejected(rejection)) => {
            world.holds(Err(format!("{hold} was rejected: {rejection}")));
            Heard::Nothing
        }
        Err(why) => {
            world.unavailable(&why);
            // Whoever is stopped until a person has looked forgets what it had decided: see `forgets`.
            if is_for_now(&why) {
                world.unanswered.insert(hold, site.holder.clone());
            }
            Heard::Nothing
        }
    }
}

fn short(answer: &Result<HoldAnswer, teller::Unavailable>) -> String {
    match answer {
        Ok(HoldAnswer::Granted(_, grant)) => format!("granted {} {}", grant.amount, grant.units),
        Ok(HoldAnswer::Refused(refusal, _)) => format!("{refusal:?}"),
        Ok(HoldAnswer::Rejected(rejection)) => rejection.to_string(),
        Err(why) => why.to_string(),
    }
}

async fn settles(site: &Site, live: LiveHold, held: i128, dice: &mut Dice) {
    let id = live.id();
    let ending = ending(held, dice);
    let (late, again) = (dice.chance(400), dice.chance(150));
    let pause = Duration::from_millis(dice.below(60_000));
    let other = Ending::Charge(i128::from(dice.between(0, 1_000_000)), tokens(dice));
    let Some(ending) = ending else {
        // It crashes without a word; whoever looks later may know what it cost.
        drop(live);
        site.world.look().count("calls without an end");
        if late {
            sleep(pause).await;
            reports(site, id, other).await;
        }
        return;
    };
    site.world.look().asked.ends(id, ending);
    let said = charged(held, ending);
    if let Some(receipt) = live.settle(settlement(ending)).await {
        let mut world = site.world.look();
        world.note(format!("{id} settled {receipt:?}"));
        world.receipt(&receipt, (held, said));
        if receipt.changed {
            world.receipts.insert(id, (site.holder.clone(), ending));
        }
    }
    if again {
        sleep(pause / 20).await;
        reports(site, id, if late { ending } else { other }).await;
    }
}

/// Someone says of a call that ended what it cost, perhaps not for the first time.
async fn reports(site: &Site, hold: HoldId, ending: Ending) {
    let Some(teller) = site.teller() else { return };
    site.world.look().asked.ends(hold, ending);
    let settlement = settlement(ending);
    let told = teller
        .command(Command::Settle { hold, settlement }, None)
        .await;
    let mut world = site.world.look();
    world.note(format!("{hold} reported: {told:?}"));
    match told {
        Ok(Outcome::Closed(receipt)) => world.count(if receipt.changed {
            "late settlements"
        } else {
            "settlements that changed nothing"
        }),
        Ok(other) => world.holds(Err(format!("a settlement came to {other:?}"))),
        Err(why) => world.unavailable(&why),
    }
}

/// What an ending charges; of a hold that was presumed meanwhile, another presumption changes nothing.
fn charged(held: i128, ending: Ending) -> Option<i128> {
    match ending {
        Ending::Charge(amount, _) => Some(amount),
        Ending::Release(_) => Some(0),
        Ending::Presume(_) => Some(held),
    }
}

fn ending(held: i128, dice: &mut Dice) -> Option<Ending> {
    let held = i64::try_from(held).unwrap_or(0);
    Some(match dice.below(100) {
        0..60 => Ending::Charge(i128::from(dice.between(0, held)), tokens(dice)),
        60..66 => {
            let more = held + dice.between(1, 500_000_000);
            Ending::Charge(i128::from(more), tokens(dice))
        }
        66..76 => Ending::Release(ReleaseReason::ProviderRefused),
        76..80 => Ending::Release(ReleaseReason::NotSent),
        80..84 => Ending::Presume(PresumeReason::CutOff),
        84..88 => Ending::Presume(PresumeReason::ProviderFailed),
        _ => return None,
    })
}

/// How many tokens a call had, where its caller says so: also more than it could have.
fn tokens(dice: &mut Dice) -> Option<u64> {
    dice.chance(600).then(|| dice.below(4000))
}

fn settlement(ending: Ending) -> Settlement {
    let charge = |amount: i128| Charge {
        amount: Nanos::new(i64::try_from(amount).unwrap_or(0)),
        fees: Vec::new(),
        catalog: "2026-11".into(),
    };
    match ending {
        Ending::Charge(amount, None) => Settlement::Charge(charge(amount)),
        Ending::Charge(amount, Some(tokens)) => Settlement::Metered {
            charge: charge(amount),
            tokens,
        },
        Ending::Release(reason) => Settlement::Release(reason),
        Ending::Presume(reason) => Settlement::Presume(reason),
    }
}

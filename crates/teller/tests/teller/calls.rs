//! Calls: they ask for money, hold it, and give an account of it.

use std::future::Future;
use std::pin::Pin;

use futures_util::FutureExt;
use ids::{HoldId, RequestId};
use ledger::{
    Charge, Entry, Fact, Grant, HoldFact, Patience, Receipt, Refusal, ReleaseReason, Settlement,
    Shortfall, TakeHold, Traits,
};
use money::{Bound, Femtos, Nanos};
use teller::{HoldAnswer, LiveHold, Unavailable};
use tokio::task::unconstrained;

use crate::world::{HOLD, KEY, Node, answered};

/// A call that has asked.
pub(crate) type Asked = Pin<Box<dyn Future<Output = Result<HoldAnswer, Unavailable>> + Send>>;

pub(crate) fn id(call: u32) -> HoldId {
    let mut id = [0; 16];
    id[12..].copy_from_slice(&call.to_be_bytes());
    HoldId::first(RequestId::from_bytes(id))
}

/// A cost that cannot be cut down.
pub(crate) fn fixed(amount: Nanos) -> Bound {
    Bound::fixed(Femtos::from(amount))
}

/// A cent for each of 100 to 1,000 units.
pub(crate) fn by_units() -> Bound {
    Bound::linear(
        Femtos::ZERO,
        Femtos::from(Nanos::new(10_000_000)),
        1_000,
        100,
    )
    .unwrap()
}

impl Node {
    pub(crate) fn ask(&self, call: u32, bound: Bound) -> TakeHold {
        let seconds = i64::try_from(HOLD.as_secs()).unwrap();
        TakeHold {
            hold: id(call),
            key: KEY,
            bound,
            patience: Patience::Wait,
            holder: self.tellers.settings().holder.clone(),
            deadline: self.now().plus_seconds(seconds),
            route: "/v1/chat/completions".into(),
            model: "gpt-5".into(),
            upstream: "openai".into(),
            traits: Traits::default(),
            others_wait: false,
        }
    }

    /// A call that is about to ask.
    pub(crate) fn will_ask(&self, ask: TakeHold) -> Asked {
        let teller = self.teller.clone();
        Box::pin(async move { teller.hold(ask).await })
    }

    /// A call has asked: its wish is with the teller, which has not looked at it yet. (All runs on one thread.)
    pub(crate) fn asks(&self, ask: TakeHold) -> Asked {
        let mut asked = self.will_ask(ask);
        let at_once = unconstrained(&mut asked).now_or_never();
        assert!(at_once.is_none(), "it was not even looked at: {at_once:?}");
        asked
    }

    pub(crate) fn asks_for(&self, call: u32, amount: Nanos) -> Asked {
        self.asks(self.ask(call, fixed(amount)))
    }

    /// The call does not wait for held money.
    pub(crate) fn asks_at_once(&self, call: u32, amount: Nanos) -> Asked {
        self.asks(TakeHold {
            patience: Patience::Last,
            ..self.ask(call, fixed(amount))
        })
    }

    /// A call holds this much.
    pub(crate) async fn holds(&self, call: u32, amount: Nanos) -> LiveHold {
        granted(self.asks_for(call, amount)).await.0
    }
}

pub(crate) async fn granted(asked: Asked) -> (LiveHold, Grant) {
    match answered(asked).await.unwrap() {
        HoldAnswer::Granted(hold, grant) => (hold, grant),
        other @ (HoldAnswer::Refused(_, _) | HoldAnswer::Rejected(_)) => panic!("{other:?}"),
    }
}

/// Granted, and nobody cares for the hold any more.
pub(crate) async fn is_granted(asked: Asked) {
    drop(granted(asked).await);
}

pub(crate) async fn refused(asked: Asked) -> Refusal {
    match answered(asked).await.unwrap() {
        HoldAnswer::Refused(refusal, _) => *refusal,
        other @ (HoldAnswer::Granted(..) | HoldAnswer::Rejected(_)) => panic!("{other:?}"),
    }
}

/// Refused for money.
pub(crate) async fn short(asked: Asked) -> Shortfall {
    match refused(asked).await {
        Refusal::Money(shortfall) => shortfall,
        other @ Refusal::Key(_) => panic!("{other:?}"),
    }
}

/// Not answered, because the store vouches for nothing: this is why.
pub(crate) async fn unanswered(asked: Asked) -> String {
    match answered(asked).await {
        Err(why) => why.to_string(),
        Ok(answer) => panic!("{answer:?}"),
    }
}

pub(crate) fn costs(amount: Nanos) -> Settlement {
    Settlement::Charge(Charge {
        amount,
        fees: Vec::new(),
        catalog: "2026-11".into(),
    })
}

pub(crate) const NOTHING: Settlement = Settlement::Release(ReleaseReason::NotSent);

pub(crate) async fn settles(hold: LiveHold, settlement: Settlement) -> Receipt {
    answered(hold.settle(settlement)).await.unwrap()
}

/// The calls whose holds were taken, in the journal's order.
pub(crate) fn taken(journal: &[Entry]) -> Vec<HoldId> {
    let taken = journal.iter().filter_map(|entry| match &entry.fact {
        Fact::Hold(HoldFact::Taken(taken)) => Some(taken.hold),
        _ => None,
    });
    taken.collect()
}

/// What became of a call, as the journal tells it.
pub(crate) fn story(journal: &[Entry], call: u32) -> Vec<&'static str> {
    let call = id(call);
    let facts = journal.iter().filter_map(|entry| match &entry.fact {
        Fact::Hold(HoldFact::Taken(taken)) if taken.hold == call => Some("taken"),
        Fact::Hold(HoldFact::Renewed { holds, .. }) if holds.contains(&call) => Some("renewed"),
        Fact::Hold(HoldFact::Settled { hold, .. }) if *hold == call => Some("settled"),
        Fact::Hold(HoldFact::Released { hold, .. }) if *hold == call => Some("released"),
        Fact::Hold(HoldFact::Presumed { hold, .. }) if *hold == call => Some("presumed"),
        Fact::Hold(HoldFact::Corrected { hold, .. }) if *hold == call => Some("corrected"),
        _ => None,
    });
    facts.collect()
}

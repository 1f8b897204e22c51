//! Everything at once, from seeds: two nodes, calls of all kinds, and a store that fails in every way it may. Whatever
//! happens, no entry of the journal is past the limit, and nobody was told what is not so.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use ids::HoldId;
use journal::memory::Fault;
use ledger::{Book, Entry, Fact, HoldFact};
use money::Nanos;
use teller::HoldAnswer;

use crate::calls::{costs, id};
use crate::world::{
    HOLD, LIMIT, Node, add_credit, answered, dollars, nothing_is_lost, passes, set_limit,
};

/// Numbers that look random and are the same for the same seed (xorshift64*).
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, sides: u32) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        u32::try_from(high).unwrap() % sides
    }
}

/// What a call was told.
enum Told {
    /// It was granted and settled; this is what it cost.
    Cost(Nanos),
    Refused,
    Unavailable,
}

async fn call(node: &Node, number: u32, mut dice: Dice) -> Told {
    passes(Duration::from_millis(dice.below(3_000).into())).await;
    let worst = dollars(1 + i64::from(dice.below(4)));
    let asked = if dice.below(2) == 0 {
        node.asks_for(number, worst)
    } else {
        node.asks_at_once(number, worst)
    };
    let hold = match answered(asked).await {
        Ok(HoldAnswer::Granted(hold, _)) => hold,
        Ok(HoldAnswer::Refused(_, _)) => return Told::Refused,
        Ok(HoldAnswer::Rejected(rejection)) => panic!("{rejection}"),
        Err(_) => return Told::Unavailable,
    };
    passes(Duration::from_millis(dice.below(90_000).into())).await;
    let cost = Nanos::new(i64::from(dice.below(1_000_000_000)));
    let receipt = answered(hold.settle(costs(cost))).await.unwrap();
    assert_eq!((receipt.charged, receipt.overrun), (cost, Nanos::ZERO));
    Told::Cost(cost)
}

async fn trouble(node: &Node, mut dice: Dice) {
    const FAULTS: [Fault; 5] = [
        Fault::AnswerLost,
        Fault::AppendLost,
        Fault::AppendUnavailable,
        Fault::HeadUnavailable,
        Fault::ReadUnavailable,
    ];
    for _fault in 0..40 {
        passes(Duration::from_millis(dice.below(2_000).into())).await;
        // While the store is slow, rounds are decided on top of rounds that are on their way.
        let stalls = (node.store.stall_appends(), node.store.stall_heads());
        passes(Duration::from_millis(dice.below(500).into())).await;
        for _more in 0..dice.below(8) {
            node.store.inject(FAULTS[dice.below(5) as usize]);
        }
        drop(stalls);
    }
}

/// P1 on every prefix of the journal. Nothing here makes a sum pass its limit on purpose.
async fn never_past_the_limit(node: &Node) -> (Book, Vec<Entry>) {
    let journal = node.journal().await;
    let mut book = Book::empty();
    for entry in &journal {
        book.apply(entry, Entry::hash(&entry.encode())).unwrap();
        if let Some(limit) = book.limit(LIMIT) {
            assert!(!limit.left().is_negative(), "{entry:?}");
        }
        assert!(!book.balance().left.is_negative(), "{entry:?}");
        assert_eq!(book.balance().owed, Nanos::ZERO, "{entry:?}");
        nothing_is_lost(&book);
    }
    (book, journal)
}

/// What each call was charged, as the journal tells it.
fn charges(journal: &[Entry]) -> BTreeMap<HoldId, Nanos> {
    let mut charges = BTreeMap::new();
    for entry in journal {
        match &entry.fact {
            Fact::Hold(HoldFact::Settled { hold, charge, .. })
            | Fact::Hold(HoldFact::Corrected { hold, charge, .. }) => {
                charges.insert(*hold, charge.amount);
            }
            _ => {}
        }
    }
    charges
}

/// Goes on until the faults that are left have met something, appends and reads in turn.
async fn calm(node: &Node, lots: u32) {
    let mut worked = 0;
    for lot in lots..lots + 5_000 {
        let told = node.command(add_credit(lot, dollars(1))).await;
        let asked = node.ask_book().await;
        worked = if told.is_ok() && asked.is_ok() {
            worked + 1
        } else {
            0
        };
        if worked > 100 {
            return;
        }
        passes(Duration::from_secs(5)).await;
    }
    panic!("the store works again and the node does not");
}

/// How many calls were served, refused, and not answered.
async fn storm(seed: u64) -> [u32; 3] {
    let node = Node::with(dollars(60), |settings| settings.snapshot_every = 2).await;
    node.does(set_limit(dollars(40))).await;
    let other = node.other_with(("b", 1), |settings| {
        settings.snapshot_every = 2;
        settings.idle_after = Duration::from_secs(2);
        settings.most_waiting = 5;
    });
    let mut dice = Dice::new(seed);
    let calls = (0..60).map(|number| {
        let at = if number % 2 == 0 { &node } else { &other };
        call(at, number, Dice::new(u64::from(dice.below(u32::MAX))))
    });
    let calls: Vec<_> = calls.collect();
    let troubles = [
        trouble(&node, Dice::new(seed + 1)),
        trouble(&other, Dice::new(seed + 2)),
    ];
    let (told, _) = futures_util::future::join(join_all(calls), join_all(troubles)).await;
    calm(&node, 1_000).await;
    calm(&other, 100_000).await;
    passes(HOLD * 3).await;
    let (book, journal) = never_past_the_limit(&node).await;
    let charges = charges(&journal);
    let (mut spent, mut kinds) = (Nanos::ZERO, [0; 3]);
    for (number, told) in (0..).zip(told) {
        let charged = charges.get(&id(number)).copied().unwrap_or(Nanos::ZERO);
        match told {
            Told::Cost(cost) => {
                kinds[0] += 1;
                assert_eq!(charged, cost, "call {number}");
                spent = spent.checked_add(cost).unwrap();
            }
            Told::Refused | Told::Unavailable => {
                kinds[if matches!(told, Told::Refused) { 1 } else { 2 }] += 1;
                assert_eq!(charged, Nanos::ZERO, "call {number}");
            }
        }
    }
    assert_eq!(book.balance().spent, spent, "seed {seed}");
    assert_eq!(book.holds().count(), 0, "seed {seed}");
    assert_eq!(book.presumed().count(), 0, "seed {seed}");
    let mut seen = [node.seen.entries(), other.seen.entries()].concat();
    seen.sort_by_key(|entry| entry.seq);
    assert!(seen == journal, "seed {seed}: an observer missed an entry");
    let fresh = node.other("c", 1);
    assert_eq!(fresh.book().await.balance(), book.balance());
    for node in [node, other, fresh] {
        answered(node.tellers.stop()).await;
    }
    kinds
}

#[tokio::test(start_paused = true)]
async fn whatever_happens_the_limit_holds_and_nobody_is_told_what_is_not_so() {
    let mut kinds = [0; 3];
    for seed in 1..=20 {
        for (sum, of_seed) in kinds.iter_mut().zip(storm(seed).await) {
            *sum += of_seed;
        }
    }
    assert!(kinds.iter().all(|count| *count > 100), "{kinds:?}");
}

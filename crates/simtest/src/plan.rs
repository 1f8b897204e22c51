//! What a seed decides before anything happens: how many nodes, how wrong their clocks, how bad the store.

use std::time::Duration;

use journal::acknowledged::Bounds;

use crate::dice::Dice;

/// 2026-11-29T23:58:30Z: a Sunday before midnight, so that days and weeks turn within a run.
const BEGINNING: i64 = 1_796_083_110_000_000;
/// A second, in microseconds.
pub(crate) const SECOND: i64 = 1_000_000;

/// How wrong the nodes' clocks are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Skew {
    /// Not at all.
    None,
    /// By less than a second: within what is promised.
    Promised,
    /// By up to two hours, and they jump.
    Beyond,
}

/// What goes wrong with how many of 1,000 calls of the store.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Faults {
    /// An append happens and its answer is lost.
    pub(crate) answer_lost: u64,
    /// An append is lost before it happens, which its caller cannot know.
    pub(crate) append_lost: u64,
    /// The answer is lost at once, and the append happens later, if it still can.
    pub(crate) late: u64,
    /// An append does not happen and says so.
    pub(crate) unavailable: u64,
    /// Something cannot be read.
    pub(crate) unreadable: u64,
}

impl Faults {
    pub(crate) const NONE: Self = Self {
        answer_lost: 0,
        append_lost: 0,
        late: 0,
        unavailable: 0,
        unreadable: 0,
    };
}

/// A run's plan.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) begins: i64,
    pub(crate) nodes: usize,
    pub(crate) calls: u32,
    pub(crate) commands: u32,
    pub(crate) skew: Skew,
    pub(crate) faults: Faults,
    /// Of 1,000 steps, how many crash a node.
    pub(crate) crashes: u64,
    /// Whether the store takes back what it acknowledged, once.
    pub(crate) rolls_back: bool,
    /// Whether nodes remember what the store acknowledged, and how much of it.
    pub(crate) remembers: Option<Bounds>,
    /// Of what calls hold, in thousandths of a dollar, the most.
    pub(crate) dearest: i64,
    pub(crate) hold_for: Duration,
    pub(crate) wait_for_held: Duration,
    pub(crate) most_waiting: usize,
    pub(crate) snapshot_every: u64,
    pub(crate) idle_after: Duration,
}

impl Plan {
    pub(crate) fn of(dice: &mut Dice) -> Self {
        let skews = [Skew::None, Skew::Promised, Skew::Promised, Skew::Beyond];
        let rolls_back = dice.chance(125);
        let remembers = remembers(rolls_back, dice);
        let mut seconds = |from: i64, to: i64| {
            let millis = dice.between(from * 1000, to * 1000);
            Duration::from_millis(u64::try_from(millis).unwrap_or(1000))
        };
        let (hold_for, wait_for_held, idle) = (seconds(3, 30), seconds(0, 3), seconds(1, 10));
        Self {
            begins: BEGINNING + dice.between(0, 80 * SECOND),
            nodes: dice.place(3) + 1 + dice.place(2),
            calls: 40 + u32::try_from(dice.below(80)).unwrap_or(0),
            commands: 15 + u32::try_from(dice.below(35)).unwrap_or(0),
            skew: dice.one(&skews).copied().unwrap_or(Skew::None),
            faults: faults(dice),
            // Who has noticed that the store rolled back answers again only after a restart.
            crashes: dice.below(4).max(if rolls_back { 2 } else { 0 }),
            rolls_back,
            remembers,
            dearest: [400, 1500, 4000].get(dice.place(3)).copied().unwrap_or(400),
            hold_for,
            wait_for_held,
            most_waiting: if dice.chance(300) { 2 } else { 1000 },
            snapshot_every: 1 + dice.below(40),
            // Where nothing is written down, a journal's head must not leave memory before it can be compared.
            idle_after: if rolls_back && remembers.is_none() {
                Duration::from_secs(1_000_000)
            } else {
                idle
            },
        }
    }
}

/// Of nodes that remember some know the last minutes, and some hardly anything.
fn remembers(rolls_back: bool, dice: &mut Dice) -> Option<Bounds> {
    let bytes = [6_000, 40_000, 1 << 20].get(dice.place(3)).copied();
    let seconds = if dice.chance(300) { 20 } else { 600 };
    let remembers = dice.chance(if rolls_back { 600 } else { 50 });
    remembers.then(|| Bounds {
        bytes: bytes.unwrap_or(1 << 20),
        keep: Duration::from_secs(seconds),
    })
}

fn faults(dice: &mut Dice) -> Faults {
    if dice.chance(200) {
        return Faults::NONE;
    }
    let most = [20, 80, 250].get(dice.place(3)).copied().unwrap_or(20);
    Faults {
        answer_lost: dice.below(most),
        append_lost: dice.below(most),
        late: dice.below(most),
        unavailable: dice.below(most),
        unreadable: dice.below(most / 2),
    }
}

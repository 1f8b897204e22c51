//! Ten thousand random decisions of every kind, while limits, credit and keys are edited and nodes stop and die in
//! between: each made again from the journal is the one on record (P6).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use ids::KeyId;
use ledger::{CheckKind, Fact, HoldFact, KeyProblem, Patience, Refusal, Scope, TakeHold};
use money::{Bound, Femtos, Nanos};
use teller::{Bar, Barred, HoldAnswer, KeyView, LiveHold, Recorded, Standing};

use crate::calls::{NOTHING, costs, fixed, settles};
use crate::edits::{KEYS, changes, has_everything};
use crate::replay::is_the_same;
use crate::storm::Dice;
use crate::world::{KEY, Node, answered, dollars, passes};

/// Decisions between two starts.
const AT_ONCE: u32 = 70;
/// Decisions in all.
const MOST: usize = 10_000;
/// A replay costs what was appended since the last clean stop, so starts without one are the fewer.
const KILLED: u8 = 7;

/// What is decided, and how often of each kind.
#[derive(Default)]
struct Run {
    call: u32,
    /// Holds of calls that still run.
    open: Vec<LiveHold>,
    kinds: BTreeMap<String, usize>,
}

impl Run {
    fn count(&mut self, kind: String) {
        *self.kinds.entry(kind).or_default() += 1;
    }

    /// Makes one decision and says what is to be on record of it, if it was told.
    async fn decides(&mut self, node: &Node, dice: &mut Dice) -> Option<Recorded> {
        self.call += 1;
        let key = if dice.below(4) == 0 {
            KeyId::from_bytes([KEYS[usize::try_from(dice.below(6)).unwrap()]; 16])
        } else {
            KEY
        };
        if let Some(barred) = comes_from(node, key, dice).await {
            self.count(name(&barred.why));
            return Some(Recorded::Barred(Box::new(barred)));
        }
        let patience = [Patience::Wait, Patience::Last][usize::from(dice.below(2) == 0)];
        let ask = TakeHold {
            patience,
            key,
            ..node.ask(self.call, any_bound(dice))
        };
        match answered(node.will_ask(ask.clone())).await.unwrap() {
            HoldAnswer::Granted(hold, grant) => {
                let half = Nanos::new(grant.amount.get() / 2);
                match dice.below(4) {
                    // A call that is forgotten is presumed at its deadline.
                    0 => drop(hold),
                    1 if self.open.len() < 4 => self.open.push(hold),
                    cheap => {
                        let cost = if cheap == 2 { NOTHING } else { costs(half) };
                        settles(hold, cost).await;
                    }
                }
                None
            }
            HoldAnswer::Refused(refusal, standing) => Some(self.refused(ask, *refusal, standing)),
            HoldAnswer::Rejected(rejection) => panic!("{rejection}"),
        }
    }

    fn refused(&mut self, ask: TakeHold, refusal: Refusal, standing: Standing) -> Recorded {
        match refusal {
            Refusal::Money(shortfall) => {
                let check = shortfall.binding().unwrap();
                self.count(if shortfall.transient {
                    "transient".to_owned()
                } else {
                    money(check.kind, check.scope)
                });
                Recorded::Refused(Box::new(ask), Box::new(shortfall))
            }
            Refusal::Key(problem) => {
                let barred = Barred {
                    key: ask.key,
                    model: Some(ask.model),
                    why: Bar::Key(problem),
                    standing,
                };
                self.count(name(&barred.why));
                Recorded::Barred(Box::new(barred))
            }
        }
    }

    /// The grants of a node's run, as it told whoever follows.
    fn grants_of(&mut self, node: &Node) -> Vec<Recorded> {
        let mut grants = Vec::new();
        for entry in node.seen.entries() {
            if let Fact::Hold(HoldFact::Taken(taken)) = entry.fact {
                let fitted = taken.granted_units < taken.asked_units;
                self.count(if fitted { "fitted" } else { "granted" }.to_owned());
                grants.push(Recorded::Granted { seq: entry.seq });
            }
        }
        grants
    }
}

fn any_bound(dice: &mut Dice) -> Bound {
    let base = Femtos::from(dollars(i64::from(dice.below(4))));
    if dice.below(3) == 0 {
        return fixed(Nanos::new(i64::from(dice.below(2_000_000_000)) * 4));
    }
    let per_unit = Femtos::new(i128::from(1 + dice.below(9_999_999)) * 1_000_000);
    let (units, floor) = (u64::from(dice.below(1_000)), u64::from(dice.below(50)));
    Bound::linear(base, per_unit, units, floor).unwrap()
}

/// As at the door: may this key be used, and from this address?
async fn comes_from(node: &Node, key: KeyId, dice: &mut Dice) -> Option<Barred> {
    let address: IpAddr = ["10.1.2.3", "192.0.2.7", "2001:db8::1"]
        [usize::try_from(dice.below(3)).unwrap()]
    .parse()
    .unwrap();
    let asked = node.teller.ask(move |book, now| {
        let standing = Standing {
            seq: book.head().seq,
            at: now,
        };
        let why = match book.usable_key(key, now) {
            Err(problem) => Bar::Key(problem),
            Ok((key, _)) if !KeyView::of(book, key).allows_address(Some(address)) => {
                Bar::Address(Some(address))
            }
            Ok(_) => return None,
        };
        Some((why, standing))
    });
    // Half of them are only looked at with their money, as where the door knew the key.
    let (why, standing) = answered(asked)
        .await
        .unwrap()
        .filter(|(why, _)| matches!(why, Bar::Address(_)) || dice.below(2) == 0)?;
    Some(Barred {
        key,
        model: None,
        why,
        standing,
    })
}

fn money(kind: CheckKind, scope: Scope) -> String {
    let scope = match scope {
        Scope::Organization => "organization",
        Scope::Project(_) => "project",
        Scope::Key(_) => "key",
    };
    let kind = match kind {
        CheckKind::CreditBalance => return "credit".to_owned(),
        CheckKind::HardLimit(_) => "limit",
        CheckKind::ModelLimit(_) => "model limit",
        CheckKind::EndUserLimit(_) => "end user limit",
        CheckKind::TagLimit(_) => "tag limit",
        CheckKind::ApprovedUsageLimit(_) => "approved limit",
        CheckKind::UpstreamCap(_) => "upstream cap",
    };
    format!("{kind} of {scope}")
}

fn name(bar: &Bar) -> String {
    match bar {
        Bar::Key(KeyProblem::Unknown) => "unknown",
        Bar::Key(KeyProblem::Revoked) => "revoked",
        Bar::Key(KeyProblem::Expired(_)) => "expired",
        Bar::Key(KeyProblem::Frozen(_)) => "frozen",
        Bar::Key(KeyProblem::ProjectArchived) => "archived",
        Bar::Key(KeyProblem::ModelNotAllowed(_)) => "model",
        Bar::Address(_) => "address",
    }
    .to_owned()
}

#[tokio::test(start_paused = true)]
async fn each_of_ten_thousand_decisions_made_again_is_the_one_on_record() {
    let mut node = Node::with(dollars(50), crate::world::as_usual).await;
    has_everything(&node).await;
    let mut dice = Dice::new(3);
    let (mut run, mut all) = (Run::default(), Vec::new());
    for boot in 2_u8.. {
        let mut recorded = Vec::new();
        for _ in 0..AT_ONCE {
            recorded.extend(run.decides(&node, &mut dice).await);
            if dice.below(5) == 0 {
                changes(&node, run.call, &mut dice).await;
            }
            if dice.below(3) == 0 {
                run.open.pop();
                passes(Duration::from_secs(dice.below(1_800).into())).await;
            }
        }
        recorded.extend(run.grants_of(&node));
        for one in &recorded {
            is_the_same(&node, one).await;
        }
        all.extend(recorded);
        if all.len() > MOST {
            break;
        }
        // The snapshot of a clean stop is where the next run's decisions are made again from. One that is killed has none,
        // and its open holds are presumed.
        run.open.clear();
        if boot % KILLED != 0 {
            node.tellers.stop().await;
        }
        node = node.other("a", boot);
    }
    // Much later, and from the journal's beginning.
    for one in all.iter().step_by(331) {
        is_the_same(&node, one).await;
    }
    for kind in [
        "granted",
        "fitted",
        "credit",
        "limit of key",
        "limit of project",
        "limit of organization",
        "approved limit of organization",
        "transient",
        "frozen",
        "revoked",
        "expired",
        "archived",
        "model",
        "address",
    ] {
        let many = run.kinds.get(kind).copied().unwrap_or_default();
        assert!(many >= 20, "{many} of {kind}: {:?}", run.kinds);
    }
}

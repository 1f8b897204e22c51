//! After the storm: everything works again, everyone is answered, and what is left must be in order.

use std::sync::atomic::Ordering;

use crate::asked::Ending;
use crate::plan::{Faults, SECOND, Skew};
use crate::reference::{End, Wrong};
use crate::simulation::Simulation;
use crate::world::{ErrandIs, ORGANIZATION, World};

/// How long everyone may take to be answered once the store works, in microseconds: the longest a call works, waits and
/// is asked again.
const MOST_WAIT: i64 = 600 * SECOND;

impl Simulation {
    /// Brings everything to its end and looks at what is left.
    pub(crate) fn calm(&mut self) -> Result<(), Wrong> {
        {
            let mut world = self.world.look();
            world.faults = Faults::NONE;
            world.note("CALM".to_owned());
        }
        let noticed = self.world.look().rollback.times > 0;
        for number in 0..self.nodes.len() {
            if noticed {
                // A person has looked: see `rollback`.
                self.crash(number);
            }
            let node = self.nodes.get_mut(number).ok_or("no such node")?;
            node.skew.store(0, Ordering::Relaxed);
            if node.is_down() {
                node.boot(&self.world, &self.plan)?;
            }
        }
        self.until(|simulation| simulation.everyone_is_answered(), SECOND / 2)?;
        self.everyone_notices()?;
        self.until(|simulation| simulation.no_call_is_open(), self.a_while())?;
        for number in 0..self.nodes.len() {
            self.inspect_node(number);
        }
        self.settle_down(100)?;
        // A node that begins now reads the same, from a snapshot or not.
        self.crash(0);
        let node = self.nodes.get_mut(0).ok_or("no such node")?;
        node.boot(&self.world, &self.plan)?;
        self.inspect_node(0);
        self.until(|simulation| simulation.everyone_is_answered(), SECOND / 2)?;
        self.all_stop()?;
        self.world.look().in_order()
    }

    /// Where nodes remember what was lost, each reads the journal until it has seen that, has mended it, or a person has
    /// accepted it. A node that is in another's way once is not the next time: they all are done after as many readings.
    fn everyone_notices(&mut self) -> Result<(), Wrong> {
        if self.plan.remembers.is_none() || self.world.look().rollback.times == 0 {
            return Ok(());
        }
        for _reading in 0..=self.nodes.len() {
            for number in 0..self.nodes.len() {
                self.inspect_node(number);
            }
            self.until(|simulation| simulation.everyone_is_answered(), SECOND / 2)?;
            self.until(|simulation| simulation.nobody_is_halted(), SECOND / 2)?;
        }
        Ok(())
    }

    /// Lets every node end in good order. A receipt is told before it is durable, and a teller that was let go while the
    /// store was away still has to carry it out; only when all of them have ended may the journal be held to receipts.
    fn all_stop(&mut self) -> Result<(), Wrong> {
        let runs = self.nodes.iter_mut().filter_map(|node| node.run.as_mut());
        runs.for_each(crate::node::Run::stop);
        self.until(|simulation| simulation.nobody_is_stopping(), SECOND / 2)
    }

    /// Whoever has stopped begins again, and is none of those who are stopping.
    fn nobody_is_stopping(&self) -> bool {
        let mut runs = self.nodes.iter().filter_map(|node| node.run.as_ref());
        !runs.any(crate::node::Run::is_stopping)
    }

    /// How much time passes at once while holds of calls that are gone wait for their deadline.
    fn a_while(&self) -> i64 {
        match self.plan.skew {
            // A deadline may have been said by a clock that was hours ahead.
            Skew::Beyond => 1200 * SECOND,
            Skew::None | Skew::Promised => 5 * SECOND,
        }
    }

    fn until(&mut self, done: fn(&Self) -> bool, at_once: i64) -> Result<(), Wrong> {
        let most = MOST_WAIT.max(40 * at_once);
        let mut passed = 0;
        loop {
            self.settle_down(100)?;
            if self.world.look().failure.is_some() || done(self) {
                return Ok(());
            }
            if passed > most {
                return Err(format!("{}, and does not end", self.what_is_open()));
            }
            passed += at_once;
            self.world.look().now += at_once;
            for number in 0..self.nodes.len() {
                if at_once > SECOND {
                    self.nodes
                        .get_mut(number)
                        .into_iter()
                        .for_each(crate::node::Node::presumes);
                }
                self.ask_errand();
                let node = self.nodes.get_mut(number);
                let run = node.and_then(|node| node.run.as_mut());
                run.into_iter().for_each(crate::node::Run::accept);
            }
        }
    }

    /// Gives everyone so many turns, and the store time to serve everything.
    pub(crate) fn settle_down(&mut self, rounds: u32) -> Result<(), Wrong> {
        for _round in 0..rounds {
            let now = self.world.look().now;
            let mut idle = true;
            for node in &mut self.nodes {
                if node.is_down() {
                    node.boot(&self.world, &self.plan)?;
                }
                if let Some(run) = &mut node.run {
                    idle &= !run.turn(now, 8);
                }
            }
            loop {
                let served = self.world.look().serve(0);
                if served.is_none() {
                    break;
                }
                self.stir(served);
                idle = false;
            }
            if idle {
                break;
            }
        }
        Ok(())
    }

    fn everyone_is_answered(&self) -> bool {
        let open = |errand: &crate::world::Errand| errand.state != ErrandIs::Over;
        let runs = self.nodes.iter().filter_map(|node| node.run.as_ref());
        runs.map(crate::node::Run::tasks).sum::<usize>() == 0
            && !self.world.look().errands.iter().any(open)
    }

    /// Where nodes remember, a person looks and accepts until none is stopped.
    fn nobody_is_halted(&self) -> bool {
        let mut runs = self.nodes.iter().filter_map(|node| node.run.as_ref());
        self.plan.remembers.is_none() || !runs.any(crate::node::Run::is_halted)
    }

    fn no_call_is_open(&self) -> bool {
        let world = self.world.look();
        world.is_evident() || world.truth.reference.open() == 0
    }

    fn what_is_open(&self) -> String {
        let runs = self.nodes.iter().filter_map(|node| node.run.as_ref());
        let tasks: Vec<usize> = runs.map(crate::node::Run::tasks).collect();
        let world = self.world.look();
        let over = world.errands.iter().filter(|e| e.state == ErrandIs::Over);
        format!(
            "{tasks:?} tasks are under way, {} of {} errands are over, {} holds are open",
            over.count(),
            world.errands.len(),
            world.truth.reference.open()
        )
    }

    /// Looks at a random node's Book.
    pub(crate) fn inspect(&mut self) {
        let number = self.dice.place(self.nodes.len());
        self.inspect_node(number);
    }

    /// A node's Book is what the journal makes of itself at that head, which is no older than the question.
    fn inspect_node(&mut self, number: usize) {
        let Some(run) = self
            .nodes
            .get_mut(number)
            .and_then(|node| node.run.as_mut())
        else {
            return;
        };
        let site = run.site.clone();
        run.spawn(async move {
            let Ok(teller) = site.tellers.of(ORGANIZATION) else {
                return;
            };
            let question = site.world.look().question(&site.holder);
            let told = teller.ask(|book, _now| book.clone()).await;
            let mut world = site.world.look();
            match told {
                Err(why) => world.unavailable(&why),
                Ok(book) => {
                    world.count("Books looked at");
                    world.saw(&question, &book);
                }
            }
        });
    }
}

impl World {
    /// What must be true in the end.
    fn in_order(&self) -> Result<(), Wrong> {
        for (hold, (by, ending)) in &self.receipts {
            if self.asked.only_ending(*hold).is_none() {
                continue;
            }
            let kept = self.truth.reference.hold_of(*hold).map(|hold| &hold.end);
            let as_said = match (ending, kept) {
                (Ending::Charge(amount, _), Some(End::Charged(charged))) => {
                    charged.amount == *amount && !charged.presumed
                }
                (Ending::Release(_), Some(End::Released)) => true,
                // It was presumed before it was released, and corrected to nothing.
                (Ending::Release(_), Some(End::Charged(charged))) => charged.amount == 0,
                (Ending::Presume(_), Some(End::Charged(charged))) => charged.presumed,
                _ => false,
            };
            if !as_said {
                return Err(format!("{hold}: {ending:?} of {by:?} came to {kept:?}"));
            }
        }
        for (hold, by) in &self.unanswered {
            // Nobody knows of a call that comes again with what a store had lost whether it ran: it is presumed.
            let kept = self.truth.reference.hold_of(*hold);
            if let Some(kept) = kept
                && !kept.said_again
                && let End::Charged(charged) = &kept.end
                && charged.amount > 0
            {
                return Err(format!("{hold}: {by:?} gave no answer, and it was charged"));
            }
        }
        if !self.is_evident() && self.truth.reference.open() > 0 {
            return Err("holds are open that nobody holds".to_owned());
        }
        self.nothing_remembered_is_lost()
    }
}

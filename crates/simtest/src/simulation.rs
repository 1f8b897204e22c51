//! The run of a seed: at each step the dice say who has a turn, what the store serves, how much time passes, who asks for
//! what, and what goes wrong.

use std::sync::atomic::Ordering;

use ids::{HoldId, KeyId, RequestId};
use ledger::Holder;

use crate::caller::call;
use crate::dice::Dice;
use crate::errand::{self, Asking};
use crate::node::{Node, Run};
use crate::plan::{Faults, Plan, SECOND, Skew};
use crate::reference::KeyIs;
use crate::world::Shared;

/// Steps after which whoever still asks has to wait for the end.
const MOST_STEPS: u32 = 6_000;

/// Everything that runs.
#[derive(Debug)]
pub(crate) struct Simulation {
    pub(crate) plan: Plan,
    pub(crate) dice: Dice,
    pub(crate) world: Shared,
    pub(crate) nodes: Vec<Node>,
    calls: u32,
    commands: u32,
    stalled: bool,
    rolled_back: bool,
    /// How many appends set the organization up.
    beginning: usize,
}

impl Simulation {
    /// A cluster whose organization has been set up, and so many lines of its trace kept for reading.
    pub(crate) fn new(seed: u64, lines: usize) -> Result<Self, String> {
        let mut dice = Dice::new(seed);
        let plan = Plan::of(&mut dice);
        let world = Shared::new(plan.begins, Faults::NONE, dice.fork());
        world.look().rollback.remembered = plan.remembers.is_some();
        world.look().trace.keep(lines);
        world.look().note(format!("PLAN {plan:?}"));
        let mut simulation = Self {
            nodes: (0..plan.nodes).map(Node::new).collect(),
            calls: plan.calls,
            commands: plan.commands,
            world,
            plan,
            dice,
            stalled: false,
            rolled_back: false,
            beginning: 0,
        };
        for number in 0..simulation.nodes.len() {
            simulation.step_clock(number);
            simulation.boot(number)?;
        }
        {
            let Self {
                world, plan, dice, ..
            } = &mut simulation;
            world.look().begin(plan.dearest, dice);
        }
        for _errand in 0..6 {
            simulation.ask_errand();
            simulation.settle_down(1_000)?;
        }
        let mut world = simulation.world.look();
        world.faults = simulation.plan.faults;
        simulation.beginning = world.appends;
        drop(world);
        Ok(simulation)
    }

    /// Lets things happen until everyone has asked.
    pub(crate) fn storm(&mut self) -> Result<(), String> {
        for _step in 0..MOST_STEPS {
            if self.world.look().failure.is_some() || (self.calls == 0 && self.commands == 0) {
                break;
            }
            self.step()?;
        }
        Ok(())
    }

    fn step(&mut self) -> Result<(), String> {
        match self.dice.below(1000) {
            0..600 => self.turn(),
            600..860 => self.serve(),
            860..925 => self.pass(),
            925..960 => self.begin_call(),
            960..976 => {
                if self.commands > 0 {
                    self.commands -= 1;
                    let mut world = self.world.look();
                    world.think_of_one(self.plan.dearest, &mut self.dice);
                }
                self.ask_errand();
            }
            976..980 => self.lose_caller(),
            980..984 => self.stalled = !self.stalled && self.dice.chance(700),
            984..988 => {
                let number = self.dice.place(self.nodes.len());
                self.step_clock(number);
            }
            988..992 => {
                self.inspect();
                let number = self.dice.place(self.nodes.len());
                let node = self.nodes.get_mut(number);
                let run = node.and_then(|node| node.run.as_mut());
                run.into_iter().for_each(Run::accept);
            }
            _ => self.trouble()?,
        }
        Ok(())
    }

    fn boot(&mut self, number: usize) -> Result<(), String> {
        let node = self.nodes.get_mut(number).ok_or("no such node")?;
        node.boot(&self.world, &self.plan)
    }

    fn turn(&mut self) {
        let number = self.dice.place(self.nodes.len());
        let polls = 1 + self.dice.below(6);
        let now = self.world.look().now;
        let run = self
            .nodes
            .get_mut(number)
            .and_then(|node| node.run.as_mut());
        if let Some(run) = run {
            run.turn(now, polls);
        }
    }

    fn serve(&mut self) {
        if !self.stalled {
            let mut world = self.world.look();
            let place = self.dice.place(world.operations.len());
            let by = world.serve(place);
            drop(world);
            self.stir(by);
        }
    }

    /// The store has answered a run.
    pub(crate) fn stir(&mut self, by: Option<Holder>) {
        let runs = self.nodes.iter_mut().filter_map(|node| node.run.as_mut());
        runs.filter(|run| Some(&run.site.holder) == by.as_ref())
            .for_each(Run::stir);
    }

    fn pass(&mut self) {
        let micros = match self.dice.below(100) {
            0..80 => self.dice.between(100, SECOND / 50),
            80..95 => self.dice.between(SECOND / 20, SECOND),
            _ => self.dice.between(SECOND, 20 * SECOND),
        };
        self.world.look().now += micros;
    }

    /// Sets a node's clock as wrong as the plan allows.
    fn step_clock(&mut self, number: usize) {
        let most = match self.plan.skew {
            Skew::None => 0,
            Skew::Promised => SECOND - 1,
            Skew::Beyond => [SECOND, 60 * SECOND, 7200 * SECOND]
                .get(self.dice.place(3))
                .copied()
                .unwrap_or(SECOND),
        };
        let skew = self.dice.between(-most, most);
        if let Some(node) = self.nodes.get(number) {
            node.skew.store(skew, Ordering::Relaxed);
        }
    }

    fn begin_call(&mut self) {
        if self.calls == 0 {
            return;
        }
        let number = self.dice.place(self.nodes.len());
        let dice = self.dice.fork();
        let key = self.some_key();
        let Some(run) = self
            .nodes
            .get_mut(number)
            .and_then(|node| node.run.as_mut())
        else {
            return;
        };
        self.calls -= 1;
        let mut id = [0; 16];
        for (to, from) in id.iter_mut().skip(12).zip(self.calls.to_be_bytes()) {
            *to = from;
        }
        let hold = HoldId::first(RequestId::from_bytes(id));
        let site = run.site.clone();
        run.spawn(call(site, hold, key, dice));
    }

    /// Mostly a key that works.
    fn some_key(&mut self) -> KeyId {
        let works = self.dice.chance(600);
        let world = self.world.look();
        let keys = world.truth.now().map(|figures| {
            let keys = figures.keys.iter();
            let of = keys.filter(|(_, key)| !works || key.state == KeyIs::Active && !key.archived);
            of.map(|(id, _)| *id).collect()
        });
        let keys: Vec<KeyId> = keys.unwrap_or_default();
        let unknown = KeyId::from_bytes([9; 16]);
        if self.dice.chance(30) {
            return unknown;
        }
        self.dice.one(&keys).copied().unwrap_or(unknown)
    }

    /// Asks an errand that is open, of any node that runs.
    pub(crate) fn ask_errand(&mut self) {
        let number = self.dice.place(self.nodes.len());
        let Some(run) = self
            .nodes
            .get_mut(number)
            .and_then(|node| node.run.as_mut())
        else {
            return;
        };
        if let Some(asking) = Asking::next(&self.world) {
            run.spawn(errand::run(run.site.clone(), asking));
        }
    }

    fn lose_caller(&mut self) {
        let number = self.dice.place(self.nodes.len());
        let Some(run) = self
            .nodes
            .get_mut(number)
            .and_then(|node| node.run.as_mut())
        else {
            return;
        };
        let place = self.dice.place(run.tasks());
        run.drop_one(place);
    }

    fn trouble(&mut self) -> Result<(), String> {
        let number = self.dice.place(self.nodes.len());
        let down = self.nodes.get_mut(number).is_some_and(Node::is_down);
        if down {
            self.boot(number)?;
        } else if self.plan.rolls_back && !self.rolled_back && self.dice.chance(60) {
            self.rolled_back = true;
            let batches = 1 + self.dice.place(8);
            let mut world = self.world.look();
            // The organization itself is not lost.
            let batches = batches.min(world.appends - self.beginning);
            world.roll_back(batches);
            drop(world);
            let runs = self.nodes.iter_mut().filter_map(|node| node.run.as_mut());
            runs.for_each(Run::stir);
        } else if self.dice.chance(80 * self.plan.crashes) {
            self.crash(number);
        } else if self.dice.chance(50) && (!self.plan.rolls_back || self.plan.remembers.is_some()) {
            let run = self
                .nodes
                .get_mut(number)
                .and_then(|node| node.run.as_mut());
            run.into_iter().for_each(Run::stop);
        }
        Ok(())
    }

    pub(crate) fn crash(&mut self, number: usize) {
        self.nodes.get_mut(number).into_iter().for_each(Node::crash);
    }
}

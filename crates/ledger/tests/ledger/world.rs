//! One Book and what a test wants to do with it. After every command it holds the Book to the promises that need no
//! memory: the sums, the snapshot, the replay.

use std::collections::BTreeMap;

use ids::{
    BootId, BudgetId, HoldId, KeyHash, KeyId, LimitId, LotId, OrganizationId, ProjectId, RequestId,
    Subject,
};
use ledger::{
    Book, BudgetFact, Cause, Charge, Command, CreateKey, CreateOrganization, CreateProject,
    DirectoryCommand, Entry, Fact, Holder, Outcome, Sealer, Snapshot, Stepped, Time, due, step,
};
use money::Nanos;

/// An id's bytes from a name of at most 16 characters; names sort like their ids.
pub(crate) fn named(name: &str) -> [u8; 16] {
    let mut id = [0; 16];
    assert!(name.len() <= id.len(), "{name} is too long for an id");
    id[..name.len()].copy_from_slice(name.as_bytes());
    id
}

/// The name an id was made from.
pub(crate) fn name_of(id: [u8; 16]) -> String {
    String::from_utf8_lossy(&id)
        .trim_end_matches('\0')
        .to_owned()
}

pub(crate) fn project(name: &str) -> ProjectId {
    ProjectId::from_bytes(named(name))
}

pub(crate) fn key(name: &str) -> KeyId {
    KeyId::from_bytes(named(name))
}

pub(crate) fn lot(name: &str) -> LotId {
    LotId::from_bytes(named(name))
}

pub(crate) fn limit(name: &str) -> LimitId {
    LimitId::from_bytes(named(name))
}

pub(crate) fn subject(name: &str) -> Subject {
    Subject::from_bytes(named(name))
}

pub(crate) fn budget(name: &str) -> BudgetId {
    BudgetId::from_bytes(named(name))
}

pub(crate) fn hold(name: &str) -> HoldId {
    HoldId::first(RequestId::from_bytes(named(name)))
}

pub(crate) fn holder(node: &str, boot: &str) -> Holder {
    Holder {
        node: node.into(),
        boot: BootId::from_bytes(named(boot)),
    }
}

pub(crate) fn charge(amount: Nanos) -> Charge {
    Charge {
        amount,
        fees: Vec::new(),
        catalog: "2026-11".into(),
    }
}

pub(crate) fn time(text: &str) -> Time {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

pub(crate) fn create_organization(zone: &str) -> CreateOrganization {
    CreateOrganization {
        id: OrganizationId::from_bytes(named("acme")),
        name: "Acme".into(),
        time_zone: zone.into(),
        approved_usage_limit: None,
        spend_guard: None,
    }
}

pub(crate) fn create_project(name: &str) -> Command {
    let ask = CreateProject {
        id: project(name),
        name: name.into(),
        default_max_output: None,
    };
    DirectoryCommand::CreateProject(ask).into()
}

pub(crate) fn create_key(name: &str, in_project: &str) -> CreateKey {
    let mut hash = [0; 32];
    hash[..16].copy_from_slice(&named(name));
    CreateKey {
        id: key(name),
        project: project(in_project),
        name: name.into(),
        hash: KeyHash::from_bytes(hash),
        hint: "wxyz".into(),
        expires_at: None,
        models: None,
        ip_allow: None,
    }
}

/// A Book, a clock, and a second Book that follows the first by its bytes alone.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) book: Book,
    pub(crate) clock: Time,
    follower: Book,
    sealer: Sealer,
    journal: Vec<Vec<u8>>,
    steps: u64,
}

/// Steps after which whole Books are compared only now and then: where one differs from another it goes on doing so.
const SHORT: u64 = 200;
/// How often, then.
const NOW_AND_THEN: u64 = 50;

impl World {
    /// A Book without entries, on a Sunday afternoon.
    pub(crate) fn empty() -> Self {
        Self {
            book: Book::empty(),
            clock: time("2026-11-22T14:00:00Z"),
            follower: Book::empty(),
            sealer: Sealer::new([7; 8]),
            journal: Vec::new(),
            steps: 0,
        }
    }

    /// The same with an organization in it.
    pub(crate) fn new() -> Self {
        let mut world = Self::empty();
        world.run(&DirectoryCommand::CreateOrganization(create_organization("UTC")).into());
        world
    }

    pub(crate) fn run(&mut self, command: &Command) -> Stepped {
        self.run_for(command, None)
    }

    /// Steps the Book and holds it to its promises.
    pub(crate) fn run_for(&mut self, command: &Command, cause: Option<&Cause>) -> Stepped {
        let before = self.book.head().seq;
        let stepped = step(&mut self.book, command, cause, self.clock, &mut self.sealer)
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let made = u64::try_from(stepped.entries.len()).unwrap();
        assert_eq!(self.book.head().seq, before + made, "{command:?}");
        self.follow(&stepped);
        self.check();
        self.steps += 1;
        if self.steps < SHORT || self.steps.is_multiple_of(NOW_AND_THEN) {
            self.compare();
        }
        stepped
    }

    /// The outcome alone.
    pub(crate) fn answer(&mut self, command: &Command) -> Outcome {
        self.run(command).outcome
    }

    /// The second Book reads the bytes as another node would.
    fn follow(&mut self, stepped: &Stepped) {
        for (entry, bytes) in &stepped.entries {
            let read = Entry::decode(bytes).unwrap();
            assert_eq!(read, *entry);
            assert_eq!(read.encode(), *bytes);
            assert!(read.at >= self.follower.now(), "time went back: {read:?}");
            tells_the_truth(&self.follower, &read.fact);
            self.follower.apply(&read, Entry::hash(bytes)).unwrap();
            self.journal.push(bytes.clone());
        }
    }

    /// Another node's Book and a snapshot's are this one.
    fn compare(&self) {
        assert_eq!(self.follower, self.book, "another node's Book differs");
        let snapshot = Snapshot::encode(&self.book);
        let read = Snapshot::decode(&snapshot).unwrap();
        assert_eq!(read, self.book, "the snapshot's Book differs");
    }

    fn check(&self) {
        assert_eq!(due(&self.book, self.book.now()), None, "something is due");
        check_lots(&self.book);
        check_limits(&self.book);
        check_budgets(&self.book);
    }

    /// Takes up the whole journal from its beginning.
    pub(crate) fn replay(&self) {
        self.compare();
        let mut book = Book::empty();
        for bytes in &self.journal {
            let entry = Entry::decode(bytes).unwrap();
            book.apply(&entry, Entry::hash(bytes)).unwrap();
        }
        assert_eq!(book.head(), self.book.head());
        assert_eq!(book, self.book);
    }
}

/// P3: for every lot, and for the sums, nothing is lost.
fn check_lots(book: &Book) {
    let mut sums = [0_i64; 7];
    for lot in book.lots() {
        let parts = [
            lot.added,
            lot.spent,
            lot.held,
            lot.lapsed,
            lot.voided,
            lot.left(),
            lot.owed(),
        ];
        let [added, spent, held, lapsed, voided, left, owed] = parts.map(Nanos::get);
        assert_eq!(
            added,
            spent + held + lapsed + voided + left - owed,
            "{lot:?}"
        );
        assert!(parts.iter().all(|part| !part.is_negative()), "{lot:?}");
        assert!(left == 0 || owed == 0, "{lot:?}");
        for (sum, part) in sums.iter_mut().zip(parts) {
            *sum += part.get();
        }
    }
    let balance = book.balance();
    let parts = [
        balance.added,
        balance.spent,
        balance.held,
        balance.lapsed,
        balance.voided,
        balance.left,
        balance.owed,
    ];
    assert_eq!(parts.map(Nanos::get), sums, "{balance:?}");
    let held: i64 = book.holds().map(|(_, hold)| hold.amount.get()).sum();
    assert_eq!(balance.held.get(), held, "held in lots, held by holds");
}

/// What holds say of lots, and what limits say of themselves.
fn check_limits(book: &Book) {
    let mut held: BTreeMap<LotId, i64> = BTreeMap::new();
    for draw in book.holds().flat_map(|(_, hold)| &hold.draws) {
        *held.entry(draw.lot).or_default() += draw.amount.get();
    }
    for lot in book.lots() {
        assert_eq!(lot.held.get(), held.remove(&lot.id).unwrap_or(0), "{lot:?}");
    }
    assert!(held.is_empty(), "held in lots that are not there: {held:?}");
    for limit in book.limits() {
        assert!(
            !limit.count.spent.is_negative() && !limit.count.held.is_negative(),
            "{limit:?}"
        );
        // Past the last day of the calendar the last window stays.
        let in_window = book.now() < limit.span.end || book.now() > time("9999-12-29T00:00:00Z");
        assert!(limit.span.start <= book.now() && in_window, "{limit:?}");
    }
}

/// What a budget tells is the Book's own figure, told once.
fn tells_the_truth(book: &Book, fact: &Fact) {
    if let Fact::Budget(BudgetFact::Crossed {
        budget,
        percent,
        spent,
    }) = fact
    {
        let budget = book.budget(*budget).unwrap();
        assert_eq!(*spent, budget.spent, "{fact:?} of {budget:?}");
        assert!(!budget.crossed.contains(percent), "{fact:?} of {budget:?}");
        assert!(
            budget.thresholds.contains(percent),
            "{fact:?} of {budget:?}"
        );
    }
}

/// Whatever spending has reached was told.
fn check_budgets(book: &Book) {
    for budget in book.budgets() {
        let reached = |percent: &u16| {
            i128::from(budget.spent.get()) * 100
                >= i128::from(budget.amount.get()) * i128::from(*percent)
        };
        for percent in &budget.thresholds {
            let told = budget.crossed.contains(percent);
            assert!(told || !reached(percent), "{percent} of {budget:?}");
        }
        let known = |percent: &u16| budget.thresholds.contains(percent);
        assert!(budget.crossed.iter().all(known), "{budget:?}");
        assert!(budget.crossed.is_sorted(), "{budget:?}");
        assert!(!budget.spent.is_negative(), "{budget:?}");
        let in_window = book.now() < budget.span.end || book.now() > time("9999-12-29T00:00:00Z");
        assert!(budget.span.start <= book.now() && in_window, "{budget:?}");
    }
}

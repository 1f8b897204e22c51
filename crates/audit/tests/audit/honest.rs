//! Journals made by real commands: calls that are settled, released, overrun, presumed and corrected, under limits that
//! are edited, deleted and opened anew, on credit that is added, lapses and is taken back. Drawn, but always the same.

use std::collections::VecDeque;

use ids::{
    BootId, BudgetId, HoldId, KeyHash, KeyId, LimitId, LotId, OrganizationId, ProjectId, RequestId,
};
use journal::sqlite::Sqlite;
use journal::{Batch, Store, StoredSnapshot};
use ledger::{
    AddCredit, Book, ChangeLimit, Charge, Command, CreateBudget, CreateKey, CreateOrganization,
    CreateProject, DirectoryCommand, Fee, Head, Holder, LimitTerms, LotKind, Patience,
    PresumeReason, ReleaseReason, Scope, Sealer, Settlement, Snapshot, TakeHold, Time, Traits,
    UsedSoFar, Window, step,
};
use money::{Bound, Femtos, Nanos, Price};

const KEY: KeyId = KeyId::from_bytes([1; 16]);
const PROJECT: ProjectId = ProjectId::from_bytes([5; 16]);
/// What one call holds.
const HELD: i64 = 1_000_000;

/// One organization and its journal.
pub(crate) struct Honest {
    pub(crate) organization: OrganizationId,
    pub(crate) book: Book,
    sealer: Sealer,
    clock: Time,
    dice: u64,
    calls: u64,
    lots: u64,
    open: VecDeque<HoldId>,
    presumed: VecDeque<HoldId>,
    entries: Vec<Vec<u8>>,
}

impl Honest {
    pub(crate) fn new(number: u8) -> Self {
        let mut honest = Self {
            organization: OrganizationId::from_bytes([number; 16]),
            book: Book::empty(),
            sealer: Sealer::new([number; 8]),
            clock: Time::from_micros(1_795_356_000_000_000),
            dice: u64::from(number),
            calls: 0,
            lots: 0,
            open: VecDeque::new(),
            presumed: VecDeque::new(),
            entries: Vec::new(),
        };
        honest.furnish();
        honest
    }

    fn furnish(&mut self) {
        let organization = CreateOrganization {
            id: self.organization,
            name: "Acme".into(),
            time_zone: "Europe/Berlin".into(),
            approved_usage_limit: Some((LimitId::from_bytes([9; 16]), Nanos::new(1 << 50))),
            spend_guard: None,
        };
        self.run(DirectoryCommand::CreateOrganization(organization));
        let project = CreateProject {
            id: PROJECT,
            name: "App".into(),
            default_max_output: None,
        };
        self.run(DirectoryCommand::CreateProject(project));
        let key = CreateKey {
            id: KEY,
            project: PROJECT,
            name: "Key".into(),
            hash: KeyHash::from_bytes([7; 32]),
            hint: "wxyz".into(),
            expires_at: None,
            models: None,
            ip_allow: None,
        };
        self.run(DirectoryCommand::CreateKey(key));
        self.add_credit(None);
        self.set_limit(10);
        self.set_limit(11);
        self.set_budget(20);
        self.set_budget(21);
    }

    fn add_credit(&mut self, lapses_at: Option<Time>) {
        self.lots += 1;
        self.run(Command::AddCredit(AddCredit {
            lot: LotId::from_bytes(u128::from(self.lots).to_be_bytes()),
            kind: LotKind::Purchase,
            amount: Nanos::new(HELD * if lapses_at.is_some() { 40 } else { 100_000_000 }),
            lapses_at,
            priority: if lapses_at.is_some() { 1 } else { 100 },
            note: "".into(),
        }));
    }

    fn set_limit(&mut self, number: u8) {
        let time_zone = "Europe/Berlin".into();
        let (scope, window) = match number {
            10 => (Scope::Key(KEY), Window::Day { time_zone }),
            _ => (Scope::Project(PROJECT), Window::Total),
        };
        self.run(Command::CreateLimit(LimitTerms::hard_limit(
            LimitId::from_bytes([number; 16]),
            scope,
            Nanos::new(1 << 55),
            window,
        )));
    }

    fn set_budget(&mut self, number: u8) {
        let time_zone = "Europe/Berlin".into();
        let (scope, window) = match number {
            20 => (Scope::Key(KEY), Window::Day { time_zone }),
            _ => (Scope::Organization, Window::Total),
        };
        self.run(Command::CreateBudget(CreateBudget {
            id: BudgetId::from_bytes([number; 16]),
            scope,
            amount: Nanos::new(HELD * 50),
            window,
            thresholds: vec![50, 100],
        }));
    }

    fn run(&mut self, command: impl Into<Command>) {
        let stepped = step(
            &mut self.book,
            &command.into(),
            None,
            self.clock,
            &mut self.sealer,
        )
        .unwrap();
        self.entries
            .extend(stepped.entries.into_iter().map(|(_, bytes)| bytes));
    }

    fn draw(&mut self, sides: u64) -> u64 {
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % sides
    }

    fn take(&mut self, hold: HoldId) {
        self.run(Command::TakeHold(TakeHold {
            hold,
            key: KEY,
            bound: Bound::fixed(Femtos::from(Nanos::new(HELD))),
            patience: Patience::Last,
            holder: Holder {
                node: "main".into(),
                boot: BootId::from_bytes([4; 16]),
            },
            deadline: self.clock.plus_seconds(1 << 20),
            route: "/v1/chat/completions".into(),
            model: "gpt-5-mini".into(),
            upstream: "openai".into(),
            traits: Traits::default(),
            others_wait: false,
        }));
        self.open.push_back(hold);
    }

    fn settle(&mut self, hold: HoldId, settlement: Settlement) {
        self.run(Command::Settle { hold, settlement });
    }

    fn cost(&mut self, most: i64) -> Settlement {
        let amount = Nanos::new(most - i64::try_from(self.draw(HELD.unsigned_abs())).unwrap());
        Settlement::Charge(Charge {
            amount,
            fees: vec![Fee {
                unit: 3,
                quantity: 7,
                price: Price::new(2_500_000).unwrap(),
            }],
            catalog: "2026-11".into(),
        })
    }

    fn end(&mut self, hold: HoldId) {
        match self.draw(16) {
            0 => {
                let refused = ReleaseReason::ProviderRefused;
                self.settle(hold, Settlement::Release(refused));
                if hold.attempt == 1 {
                    self.take(HoldId { attempt: 2, ..hold });
                }
            }
            1 | 2 => {
                self.settle(hold, Settlement::Presume(PresumeReason::CutOff));
                self.presumed.push_back(hold);
            }
            3 => {
                let overrun = self.cost(3 * HELD);
                self.settle(hold, overrun);
            }
            _ => {
                let cost = self.cost(HELD);
                self.settle(hold, cost);
            }
        }
    }

    /// A call begins, ten minutes later than the one before; others end; now and then something is administered.
    pub(crate) fn round(&mut self) {
        self.clock = self.clock.plus_seconds(600);
        self.calls += 1;
        let request = u128::from(self.calls) << 8 | u128::from(self.organization.to_bytes()[0]);
        self.take(HoldId::first(RequestId::from_bytes(request.to_be_bytes())));
        while self.open.len() > 10 {
            let hold = self.open.pop_front().unwrap();
            self.end(hold);
        }
        match self.draw(100) {
            0 => self.add_credit(Some(self.clock.plus_seconds(86_400))),
            1 => {
                let lot = LotId::from_bytes(u128::from(self.lots).to_be_bytes());
                self.run(Command::VoidCredit { lot });
            }
            2 => self.run(Command::ChangeLimit(ChangeLimit {
                id: LimitId::from_bytes([11; 16]),
                amount: None,
                used: UsedSoFar::Reset,
                until: None,
            })),
            3 => {
                let id = LimitId::from_bytes([10; 16]);
                self.run(Command::DeleteLimit { id });
                self.set_limit(10);
            }
            4 => {
                let (holds, deadline) = (self.open.iter().copied().collect(), self.clock);
                let deadline = deadline.plus_seconds(1 << 21);
                self.run(Command::RenewHolds { holds, deadline });
            }
            5 => {
                let id = BudgetId::from_bytes([21; 16]);
                self.run(Command::DeleteBudget { id });
                self.set_budget(21);
            }
            6..=9 => {
                if let Some(hold) = self.presumed.pop_front() {
                    let cost = self.cost(2 * HELD);
                    self.settle(hold, cost);
                }
            }
            _ => {}
        }
        if self.book.balance().left < Nanos::new(HELD * 1_000) {
            self.add_credit(None);
        }
    }

    /// The entries made since this was asked last.
    pub(crate) fn entries(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.entries)
    }
}

/// Appends so many entries, or a few more, to a new journal of its own, and keeps a snapshot of its first half.
pub(crate) async fn append(store: &Sqlite, number: u8, most: usize) -> u64 {
    let mut honest = Honest::new(number);
    let organization = honest.organization;
    let (mut after, mut written, mut kept) = (Head::EMPTY, 0, false);
    while written < most {
        let mut entries = honest.entries();
        while entries.len() < (most / 4).min(1_000) {
            honest.round();
            entries.extend(honest.entries());
        }
        written += entries.len();
        let (entries, head) = (entries.into(), honest.book.head());
        let batch = Batch {
            organization,
            after,
            entries,
            head,
        };
        store.append(batch).await.unwrap();
        after = head;
        if !kept && written * 2 >= most {
            let (seq, bytes) = (head.seq, Snapshot::encode(&honest.book));
            let snapshot = StoredSnapshot { seq, bytes };
            store.put_snapshot(organization, snapshot).await.unwrap();
            kept = true;
        }
    }
    after.seq
}

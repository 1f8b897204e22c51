//! A store, tellers, and alerts that are told what becomes durable.

use std::cell::Cell;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use alerts::{Alerts, Channel, Options, Owner, Parts, Target, Wanted};
use ids::{
    BootId, BudgetId, HoldId, KeyHash, KeyId, LotId, OrganizationId, ProjectId, RequestId, TargetId,
};
use journal::Store as _;
use journal::memory::Memory;
use ledger::{
    AddCredit, Charge, Command, CreateBudget, CreateKey, CreateOrganization, CreateProject,
    DirectoryCommand, Entry, Holder, LotKind, Outcome, Patience, Scope, Settlement, TakeHold, Time,
    Traits, Window,
};
use money::{Bound, Nanos};
use teller::{Clock, HoldAnswer, LiveHold, Observer, Settings, Teller, Tellers};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::courier::{Attempt, Seen};

pub(crate) const ORGANIZATION: OrganizationId = OrganizationId::from_bytes([7; 16]);
pub(crate) const PROJECT: ProjectId = ProjectId::from_bytes([1; 16]);
pub(crate) const KEY: KeyId = KeyId::from_bytes([2; 16]);
pub(crate) const BUDGET: BudgetId = BudgetId::from_bytes([4; 16]);
/// Where the organization's alerts go.
pub(crate) const HOOK: &str = "https://example.org/hook";

pub(crate) const fn cents(amount: i64) -> Nanos {
    Nanos::new(amount * 10_000_000)
}

#[derive(Clone, Copy)]
pub(crate) struct Virtual(Instant);

impl Clock for Virtual {
    fn now(&self) -> Time {
        let micros = i64::try_from(self.0.elapsed().as_micros()).unwrap();
        Time::from_micros(1_795_000_000_000_000 + micros)
    }
}

#[derive(Default)]
struct Told(Mutex<Option<Alerts>>);

impl Observer for Told {
    fn appended(&self, organization: OrganizationId, entries: Vec<Entry>) {
        if let Some(alerts) = &*self.0.lock().unwrap() {
            alerts.appended(organization, &entries);
        }
    }

    fn halted(&self, organization: OrganizationId, reason: &str) {
        if let Some(alerts) = &*self.0.lock().unwrap() {
            alerts.halted(organization, reason);
        }
    }
}

/// One run of a server.
pub(crate) struct World {
    pub(crate) store: Memory,
    tellers: Tellers,
    told: Arc<Told>,
    pub(crate) teller: Teller,
    pub(crate) alerts: Alerts,
    pub(crate) courier: Seen,
    heard: mpsc::UnboundedReceiver<Attempt>,
    clock: Virtual,
    stop: CancellationToken,
    tasks: TaskTracker,
    calls: u8,
    targets: Cell<u8>,
    folder: Arc<TempDir>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("World").field(&self.alerts).finish()
    }
}

impl World {
    /// An organization with a hundred dollars, a project and a key, that tells nobody.
    pub(crate) async fn silent(options: Options) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let clock = Virtual(Instant::now());
        let world = Self::on(Memory::new(), clock, folder, options).await;
        for command in beginning() {
            world.does(command).await;
        }
        world.credit(1, cents(10_000), None).await;
        world.run();
        world
    }

    /// The same, which tells [`HOOK`].
    pub(crate) async fn new() -> Self {
        let world = Self::silent(Options::default()).await;
        world.tell(&[HOOK]).await;
        world
    }

    async fn on(store: Memory, clock: Virtual, folder: Arc<TempDir>, options: Options) -> Self {
        let told = Arc::new(Told::default());
        let settings = Settings {
            holder: Holder {
                node: "a".into(),
                boot: BootId::from_bytes([1; 16]),
            },
            run: [1; 8],
            clock: Arc::new(clock),
            observer: Arc::<Told>::clone(&told),
            wait_for_held: Duration::from_secs(1),
            most_waiting: 10,
            hold_for: Duration::from_secs(600),
            snapshot_every: 1_000_000,
            idle_after: Duration::from_secs(1_000_000),
        };
        let tellers = Tellers::new(Arc::new(store.clone()), settings);
        let parts = Parts {
            store: Arc::new(store.clone()),
            clock: Arc::new(clock),
            options,
            public_url: "http://seawall.example".to_owned(),
            can_mail: false,
            count: Box::new(|_channel, _outcome| {}),
        };
        let path: PathBuf = folder.path().join("seawall-alerts.db");
        let alerts = Alerts::open(&path, parts).await.unwrap();
        *told.0.lock().unwrap() = Some(alerts.clone());
        let (courier, heard) = Seen::new();
        Self {
            teller: tellers.of(ORGANIZATION).unwrap(),
            tellers,
            told,
            store,
            alerts,
            courier,
            heard,
            clock,
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            calls: 0,
            targets: Cell::new(0),
            folder,
        }
    }

    pub(crate) fn run(&self) {
        let (alerts, stop) = (self.alerts.clone(), self.stop.clone());
        let courier = Arc::new(self.courier.clone());
        self.tasks
            .spawn(async move { alerts.run(courier, stop).await });
    }

    /// Ends this run and begins another on the same files, which does not send yet.
    pub(crate) async fn again(mut self) -> Self {
        self.end().await;
        let (store, clock) = (self.store.clone(), self.clock);
        let (folder, calls) = (Arc::clone(&self.folder), self.calls);
        self.tellers.stop().await;
        // The file is let go of with its last handle.
        *self.told.0.lock().unwrap() = None;
        drop(self);
        let world = Self::on(store, clock, folder, Options::default()).await;
        Self { calls, ..world }
    }

    pub(crate) async fn end(&mut self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Has these addresses told of what concerns the organization.
    pub(crate) async fn tell(&self, addresses: &[&str]) -> Vec<Target> {
        self.tell_of(None, addresses).await
    }

    pub(crate) async fn tell_of(
        &self,
        budget: Option<BudgetId>,
        addresses: &[&str],
    ) -> Vec<Target> {
        let owner = Owner {
            organization: ORGANIZATION,
            budget: budget.map(BudgetId::to_bytes),
        };
        let wanted = addresses.iter().map(|address| {
            // Never the same twice, as the real ones.
            self.targets.set(self.targets.get() + 1);
            let id = TargetId::from_bytes([self.targets.get(); 16]);
            (id, Wanted::new(Channel::Webhook, address).unwrap())
        });
        self.alerts
            .put_targets(owner, wanted.collect())
            .await
            .unwrap()
    }

    pub(crate) async fn does(&self, command: impl Into<Command>) {
        let outcome = self.teller.command(command.into(), None).await.unwrap();
        assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    }

    pub(crate) fn now(&self) -> Time {
        self.clock.now()
    }

    pub(crate) async fn credit(&self, lot: u8, amount: Nanos, lapses_at: Option<Time>) {
        let command = AddCredit {
            lot: LotId::from_bytes([lot; 16]),
            kind: LotKind::Purchase,
            amount,
            lapses_at,
            priority: 0,
            note: "".into(),
        };
        self.does(Command::AddCredit(command)).await;
    }

    /// A monthly budget on the project.
    pub(crate) async fn budget(&self, amount: Nanos, thresholds: &[u16]) {
        let command = CreateBudget {
            id: BUDGET,
            scope: Scope::Project(PROJECT),
            amount,
            window: Window::Month {
                time_zone: "UTC".into(),
            },
            thresholds: thresholds.to_vec(),
        };
        self.does(Command::CreateBudget(command)).await;
    }

    pub(crate) async fn ask(&mut self, held: Nanos) -> HoldAnswer {
        self.calls += 1;
        let ask = TakeHold {
            hold: HoldId {
                request: RequestId::from_bytes([self.calls; 16]),
                attempt: 1,
            },
            key: KEY,
            bound: Bound::fixed(held.into()),
            patience: Patience::Last,
            holder: Holder {
                node: "a".into(),
                boot: BootId::from_bytes([1; 16]),
            },
            deadline: self.now().plus_seconds(600),
            route: "/v1/chat/completions".into(),
            model: "gpt-5-mini".into(),
            upstream: "openai".into(),
            traits: Traits::default(),
            others_wait: false,
        };
        self.teller.hold(ask).await.unwrap()
    }

    pub(crate) async fn hold(&mut self, held: Nanos) -> LiveHold {
        match self.ask(held).await {
            HoldAnswer::Granted(hold, _grant) => hold,
            other => panic!("{other:?}"),
        }
    }

    /// A call that holds so much and then costs so much.
    pub(crate) async fn call(&mut self, held: Nanos, cost: Nanos) {
        let charge = Charge {
            amount: cost,
            fees: Vec::new(),
            catalog: "test".into(),
        };
        let hold = self.hold(held).await;
        hold.settle(Settlement::Charge(charge)).await.unwrap();
        // What a question is answered from is durable.
        self.teller.ask(|_book, _now| ()).await.unwrap();
    }

    /// The next attempt.
    pub(crate) async fn next(&mut self) -> Attempt {
        let next = timeout(Duration::from_secs(90_000), self.heard.recv());
        next.await.expect("an attempt").unwrap()
    }

    /// Nothing is told for a day.
    pub(crate) async fn nothing_more(&mut self) {
        self.nothing_for(Duration::from_secs(86_400)).await;
    }

    pub(crate) async fn nothing_for(&mut self, time: Duration) {
        let next = timeout(time, self.heard.recv()).await;
        assert!(next.is_err(), "{next:?}");
    }

    /// Makes what was gathered and not told of something that nobody can read.
    pub(crate) fn spoil_state(&self) {
        let file = rusqlite::Connection::open(self.folder.path().join("seawall-alerts.db"));
        let spoilt = file
            .unwrap()
            .execute("UPDATE organization SET state = 'of another program'", []);
        assert_eq!(spoilt.unwrap(), 1);
    }

    /// The journal's entries.
    pub(crate) async fn journal(&self) -> Vec<Entry> {
        let bytes = self.store.read(ORGANIZATION, 0, usize::MAX).await.unwrap();
        let entries = bytes.iter().map(|bytes| Entry::decode(bytes).unwrap());
        entries.collect()
    }
}

fn beginning() -> [Command; 3] {
    let organization = CreateOrganization {
        id: ORGANIZATION,
        name: "Acme".into(),
        time_zone: "UTC".into(),
        approved_usage_limit: None,
        spend_guard: None,
    };
    let project = CreateProject {
        id: PROJECT,
        name: "web".into(),
        default_max_output: None,
    };
    let key = CreateKey {
        id: KEY,
        project: PROJECT,
        name: "bot".into(),
        hash: KeyHash::from_bytes([2; 32]),
        hint: "wxyz".into(),
        expires_at: None,
        models: None,
        ip_allow: None,
    };
    [
        DirectoryCommand::CreateOrganization(organization).into(),
        DirectoryCommand::CreateProject(project).into(),
        DirectoryCommand::CreateKey(key).into(),
    ]
}

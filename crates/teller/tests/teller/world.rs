//! Nodes of a cluster, and what a test asks of them. Each is a set of tellers with its own line to one store.

use std::fmt;
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ids::{BootId, KeyHash, KeyId, LimitId, LotId, OrganizationId, ProjectId};
use journal::acknowledged::Bounds;
use journal::memory::Memory;
use journal::{Acknowledged, Store};
use ledger::{
    AddCredit, Book, ChangeLimit, Command, CreateKey, CreateOrganization, CreateProject,
    DirectoryCommand, Entry, Holder, LimitTerms, LotKind, Outcome, Scope, Time, UsedSoFar, Window,
};
use money::Nanos;
use teller::{Clock, Observer, Settings, Teller, Tellers, Unavailable};
use tokio::time::Instant;

pub(crate) const ORGANIZATION: OrganizationId = OrganizationId::from_bytes([7; 16]);
pub(crate) const PROJECT: ProjectId = ProjectId::from_bytes([1; 16]);
pub(crate) const KEY: KeyId = KeyId::from_bytes([2; 16]);
pub(crate) const KEY_HASH: KeyHash = KeyHash::from_bytes([2; 32]);
pub(crate) const LIMIT: LimitId = LimitId::from_bytes([3; 16]);
/// How long a call waits for held money, unless a test says otherwise.
pub(crate) const WAIT: Duration = Duration::from_secs(2);
/// How long a hold lasts.
pub(crate) const HOLD: Duration = Duration::from_secs(30);

pub(crate) const fn dollars(amount: i64) -> Nanos {
    Nanos::new(amount * Nanos::DOLLAR.get())
}

/// The runtime's time, as the clock of every node.
#[derive(Clone, Copy)]
struct VirtualClock {
    began: Instant,
}

impl Clock for VirtualClock {
    fn now(&self) -> Time {
        let micros = i64::try_from(self.began.elapsed().as_micros()).unwrap();
        Time::from_micros(1_795_000_000_000_000 + micros)
    }
}

/// What an observer was told.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Vec<Entry>>);

impl Seen {
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.0.lock().unwrap().clone()
    }
}

impl Observer for Seen {
    fn appended(&self, organization: OrganizationId, entries: Vec<Entry>) {
        // A call may be held in the Book of an upstream account, too.
        if organization == ORGANIZATION {
            self.0.lock().unwrap().extend(entries);
        }
    }
}

/// One run of one node.
pub(crate) struct Node {
    pub(crate) store: Memory,
    pub(crate) tellers: Tellers,
    pub(crate) teller: Teller,
    pub(crate) seen: Arc<Seen>,
    clock: VirtualClock,
    memory: Option<Acknowledged>,
    settings: Settings,
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Node").field(&self.tellers).finish()
    }
}

/// What a test would have otherwise.
pub(crate) type Otherwise = fn(&mut Settings);

pub(crate) fn as_usual(_settings: &mut Settings) {}

impl Node {
    /// A node on a store of its own, without an organization in it.
    pub(crate) fn alone(otherwise: Otherwise) -> Self {
        let clock = VirtualClock {
            began: Instant::now(),
        };
        Self::on((Memory::new(), None), clock, ("a", 1), otherwise)
    }

    /// The same, remembering in this folder what the store acknowledges; with a project, a key, and this much credit.
    pub(crate) async fn remembering(folder: &Path, credit: Nanos) -> Self {
        let clock = VirtualClock {
            began: Instant::now(),
        };
        let memory = Acknowledged::open(folder, Bounds::default()).unwrap();
        let node = Self::on((Memory::new(), Some(memory)), clock, ("a", 1), as_usual);
        for command in beginning() {
            node.does(command).await;
        }
        node.does(add_credit(1, credit)).await;
        node
    }

    /// Another run of this node, remembering what is in this folder.
    pub(crate) fn next_run(&self, folder: &Path, boot: u8) -> Self {
        let memory = Acknowledged::open(folder, Bounds::default()).unwrap();
        let on = (self.store.other_node(), Some(memory));
        Self::on(on, self.clock, ("a", boot), as_usual)
    }

    /// Another node on the same data that remembers in a folder of its own.
    pub(crate) fn other_remembering(&self, folder: &Path, name: &'static str) -> Self {
        let memory = Acknowledged::open(folder, Bounds::default()).unwrap();
        let on = (self.store.other_node(), Some(memory));
        Self::on(on, self.clock, (name, 1), as_usual)
    }

    /// A node whose organization has a project, a key, and this much credit.
    pub(crate) async fn with_credit(credit: Nanos) -> Self {
        Self::with(credit, as_usual).await
    }

    pub(crate) async fn with(credit: Nanos, otherwise: Otherwise) -> Self {
        let node = Self::alone(otherwise);
        for command in beginning() {
            node.does(command).await;
        }
        if credit.is_positive() {
            node.does(add_credit(1, credit)).await;
        }
        node
    }

    /// Another node, or another run of this one, on the same data.
    pub(crate) fn other(&self, name: &'static str, boot: u8) -> Self {
        self.other_with((name, boot), as_usual)
    }

    pub(crate) fn other_with(&self, run: (&'static str, u8), otherwise: Otherwise) -> Self {
        Self::on((self.store.other_node(), None), self.clock, run, otherwise)
    }

    fn on(
        (store, memory): (Memory, Option<Acknowledged>),
        clock: VirtualClock,
        (name, boot): (&'static str, u8),
        otherwise: Otherwise,
    ) -> Self {
        let seen = Arc::new(Seen::default());
        let observer: Arc<dyn Observer> = Arc::<Seen>::clone(&seen);
        let mut run = [boot; 8];
        run[0] = name.as_bytes()[0];
        let mut settings = Settings {
            holder: Holder {
                node: name.into(),
                boot: BootId::from_bytes([boot; 16]),
            },
            run,
            clock: Arc::new(clock),
            observer,
            wait_for_held: WAIT,
            most_waiting: 100,
            hold_for: HOLD,
            snapshot_every: 1_000_000,
            idle_after: Duration::from_secs(1_000_000),
        };
        otherwise(&mut settings);
        let on: Arc<dyn Store> = Arc::new(store.clone());
        let tellers = tellers(on, memory.clone(), settings.clone());
        let teller = tellers.of(ORGANIZATION).unwrap();
        Self {
            store,
            tellers,
            teller,
            seen,
            clock,
            memory,
            settings,
        }
    }

    /// A teller of this very run beside its own, as while a Book comes back into memory and the last job of the one before is
    /// still carried out; with a line of its own to the store.
    pub(crate) fn beside(&self, store: Arc<dyn Store>) -> Teller {
        let mut settings = self.settings.clone();
        settings.run[1] = settings.run[1].wrapping_add(100);
        tellers(store, self.memory.clone(), settings)
            .of(ORGANIZATION)
            .unwrap()
    }

    pub(crate) fn now(&self) -> Time {
        self.clock.now()
    }

    pub(crate) async fn command(&self, command: Command) -> Result<Outcome, Unavailable> {
        answered(self.teller.command(command, None)).await
    }

    /// Carries out a command, which must work.
    pub(crate) async fn does(&self, command: impl Into<Command>) {
        let outcome = self.command(command.into()).await.unwrap();
        assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    }

    /// The Book as this node answers questions from it.
    pub(crate) async fn book(&self) -> Book {
        self.ask_book().await.unwrap()
    }

    pub(crate) async fn ask_book(&self) -> Result<Book, Unavailable> {
        answered(self.teller.ask(|book, _now| book.clone())).await
    }

    /// The journal as it stands in the store, every number and hash checked.
    pub(crate) async fn journal(&self) -> Vec<Entry> {
        let bytes = self.store.read(ORGANIZATION, 0, usize::MAX).await.unwrap();
        let mut book = Book::empty();
        let entries = bytes.iter().map(|bytes| {
            let entry = Entry::decode(bytes).unwrap();
            book.apply(&entry, Entry::hash(bytes)).unwrap();
            entry
        });
        entries.collect()
    }

    /// How many appends were asked for so far.
    pub(crate) fn appends(&self) -> usize {
        self.store.asked().len()
    }
}

fn tellers(store: Arc<dyn Store>, memory: Option<Acknowledged>, settings: Settings) -> Tellers {
    match memory {
        None => Tellers::new(store, settings),
        Some(memory) => Tellers::remembering(store, memory, settings),
    }
}

/// The answer, which must come within a day.
pub(crate) async fn answered<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(86_400), future)
        .await
        .expect("it is answered at all")
}

/// Whether nothing came within an hour.
pub(crate) async fn stays_open<F: Future + Unpin>(future: &mut F) -> bool {
    tokio::time::timeout(Duration::from_secs(3_600), future)
        .await
        .is_err()
}

/// Time passes, and whatever is to happen in it happens.
pub(crate) async fn passes(time: Duration) {
    tokio::time::sleep(time).await;
}

/// An organization, a project and a key.
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
    [
        DirectoryCommand::CreateOrganization(organization).into(),
        DirectoryCommand::CreateProject(project).into(),
        DirectoryCommand::CreateKey(key(2)).into(),
    ]
}

/// A key of the project; number 2 is there from the beginning.
pub(crate) fn key(number: u8) -> CreateKey {
    CreateKey {
        id: KeyId::from_bytes([number; 16]),
        project: PROJECT,
        name: "production".into(),
        hash: KeyHash::from_bytes([number; 32]),
        hint: "wxyz".into(),
        expires_at: None,
        models: None,
        ip_allow: None,
    }
}

pub(crate) fn add_credit(lot: u32, amount: Nanos) -> Command {
    let mut id = [0; 16];
    id[12..].copy_from_slice(&lot.to_be_bytes());
    Command::AddCredit(AddCredit {
        lot: LotId::from_bytes(id),
        kind: LotKind::Purchase,
        amount,
        lapses_at: None,
        priority: 0,
        note: "".into(),
    })
}

/// A hard limit on the organization.
pub(crate) fn set_limit(amount: Nanos) -> Command {
    Command::CreateLimit(LimitTerms::hard_limit(
        LIMIT,
        Scope::Organization,
        amount,
        Window::Total,
    ))
}

pub(crate) fn change_limit(amount: Nanos) -> Command {
    Command::ChangeLimit(ChangeLimit {
        id: LIMIT,
        amount: Some(amount.into()),
        used: UsedSoFar::Keep,
        until: None,
    })
}

/// P3, to the nano-dollar: what was added is somewhere, and what lots say is what holds say.
pub(crate) fn nothing_is_lost(book: &Book) {
    for lot in book.lots() {
        let parts = [lot.spent, lot.held, lot.lapsed, lot.voided, lot.left()];
        let sum: i64 = parts.map(Nanos::get).iter().sum();
        assert_eq!(lot.added.get(), sum - lot.owed().get(), "{lot:?}");
    }
    let held: i64 = book.holds().map(|(_, hold)| hold.amount.get()).sum();
    assert_eq!(book.balance().held.get(), held);
}

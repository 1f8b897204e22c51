//! Journals made for a measurement.
//!
//! An organization with credit and hard limits, and as many calls behind it as are wanted. They are decided by the ledger
//! and appended through the store, so that they are journals like any other.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use ids::{
    BootId, HoldId, KeyHash, KeyId, LimitId, LotId, OrganizationId, ProjectId, RequestId, Subject,
};
use journal::sqlite::Sqlite;
use journal::{Batch, Store};
use ledger::{
    AddCredit, Book, Calls, Charge, Command, CreateKey, CreateOrganization, CreateProject,
    DirectoryCommand, Entry, Holder, LimitTerms, LotKind, Measure, Mode, Patience, Rolling, Scope,
    Sealer, Settlement, TakeHold, Time, Traits, Window, step,
};
use money::{Bound, Femtos, Nanos};

/// Any failure ends a measurement: it has nobody to tell but the person at the terminal.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Entries appended at once.
const BATCH: usize = 2_000;
/// Entries read at once.
const PAGE: usize = 1_000;
/// More than any measurement spends.
const PLENTY: Nanos = Nanos::new(1_000_000_000_000_000);
/// What a hold is for.
const HELD: Nanos = Nanos::new(1_000);
/// What it is settled to.
const COST: Nanos = Nanos::new(400);

/// The key of organizations made here.
pub const KEY: KeyId = KeyId::from_bytes([1; 16]);
const PROJECT: ProjectId = ProjectId::from_bytes([2; 16]);

/// An organization with credit, one project, one key, and `limits` hard limits that all count the key's calls.
#[must_use]
pub fn furniture(organization: OrganizationId, limits: u8) -> Vec<Command> {
    let mut commands: Vec<Command> = vec![
        DirectoryCommand::CreateOrganization(CreateOrganization {
            id: organization,
            name: "Measured".into(),
            time_zone: "UTC".into(),
            approved_usage_limit: None,
            spend_guard: None,
        })
        .into(),
        DirectoryCommand::CreateProject(CreateProject {
            id: PROJECT,
            name: "App".into(),
            default_max_output: None,
        })
        .into(),
        DirectoryCommand::CreateKey(CreateKey {
            id: KEY,
            project: PROJECT,
            name: "Key".into(),
            hash: KeyHash::from_bytes([3; 32]),
            hint: "wxyz".into(),
            expires_at: None,
            models: None,
            ip_allow: None,
        })
        .into(),
        Command::AddCredit(AddCredit {
            lot: LotId::from_bytes([4; 16]),
            kind: LotKind::Grant,
            amount: PLENTY,
            lapses_at: None,
            priority: 100,
            note: "for the measurement".into(),
        }),
    ];
    // At most 64 limits may be on one scope, so they are on three in turn.
    commands.extend((0..limits).map(|number| {
        Command::CreateLimit(LimitTerms::hard_limit(
            LimitId::from_bytes([number; 16]),
            match number % 3 {
                0 => Scope::Key(KEY),
                1 => Scope::Project(PROJECT),
                _ => Scope::Organization,
            },
            PLENTY,
            Window::Month {
                time_zone: "UTC".into(),
            },
        ))
    }));
    commands
}

/// So many limits of every kind in turn, all of which count the key's calls.
///
/// They are dollars a month of each end user, requests and tokens a rolling minute, dollars a rolling hour of each tag, and
/// dollars a month in shadow mode.
pub fn mixed(limits: u8) -> impl Iterator<Item = Command> {
    (0..limits).map(|number| {
        let scope = match number % 3 {
            0 => Scope::Key(KEY),
            1 => Scope::Project(PROJECT),
            _ => Scope::Organization,
        };
        let rolling = |seconds| Window::Rolling(Rolling { seconds });
        let month = Window::Month {
            time_zone: "UTC".into(),
        };
        let id = LimitId::from_bytes([number; 16]);
        let terms = |window| LimitTerms::hard_limit(id, scope, PLENTY, window);
        Command::CreateLimit(match number % 5 {
            0 => terms(month).of_calls(Calls::EachEndUser),
            1 => LimitTerms {
                measure: Measure::Requests,
                ..terms(rolling(60))
            },
            2 => LimitTerms {
                measure: Measure::Tokens,
                ..terms(rolling(60))
            },
            3 => terms(rolling(3_600)).of_calls(Calls::EachTag),
            _ => LimitTerms {
                mode: Mode::Shadow,
                ..terms(month)
            },
        })
    })
}

/// What limits look at in call `number`: it is one of a thousand end users', and has one of ten tags.
#[must_use]
pub fn traits(number: u128) -> Traits {
    let subject = |number: u128| Subject::from_bytes(number.to_be_bytes());
    Traits {
        tokens: 4_000,
        tokens_per_unit: 0,
        end_user: Some(subject(number % 1_000)),
        tags: vec![subject(number % 10)],
    }
}

/// The Book that these commands make.
///
/// # Errors
/// Where the ledger contradicts itself.
pub fn made_by(commands: &[Command], now: Time) -> Outcome<Book> {
    let mut book = Book::empty();
    let mut sealer = Sealer::new([9; 8]);
    for command in commands {
        step(&mut book, command, None, now, &mut sealer)?;
    }
    Ok(book)
}

/// Asks for the money of call `number`.
#[must_use]
pub fn take(key: KeyId, number: u128, now: Time) -> TakeHold {
    TakeHold {
        hold: HoldId::first(RequestId::from_bytes(number.to_be_bytes())),
        key,
        bound: Bound::fixed(Femtos::from(HELD)),
        patience: Patience::Last,
        holder: Holder {
            node: "bench".into(),
            boot: BootId::from_bytes([5; 16]),
        },
        deadline: now.plus_seconds(600),
        route: "/v1/chat/completions".into(),
        model: "gpt-5-mini".into(),
        upstream: "bench".into(),
        traits: Traits::default(),
        others_wait: false,
    }
}

/// What a call came to: less than was held.
#[must_use]
pub fn settlement() -> Settlement {
    Settlement::Charge(Charge {
        amount: COST,
        fees: Vec::new(),
        catalog: "bench".into(),
    })
}

/// Makes calls on the only organization of a store, held and settled one after the other, until its journal has `entries`
/// entries. Answers how many it has.
///
/// # Errors
/// Where the store fails, or has not exactly one organization with a key.
pub async fn fill(store: &Sqlite, entries: u64, now: Time) -> Outcome<u64> {
    let organizations = store.organizations(None, 2).await?;
    let [organization] = *organizations else {
        return Err("the store must have exactly one organization".into());
    };
    let mut book = read(store, organization).await?;
    let key = book.keys().next().ok_or("the organization has no key")?.id;
    let mut writing = Writing::new(store, organization, &book);
    let mut sealer = Sealer::new([6; 8]);
    let mut number = u128::from(book.head().seq) << 64;
    while book.head().seq < entries {
        number += 1;
        let ask = take(key, number, now);
        let settle = Command::Settle {
            hold: ask.hold,
            settlement: settlement(),
        };
        for command in [Command::TakeHold(ask), settle] {
            let stepped = step(&mut book, &command, None, now, &mut sealer)?;
            if stepped.entries.is_empty() {
                return Err(format!("nothing followed from a call: {:?}", stepped.outcome).into());
            }
            writing.add(stepped.entries, &book).await?;
        }
    }
    writing.flush(&book).await?;
    Ok(book.head().seq)
}

/// Makes `count` organizations, each with ten hard limits.
///
/// # Errors
/// Where the store fails.
pub async fn organizations(store: &Sqlite, count: u32, now: Time) -> Outcome<()> {
    for number in 1..=count {
        let organization = OrganizationId::from_bytes(u128::from(number).to_be_bytes());
        let mut book = Book::empty();
        let mut writing = Writing::new(store, organization, &book);
        let mut sealer = Sealer::new(u64::from(number).to_be_bytes());
        for command in furniture(organization, 10) {
            let stepped = step(&mut book, &command, None, now, &mut sealer)?;
            writing.add(stepped.entries, &book).await?;
        }
        writing.flush(&book).await?;
    }
    Ok(())
}

async fn read(store: &Sqlite, organization: OrganizationId) -> Outcome<Book> {
    let mut book = Book::empty();
    loop {
        let page = store.read(organization, book.head().seq, PAGE).await?;
        let ended = page.len() < PAGE;
        for bytes in page {
            book.apply(&Entry::decode(&bytes)?, Entry::hash(&bytes))?;
        }
        if ended {
            return Ok(book);
        }
    }
}

/// Entries on their way into a journal; one batch is written while the next is decided.
struct Writing<'a> {
    store: &'a Sqlite,
    batch: Batch,
    waiting: Vec<Vec<u8>>,
    under_way: Option<BoxFuture<'static, Result<(), journal::AppendError>>>,
}

impl<'a> Writing<'a> {
    fn new(store: &'a Sqlite, organization: OrganizationId, book: &Book) -> Self {
        let batch = Batch {
            organization,
            after: book.head(),
            entries: Arc::new([]),
            head: book.head(),
        };
        Self {
            store,
            batch,
            waiting: Vec::with_capacity(BATCH),
            under_way: None,
        }
    }

    async fn add(&mut self, entries: Vec<(Entry, Vec<u8>)>, book: &Book) -> Outcome<()> {
        self.waiting
            .extend(entries.into_iter().map(|(_entry, bytes)| bytes));
        if self.waiting.len() >= BATCH {
            self.send(book).await?;
        }
        Ok(())
    }

    async fn send(&mut self, book: &Book) -> Outcome<()> {
        if let Some(under_way) = self.under_way.take() {
            under_way.await?;
        }
        self.batch.after = self.batch.head;
        self.batch.head = book.head();
        self.batch.entries = std::mem::take(&mut self.waiting).into();
        self.under_way = Some(self.store.append(self.batch.clone()));
        Ok(())
    }

    async fn flush(mut self, book: &Book) -> Outcome<()> {
        if !self.waiting.is_empty() {
            self.send(book).await?;
        }
        if let Some(under_way) = self.under_way.take() {
            under_way.await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use journal::sqlite::Durability;

    use super::*;

    const NOW: Time = Time::from_micros(1_795_356_000_000_000);

    #[tokio::test]
    async fn a_filled_journal_is_one_chain_of_settled_calls() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("store.db"), Durability::Relaxed).unwrap();
        organizations(&store, 1, NOW).await.unwrap();
        let entries = fill(&store, 5_001, NOW).await.unwrap();
        let [organization] = *store.organizations(None, 2).await.unwrap() else {
            panic!("there must be one organization");
        };
        // Reading applies every entry, and a Book takes up none that does not follow the one before.
        let book = read(&store, organization).await.unwrap();
        assert_eq!(book.head(), store.head(organization).await.unwrap());
        assert_eq!(book.head().seq, entries);
        assert_eq!((book.limits().count(), book.holds().count()), (10, 0));
        // Ten limits and four commands made the organization; each call is two entries.
        let calls = i64::try_from((entries - 14) / 2).unwrap();
        assert_eq!(book.spent_ever(), Nanos::new(calls * 400));
    }
}

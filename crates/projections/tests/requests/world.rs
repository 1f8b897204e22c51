//! A journal made by hand in a real store, and a log beside it.

use std::path::PathBuf;
use std::sync::Arc;

use ids::{BootId, EntryId, HoldId, KeyId, OrganizationId, ProjectId, RequestId};
use journal::sqlite::{Durability, Sqlite};
use journal::{Batch, Store};
use ledger::{
    Charge, Entry, Fact, Fee, Head, HoldFact, HoldTaken, Holder, PresumeReason, ReleaseReason, Time,
};
use money::{Nanos, Price};
use projections::{Filter, Options, Outcome, Refused, Remark, RequestLog, Row};
use tempfile::TempDir;

/// The moment this many seconds after the tests' beginning.
pub(crate) fn second(seconds: i64) -> Time {
    Time::from_micros(1_800_000_000_000_000).plus_seconds(seconds)
}

pub(crate) fn organization(number: u8) -> OrganizationId {
    OrganizationId::from_bytes([number; 16])
}

pub(crate) fn request(number: u32) -> RequestId {
    RequestId::from_bytes(u128::from(number).to_be_bytes())
}

pub(crate) fn key(number: u8) -> KeyId {
    KeyId::from_bytes([number; 16])
}

pub(crate) fn project(number: u8) -> ProjectId {
    ProjectId::from_bytes([number; 16])
}

pub(crate) fn charge(nanos: i64) -> Charge {
    let fees = vec![Fee {
        unit: 3,
        quantity: 7,
        price: Price::new(2_500_000).unwrap(),
    }];
    Charge {
        amount: Nanos::new(nanos),
        fees,
        catalog: "2026-01-01".into(),
    }
}

/// Facts about the hold `attempt` of a call.
#[derive(Clone, Copy)]
pub(crate) struct Call(pub(crate) u32, pub(crate) u8);

impl Call {
    fn hold(self) -> HoldId {
        HoldId {
            request: request(self.0),
            attempt: self.1,
        }
    }

    /// Of 1,000 nano-dollars, with key 1 of project 1, for model `m`.
    pub(crate) fn taken(self) -> HoldFact {
        self.taken_with(1, "m")
    }

    /// With this key, whose project has the same number.
    pub(crate) fn taken_with(self, number: u8, model: &str) -> HoldFact {
        HoldFact::Taken(HoldTaken {
            hold: self.hold(),
            key: key(number),
            project: project(number),
            amount: Nanos::new(1_000),
            draws: Vec::new(),
            limits: Vec::new(),
            holder: Holder {
                node: "n".into(),
                boot: BootId::from_bytes([0; 16]),
            },
            deadline: second(1_000),
            route: "/v1/chat/completions".into(),
            model: model.into(),
            upstream: format!("upstream-{}", self.1).into(),
            granted_units: 60,
            asked_units: 100,
        })
    }

    pub(crate) fn settled(self, nanos: i64) -> HoldFact {
        HoldFact::Settled {
            hold: self.hold(),
            draws: Vec::new(),
            charge: charge(nanos),
        }
    }

    pub(crate) fn released(self, reason: ReleaseReason) -> HoldFact {
        HoldFact::Released {
            hold: self.hold(),
            reason,
        }
    }

    pub(crate) fn presumed(self, reason: PresumeReason) -> HoldFact {
        HoldFact::Presumed {
            hold: self.hold(),
            reason,
        }
    }

    pub(crate) fn corrected(self, nanos: i64) -> HoldFact {
        HoldFact::Corrected {
            hold: self.hold(),
            draws: Vec::new(),
            charge: charge(nanos),
        }
    }
}

/// An organization's journal in the making.
pub(crate) struct Journal {
    pub(crate) organization: OrganizationId,
    head: Head,
    /// What distinguishes its entries' ids from those of another journal of the organization.
    salt: u64,
}

impl Journal {
    pub(crate) fn new(number: u8, salt: u64) -> Self {
        Self {
            organization: organization(number),
            head: Head::EMPTY,
            salt,
        }
    }

    /// Adds a fact at a moment to the journal and to the store.
    pub(crate) async fn add(&mut self, store: &Sqlite, at: Time, fact: HoldFact) -> Entry {
        let seq = self.head.seq + 1;
        let id = (u128::from(self.salt) << 64) | u128::from(seq);
        let id = EntryId::from_bytes(id.to_be_bytes());
        let previous = self.head.hash;
        let entry = Entry {
            seq,
            previous,
            id,
            at,
            cause: None,
            fact: Fact::Hold(fact),
        };
        let bytes = entry.encode();
        let head = Head {
            seq,
            hash: Entry::hash(&bytes),
        };
        let batch = Batch {
            organization: self.organization,
            after: self.head,
            entries: vec![bytes].into(),
            head,
        };
        store.append(batch).await.unwrap();
        self.head = head;
        entry
    }

    /// Adds facts, the first at second `from`, each a second later than the one before.
    pub(crate) async fn add_all(
        &mut self,
        store: &Sqlite,
        from: i64,
        facts: impl IntoIterator<Item = HoldFact>,
    ) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (at, fact) in (from..).zip(facts) {
            entries.push(self.add(store, second(at), fact).await);
        }
        entries
    }
}

/// A store and a log in a directory of their own.
pub(crate) struct World {
    directory: TempDir,
    options: Options,
    pub(crate) store: Arc<Sqlite>,
    pub(crate) log: RequestLog,
    pub(crate) journal: Journal,
}

impl World {
    pub(crate) fn new(options: Options) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seawall-requests.db");
        let log = RequestLog::open(&path, options).unwrap();
        let store =
            Sqlite::open(&directory.path().join("seawall.db"), Durability::Relaxed).unwrap();
        Self {
            directory,
            options,
            store: Arc::new(store),
            log,
            journal: Journal::new(1, 1),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("seawall-requests.db")
    }

    pub(crate) fn store(&self) -> Arc<dyn Store> {
        Arc::<Sqlite>::clone(&self.store)
    }

    /// Closes the log and opens it again.
    pub(crate) async fn reopen(self) -> Self {
        self.reopen_after(|_path| ()).await
    }

    /// Closes the log, makes its file what the first version would have left, and opens it again.
    pub(crate) async fn reopen_as_first_version(self) -> Self {
        self.reopen_after(|path| {
            let file = rusqlite::Connection::open(path).unwrap();
            file.execute_batch(
                "DROP TABLE usage; DROP TABLE usage_unit; DROP TABLE audit; DROP TABLE audited;
                 ALTER TABLE refusal DROP COLUMN decided; ALTER TABLE call DROP COLUMN left_over;
                 ALTER TABLE call DROP COLUMN binding; ALTER TABLE call DROP COLUMN tried;
                 PRAGMA user_version = 1;",
            )
            .unwrap();
        })
        .await
    }

    /// The same for the second version.
    pub(crate) async fn reopen_as_second_version(self) -> Self {
        self.reopen_after(|path| {
            let file = rusqlite::Connection::open(path).unwrap();
            file.execute_batch(
                "ALTER TABLE call DROP COLUMN left_over; ALTER TABLE call DROP COLUMN binding;
                 ALTER TABLE call DROP COLUMN tried; PRAGMA user_version = 2;",
            )
            .unwrap();
        })
        .await
    }

    /// The same for the third version.
    pub(crate) async fn reopen_as_third_version(self) -> Self {
        self.reopen_after(|path| {
            let file = rusqlite::Connection::open(path).unwrap();
            file.execute_batch("ALTER TABLE call DROP COLUMN tried; PRAGMA user_version = 3;")
                .unwrap();
        })
        .await
    }

    async fn reopen_after(self, between: impl FnOnce(&std::path::Path)) -> Self {
        let path = self.path();
        let Self {
            directory,
            options,
            store,
            log,
            journal,
        } = self;
        log.close().await;
        between(&path);
        let log = RequestLog::open(&path, options).unwrap();
        Self {
            directory,
            options,
            store,
            log,
            journal,
        }
    }

    /// Adds facts to the journal without telling the log.
    pub(crate) async fn happen(
        &mut self,
        from: i64,
        facts: impl IntoIterator<Item = HoldFact>,
    ) -> Vec<Entry> {
        self.journal.add_all(&self.store, from, facts).await
    }

    /// Adds facts to the journal and tells the log.
    pub(crate) async fn tell(&mut self, from: i64, facts: impl IntoIterator<Item = HoldFact>) {
        let entries = self.happen(from, facts).await;
        self.log.appended(self.journal.organization, entries);
    }

    pub(crate) async fn get(&self, number: u32) -> Option<Row> {
        self.log.get(request(number)).await.unwrap()
    }

    pub(crate) async fn outcome(&self, number: u32) -> Option<Outcome> {
        self.get(number).await.unwrap().outcome
    }

    /// Every row there is, newest first, with all that is kept of it.
    pub(crate) async fn everything(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for request in self.requests(Filter::default()).await {
            rows.push(self.log.get(request).await.unwrap().unwrap());
        }
        rows
    }

    /// The calls to which a filter applies, over all its pages.
    pub(crate) async fn requests(&self, mut filter: Filter) -> Vec<RequestId> {
        let mut requests = Vec::new();
        loop {
            let page = self.log.list(filter.clone()).await.unwrap();
            requests.extend(page.rows.iter().map(|row| row.request));
            filter.cursor = page.next_cursor;
            if filter.cursor.is_none() {
                return requests;
            }
        }
    }
}

/// A remark that says nothing but when.
pub(crate) fn remark(number: u32, at: i64) -> Remark {
    Remark {
        organization: organization(1),
        request: request(number),
        at: second(at),
        outcome: None,
        http_status: None,
        error_code: None,
        provider_request_id: None,
        duration_ms: None,
        left: None,
        error_json: None,
        tried: Vec::new(),
    }
}

/// A refusal of key 1.
pub(crate) fn refused(number: u32, at: Time) -> Refused {
    Refused {
        organization: organization(1),
        project: Some(project(1)),
        key: Some(key(1)),
        request: request(number),
        at,
        route: "/v1/chat/completions".into(),
        model: Some("m".into()),
        code: "credit_balance_exhausted".into(),
        http_status: 429,
        needed: Some(Nanos::new(5)),
        details_json: Some(r#"{"refused_by":"seawall"}"#.into()),
        decision_seq: Some(4),
        decided: None,
        left: None,
    }
}

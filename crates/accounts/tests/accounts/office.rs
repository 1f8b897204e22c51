//! A store in memory, and what opens lists of accounts on it.

use std::sync::Arc;

use accounts::{
    Create, Draft, Given, Models, Origin, Parts, Trust, UpstreamName, Upstreams, Vault,
};
use ids::OrganizationId;
use journal::memory::Memory;
use journal::{Batch, Store as _};
use ledger::{Book, CreateOrganization, DirectoryCommand, Head, Sealer, Time, step};
use upstream::{Kind, Secret};

/// A credential that must come to light nowhere.
pub(crate) const PLANTED: &str = "sk-planted-7c1d0f9e8b6a5432";
/// The moment of every change.
pub(crate) const NOW: Time = Time::from_micros(1_795_000_000_000_000);

pub(crate) fn name(text: &str) -> UpstreamName {
    text.parse().unwrap()
}

pub(crate) fn draft(called: &str, kind: Kind, base_url: &str) -> Draft {
    let profile = Draft::profile(kind, None).unwrap();
    let base_url = Draft::base_url(profile, (Some(base_url), None), Trust::Api).unwrap();
    Draft {
        name: name(called),
        profile,
        base_url,
        api_version: None,
        service_tier: None,
        models: Models::Any,
    }
}

pub(crate) fn create(called: &str) -> Create {
    Create {
        draft: draft(called, Kind::OpenAi, "https://api.openai.com/v1"),
        api_key: Some(Secret::new(PLANTED)),
        admin_key: None,
    }
}

/// A key of 42 times this digit of base64.
pub(crate) fn key(letter: char) -> Secret {
    Secret::new(&format!("{}A=", letter.to_string().repeat(42)))
}

#[derive(Clone, Default)]
pub(crate) struct Office {
    pub(crate) store: Memory,
}

impl Office {
    pub(crate) fn new() -> Self {
        Self {
            store: Memory::new(),
        }
    }

    /// A server that starts, with these keys: the one of now, and the one of before.
    pub(crate) async fn open(&self, keys: (Option<char>, Option<char>)) -> Upstreams {
        let older = keys.1.map(key);
        let vault = keys
            .0
            .map(|letter| Vault::new(&key(letter), older.as_ref()).unwrap());
        let given = Given {
            draft: draft("configured", Kind::OpenAi, "https://api.openai.com/v1"),
            origin: Origin::File,
            api_key: Some(Secret::new("sk-of-the-file")),
            has_admin_key: false,
            admin_key: None,
        };
        let parts = Parts {
            store: Arc::new(self.store.clone()),
            vault,
            given: vec![given],
        };
        Upstreams::open(parts).await.unwrap()
    }

    /// Begins a journal.
    pub(crate) async fn begin(&self, organization: OrganizationId) {
        let begin = DirectoryCommand::CreateOrganization(CreateOrganization {
            id: organization,
            name: "any".into(),
            time_zone: "UTC".into(),
            approved_usage_limit: None,
            spend_guard: None,
        });
        let mut book = Book::empty();
        let sealer = &mut Sealer::new([1; 8]);
        let made = step(&mut book, &begin.into(), None, NOW, sealer).unwrap();
        let entries = made.entries.into_iter().map(|(_, bytes)| bytes);
        let batch = Batch {
            organization,
            after: Head::EMPTY,
            entries: entries.collect(),
            head: book.head(),
        };
        self.store.append(batch).await.unwrap();
    }

    /// What is kept, as text.
    pub(crate) async fn kept(&self) -> String {
        let record = self.store.record("upstreams").await.unwrap();
        String::from_utf8(record.unwrap().bytes).unwrap()
    }

    /// Writes over what is kept, as a hand on the file would.
    pub(crate) async fn forge(&self, text: String) {
        let version = self
            .store
            .record("upstreams")
            .await
            .unwrap()
            .unwrap()
            .version;
        let put = self
            .store
            .put_record("upstreams", version, text.into_bytes());
        assert!(put.await.unwrap());
    }
}

/// The names of the accounts that calls can be sent to.
pub(crate) fn serving(upstreams: &Upstreams) -> Vec<String> {
    let served = upstreams.served();
    let names = served.iter().map(|served| served.account.name().to_owned());
    names.collect()
}

//! The list of all accounts, and changing it.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use ids::OrganizationId;
use journal::{Store, StoreError};
use ledger::Time;
use tokio::sync::{Mutex, Notify};
use upstream::{Account, Place, Secret};

use crate::caps::Caps;
use crate::change::{self, ADMIN_KEY, API_KEY, Change, ChangeError, Create};
use crate::draft::{Draft, UpstreamName};
use crate::entry::{Entry, Given, Origin, State};
use crate::parking::{self, Parking};
use crate::record::{self, Kept, Read};
use crate::served::Served;
use crate::vault::Vault;

/// How often a change is tried where others change the same.
const TRIES: usize = 8;

/// What the list is made of.
#[expect(missing_debug_implementations, reason = "a store does not print")]
pub struct Parts {
    /// Where accounts made at run time are kept.
    pub store: Arc<dyn Store>,
    /// What seals their credentials; without it none can be given.
    pub vault: Option<Vault>,
    /// The accounts of the configuration, first to be tried first. They come before all others.
    pub given: Vec<Given>,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// An account of the configuration cannot be used.
    #[error("upstream `{0}`: {1}")]
    Account(String, upstream::AccountError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The accounts there are at one moment.
struct Now {
    entries: Vec<Entry>,
    served: Arc<[Arc<Served>]>,
}

struct Inner {
    now: ArcSwap<Now>,
    store: Arc<dyn Store>,
    vault: Option<Vault>,
    caps: Caps,
    /// One change at a time.
    changing: Mutex<()>,
    changed: Notify,
    parking: Parking,
}

/// All accounts. Cheap to clone; the clones are one.
#[derive(Clone)]
pub struct Upstreams {
    inner: Arc<Inner>,
}

impl fmt::Debug for Upstreams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now = self.inner.now.load();
        let names = now.entries.iter().map(|entry| entry.draft.name.as_str());
        f.debug_list().entries(names).finish()
    }
}

impl Upstreams {
    /// Opens the list: the configuration's accounts, and those that are kept.
    ///
    /// # Errors
    /// [`OpenError`]. A credential that does not open is none: its account is in the list, and says so.
    pub async fn open(parts: Parts) -> Result<Self, OpenError> {
        let given: Result<Vec<Entry>, OpenError> = parts.given.into_iter().map(of_given).collect();
        let read = record::read(&*parts.store).await?;
        let now = list(given?, &read, &[], parts.vault.as_ref());
        let inner = Inner {
            now: ArcSwap::from_pointee(now),
            caps: Caps::read(&*parts.store).await?,
            store: parts.store,
            vault: parts.vault,
            changing: Mutex::new(()),
            changed: Notify::new(),
            parking: Parking::default(),
        };
        let upstreams = Self {
            inner: Arc::new(inner),
        };
        parking::read_kept(&upstreams).await?;
        upstreams.settle_parks();
        Ok(upstreams)
    }

    /// The accounts that calls can be sent to, first to be tried first. Never waits.
    #[must_use]
    pub fn served(&self) -> Arc<[Arc<Served>]> {
        Arc::clone(&self.inner.now.load().served)
    }

    /// All accounts, in the order in which they are tried.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.inner.now.load().entries.clone()
    }

    /// The account of a name.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<Entry> {
        let now = self.inner.now.load();
        let found = now
            .entries
            .iter()
            .find(|entry| entry.draft.name.as_str() == name);
        found.cloned()
    }

    /// The key that may read an account's limits and costs, of an account made at run time. `None` where it has none, or
    /// it does not open.
    #[must_use]
    pub fn admin_key(&self, name: &str) -> Option<Secret> {
        let kept = self.entry(name)?.kept?;
        let sealed = kept.admin_key.as_ref()?;
        let vault = self.inner.vault.as_ref()?;
        vault.open(sealed, kept.whose(ADMIN_KEY)).ok()
    }

    /// An account as its administration is asked: with its admin key in the place of its credential. `None` where it has
    /// none, or it does not open.
    #[must_use]
    pub fn administration(&self, name: &str) -> Option<Account> {
        let entry = self.entry(name)?;
        if entry.kept.is_none() {
            return entry.administration;
        }
        account(&entry.draft, Some(&self.admin_key(name)?)).ok()
    }

    /// Where what is kept is kept.
    pub(crate) fn bookshelf(&self) -> &dyn Store {
        &*self.inner.store
    }

    /// The credential of an account made at run time. `None` where it has none, or it does not open.
    #[must_use]
    pub fn api_key(&self, name: &str) -> Option<Secret> {
        let kept = self.entry(name)?.kept?;
        let vault = self.inner.vault.as_ref()?;
        vault.open(kept.api_key.as_ref()?, kept.whose(API_KEY)).ok()
    }

    /// Makes an account; calls can be sent there from now on.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn create(&self, wanted: Create, now: Time) -> Result<Entry, ChangeError> {
        let name = wanted.draft.name.clone();
        if self.entry(name.as_str()).is_some() {
            return Err(ChangeError::Exists);
        }
        let vault = self.inner.vault.as_ref();
        self.alter(|all| change::create(all, (&wanted, now), vault))
            .await?;
        self.entry(name.as_str()).ok_or(ChangeError::NotFound)
    }

    /// Changes an account; the next call sees it.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn change(
        &self,
        name: &UpstreamName,
        (wanted, now): (Change, Time),
    ) -> Result<Entry, ChangeError> {
        let entry = self.entry(name.as_str()).ok_or(ChangeError::NotFound)?;
        if entry.origin != Origin::Api {
            return Err(ChangeError::FromConfiguration);
        }
        let vault = self.inner.vault.as_ref();
        self.alter(|all| {
            let kept = all.iter_mut().find(|kept| kept.name == name.as_str());
            change::change(kept.ok_or(ChangeError::NotFound)?, (&wanted, now), vault)
        })
        .await?;
        self.entry(name.as_str()).ok_or(ChangeError::NotFound)
    }

    /// Deletes an account with its credentials. Calls that are under way there go on.
    ///
    /// # Errors
    /// [`ChangeError`].
    pub async fn delete(&self, name: &UpstreamName) -> Result<(), ChangeError> {
        let entry = self.entry(name.as_str()).ok_or(ChangeError::NotFound)?;
        // One that the configuration's stands before can still be deleted.
        if entry.origin != Origin::Api && !self.is_kept(name) {
            return Err(ChangeError::FromConfiguration);
        }
        self.alter(|all| {
            let before = all.len();
            all.retain(|kept| kept.name != name.as_str());
            if all.len() < before {
                Ok(())
            } else {
                Err(ChangeError::NotFound)
            }
        })
        .await
    }

    /// Seals every credential by the key of now; answers how many were sealed by another.
    ///
    /// # Errors
    /// [`ChangeError`]: where a single one does not open, nothing is changed.
    pub async fn rewrap(&self) -> Result<usize, ChangeError> {
        let vault = self.inner.vault.as_ref().ok_or(ChangeError::NoKey)?;
        self.alter(|all| change::rewrap(all, vault)).await
    }

    pub(crate) fn parking(&self) -> &Parking {
        &self.inner.parking
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.inner.store
    }

    /// Looks at all accounts without copying them.
    pub(crate) fn with_entries<T>(&self, look: impl FnOnce(&[Entry]) -> T) -> T {
        look(&self.inner.now.load().entries)
    }

    /// The Book of the caps of the account of this name; `None` where none was ever set. Never waits, and costs next to nothing
    /// where no account has one.
    #[must_use]
    pub fn book_of_caps(&self, name: &str) -> Option<OrganizationId> {
        self.inner.caps.of(name)
    }

    /// From now on calls through the account of this name are held in a Book of its own, too; which that is. To be said when
    /// the Book has begun, and before its first cap is told of.
    pub fn has_caps(&self, name: &str) -> OrganizationId {
        self.inner.caps.add(name)
    }

    /// Ends at the next change.
    pub(crate) async fn changed(&self) {
        self.inner.changed.notified().await;
    }

    fn is_kept(&self, name: &UpstreamName) -> bool {
        let now = self.inner.now.load();
        let kept = |entry: &Entry| entry.kept.is_some() && entry.draft.name == *name;
        now.entries.iter().any(kept)
    }

    /// Changes what is kept, over the version that was read, and puts the new list in the old one's place.
    async fn alter<T>(
        &self,
        alteration: impl Fn(&mut Vec<Kept>) -> Result<T, ChangeError>,
    ) -> Result<T, ChangeError> {
        let _alone = self.inner.changing.lock().await;
        let store = &*self.inner.store;
        for _try in 0..TRIES {
            let mut read = record::read(store).await?;
            let done = alteration(&mut read.all)?;
            if record::write(store, &read).await? {
                let before = self.inner.now.load();
                let given = before.entries.iter().filter(|entry| entry.kept.is_none());
                let given: Vec<Entry> = given.cloned().collect();
                let new = list(given, &read, &before.entries, self.inner.vault.as_ref());
                self.inner.now.store(Arc::new(new));
                self.settle_parks();
                self.inner.changed.notify_one();
                return Ok(done);
            }
        }
        Err(ChangeError::Contended)
    }
}

/// The list of these; what did not change stays the very same, with all that was learned of it.
fn list(mut entries: Vec<Entry>, read: &Read, before: &[Entry], vault: Option<&Vault>) -> Now {
    for kept in &read.all {
        let same = before
            .iter()
            .find(|entry| entry.kept.as_ref() == Some(kept));
        let mut entry = match same {
            Some(entry) => entry.clone(),
            None => match of_kept(kept, vault) {
                Some(entry) => {
                    entry.remember_of(before);
                    entry
                }
                None => {
                    tracing::warn!(
                        upstream = kept.name,
                        "an upstream is of a kind that this version does not know"
                    );
                    continue;
                }
            },
        };
        if entries
            .iter()
            .any(|other| other.draft.name == entry.draft.name)
        {
            entry.state = State::Shadowed;
            entry.served = None;
            entry.problem = Some(
                "the configuration has an upstream of this name, which counts; delete this one or rename that".to_owned(),
            );
        }
        entries.push(entry);
    }
    let served = entries.iter().filter_map(|entry| entry.served.clone());
    Now {
        served: served.collect(),
        entries,
    }
}

fn account(draft: &Draft, key: Option<&Secret>) -> Result<Account, upstream::AccountError> {
    let place = Place {
        kind: draft.profile.kind,
        provider: draft.profile.provider,
        base_url: &draft.base_url,
        api_version: draft.api_version.as_deref(),
    };
    Account::new(draft.name.as_str(), place, key)
}

fn at_work(draft: &Draft, account: Account) -> (State, Option<Arc<Served>>) {
    if !draft.profile.kind.is_called() {
        return (State::NotCalledYet, None);
    }
    let (models, tier) = (draft.models.clone(), draft.service_tier.clone());
    let served = Served::new(account, models, tier);
    (State::Serving, Some(Arc::new(served)))
}

/// The accounts of a configuration that calls can be sent to, as they would be opened. No store is asked.
///
/// # Errors
/// [`OpenError::Account`].
pub fn of_configuration(given: Vec<Given>) -> Result<Vec<Arc<Served>>, OpenError> {
    let entries: Result<Vec<Entry>, OpenError> = given.into_iter().map(of_given).collect();
    Ok(entries?
        .into_iter()
        .filter_map(|entry| entry.served)
        .collect())
}

fn of_given(given: Given) -> Result<Entry, OpenError> {
    let Given {
        draft,
        origin,
        api_key,
        has_admin_key,
        admin_key,
    } = given;
    let wrong = |error| OpenError::Account(draft.name.to_string(), error);
    let made = account(&draft, api_key.as_ref()).map_err(wrong)?;
    let administration = admin_key.map(|key| account(&draft, Some(&key)));
    let administration = administration.transpose().map_err(wrong)?;
    let (state, served) = at_work(&draft, made);
    Ok(Entry {
        origin,
        state,
        problem: None,
        api_key_hint: api_key.as_ref().map(Secret::hint),
        has_api_key: api_key.is_some() || draft.profile.needs_key,
        has_admin_key,
        times: None,
        served,
        administration,
        kept: None,
        draft,
    })
}

/// `None`: a kind that this version does not know.
fn of_kept(kept: &Kept, vault: Option<&Vault>) -> Option<Entry> {
    let draft = kept.draft()?;
    let opened = match (&kept.api_key, vault) {
        (None, _) => Ok(None),
        (Some(_), None) => Err("no key is set that opens it: set secrets.key".to_owned()),
        (Some(sealed), Some(vault)) => vault
            .open(sealed, kept.whose(API_KEY))
            .map(Some)
            .map_err(|error| error.to_string()),
    };
    let hint = opened
        .as_ref()
        .ok()
        .and_then(Option::as_ref)
        .map(Secret::hint);
    let made =
        opened.and_then(|key| account(&draft, key.as_ref()).map_err(|error| error.to_string()));
    let (state, served, problem) = match made {
        Ok(account) => {
            let (state, served) = at_work(&draft, account);
            (state, served, None)
        }
        Err(problem) => {
            tracing::warn!(
                upstream = kept.name,
                problem,
                "an upstream's credential does not open"
            );
            (
                State::Sealed,
                None,
                Some(format!("its credential does not open: {problem}")),
            )
        }
    };
    Some(Entry {
        draft,
        origin: Origin::Api,
        state,
        problem,
        api_key_hint: hint,
        has_api_key: kept.api_key.is_some(),
        has_admin_key: kept.admin_key.is_some(),
        times: Some(kept.times()),
        served,
        administration: None,
        kept: Some(kept.clone()),
    })
}

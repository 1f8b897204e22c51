//! What was bought at each provider, and what it billed on the days that were reconciled.
//!
//! It is a record of its own beside that of the accounts, because accounts of the configuration have it, too, and because an
//! account that is deleted and made again is still the same one at its provider. Nothing here stops a call: caps do.

use std::collections::BTreeMap;

use journal::{Store, StoreError};
use ledger::Time;
use money::Nanos;
use serde::{Deserialize, Serialize};

use crate::draft::UpstreamName;
use crate::upstreams::Upstreams;

/// The record's name.
const NAME: &str = "upstream_books";
/// The form that this program writes. It reads no other.
const FORM: u32 = 1;
/// Purchases that are kept for one account.
pub const MOST_BOUGHT: usize = 1_000;
/// Days that are kept for one account: the latest ones.
const MOST_DAYS: usize = 1_000;
/// How often a change is tried where others change the same.
const TRIES: usize = 8;

/// Credit that was bought at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bought {
    /// Its id.
    pub id: String,
    /// How much, in nano-dollars.
    amount: i64,
    /// When it was bought, in microseconds since 1970.
    bought_at: i64,
    /// Why, for people.
    pub note: String,
}

impl Bought {
    /// A purchase.
    #[must_use]
    pub const fn new(id: String, (amount, at): (Nanos, Time), note: String) -> Self {
        Self {
            id,
            amount: amount.get(),
            bought_at: at.micros(),
            note,
        }
    }

    /// How much.
    #[must_use]
    pub const fn amount(&self) -> Nanos {
        Nanos::new(self.amount)
    }

    /// When.
    #[must_use]
    pub const fn bought_at(&self) -> Time {
        Time::from_micros(self.bought_at)
    }
}

/// The book of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// What was bought, in the order in which it was told.
    pub bought: Vec<Bought>,
    /// What the provider billed on each day that was reconciled, whatever key it was for: days as `2026-11-22`, amounts in
    /// nano-dollars.
    days: BTreeMap<String, i64>,
}

impl Book {
    /// The days that were reconciled, with what the provider billed.
    pub fn days(&self) -> impl Iterator<Item = (&str, Nanos)> {
        self.days
            .iter()
            .map(|(day, amount)| (day.as_str(), Nanos::new(*amount)))
    }
}

#[derive(Serialize, Deserialize)]
struct Form {
    form: u32,
    accounts: BTreeMap<String, Book>,
}

/// Why a book was not changed.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// There is no such purchase.
    #[error("there is no such purchase")]
    NotFound,
    /// Another purchase has this id.
    #[error("another purchase has this id")]
    Another,
    /// There are enough.
    #[error("there are {MOST_BOUGHT} purchases already")]
    TooMany,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Others changed the same again and again.
    #[error("others are changing the same; ask again")]
    Contended,
}

impl Upstreams {
    /// The book of an account; an empty one where nothing was told.
    ///
    /// # Errors
    /// The store's.
    pub async fn book(&self, name: &UpstreamName) -> Result<Book, StoreError> {
        let (_, mut form) = read(self.bookshelf()).await?;
        Ok(form.accounts.remove(name.as_str()).unwrap_or_default())
    }

    /// Writes down a purchase. The same one told twice is one.
    ///
    /// # Errors
    /// [`BookError`].
    pub async fn bought(&self, name: &UpstreamName, bought: &Bought) -> Result<(), BookError> {
        alter(self.bookshelf(), name, |book| {
            match book.bought.iter().find(|other| other.id == bought.id) {
                Some(same) if same == bought => Ok(()),
                Some(_another) => Err(BookError::Another),
                None if book.bought.len() >= MOST_BOUGHT => Err(BookError::TooMany),
                None => {
                    book.bought.push(bought.clone());
                    Ok(())
                }
            }
        })
        .await
    }

    /// Strikes out a purchase that was told wrongly.
    ///
    /// # Errors
    /// [`BookError`].
    pub async fn not_bought(&self, name: &UpstreamName, id: &str) -> Result<(), BookError> {
        alter(self.bookshelf(), name, |book| {
            let before = book.bought.len();
            book.bought.retain(|bought| bought.id != id);
            if book.bought.len() < before {
                Ok(())
            } else {
                Err(BookError::NotFound)
            }
        })
        .await
    }

    /// Writes down what the provider billed on days that were reconciled.
    ///
    /// # Errors
    /// [`BookError`].
    pub async fn reconciled(
        &self,
        name: &UpstreamName,
        days: &[(String, Nanos)],
    ) -> Result<(), BookError> {
        alter(self.bookshelf(), name, |book| {
            let days = days.iter().map(|(day, amount)| (day.clone(), amount.get()));
            book.days.extend(days);
            while book.days.len() > MOST_DAYS {
                book.days.pop_first();
            }
            Ok(())
        })
        .await
    }
}

async fn read(store: &dyn Store) -> Result<(u64, Form), StoreError> {
    let Some(record) = store.record(NAME).await? else {
        let accounts = BTreeMap::new();
        return Ok((
            0,
            Form {
                form: FORM,
                accounts,
            },
        ));
    };
    let damaged = |why: &str| {
        StoreError::Damaged(format!("the record of what was bought at providers {why}"))
    };
    let form: Form = serde_json::from_slice(&record.bytes)
        .map_err(|_other| damaged("cannot be read: use a newer seawall, or restore a backup"))?;
    if form.form != FORM {
        return Err(damaged("was written by a newer seawall: use that one"));
    }
    Ok((record.version, form))
}

/// Changes a book over the version that was read.
async fn alter(
    store: &dyn Store,
    name: &UpstreamName,
    alteration: impl Fn(&mut Book) -> Result<(), BookError>,
) -> Result<(), BookError> {
    for _try in 0..TRIES {
        let (version, mut form) = read(store).await?;
        alteration(form.accounts.entry(name.to_string()).or_default())?;
        let bytes = serde_json::to_vec(&form);
        let bytes = bytes
            .map_err(|error| StoreError::Unavailable(format!("a book is not JSON: {error}")))?;
        if store.put_record(NAME, version, bytes).await? {
            return Ok(());
        }
    }
    Err(BookError::Contended)
}

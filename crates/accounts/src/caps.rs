//! Which upstream accounts have a Book of their own, because somebody set a cap on what goes through them.
//!
//! Only that is known here, never a cap or a figure: those are the Book's. A Book that has begun is never given up, so what is
//! known can only be too little, and whoever begins one says so here before its first cap is told of. So an account without
//! one costs a look at a set that is empty, and no cap is ever missed by a call that begins after it was set.

use std::collections::HashSet;
use std::sync::Arc;

use arc_swap::ArcSwap;
use ids::OrganizationId;
use journal::{Store, StoreError};

/// Books asked for at once.
const PAGE: usize = 1000;

/// The accounts' Books that have begun.
#[derive(Debug)]
pub(crate) struct Caps {
    books: ArcSwap<HashSet<OrganizationId>>,
}

impl Caps {
    /// Those in the store. Their ids come after all organizations', which therefore are not gone through.
    pub(crate) async fn read(store: &dyn Store) -> Result<Self, StoreError> {
        let mut books = HashSet::new();
        let mut after = OrganizationId::BEFORE_UPSTREAMS;
        loop {
            let page = store.organizations(Some(after), PAGE).await?;
            let full = page.len() == PAGE;
            after = page.last().copied().unwrap_or(after);
            books.extend(page.into_iter().filter(|book| book.is_of_upstream()));
            if !full {
                break;
            }
        }
        Ok(Self {
            books: ArcSwap::from_pointee(books),
        })
    }

    /// The Book of the account of this name, where it has one. Never waits.
    pub(crate) fn of(&self, name: &str) -> Option<OrganizationId> {
        let books = self.books.load();
        if books.is_empty() {
            return None;
        }
        let book = OrganizationId::of_upstream(name);
        books.contains(&book).then_some(book)
    }

    pub(crate) fn add(&self, name: &str) -> OrganizationId {
        let book = OrganizationId::of_upstream(name);
        self.books.rcu(|before| {
            let mut books = HashSet::clone(before);
            books.insert(book);
            Arc::new(books)
        });
        book
    }
}

//! What the store acknowledged, in a folder beside it.
//!
//! The folder has one of its own for each store, known by an id that the store is given at its first start: another store
//! in the place of this one has lost nothing of it.

use std::path::{Path, PathBuf};

use journal::acknowledged::Bounds;
use journal::{Acknowledged, Store};

use super::install;
use crate::config::Config;
use crate::exit::{Exit, Failure};
use crate::random;

/// The record under which a store keeps its id. A backup has it, too.
const STORE_ID: &str = "store_id";

/// What is remembered of this store; `None` where the configuration wants nothing to be.
pub(super) async fn open(
    config: &Config,
    store: &dyn Store,
) -> Result<Option<Acknowledged>, Failure> {
    let bounds = Bounds {
        bytes: config.values().size("store.remember_bytes")?,
        keep: config.values().duration("store.remember_for")?,
    };
    if bounds.bytes == 0 {
        return Ok(None);
    }
    let folder = beside(&config.store.path).join(id(store).await?);
    let opened = Acknowledged::open(&folder, bounds);
    let opened = opened.map_err(|error| {
        let message = format!(
            "{} cannot be used, where what the store acknowledges is remembered: {error}; make it writable, or set \
             store.remember_bytes to \"0B\" to go without",
            folder.display()
        );
        Failure::new(Exit::Configuration, message)
    })?;
    Ok(Some(opened))
}

/// The store's id, made now where it has none.
async fn id(store: &dyn Store) -> Result<String, Failure> {
    let unread = |error| install::unread(&error);
    loop {
        if let Some(record) = store.record(STORE_ID).await.map_err(unread)? {
            let digits = record.bytes.iter().map(|byte| format!("{byte:02x}"));
            return Ok(digits.collect());
        }
        let new = random::bytes::<16>().to_vec();
        // Where another was first, its id is read.
        let _first = store.put_record(STORE_ID, 0, new).await.map_err(unread)?;
    }
}

/// `seawall-acknowledged` for `seawall.db`.
fn beside(store: &Path) -> PathBuf {
    let stem = store.file_stem().unwrap_or_default().to_string_lossy();
    store.with_file_name(format!("{stem}-acknowledged"))
}

//! A journal of so many honest entries in a new store, to measure `seawall verify` on:
//! `cargo run --release -p audit --example journal -- STORE ENTRIES`.

#[path = "../tests/audit/honest.rs"]
#[expect(
    clippy::unwrap_used,
    reason = "shared with the tests, and a program that only makes something to measure"
)]
mod honest;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use journal::sqlite::{Durability, Sqlite};
use projections::{Options, RequestLog};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(entries)) = (arguments.next(), arguments.next()) else {
        return Err("give a file that is not there, and a number of entries".into());
    };
    let store = Arc::new(Sqlite::open(Path::new(&path), Durability::Relaxed)?);
    honest::append(&store, 1, entries.parse()?).await;
    let log = PathBuf::from(path.replace(".db", "-requests.db"));
    let log = RequestLog::open(&log, Options::default())?;
    log.catch_up(store).await?;
    log.close().await;
    Ok(())
}

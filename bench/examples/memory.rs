//! How much memory a Book with ten limits takes: `cargo run --release -p bench --example memory`.
//!
//! A Book is made by commands, written as a snapshot and read back thousands of times, as a server that serves thousands
//! of organizations has them; then the process's resident memory is divided by how many there are. Linux only.

use std::io::Write as _;

use bench::books::{Outcome, furniture, made_by};
use ids::OrganizationId;
use ledger::{Snapshot, Time};

const BOOKS: usize = 20_000;
const NOW: Time = Time::from_micros(1_795_356_000_000_000);

fn main() -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "limits  bytes of memory per Book")?;
    // What is given back to the allocator would hide what the next round takes, so all Books are kept.
    let mut kept = Vec::new();
    for limits in [0, 1, 10] {
        let commands = furniture(OrganizationId::from_bytes([6; 16]), limits);
        let snapshot = Snapshot::encode(&made_by(&commands, NOW)?);
        let mut books = Vec::with_capacity(BOOKS);
        books.push(Snapshot::decode(&snapshot)?);
        let before = resident()?;
        while books.len() < BOOKS {
            books.push(Snapshot::decode(&snapshot)?);
        }
        let each = (resident()? - before) / (BOOKS - 1);
        writeln!(out, "{limits:6}  {each:6}")?;
        kept.push(books);
    }
    Ok(())
}

/// Bytes of this process that are in memory.
fn resident() -> Outcome<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages = statm.split(' ').nth(1).ok_or("no resident pages")?;
    Ok(pages.parse::<usize>()? * 4096)
}

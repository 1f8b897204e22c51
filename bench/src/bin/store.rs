//! `bench-store`: what the ledger and its store do without a gateway, one command per measurement. Each prints one
//! number, or nothing where it only makes something to be measured.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bench::books::{self, Outcome};
use bench::{holds, update};
use clap::{Parser, Subcommand};
use journal::sqlite::{Durability, Sqlite};
use ledger::Time;
use teller::Clock;

/// Measures the store, or makes a file to be measured.
#[derive(Debug, Parser)]
struct Arguments {
    /// The SQLite file.
    #[arg(long)]
    file: PathBuf,
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Prints the holds a second that one organization's teller grants and settles.
    Holds {
        /// How many ask at once.
        #[arg(long, default_value_t = 256)]
        callers: u32,
        /// For how long.
        #[arg(long, default_value_t = 3)]
        seconds: u64,
    },
    /// Prints the updates a second of one row with a balance.
    Update {
        /// How many in one transaction.
        #[arg(long, default_value_t = 1)]
        in_one: u32,
        /// For how long.
        #[arg(long, default_value_t = 3)]
        seconds: u64,
    },
    /// Makes calls on the only organization of a store until its journal is so long.
    Fill {
        /// Entries.
        #[arg(long, default_value_t = 1_000_000)]
        entries: u64,
    },
    /// Makes organizations with ten hard limits each.
    Organizations {
        /// How many.
        #[arg(long, default_value_t = 2_000)]
        count: u32,
    },
}

/// The operating system's clock.
struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this program is its own binary and lends the clock to what it measures"
    )]
    fn now(&self) -> Time {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let micros = since.map_or(0, |since| since.as_micros());
        Time::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
    }
}

// As many threads as the gateway has: what is measured is what the gateway stands on.
#[tokio::main]
async fn main() -> Outcome<()> {
    let Arguments { file, task } = Arguments::parse();
    // What is only made may be lost with the machine; a measurement may not.
    let relaxed = || Sqlite::open(&file, Durability::Relaxed);
    let printed = match task {
        Task::Holds { callers, seconds } => {
            let duration = Duration::from_secs(seconds);
            Some(holds::measure(&file, callers, duration, Arc::new(SystemClock)).await?)
        }
        Task::Update { in_one, seconds } => Some(update::measure(
            &file,
            in_one,
            Duration::from_secs(seconds),
        )?),
        Task::Fill { entries } => Some(books::fill(&relaxed()?, entries, SystemClock.now()).await?),
        Task::Organizations { count } => {
            books::organizations(&relaxed()?, count, SystemClock.now()).await?;
            None
        }
    };
    if let Some(number) = printed {
        writeln!(std::io::stdout(), "{number}")?;
    }
    Ok(())
}

//! How many holds a second one organization's teller grants and settles on SQLite, every one durable before it counts.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ids::{BootId, OrganizationId};
use journal::sqlite::{Durability, Sqlite};
use ledger::{Entry, Holder, Outcome as Decided};
use teller::{Clock, HoldAnswer, Observer, Settings, Teller, Tellers};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::books::{self, KEY, Outcome};

/// Nobody is told of entries: what is measured is the ledger.
struct Nobody;

impl Observer for Nobody {
    fn appended(&self, _organization: OrganizationId, _entries: Vec<Entry>) {}
}

/// Holds and their settlements a second, `callers` of them asking at once for `duration`. Each caller takes a hold,
/// settles it when it was granted, and takes the next.
///
/// # Errors
/// Where the store cannot be opened, or a hold is not granted.
pub async fn measure(
    file: &Path,
    callers: u32,
    duration: Duration,
    clock: Arc<dyn Clock>,
) -> Outcome<u64> {
    let store = Arc::new(Sqlite::open(file, Durability::Full)?);
    let tellers = Tellers::new(store, settings(Arc::clone(&clock)));
    let organization = OrganizationId::from_bytes([9; 16]);
    let teller = tellers.of(organization)?;
    for command in books::furniture(organization, 3) {
        let answer = teller.command(command, None).await?;
        if !matches!(answer, Decided::Done { .. }) {
            return Err(format!("the organization was not made: {answer:?}").into());
        }
    }
    let numbers = Arc::new(AtomicU64::new(1));
    let begin = Instant::now();
    let end = begin + duration;
    let mut running = JoinSet::new();
    for _ in 0..callers {
        running.spawn(calls(
            teller.clone(),
            Arc::clone(&numbers),
            Arc::clone(&clock),
            end,
        ));
    }
    let mut settled: u64 = 0;
    while let Some(count) = running.join_next().await {
        settled += count??;
    }
    let micros = begin.elapsed().as_micros().max(1);
    tellers.stop().await;
    Ok(u64::try_from(u128::from(settled) * 1_000_000 / micros)?)
}

async fn calls(
    teller: Teller,
    numbers: Arc<AtomicU64>,
    clock: Arc<dyn Clock>,
    end: Instant,
) -> Outcome<u64> {
    let mut settled = 0;
    while Instant::now() < end {
        let number = numbers.fetch_add(1, Ordering::Relaxed);
        let ask = books::take(KEY, number.into(), clock.now());
        match teller.hold(ask).await? {
            HoldAnswer::Granted(hold, _grant) => {
                let receipt = hold.settle(books::settlement()).await;
                receipt.ok_or("the teller ended before the settlement")?;
            }
            refused => return Err(format!("a hold was not granted: {refused:?}").into()),
        }
        settled += 1;
    }
    Ok(settled)
}

fn settings(clock: Arc<dyn Clock>) -> Settings {
    Settings {
        holder: Holder {
            node: "bench".into(),
            boot: BootId::from_bytes([5; 16]),
        },
        run: [7; 8],
        clock,
        observer: Arc::new(Nobody),
        wait_for_held: Duration::from_secs(2),
        most_waiting: 1024,
        hold_for: Duration::from_secs(120),
        snapshot_every: 10_000,
        idle_after: Duration::from_secs(600),
    }
}

#[cfg(test)]
mod tests {
    use ledger::Time;

    use super::*;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Time {
            Time::from_micros(1_795_356_000_000_000)
        }
    }

    #[tokio::test]
    async fn every_hold_counted_and_its_settlement_are_in_the_journal() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("store.db");
        let duration = Duration::from_millis(50);
        let rate = measure(&file, 4, duration, Arc::new(Still)).await.unwrap();
        assert!(rate > 0);
        // Read beside the store, which keeps its lock as long as this process lives.
        let entries: i64 = rusqlite::Connection::open(&file)
            .unwrap()
            .query_row("SELECT count(*) FROM entry", [], |row| row.get(0))
            .unwrap();
        let entries = u64::try_from(entries).unwrap();
        // Seven entries made the organization; each call is two, and the run lasted at least as long as it was to.
        assert!(entries > 7 && (entries - 7) % 2 == 0, "{entries}");
        assert!((entries - 7) / 2 >= rate * 50 / 1000, "{entries}, {rate}");
    }
}

//! What the request log costs a call, in processor time of the whole process: `cargo run --release -p projections
//! --example cost -- [calls] [calls at once] [batches a commit] [most rows]`.
//!
//! Each call is two entries and a remark. Entries are told as a teller tells them, a batch at a time: the holds of so many
//! calls, then their ends, so that with many calls at once some are written twice (hold and end in different
//! transactions) and with few once. Making the facts is measured apart and subtracted.

use std::path::Path;

use ids::{BootId, EntryId, HoldId, KeyId, OrganizationId, ProjectId, RequestId};
use ledger::{Charge, Entry, Fact, Fee, HoldFact, HoldTaken, Holder, Time};
use money::{Nanos, Price};
use projections::{Filter, Options, Outcome, Remark, RequestLog, Waiting};

type Failure = Box<dyn std::error::Error>;

/// Holds and ends in one telling.
const BATCH: u64 = 64;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let calls = arguments.next().transpose()?.unwrap_or(300_000);
    let at_once = arguments.next().transpose()?.unwrap_or(256);
    let commit = arguments.next().transpose()?.unwrap_or(32);
    let most_rows = arguments.next().transpose()?.unwrap_or(1_000_000);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(measure([calls, at_once, commit, most_rows]))
}

async fn measure([calls, at_once, commit, most_rows]: [u64; 4]) -> Result<(), Failure> {
    let before = processor_micros()?;
    let mut seq = 0;
    for batch in batches(calls, at_once) {
        std::hint::black_box(batch.entries(&mut seq).len());
    }
    let making = processor_micros()?.saturating_sub(before);

    let directory = tempfile::tempdir()?;
    let path = directory.path().join("seawall-requests.db");
    let waiting = Waiting {
        entries: usize::MAX,
        remarks: usize::MAX,
        ..Waiting::default()
    };
    let log = RequestLog::open(
        &path,
        Options {
            waiting,
            most_rows,
            ..Options::default()
        },
    )?;
    let organization = OrganizationId::from_bytes([1; 16]);
    let before = processor_micros()?;
    let (mut seq, mut told) = (0, 0_u64);
    for batch in batches(calls, at_once) {
        log.appended(organization, batch.entries(&mut seq));
        if let Batch::Ends { from, to } = batch {
            (from..to).for_each(|number| log.remark(remark(organization, number)));
        }
        told += 1;
        // As if a tenth of a second were over, for which the log gathers. Under load, a teller makes some hundreds of
        // batches a second.
        if told.is_multiple_of(commit) {
            log.flush().await?;
        }
    }
    log.flush().await?;
    let whole = processor_micros()?.saturating_sub(before);
    let page = log
        .list(Filter {
            limit: 1,
            ..Filter::default()
        })
        .await?;
    let size = std::fs::metadata(&path)?.len();
    let log_alone = whole.saturating_sub(making) * 1_000 / calls;
    say(&format!(
        "{calls} calls, {at_once} at once: {log_alone} ns of processor time a call (making the facts: {} ns apart), \
         {} bytes of file a call, newest row {:?}",
        making * 1_000 / calls,
        size / calls,
        page.rows.first().map(|row| row.outcome),
    ));
    log.close().await;
    let before = tokio::time::Instant::now();
    let log = RequestLog::open(&path, Options::default())?;
    say(&format!("opened again in {:?}", before.elapsed()));
    log.close().await;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "it is what the example is for")]
fn say(text: &str) {
    println!("{text}");
}

/// User and system time of this process so far.
fn processor_micros() -> Result<u64, Failure> {
    let text = std::fs::read_to_string(Path::new("/proc/self/schedstat"))?;
    let main: u64 = text.split_whitespace().next().ok_or("empty")?.parse()?;
    let mut sum = 0;
    for thread in std::fs::read_dir("/proc/self/task")? {
        let text = std::fs::read_to_string(thread?.path().join("schedstat"))?;
        sum += text
            .split_whitespace()
            .next()
            .ok_or("empty")?
            .parse::<u64>()?;
    }
    Ok(sum.max(main) / 1_000)
}

#[derive(Clone, Copy)]
enum Batch {
    Holds { from: u64, to: u64 },
    Ends { from: u64, to: u64 },
}

/// The batches of so many calls, of which so many run at once.
fn batches(calls: u64, at_once: u64) -> impl Iterator<Item = Batch> {
    let lag = at_once / BATCH;
    (0..calls / BATCH + lag).flat_map(move |step| {
        let holds = (step < calls / BATCH).then_some(Batch::Holds {
            from: step * BATCH,
            to: (step + 1) * BATCH,
        });
        let ends = step.checked_sub(lag).map(|step| Batch::Ends {
            from: step * BATCH,
            to: (step + 1) * BATCH,
        });
        holds.into_iter().chain(ends)
    })
}

impl Batch {
    fn entries(self, seq: &mut u64) -> Vec<Entry> {
        let (from, to) = match self {
            Self::Holds { from, to } | Self::Ends { from, to } => (from, to),
        };
        (from..to)
            .map(|number| {
                *seq += 1;
                let fact = match self {
                    Self::Holds { .. } => taken(number),
                    Self::Ends { .. } => settled(number),
                };
                Entry {
                    seq: *seq,
                    previous: [0; 32],
                    id: EntryId::from_bytes(u128::from(*seq).to_be_bytes()),
                    at: moment(number),
                    cause: None,
                    fact: Fact::Hold(fact),
                }
            })
            .collect()
    }
}

fn moment(number: u64) -> Time {
    Time::from_micros(1_800_000_000_000_000 + number.cast_signed() * 100)
}

/// Sorted by age in its first half, anything in its second, like a UUID version 7.
fn request(number: u64) -> RequestId {
    let random = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    RequestId::from_bytes(((u128::from(number / 8) << 64) | u128::from(random)).to_be_bytes())
}

fn taken(number: u64) -> HoldFact {
    let [key, ..] = number.to_le_bytes();
    HoldFact::Taken(HoldTaken {
        hold: HoldId::first(request(number)),
        key: KeyId::from_bytes([key % 16; 16]),
        project: ProjectId::from_bytes([key % 4; 16]),
        amount: Nanos::new(5_000_000),
        draws: Vec::new(),
        limits: Vec::new(),
        holder: Holder {
            node: "node-1".into(),
            boot: BootId::from_bytes([0; 16]),
        },
        deadline: moment(number),
        route: "/v1/chat/completions".into(),
        model: "gpt-5-mini-2025-08-07".into(),
        upstream: "openai".into(),
        granted_units: 1_000,
        asked_units: 1_000,
    })
}

fn settled(number: u64) -> HoldFact {
    let fee = |unit, quantity| Fee {
        unit,
        quantity,
        price: Price::FREE,
    };
    let charge = Charge {
        amount: Nanos::new(3_123_456),
        fees: vec![fee(1, 1_234), fee(2, 1_024), fee(8, 321)],
        catalog: "2026-01-01".into(),
    };
    HoldFact::Settled {
        hold: HoldId::first(request(number)),
        draws: Vec::new(),
        charge,
    }
}

fn remark(organization: OrganizationId, number: u64) -> Remark {
    Remark {
        organization,
        request: request(number),
        at: moment(number),
        outcome: Some(Outcome::Served),
        http_status: Some(200),
        error_code: None,
        provider_request_id: Some("chatcmpl-ABCDEFGHIJKLMNOPQRSTUVWXYZ012".into()),
        left: None,
        error_json: None,
        tried: Vec::new(),
        duration_ms: Some(1_234),
    }
}

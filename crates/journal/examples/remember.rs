//! What remembering costs, one batch after the other: processor time and time per batch of some entries. Not a test.
//!
//! `cargo run --release -p journal --example remember`

use std::time::Instant;

use journal::acknowledged::{Acknowledged, Bounds};
use journal::conformance::Author;

const BATCHES: u32 = 5_000;

/// Microseconds of processor time that this process has used, by hundredths of a second.
fn processor_micros() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|field| field.parse::<u64>().ok()).sum();
    ticks * 10_000
}

#[expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "it prints what it measures"
)]
fn main() -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
    for entries in [1_usize, 2, 20, 200] {
        let folder = tempfile::tempdir()?;
        let memory = Acknowledged::open(folder.path(), Bounds::default())?;
        let mut author = Author::new(1);
        let batch = author.batch(entries);
        let at = author.book().now();
        let (began, before) = (Instant::now(), processor_micros());
        runtime.block_on(async {
            for _ in 0..BATCHES {
                memory.note(&batch, at).await;
            }
        });
        let (took, used) = (began.elapsed(), processor_micros() - before);
        println!(
            "{entries:4} entries a batch: {:3} µs, {:3} µs of the processor",
            took.as_micros() / u128::from(BATCHES),
            used / u64::from(BATCHES)
        );
    }
    Ok(())
}

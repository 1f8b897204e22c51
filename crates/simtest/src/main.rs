//! Runs seeds, as many as wanted.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Parser;

/// Runs the cluster of each seed and looks whether every promise is kept. Ends at the first that is not.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many seeds
    #[arg(long, default_value_t = 1000)]
    seeds: u64,
    /// The first seed
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// How many seeds at once
    #[arg(long, default_value_t = 2)]
    threads: u64,
    /// How many of the last lines of its trace a failing seed prints
    #[arg(long, default_value_t = 60)]
    trace: usize,
    /// Run each seed twice and compare the traces
    #[arg(long)]
    twice: bool,
}

/// What the seeds of one thread came to.
#[derive(Default)]
struct Sum {
    seeds: u64,
    counts: BTreeMap<&'static str, u64>,
    failures: Vec<String>,
}

#[expect(
    clippy::print_stdout,
    reason = "what was found is this program's output"
)]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let next = AtomicU64::new(arguments.from);
    let mut all = Sum::default();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..arguments.threads.max(1))
            .map(|_thread| scope.spawn(|| some(&arguments, &next)))
            .collect();
        for thread in threads {
            match thread.join() {
                Ok(sum) => {
                    all.seeds += sum.seeds;
                    all.failures.extend(sum.failures);
                    for (kind, count) in sum.counts {
                        *all.counts.entry(kind).or_default() += count;
                    }
                }
                Err(_panic) => all.failures.push("a thread ended early".to_owned()),
            }
        }
    });
    for (kind, count) in &all.counts {
        println!("{count:>12}  {kind}");
    }
    for failure in &all.failures {
        println!("\n{failure}");
    }
    println!(
        "{} seeds from {}: {}",
        all.seeds,
        arguments.from,
        if all.failures.is_empty() {
            "every promise was kept"
        } else {
            "FAILED"
        }
    );
    ExitCode::from(u8::from(!all.failures.is_empty()))
}

/// Takes seeds until there are none left, or one fails.
fn some(arguments: &Arguments, next: &AtomicU64) -> Sum {
    let mut sum = Sum::default();
    let end = arguments.from.saturating_add(arguments.seeds);
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return sum;
        }
        let ran = simtest::run_keeping(seed, arguments.trace);
        sum.seeds += 1;
        for (kind, count) in &ran.counts {
            *sum.counts.entry(kind).or_default() += count;
        }
        if arguments.twice && simtest::run_keeping(seed, arguments.trace) != ran {
            sum.failures
                .push(format!("seed {seed}: another trace the second time"));
        }
        if let Some(failure) = ran.failure {
            sum.failures.push(failure.to_string());
        }
        if !sum.failures.is_empty() {
            next.store(end, Ordering::Relaxed);
            return sum;
        }
    }
}

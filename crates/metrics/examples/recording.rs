//! What recording costs a call: `cargo run --release -p metrics --example recording`.
//!
//! All that one plain call records, a million times, by one thread; then what a scrape takes to write it.
#![expect(clippy::print_stdout, reason = "the figures are its result")]

use std::time::{Duration, Instant};

use metrics::{Ended, Metrics, Whose};
use money::Nanos;

/// Calls of each round.
const CALLS: u32 = 1_000_000;
/// Rounds, of which the fastest counts: the others were disturbed.
const ROUNDS: u32 = 5;

fn call(metrics: &Metrics) {
    let hold = metrics.hold();
    metrics.committed(Duration::from_micros(200));
    metrics.took(Duration::from_millis(3), Duration::from_micros(300));
    metrics.charged(
        Whose {
            organization: "org_01jd8z5v7m2k4n6p8r0t2w4y6a",
            project: "proj_01jd8z5v7m2k4n6p8r0t2w4y6a",
            model: "gpt-5-mini",
            upstream: "openai",
        },
        Nanos::new(12_500),
    );
    metrics.used("input_tokens", "gpt-5-mini", 12);
    metrics.used("output_tokens", "gpt-5-mini", 100);
    metrics.ended(Ended {
        route: "/v1/chat/completions",
        model: Some("gpt-5-mini"),
        upstream: Some("openai"),
        outcome: "served",
    });
    drop(hold);
}

#[expect(
    clippy::disallowed_methods,
    reason = "it measures time and decides nothing by it"
)]
fn main() -> Result<(), std::fmt::Error> {
    let metrics = Metrics::new("0");
    let mut fastest = Duration::MAX;
    for _round in 0..ROUNDS {
        let begin = Instant::now();
        for _call in 0..CALLS {
            call(&metrics);
        }
        fastest = fastest.min(begin.elapsed());
    }
    let each = fastest.as_nanos() / u128::from(CALLS);
    let begin = Instant::now();
    let text = metrics.text()?;
    let scrape = begin.elapsed().as_micros();
    println!(
        "recording a call: {each} ns; a scrape of {} bytes: {scrape} µs",
        text.len()
    );
    Ok(())
}

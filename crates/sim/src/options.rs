//! How a simulated provider is set up.

use std::path::PathBuf;
use std::time::Duration;

/// The settings of one simulated provider. A request can override the times with its own headers.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long an answer takes before its first byte. The work is billed before this wait.
    pub latency: Duration,
    /// How long a stream pauses before each further chunk.
    pub chunk_delay: Duration,
    /// The text of a price table that replaces the embedded one (`data/prices.toml` shows the shape).
    pub prices: Option<String>,
    /// A file that every ledger line is appended to, as JSON lines, when its call is over.
    pub ledger: Option<PathBuf>,
    /// What answer lengths and ids are drawn from.
    pub seed: u64,
    /// The time for `created`, in seconds since 1970: the caller reads the clock, not this crate.
    pub clock: fn() -> u64,
}

impl Options {
    /// A provider that answers at once, at the embedded prices, with seed 0 and no ledger file.
    #[must_use]
    pub fn new(clock: fn() -> u64) -> Self {
        Self {
            latency: Duration::ZERO,
            chunk_delay: Duration::ZERO,
            prices: None,
            ledger: None,
            seed: 0,
            clock,
        }
    }
}

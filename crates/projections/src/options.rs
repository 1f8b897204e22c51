//! What bounds the log.

/// How much a request log keeps, and how much may wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Rows at most; the oldest go first. Default 1,000,000, which takes about half a gigabyte.
    pub most_rows: u64,
    /// Days a row is kept, counted back from the newest moment the log has heard of. Default 30.
    pub keep_days: u32,
    /// Days the sums by the hour are kept, counted in the same way; never fewer than a row is. Default 400.
    pub keep_usage_days: u32,
    /// Refusals listed per second, key and code; what comes above is counted. Default 10.
    pub most_refusals_per_second: u32,
    /// What may wait in memory to be written.
    pub waiting: Waiting,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            most_rows: 1_000_000,
            keep_days: 30,
            keep_usage_days: 400,
            most_refusals_per_second: 10,
            waiting: Waiting::default(),
        }
    }
}

/// What may wait in memory to be written, each kind with a bound of its own, so that none crowds out another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Journal entries. Beyond it they are dropped and read from the store later. Default 65,536.
    pub entries: usize,
    /// Remarks. Beyond it they are lost, and counted as lost. Default 32,768.
    pub remarks: usize,
    /// Refusals, each of up to 20 KiB. Beyond it they are counted, not listed. Default 1,024.
    pub refusals: usize,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            entries: 65_536,
            remarks: 32_768,
            refusals: 1_024,
        }
    }
}

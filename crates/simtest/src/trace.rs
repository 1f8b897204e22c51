//! What happened in a run, as one number to compare and as its last lines to read.

use std::collections::VecDeque;
use std::fmt;

/// Lines kept for reading, unless more are asked for.
pub(crate) const KEPT: usize = 60;
/// The two constants of FNV-1a with 64 bits: enough to tell two runs apart, and the same everywhere.
const FNV: (u64, u64) = (0xcbf2_9ce4_8422_2325, 0x0000_0100_0000_01b3);

/// Everything that was noted, in order.
#[derive(Debug)]
pub(crate) struct Trace {
    hash: u64,
    lines: u64,
    /// Lines kept for reading.
    kept: usize,
    last: VecDeque<String>,
}

impl Trace {
    pub(crate) const fn new() -> Self {
        Self {
            hash: FNV.0,
            lines: 0,
            kept: KEPT,
            last: VecDeque::new(),
        }
    }

    /// Keeps so many lines for reading from here on.
    pub(crate) const fn keep(&mut self, lines: usize) {
        self.kept = lines;
    }

    pub(crate) fn note(&mut self, line: String) {
        for byte in line.bytes().chain([b'\n']) {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(FNV.1);
        }
        self.lines = self.lines.saturating_add(1);
        if self.last.len() >= self.kept {
            self.last.pop_front();
        }
        self.last.push_back(line);
    }

    /// Equal for equal traces, and hardly ever for others.
    pub(crate) const fn hash(&self) -> u64 {
        self.hash
    }

    pub(crate) const fn lines(&self) -> u64 {
        self.lines
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = u64::try_from(self.last.len()).unwrap_or(0);
        let first = self.lines.saturating_sub(kept);
        for (number, line) in (first..).zip(&self.last) {
            writeln!(f, "{number:>7}  {line}")?;
        }
        Ok(())
    }
}

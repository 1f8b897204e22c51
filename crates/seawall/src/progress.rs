//! How far a long work has come, as one line on stderr that is written over. Nothing where nobody looks.

use std::io::{self, IsTerminal as _, Write as _};

/// Cells of the bar.
const WIDTH: u64 = 32;

/// A bar, drawn only on a terminal and only when it has grown by a hundredth.
#[derive(Debug)]
pub(crate) struct Progress {
    what: &'static str,
    total: u64,
    /// The hundredths drawn last; `None` where nobody looks.
    drawn: Option<u64>,
}

impl Progress {
    /// Begins with nothing of `total`.
    pub(crate) fn new(what: &'static str, total: u64) -> Self {
        let looked_at = io::stderr().is_terminal() && total > 0;
        Self {
            what,
            total,
            drawn: looked_at.then_some(u64::MAX),
        }
    }

    /// Shows that so much is done.
    pub(crate) fn show(&mut self, done: u64) {
        let hundredths = hundredths(done, self.total);
        if self.drawn.is_none_or(|drawn| drawn == hundredths) {
            return;
        }
        self.drawn = Some(hundredths);
        let line = line(hundredths, self.what);
        let _drawn = write!(io::stderr().lock(), "\r{line}").is_ok();
    }

    /// Takes the bar away.
    pub(crate) fn end(self) {
        if self.drawn.is_some() {
            let blank = " ".repeat(line(100, self.what).chars().count());
            let _cleared = write!(io::stderr().lock(), "\r{blank}\r").is_ok();
        }
    }
}

fn hundredths(done: u64, total: u64) -> u64 {
    done.saturating_mul(100)
        .checked_div(total)
        .map_or(100, |hundredths| hundredths.min(100))
}

fn line(hundredths: u64, what: &str) -> String {
    let full = hundredths * WIDTH / 100;
    let cells: String = (0..WIDTH)
        .map(|cell| if cell < full { '█' } else { '░' })
        .collect();
    format!("{cells} {hundredths:3} %  {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_empty_at_first_and_full_at_the_end_and_never_beyond() {
        let table = [
            (0, 10, 0),
            (5, 10, 50),
            (10, 10, 100),
            (11, 10, 100),
            (0, 0, 100),
        ];
        for (done, total, expected) in table {
            assert_eq!(hundredths(done, total), expected, "{done} of {total}");
        }
        assert!(!line(0, "x").contains('█'));
        assert!(!line(100, "x").contains('░'));
    }
}

//! A report for people.

use jiff::Timestamp;

use super::Report;
use crate::finding::Finding;
use crate::rows::{Mark, Row};

/// Where the lines of a finding begin.
const INDENT: &str = "           ";
/// Columns of a line; a longer word, such as an address, stays whole.
const COLUMNS: usize = 110;
/// The widest first column of the rows.
const WIDEST: usize = 34;

impl Report {
    /// The report as text, with its last line end.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = self.account.clone();
        if let Some(key) = &self.key {
            text.push_str(&format!("\nkey {key}"));
        }
        text.push_str("\n\n");
        match self.findings.split_first() {
            None => text
                .push_str("Verdict  Nothing was found that stops calls, as far as was looked.\n"),
            Some((verdict, others)) => {
                finding(&mut text, "Verdict", verdict);
                for other in others {
                    text.push('\n');
                    finding(&mut text, "Also", other);
                }
            }
        }
        text.push_str("\nSeen\n");
        let width = self
            .rows
            .iter()
            .map(|row| row.what.chars().count())
            .max()
            .unwrap_or(0)
            .min(WIDEST);
        for row in &self.rows {
            text.push_str(&line(row, width, self.at));
        }
        let count = |mark: Mark| self.rows.iter().filter(|row| row.mark == mark).count();
        text.push_str(&format!(
            "\n{} found; of what was looked at {} failed, {} unknown, {} fine\n",
            self.findings.len(),
            count(Mark::Fail),
            count(Mark::Unknown),
            count(Mark::Ok)
        ));
        text
    }
}

fn finding(text: &mut String, head: &str, finding: &Finding) {
    let confidence = finding.confidence.word();
    let verdict = format!("{} ({confidence}, {})", finding.verdict, finding.id);
    wrapped(text, head, &verdict);
    for evidence in &finding.supports {
        wrapped(text, "  for", evidence);
    }
    for evidence in &finding.contradicts {
        wrapped(text, "  against", evidence);
    }
    for (at, remedy) in finding.remedies.iter().enumerate() {
        wrapped(text, if at == 0 { "  do" } else { "" }, &remedy.text);
        if let Some(page) = &remedy.page {
            wrapped(text, "", page);
        }
    }
}

/// A paragraph with its head at the left.
fn wrapped(text: &mut String, head: &str, paragraph: &str) {
    let width = INDENT.len();
    let mut line = format!("{head:<width$}");
    let mut is_empty = true;
    for word in paragraph.split_whitespace() {
        let columns = line.chars().count().saturating_add(word.chars().count());
        if !is_empty && columns >= COLUMNS {
            text.push_str(&line);
            text.push('\n');
            INDENT.clone_into(&mut line);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    text.push_str(&line);
    text.push('\n');
}

fn line(row: &Row, width: usize, now: Timestamp) -> String {
    let mark = row.mark.word();
    let source = match row.at {
        Some(at) => format!("{}, {}", row.source, age(at, now)),
        None => row.source.clone(),
    };
    format!(
        "  {mark:<4}  {:<width$}  {}  ({source})\n",
        row.what, row.seen
    )
}

fn age(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(at.as_second());
    match seconds {
        ..=59 => "just now".to_owned(),
        _ => format!("{} min ago", seconds.checked_div(60).unwrap_or(0)),
    }
}

//! From observations to a report: every row of the catalogue is asked, and what fits is ranked.

use crate::catalogue::{CATALOGUE, unexplained};
use crate::finding::{Finding, Weight};
use crate::observations::Observations;
use crate::report::Report;
use crate::rows;

/// Asks every row. What stops calls comes before what only warns, what is surer first, then the catalogue's own order.
#[must_use]
pub fn examine(o: &Observations) -> Report {
    let mut findings: Vec<Finding> = CATALOGUE
        .iter()
        .filter_map(|entry| {
            let finding = (entry.look)(o)?;
            Some(Finding {
                id: entry.id,
                ..finding
            })
        })
        .collect();
    // No refusal is passed over because the catalogue has no row for it yet.
    let explained = findings.iter().any(|one| one.weight == Weight::Stops);
    findings.extend(o.denials().next().filter(|_| !explained).map(|denial| {
        let id = "E10";
        Finding {
            id,
            ..unexplained(o, denial)
        }
    }));
    findings.sort_by_key(|finding| (finding.weight, finding.confidence));
    Report {
        account: format!("{} {}", o.account.name, o.account.base_url),
        key: o
            .account
            .key
            .as_ref()
            .map(|(key, source)| format!("{key} ({}, from {source})", key.kind.words())),
        findings,
        rows: rows::of(o),
        at: o.now,
    }
}

//! A report for programs.

use serde_json::{Value, json};

use super::Report;
use crate::finding::{Finding, Weight};
use crate::rows::Row;

impl Report {
    /// The report as a value: `account`, `key`, `verdict`, `findings`, `seen`, `at`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let findings: Vec<Value> = self.findings.iter().map(finding).collect();
        json!({
            "account": self.account,
            "key": self.key,
            "verdict": self.findings.first().map(|finding| finding.id),
            "findings": findings,
            "seen": self.rows.iter().map(row).collect::<Vec<_>>(),
            "at": self.at.to_string(),
        })
    }
}

fn finding(finding: &Finding) -> Value {
    let remedy = |remedy: &crate::finding::Remedy| json!({"do": remedy.text, "page": remedy.page});
    json!({
        "id": finding.id,
        "verdict": finding.verdict,
        "confidence": finding.confidence.word(),
        "stops_calls": finding.weight == Weight::Stops,
        "for": finding.supports,
        "against": finding.contradicts,
        "remedies": finding.remedies.iter().map(remedy).collect::<Vec<_>>(),
    })
}

fn row(row: &Row) -> Value {
    json!({
        "state": match row.mark.word() { "??" => "unknown".to_owned(), word => word.to_lowercase() },
        "what": row.what,
        "seen": row.seen,
        "source": row.source,
        "at": row.at.map(|at| at.to_string()),
    })
}

//! Lines of the bill that are not of the account's own calls.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use money::{Femtos, Nanos};

use super::cell::plus;
use crate::{Billed, Cause, Row, Side, Terms};

/// What one row is of.
type Line<'a> = (
    Date,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'a str>,
    bool,
);

/// A row for each day, key and model.
pub(super) fn rows(billed: &[Billed], terms: &Terms) -> Vec<Row> {
    let own = |line: &&Billed| terms.whose.is_ours(line.key.as_deref());
    let projects: BTreeSet<&str> = billed
        .iter()
        .filter(own)
        .filter_map(|line| line.project.as_deref())
        .collect();
    let mut sums: BTreeMap<Line<'_>, Femtos> = BTreeMap::new();
    for line in billed {
        let credit = line.amount < Femtos::ZERO;
        let of_a_model = line.model.is_some() && !credit;
        if line.amount == Femtos::ZERO || (own(&line) && of_a_model) {
            continue;
        }
        let (project, key) = (line.project.as_deref(), line.key.as_deref());
        let sum = sums.entry((line.day, project, key, line.model.as_deref(), credit));
        let sum = sum.or_insert(Femtos::ZERO);
        *sum = plus(*sum, line.amount);
    }
    let row = |((day, project, key, model, credit), sum): (Line<'_>, Femtos)| {
        let cause = if credit || model.is_none() {
            Cause::CreditsOrTax
        } else if projects.is_empty() || project.is_some_and(|own| projects.contains(own)) {
            // As long as the account's own project is not known, any may be it.
            Cause::PastSeawallOtherKey
        } else {
            Cause::OtherProject
        };
        Row {
            first: day,
            last: day,
            side: Side::Elsewhere {
                project: project.map(str::to_owned),
                key: key.map(str::to_owned),
            },
            model: model.map(str::to_owned),
            ours: Nanos::ZERO,
            presumed: Nanos::ZERO,
            theirs: sum.ceil_to_nanos().unwrap_or(Nanos::MAX),
            cause,
            postings: Vec::new(),
            not_posted: None,
        }
    };
    sums.into_iter().map(row).collect()
}

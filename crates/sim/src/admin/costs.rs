//! `GET /v1/organization/costs`: what was billed, by the day, project, key and line item. Amounts are written as numbers,
//! digit by digit, and are exactly those of the bill.

use std::collections::BTreeMap;

use serde_json::Value;

use super::days::{self, DAY, Days, Query};
use crate::account::Said;
use crate::decimal::dollars;
use crate::ledger::Line;
use crate::provider::Provider;
use crate::rejection::Rejection;
use crate::usage::Usage;

/// Days on a page where nobody says, and at most.
const PAGE: (u64, u64) = (7, 180);

/// What one result is of: project, key, line item.
type Group = (Option<String>, Option<String>, Option<String>);

pub(super) fn answer(provider: &Provider, query: Query<'_>) -> Result<String, Rejection> {
    let days = Days::asked(query, (provider.clock)(), PAGE)?;
    let lines = days::billed(provider);
    let buckets = days.starts().enumerate().map(|(at, start)| {
        let mut sums: BTreeMap<Group, u64> = BTreeMap::new();
        provider.account.with(|said| {
            // What projects had cost before the first call here counts in the first day that is asked for.
            if at == 0 && days.is_first {
                for project in &said.projects {
                    let group = grouped(query, (project.id.clone(), None, None));
                    add(&mut sums, group, project.spent_usd);
                }
            }
            for line in days::of_day(&lines, start) {
                for (item, nanos) in items(line) {
                    let key = key_id(&line.call().key);
                    let group = grouped(query, (project_of(said, line), key, Some(item)));
                    add(&mut sums, group, nanos);
                }
            }
        });
        bucket(start, &sums)
    });
    let buckets: Vec<String> = buckets.collect();
    Ok(format!(
        r#"{{"object":"page","data":[{}],{}}}"#,
        buckets.join(","),
        days.end()
    ))
}

fn add(sums: &mut BTreeMap<Group, u64>, group: Group, nanos: u64) {
    let sum = sums.entry(group).or_default();
    *sum = sum.saturating_add(nanos);
}

/// The parts that were asked for.
fn grouped(
    query: Query<'_>,
    (project, key, item): (String, Option<String>, Option<String>),
) -> Group {
    (
        Some(project).filter(|_| query.groups_by("project_id")),
        key.filter(|_| query.groups_by("api_key_id")),
        item.filter(|_| query.groups_by("line_item")),
    )
}

/// The id under which lists and reports have the key that ends so; none of a key too short to have one.
pub(super) fn key_id(tail: &str) -> Option<String> {
    (!tail.is_empty()).then(|| format!("key_{tail}"))
}

/// The project that a call's key is of, or the one that is billed.
pub(super) fn project_of(said: &Said, line: &Line) -> String {
    let tail = &*line.call().key;
    let of = |project: &&crate::account::Project| project.keys.iter().any(|key| key.tail == tail);
    let project = said.projects.iter().find(of);
    project.map_or_else(|| said.project.clone(), |project| project.id.clone())
}

/// The lines of a call's bill.
fn items(line: &Line) -> Vec<(String, u64)> {
    let call = line.call();
    match call.usage {
        Some(Usage::Chat(_)) => vec![
            (
                format!("{}, input", call.model),
                call.nanos.saturating_sub(call.output_nanos),
            ),
            (format!("{}, output", call.model), call.output_nanos),
        ],
        _ => vec![(format!("{}, image", call.model), call.nanos)],
    }
}

fn bucket(start: u64, sums: &BTreeMap<Group, u64>) -> String {
    let result = |((project, key, item), nanos): (&Group, &u64)| {
        let [project, key, item] = [project, key, item].map(|text| Value::from(text.as_deref()));
        format!(
            r#"{{"object":"organization.costs.result","amount":{{"value":{},"currency":"usd"}},"line_item":{item},"project_id":{project},"api_key_id":{key}}}"#,
            dollars(*nanos)
        )
    };
    let results: Vec<String> = sums.iter().map(result).collect();
    format!(
        r#"{{"object":"bucket","start_time":{start},"end_time":{},"results":[{}]}}"#,
        start + DAY,
        results.join(",")
    )
}

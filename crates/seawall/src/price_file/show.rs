//! How price lists and what differs between them are shown.

use std::collections::BTreeMap;

use catalog::import::Report;
use catalog::{Catalog, Difference, Model};
use money::{Nanos, Price};
use serde_json::{Value, json};

use crate::command::print::Table;

pub(super) type Differences = BTreeMap<String, Difference>;

/// A line: how much there is, and how much of it is other than before.
pub(super) fn summary(both: &Catalog, differences: &Differences) -> String {
    let names = both.models().flat_map(Model::names).count();
    let new = differences
        .values()
        .filter(|one| **one == Difference::New)
        .count();
    let changed = differences.values();
    let changed = changed
        .filter(|one| matches!(one, Difference::Changed(_)))
        .count();
    format!("{names} names of models: {new} are new, {changed} cost something else\n")
}

/// A row for each price that is another.
pub(super) fn differences(all: &Differences) -> String {
    let mut table = Table::new(&["model", "price per million", "old", "new"]);
    for (name, difference) in all {
        let whole = |what: &str| vec![name.clone(), what.to_owned(), String::new(), String::new()];
        match difference {
            Difference::New => table.row(whole("is new")),
            Difference::Gone => table.row(whole("is not in it, and stays as it is")),
            Difference::Changed(rows) => {
                for (what, old, new) in rows {
                    table.row(vec![
                        name.clone(),
                        what.clone(),
                        dollars(*old),
                        dollars(*new),
                    ]);
                }
            }
        }
    }
    table.or("no price is another")
}

pub(super) fn differences_json(all: &Differences) -> Vec<Value> {
    let one = |(name, difference): (&String, &Difference)| match difference {
        Difference::New => json!({"model": name, "difference": "new"}),
        Difference::Gone => json!({"model": name, "difference": "gone"}),
        Difference::Changed(rows) => {
            let row = |(what, old, new): &(String, Option<Price>, Option<Price>)| {
                let usd =
                    |price: &Option<Price>| price.map(|price| Nanos::new(price.get()).to_string());
                json!({"price": what, "old_per_million_usd": usd(old), "new_per_million_usd": usd(new)})
            };
            let prices: Vec<Value> = rows.iter().map(row).collect();
            json!({"model": name, "difference": "changed", "prices": prices})
        }
    };
    all.iter().map(one).collect()
}

pub(super) fn report_json(report: &Report) -> Value {
    json!({
        "left_out": report.left_out, "unknown_keys": report.unknown_keys, "uncharged_keys": report.uncharged_keys,
        "rounded": report.rounded,
    })
}

/// Each list with its beginning, oldest first.
pub(super) fn history(model: &Model) -> String {
    let mut table = Table::new(&["from", "price per million", "dollars"]);
    for from in model.beginnings() {
        for (what, price) in model.listing(from) {
            table.row(vec![from.to_string(), what, dollars(Some(price))]);
        }
    }
    table.or("no price list")
}

pub(super) fn history_json(model: &Model) -> Vec<Value> {
    let list = |from: jiff::Timestamp| {
        let listing = model.listing(from).into_iter();
        let prices: BTreeMap<String, String> = listing
            .map(|(what, price)| (what, Nanos::new(price.get()).to_string()))
            .collect();
        json!({"from_at": from.to_string(), "per_million_usd": prices})
    };
    model.beginnings().into_iter().map(list).collect()
}

fn dollars(price: Option<Price>) -> String {
    price.map_or_else(
        || "–".to_owned(),
        |price| Nanos::new(price.get()).to_string(),
    )
}

//! The days that a report is of, and its pages: which were asked for, and which calls fall on each.

use std::sync::Arc;

use http::Method;

use crate::ledger::Line;
use crate::provider::Provider;
use crate::rejection::Rejection;

/// Seconds of a day.
pub(super) const DAY: u64 = 86_400;
/// What a page's name begins with; the first second of its first day follows.
const PAGE: &str = "page_";

/// What stands behind the question mark, as it was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Query<'a>(pub(super) &'a str);

impl<'a> Query<'a> {
    /// The values of a parameter; lists are sent as one for each, with or without brackets.
    pub(super) fn all(self, name: &str) -> impl Iterator<Item = &'a str> {
        let name = name.to_owned();
        self.0.split('&').filter_map(move |pair| {
            let (key, value) = pair.split_once('=')?;
            let key = key.strip_suffix("%5B%5D").unwrap_or(key);
            let key = key.strip_suffix("[]").unwrap_or(key);
            (key == name).then_some(value)
        })
    }

    fn one(self, name: &str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// Whether results are to be told apart by this. Some send the list as one value, with commas.
    pub(super) fn groups_by(self, what: &str) -> bool {
        let lists = self.all("group_by");
        lists
            .flat_map(|list| list.split(',').flat_map(|list| list.split("%2C")))
            .any(|one| one == what)
    }
}

/// The days of one page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Days {
    /// The first second of the first.
    first: u64,
    count: u64,
    /// The first second of the first day of the next page.
    next: Option<u64>,
    /// Whether this is the first page.
    pub(super) is_first: bool,
}

impl Days {
    /// Those that `start_time`, `end_time`, `limit` and `page` ask for.
    pub(super) fn asked(
        query: Query<'_>,
        now: u64,
        (usual, most): (u64, u64),
    ) -> Result<Self, Rejection> {
        let number = |name: &'static str| {
            let text = query.one(name);
            text.map(|text| text.parse::<u64>())
                .transpose()
                .map_err(|_not_a_number| {
                    Rejection::value(name, query.one(name).unwrap_or_default(), "whole numbers")
                })
        };
        if let Some(width) = query.one("bucket_width").filter(|width| *width != "1d") {
            return Err(Rejection::value("bucket_width", width, "'1d'"));
        }
        let start = number("start_time")?
            .ok_or_else(|| Rejection::value("start_time", "", "seconds since 1970"))?;
        let end = number("end_time")?.unwrap_or(now + 1);
        let limit = number("limit")?.unwrap_or(usual);
        if limit == 0 || limit > most {
            return Err(Rejection::value(
                "limit",
                &limit.to_string(),
                &format!("1 to {most}"),
            ));
        }
        let page = query.one("page").map(|page| {
            let place = page.strip_prefix(PAGE).and_then(|place| place.parse().ok());
            place.ok_or_else(|| Rejection::value("page", page, "the next_page of the page before"))
        });
        let page: Option<u64> = page.transpose()?;
        let first = page.unwrap_or(start);
        let first = first - first % DAY;
        let left = end.saturating_sub(first).div_ceil(DAY);
        let count = left.min(limit);
        Ok(Self {
            first,
            count,
            next: (left > count).then_some(first + count * DAY),
            is_first: page.is_none(),
        })
    }

    /// The first second of each.
    pub(super) fn starts(self) -> impl Iterator<Item = u64> {
        (0..self.count).map(move |day| self.first + day * DAY)
    }

    /// `has_more` and `next_page`, as every page ends.
    pub(super) fn end(self) -> String {
        match self.next {
            Some(next) => format!(r#""has_more":true,"next_page":"{PAGE}{next}""#),
            None => r#""has_more":false,"next_page":null"#.to_owned(),
        }
    }
}

/// The calls that were billed, as far as reports show them yet.
pub(super) fn billed(provider: &Provider) -> Vec<Arc<Line>> {
    let lag = provider.account.with(|said| said.lag_seconds);
    let newest = (provider.clock)().saturating_sub(lag);
    let mut lines = provider.ledger.lines();
    lines.retain(|line| line.call().usage.is_some() && line.call().at <= newest);
    lines
}

/// The calls of the day that begins with this second.
pub(super) fn of_day(lines: &[Arc<Line>], start: u64) -> impl Iterator<Item = &Line> {
    let on = move |line: &&Arc<Line>| (start..start + DAY).contains(&line.call().at);
    lines.iter().filter(on).map(|line| &**line)
}

/// What a path is that takes only one method.
pub(super) fn only_get(method: &Method, path: &str) -> Result<(), Rejection> {
    if *method == Method::GET {
        return Ok(());
    }
    Err(Rejection::method(method, path))
}

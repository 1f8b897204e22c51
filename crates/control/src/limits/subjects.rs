//! Who counts most in a limit that counts each end user or each tag apart.

use std::cmp::Reverse;

use ids::Subject;
use ledger::{Book, Calls, Count, Limit, Quantity};
use serde::Serialize;
use utoipa::ToSchema;

use crate::show::{Text, Usd, two_ways};

/// How many are shown.
const SHOWN: usize = 10;

/// Those that count apart at present.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LimitSubjects)]
pub(super) struct Subjects {
    /// How many there are. Beyond 100,000 in an organization, those that come new share one counter.
    count: usize,
    /// The first ten, those that used most at the head.
    top: Vec<One>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LimitSubject)]
struct One {
    /// The first digits of what stands for it: a keyed hash.
    #[schema(value_type = String)]
    subject: Text<Subject>,
    /// A tag, where another limit names it; else null. An end user's is not kept anywhere.
    name: Option<Box<str>>,
    spent_usd: Option<Usd>,
    spent: Option<i64>,
    held_usd: Option<Usd>,
    held: Option<i64>,
    left_usd: Option<Usd>,
    left: Option<i64>,
}

impl Subjects {
    /// `None` where the limit counts all together.
    pub(super) fn of(limit: &Limit, book: &Book) -> Option<Self> {
        if !limit.calls.apart() {
            return None;
        }
        let mut all: Vec<(Subject, &Count)> = limit.subjects().collect();
        let count = all.len();
        let used = |count: &Count| count.spent.saturating_add(count.held);
        all.sort_by_key(|(subject, count)| (Reverse(used(count)), *subject));
        all.truncate(SHOWN);
        let top = all
            .into_iter()
            .map(|(subject, count)| One::of(limit, (subject, count), book));
        Some(Self {
            count,
            top: top.collect(),
        })
    }
}

impl One {
    fn of(limit: &Limit, (subject, count): (Subject, &Count), book: &Book) -> Self {
        let both = |amount: Quantity| two_ways(limit.measure, Some(amount));
        let (spent_usd, spent) = both(count.spent);
        let (held_usd, held) = both(count.held);
        let used = count.spent.saturating_add(count.held);
        let (left_usd, left) = both(limit.amount.saturating_sub(used));
        Self {
            subject: Text(subject),
            name: name(subject, book),
            spent_usd,
            spent,
            held_usd,
            held,
            left_usd,
            left,
        }
    }
}

/// The name of a tag, as far as a limit on that very tag keeps it.
pub(super) fn name(subject: Subject, book: &Book) -> Option<Box<str>> {
    book.limits().find_map(|limit| match &limit.calls {
        Calls::Tag(tag) if tag.subject == subject => Some(tag.name.clone()),
        _ => None,
    })
}

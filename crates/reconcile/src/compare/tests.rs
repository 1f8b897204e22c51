//! One situation a row: what was charged, what is presumed, what the provider says, and what is made of it.

use ids::{HoldId, KeyId, OrganizationId, RequestId};
use jiff::civil::{Date, date};
use money::{Femtos, Nanos};

use super::*;
use crate::{Billed, Payer, Spent, Used, Whose};

const DAY: Date = date(2026, 11, 20);
const MODEL: &str = "gpt-5-mini";

fn payer(key: u8) -> Payer {
    Payer {
        organization: OrganizationId::from_bytes([1; 16]),
        key: KeyId::from_bytes([key; 16]),
    }
}

fn terms() -> Terms {
    Terms {
        whose: Whose::Keys(["key_ours".to_owned()].into()),
        complete_before: date(2026, 11, 22),
    }
}

fn spent(day: Date, key: u8, (amount, calls): (i64, u64)) -> Spent {
    Spent {
        day,
        model: MODEL.to_owned(),
        payer: payer(key),
        amount: Nanos::new(amount),
        calls,
        input: calls.saturating_mul(10),
        output: calls.saturating_mul(20),
    }
}

fn presumed(key: u8, call: u8, amount: i64) -> Presumed {
    Presumed {
        day: DAY,
        model: MODEL.to_owned(),
        payer: payer(key),
        hold: HoldId::first(RequestId::from_bytes([call; 16])),
        amount: Nanos::new(amount),
        billed: None,
    }
}

fn billed(day: Date, key: &str, amount: i64) -> Billed {
    Billed {
        day,
        project: Some("proj_ours".to_owned()),
        key: Some(key.to_owned()),
        model: Some(MODEL.to_owned()),
        amount: Femtos::from(Nanos::new(amount)),
    }
}

fn used(day: Date, calls: u64, (input, output): (u64, u64)) -> Used {
    Used {
        day,
        key: Some("key_ours".to_owned()),
        model: MODEL.to_owned(),
        input,
        output,
        requests: calls,
    }
}

/// `cause` and the postings of a row: `k1=30` resolves a call of key 1 to 30, `k1+5` adjusts.
fn told(row: &Row) -> String {
    let posting = |posting: &Posting| match posting {
        Posting::Resolve { payer, billed, .. } => {
            format!(" k{}={}", payer.key.to_bytes()[0], billed.get())
        }
        Posting::Adjust { payer, amount } => {
            format!(" k{}{:+}", payer.key.to_bytes()[0], amount.get())
        }
    };
    let postings: String = row.postings.iter().map(posting).collect();
    let not = if row.not_posted.is_some() {
        " not posted"
    } else {
        ""
    };
    format!("{}{postings}{not}", row.cause.as_str())
}

fn first(rows: &[Row]) -> &Row {
    match rows.first() {
        Some(row) => row,
        None => unreachable!("no row"),
    }
}

/// What is charged, what is presumed (key, amount), what the provider billed, what it counted.
type Case<'a> = (
    &'a [(u8, i64, u64)],
    &'a [(u8, i64)],
    i64,
    Option<(u64, (u64, u64))>,
    &'a str,
);

const CASES: &[Case<'_>] = &[
    // Settled calls alone.
    (&[(1, 300, 3)], &[], 300, None, "agrees"),
    (&[(1, 300, 3)], &[], 298, None, "rounding"),
    (
        &[(1, 300, 3)],
        &[],
        400,
        Some((3, (30, 60))),
        "price_changed k1+100",
    ),
    (
        &[(1, 300, 3)],
        &[],
        200,
        Some((3, (30, 60))),
        "price_changed k1-100",
    ),
    (
        &[(1, 300, 3), (2, 100, 1)],
        &[],
        500,
        Some((4, (40, 80))),
        "price_changed not posted",
    ),
    (
        &[(1, 300, 3)],
        &[],
        400,
        Some((4, (40, 80))),
        "past_seawall_same_key",
    ),
    (&[(1, 300, 3)], &[], 400, None, "unexplained"),
    (&[(1, 300, 3)], &[], 200, Some((2, (20, 40))), "not_billed"),
    (&[(1, 300, 3)], &[], 0, None, "not_billed"),
    (&[], &[], 70, Some((1, (10, 20))), "past_seawall_same_key"),
    // A presumed call among them.
    (
        &[(1, 300, 3)],
        &[(1, 500)],
        300,
        None,
        "presumed_charges k1=0",
    ),
    (
        &[(1, 300, 3)],
        &[(1, 500)],
        360,
        None,
        "presumed_charges k1=60",
    ),
    (
        &[(1, 300, 3)],
        &[(1, 500)],
        360,
        Some((4, (40, 70))),
        "presumed_charges k1=60",
    ),
    (&[(1, 300, 3)], &[(1, 500)], 800, None, "agrees k1=500"),
    (
        &[(1, 300, 3)],
        &[(1, 500)],
        299,
        None,
        "presumed_charges k1=0",
    ),
    (&[(1, 300, 3)], &[(1, 500)], 900, None, "unexplained"),
    (
        &[(1, 300, 3)],
        &[(1, 500)],
        900,
        Some((6, (80, 90))),
        "past_seawall_same_key",
    ),
    (
        &[(1, 300, 3)],
        &[(1, 500)],
        360,
        Some((5, (50, 90))),
        "past_seawall_same_key",
    ),
    (&[(1, 300, 3)], &[(1, 500)], 100, None, "not_billed"),
    // None of it is on the bill, and the others had another price.
    (
        &[(1, 300, 3)],
        &[(1, 500)],
        330,
        Some((3, (30, 60))),
        "price_changed k1=0 k1+30",
    ),
    // Several presumed calls: of one key the sum is sure, of several only all or nothing.
    (
        &[],
        &[(1, 300), (1, 100)],
        101,
        None,
        "presumed_charges k1=75 k1=26",
    ),
    (
        &[],
        &[(1, 300), (2, 100)],
        0,
        None,
        "presumed_charges k1=0 k2=0",
    ),
    (
        &[],
        &[(1, 300), (2, 100)],
        101,
        None,
        "presumed_charges not posted",
    ),
    (
        &[],
        &[(1, 300), (2, 100)],
        400,
        None,
        "agrees k1=300 k2=100",
    ),
];

#[test]
fn each_situation_has_its_cause_and_is_put_right_exactly_or_not_at_all() {
    for (settled, open, bill, counted, expected) in CASES {
        let ours = Ours {
            spent: settled
                .iter()
                .map(|(key, amount, calls)| spent(DAY, *key, (*amount, *calls)))
                .collect(),
            presumed: (0_u8..)
                .zip(*open)
                .map(|(call, (key, amount))| presumed(*key, call, *amount))
                .collect(),
        };
        let theirs = Theirs {
            billed: Some(vec![billed(DAY, "key_ours", *bill)]),
            used: counted
                .iter()
                .map(|(calls, tokens)| used(DAY, *calls, *tokens))
                .collect(),
        };
        let rows = compare(&ours, &theirs, &terms());
        let rows: Vec<String> = rows.iter().map(told).collect();
        assert_eq!(
            rows,
            [*expected],
            "{settled:?} {open:?} billed {bill}, counted {counted:?}"
        );
    }
}

#[test]
fn what_is_posted_makes_our_sum_the_provider_s() {
    for bill in 0..800 {
        let ours = Ours {
            spent: vec![spent(DAY, 1, (300, 3))],
            presumed: vec![presumed(1, 1, 333), presumed(1, 2, 1), presumed(1, 3, 166)],
        };
        let theirs = Theirs {
            billed: Some(vec![billed(DAY, "key_ours", bill)]),
            used: Vec::new(),
        };
        let rows = compare(&ours, &theirs, &terms());
        let [row] = &rows[..] else {
            unreachable!("{rows:?}");
        };
        if row.postings.is_empty() {
            assert!(bill < 297, "{row:?}");
            continue;
        }
        let mut sum = 300;
        for posting in &row.postings {
            let Posting::Resolve {
                presumed, billed, ..
            } = posting
            else {
                unreachable!("{posting:?}");
            };
            assert!(!billed.is_negative() && billed <= presumed);
            sum += billed.get();
        }
        assert_eq!(sum, bill.max(300));
    }
}

#[test]
fn days_that_may_still_grow_are_shown_and_nothing_is_posted_for_them() {
    let today = date(2026, 11, 22);
    let ours = Ours {
        spent: vec![spent(today, 1, (300, 3))],
        presumed: vec![Presumed {
            day: today,
            ..presumed(1, 1, 500)
        }],
    };
    let theirs = Theirs {
        billed: Some(vec![billed(today, "key_ours", 200)]),
        used: Vec::new(),
    };
    let rows = compare(&ours, &theirs, &terms());
    assert_eq!(
        rows.iter().map(told).collect::<Vec<_>>(),
        ["figures_incomplete"]
    );
    assert_eq!(first(&rows).difference(), Nanos::new(-600));
    assert!(!first(&rows).cause.needs_action());
}

#[test]
fn lines_of_others_are_told_apart_by_key_and_project_and_credits_from_both() {
    let ours = Ours {
        spent: vec![spent(DAY, 1, (300, 3))],
        presumed: Vec::new(),
    };
    let lines = vec![
        billed(DAY, "key_ours", 300),
        billed(DAY, "key_other", 70),
        Billed {
            project: Some("proj_far".to_owned()),
            ..billed(DAY, "key_far", 90)
        },
        Billed {
            model: None,
            key: None,
            project: None,
            ..billed(DAY, "", 19)
        },
        billed(DAY, "key_ours", -50),
        billed(DAY, "key_idle", 0),
    ];
    let theirs = Theirs {
        billed: Some(lines),
        used: Vec::new(),
    };
    let rows = compare(&ours, &theirs, &terms());
    let told: Vec<(String, i64)> = rows
        .iter()
        .map(|row| (told(row), row.difference().get()))
        .collect();
    let expected = [
        ("agrees", 0),
        ("credits_or_tax", 19),
        ("other_project", 90),
        ("credits_or_tax", -50),
        ("past_seawall_other_key", 70),
    ];
    let sorted = |mut all: Vec<(String, i64)>| {
        all.sort();
        all
    };
    let expected = expected.map(|(cause, amount)| (cause.to_owned(), amount));
    assert_eq!(sorted(told), sorted(expected.to_vec()));
    assert_eq!(first(&rows).side, Side::Account);
}

#[test]
fn calls_around_midnight_are_no_difference_where_the_counts_say_so() {
    let next = DAY.tomorrow().unwrap();
    let ours = Ours {
        spent: vec![spent(DAY, 1, (300, 3)), spent(next, 1, (100, 1))],
        presumed: Vec::new(),
    };
    let bill = vec![billed(DAY, "key_ours", 200), billed(next, "key_ours", 200)];
    let counted = vec![used(DAY, 2, (20, 40)), used(next, 2, (20, 40))];
    let theirs = Theirs {
        billed: Some(bill.clone()),
        used: counted,
    };
    let rows = compare(&ours, &theirs, &terms());
    assert_eq!(rows.iter().map(told).collect::<Vec<_>>(), ["agrees"]);
    assert_eq!((first(&rows).first, first(&rows).last), (DAY, next));
    let silent = Theirs {
        billed: Some(bill),
        used: Vec::new(),
    };
    assert_eq!(
        compare(&ours, &silent, &terms()).len(),
        2,
        "without counts nothing is joined"
    );
}

#[test]
fn where_single_calls_can_be_asked_for_each_becomes_what_it_cost() {
    let ours = Ours {
        spent: vec![spent(DAY, 1, (300, 3))],
        presumed: vec![
            Presumed {
                billed: Some(Nanos::new(40)),
                ..presumed(1, 1, 500)
            },
            Presumed {
                billed: Some(Nanos::new(7)),
                ..presumed(2, 2, 100)
            },
            presumed(2, 3, 100),
        ],
    };
    let rows = compare(&ours, &Theirs::default(), &terms());
    assert_eq!(
        rows.iter().map(told).collect::<Vec<_>>(),
        ["presumed_charges k1=40 k2=7"]
    );
    // Beside a bill, they are taken first and the others are what is left.
    let theirs = Theirs {
        billed: Some(vec![billed(DAY, "key_ours", 400)]),
        used: Vec::new(),
    };
    let rows = compare(&ours, &theirs, &terms());
    assert_eq!(
        rows.iter().map(told).collect::<Vec<_>>(),
        ["presumed_charges k1=40 k2=7 k2=53"]
    );
}

#[test]
fn a_report_that_tells_no_key_apart_is_all_ours() {
    let terms = Terms {
        whose: Whose::All,
        ..terms()
    };
    let ours = Ours {
        spent: vec![spent(DAY, 1, (300, 3))],
        presumed: Vec::new(),
    };
    let line = Billed {
        key: None,
        project: None,
        ..billed(DAY, "", 300)
    };
    let theirs = Theirs {
        billed: Some(vec![line]),
        used: Vec::new(),
    };
    let rows = compare(&ours, &theirs, &terms);
    assert_eq!(rows.iter().map(told).collect::<Vec<_>>(), ["agrees"]);
}

#[test]
fn every_cause_has_a_word_and_a_sentence_of_its_own() {
    let words: std::collections::BTreeSet<&str> =
        Cause::ALL.iter().map(|cause| cause.as_str()).collect();
    let sentences: std::collections::BTreeSet<&str> =
        Cause::ALL.iter().map(|cause| cause.sentence()).collect();
    assert_eq!(
        (words.len(), sentences.len()),
        (Cause::ALL.len(), Cause::ALL.len())
    );
}

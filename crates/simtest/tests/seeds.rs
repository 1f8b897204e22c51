//! A thousand seeds, each twice: every promise is kept, the same seed makes the same run, and together they have been
//! everywhere.

use std::collections::BTreeMap;

/// What must have happened in a few hundred seeds, or they show nothing.
const EVERYWHERE: [&str; 63] = [
    "Books looked at",
    "answers lost",
    "appends lost",
    "appends refused",
    "appends that landed after their answer was lost",
    "calls described",
    "calls that a shadow would have stopped",
    "calls whose tokens were told",
    "calls without an end",
    "changes of budgets",
    "changes of credit",
    "changes of keys and projects",
    "changes of limits",
    "charges corrected",
    "conflicts",
    "crashes",
    "crashes with something on its way to the store",
    "credit that lapsed",
    "debts repaid",
    "entries appended again bit for bit",
    "entries said again after a person accepted their loss",
    "fitted",
    "granted",
    "holds released",
    "holds settled",
    "keys frozen by a limit or the guard",
    "late settlements",
    "limits on a tag",
    "limits on an end user",
    "limits on each end user",
    "limits on each key",
    "limits on each tag",
    "limits on models",
    "limits on requests",
    "limits on tokens",
    "limits set back",
    "limits that ended by themselves",
    "limits that freeze",
    "limits that roll",
    "overruns",
    "parts of budgets told",
    "payments charged back",
    "presumed: as the caller said",
    "presumed: past the deadline",
    "presumed: the run is over",
    "raises",
    "raises that ended",
    "refused as transient",
    "refused for good",
    "refused for money",
    "refused for requests",
    "refused for the key",
    "refused for tokens",
    "renewals",
    "rollbacks",
    "rollbacks accepted",
    "settlements that changed nothing",
    "shadows",
    "snapshots kept",
    "spend guards",
    "told of a rollback",
    "windows that began",
    "windows that rolled",
];

fn run(seeds: std::ops::Range<u64>) {
    let mut counts: BTreeMap<&'static str, u64> = BTreeMap::new();
    for seed in seeds {
        let ran = simtest::run(seed);
        let failure = ran.failure.as_ref().map(ToString::to_string);
        assert!(failure.is_none(), "{}", failure.unwrap_or_default());
        assert_eq!(
            ran,
            simtest::run(seed),
            "seed {seed}: another trace the second time"
        );
        for (kind, count) in ran.counts {
            *counts.entry(kind).or_default() += count;
        }
    }
    for kind in EVERYWHERE {
        let count = counts.get(kind).copied().unwrap_or(0);
        assert!(count >= 10, "{kind}: only {count}");
    }
}

#[test]
fn the_first_five_hundred_seeds_keep_every_promise_and_repeat_themselves() {
    run(0..500);
}

#[test]
fn the_next_five_hundred_seeds_keep_every_promise_and_repeat_themselves() {
    run(500..1000);
}

//! A decision on record and the same made again: where they differ.

use ledger::{HoldTaken, Outcome, Refusal, Shortfall};

use super::Difference;

pub(super) fn of_grants(
    recorded: &HoldTaken,
    again: Option<&HoldTaken>,
    outcome: &Outcome,
) -> Vec<Difference> {
    let Some(again) = again else {
        return vec![other_outcome("granted", outcome)];
    };
    let pairs = [
        (
            "amount",
            text(&recorded.amount.to_string()),
            text(&again.amount.to_string()),
        ),
        (
            "units",
            text(&recorded.granted_units.to_string()),
            text(&again.granted_units.to_string()),
        ),
        ("lots", debug(&recorded.draws), debug(&again.draws)),
        ("limits", debug(&recorded.limits), debug(&again.limits)),
        (
            "project",
            text(&recorded.project.to_string()),
            text(&again.project.to_string()),
        ),
    ];
    differences(pairs)
}

pub(super) fn of_refusals(recorded: &Shortfall, outcome: &Outcome) -> Vec<Difference> {
    let Outcome::Refused(refusal) = outcome else {
        return vec![other_outcome("refused", outcome)];
    };
    let Refusal::Money(again) = &**refusal else {
        return vec![other_outcome("refused for money", outcome)];
    };
    let pairs = [
        ("entry", debug(&recorded.seq), debug(&again.seq)),
        (
            "needed",
            text(&recorded.needed.to_string()),
            text(&again.needed.to_string()),
        ),
        (
            "least needed",
            text(&recorded.least_needed.to_string()),
            text(&again.least_needed.to_string()),
        ),
        (
            "tokens needed",
            debug(&recorded.needed_tokens),
            debug(&again.needed_tokens),
        ),
        (
            "least tokens needed",
            debug(&recorded.least_needed_tokens),
            debug(&again.least_needed_tokens),
        ),
        (
            "key frozen",
            debug(&recorded.froze_key),
            debug(&again.froze_key),
        ),
        ("checks", debug(&recorded.checks), debug(&again.checks)),
        (
            "binding check",
            debug(&recorded.binding),
            debug(&again.binding),
        ),
        (
            "transient",
            debug(&recorded.transient),
            debug(&again.transient),
        ),
    ];
    differences(pairs)
}

fn other_outcome(recorded: &str, outcome: &Outcome) -> Difference {
    Difference {
        what: "outcome",
        recorded: recorded.to_owned(),
        replayed: debug(outcome),
    }
}

fn text(of: &str) -> String {
    of.to_owned()
}

fn debug(of: &impl std::fmt::Debug) -> String {
    format!("{of:?}")
}

fn differences<const N: usize>(pairs: [(&'static str, String, String); N]) -> Vec<Difference> {
    let differ = pairs
        .into_iter()
        .filter(|(_, recorded, replayed)| recorded != replayed);
    differ
        .map(|(what, recorded, replayed)| Difference {
            what,
            recorded,
            replayed,
        })
        .collect()
}

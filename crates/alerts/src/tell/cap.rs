//! A call that the caps of an upstream account stopped.
//!
//! The organization whose call it was is told, because its calls stop; the cap is in no Book of its own, and what others spent
//! of it is in the figures.

use ledger::{CheckKind, Measure, Quantity, Shortfall, Window};
use serde_json::json;

use super::words::{at_json, fields, resets, usd, window, window_json};
use crate::Kind;
use crate::alert::Draft;

/// A definitive refusal by a cap in money. A transient one is not worth telling: it passes. `None`: it is another refusal.
pub(crate) fn cap_reached(upstream: &str, shortfall: &Shortfall) -> Option<Draft> {
    let check = shortfall
        .binding()
        .filter(|check| check.measure == Measure::Usd)?;
    let CheckKind::UpstreamCap(id) = check.kind else {
        return None;
    };
    if shortfall.transient {
        return None;
    }
    let ceiling = check.ceiling.unwrap_or(Quantity::ZERO).usd();
    let (spent, held, left) = (check.spent.usd(), check.held.usd(), check.left.usd());
    let until = check.resets_at.map_or_else(
        || "it is raised".to_owned(),
        |at| format!("it is raised, or until {at}"),
    );
    // Told once for each window and ceiling; of a window that rolls, once in its length.
    let of_window = match check.window.as_ref().and_then(Window::rolling) {
        Some(rolling) => {
            let length = i64::from(rolling.seconds).saturating_mul(1_000_000);
            shortfall.at.micros().checked_div(length).unwrap_or(0)
        }
        None => check.resets_at.map_or(0, ledger::Time::micros),
    };
    Some(Draft {
        kind: Kind::HardLimitReached,
        once: format!("cap:{id}:{}:{of_window}", ceiling.get()),
        // The entry is of the account's journal.
        seq: 0,
        at: shortfall.at,
        subject: format!("upstream cap of \"{upstream}\" reached"),
        sentence: format!(
            "The upstream cap of \"{upstream}\" stopped a call: of {} {} {} are left for all organizations together, and the \
             call could have cost {}. Further calls that do not fit go to another upstream that serves their model, or are \
             refused until {until}.",
            usd(ceiling),
            check.window.as_ref().map(window).unwrap_or_default(),
            usd(left),
            usd(shortfall.least_needed),
        ),
        lines: vec![
            ("limit", format!("upstream cap of {}", usd(ceiling))),
            ("spent", usd(spent)),
            ("held by running calls", usd(held)),
            ("left", usd(left)),
            ("begins anew", resets(check.resets_at)),
            ("who can change it", "an administrator".to_owned()),
        ],
        path: format!("/api/v1/limits/{id}"),
        command: format!("seawall limit show {id}"),
        budget: None,
        data: fields(json!({
            "limit_id": id.to_string(),
            "set_by": "owner",
            "scope": {"kind": "upstream", "id": null, "name": upstream},
            "window": check.window.as_ref().map(window_json),
            "limit_usd": ceiling.to_string(),
            "spent_usd": spent.to_string(),
            "held_usd": held.to_string(),
            "left_usd": left.to_string(),
            "needed_usd": shortfall.least_needed.to_string(),
            "resets_at": at_json(check.resets_at),
        })),
    })
}

#[cfg(test)]
mod tests {
    use ids::LimitId;
    use ledger::{Check, Scope, Time};
    use money::Nanos;

    use super::*;

    fn shortfall(kind: CheckKind, transient: bool) -> Shortfall {
        let cents = |cents: i64| Quantity::from(Nanos::new(cents * 10_000_000));
        let check = Check {
            kind,
            scope: Scope::Organization,
            measure: Measure::Usd,
            subject: None,
            ceiling: Some(cents(1_000)),
            window: Some(Window::Total),
            spent: cents(900),
            held: cents(50),
            left: cents(50),
            resets_at: None,
            freezes: false,
        };
        Shortfall {
            at: Time::from_micros(1_795_000_000_000_000),
            seq: 7,
            needed: cents(60).usd(),
            least_needed: cents(60).usd(),
            needed_tokens: 0,
            least_needed_tokens: 0,
            checks: vec![check],
            binding: 0,
            transient,
            fits_at: None,
            froze_key: false,
        }
    }

    #[test]
    fn only_a_cap_that_stops_a_call_for_good_is_told_by_the_account_s_name() {
        let id = LimitId::from_bytes([1; 16]);
        let cap = CheckKind::UpstreamCap(id);
        let draft = cap_reached("openai", &shortfall(cap, false)).unwrap();
        assert!(
            draft.sentence.starts_with(
                "The upstream cap of \"openai\" stopped a call: of $10.00 in total $0.50 are left"
            ),
            "{}",
            draft.sentence
        );
        assert_eq!(draft.data.get("limit_id"), Some(&json!(id.to_string())));
        assert_eq!(cap_reached("openai", &shortfall(cap, true)), None);
        let own = CheckKind::HardLimit(id);
        assert_eq!(cap_reached("openai", &shortfall(own, false)), None);
    }
}

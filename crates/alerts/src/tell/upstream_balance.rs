//! What was bought at a provider and runs out there.
//!
//! Nobody's journal has it, so whoever looks at it from time to time tells it, and what was told is remembered under the
//! purchases there were.

use ledger::Time;
use money::Nanos;
use serde_json::json;

use super::words::{fields, usd};
use crate::Kind;
use crate::alert::Draft;

/// How what was bought for an account at a provider stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamBalance {
    /// The account's name.
    pub upstream: String,
    /// Everything that was bought.
    pub bought: Nanos,
    /// What is left of it; below zero where more went through.
    pub left: Nanos,
    /// What goes in a day, at the pace of the last week.
    pub per_day: Nanos,
    /// When it runs out at that pace; `None`: never.
    pub runs_out: Option<Time>,
    /// What tells these purchases from those before and after one more.
    pub purchases: String,
    /// Now.
    pub at: Time,
}

/// It runs out soon, or has run out.
#[must_use]
pub fn upstream_balance(balance: &UpstreamBalance) -> Draft {
    let name = &balance.upstream;
    let lasts = balance.left.is_positive();
    let (word, sentence) = if lasts {
        let end = balance.runs_out.map_or_else(
            || "it lasts".to_owned(),
            |end| format!("it runs out about {end}"),
        );
        let sentence = format!(
            "{} is left of what was bought for upstream \"{name}\". At the pace of the last week, {} a day, {end}; then its \
             provider refuses calls.",
            usd(balance.left),
            usd(balance.per_day)
        );
        ("runs out soon", sentence)
    } else {
        let sentence = format!(
            "What was bought for upstream \"{name}\", {}, is used up by what went through. Its provider refuses calls as soon \
             as it finds so, too.",
            usd(balance.bought)
        );
        ("used up", sentence)
    };
    let warning = if lasts { "runs_out_soon" } else { "used_up" };
    Draft {
        kind: Kind::UpstreamBalanceLow,
        once: format!(
            "{}:{name}:{warning}:{}",
            Kind::UpstreamBalanceLow.name(),
            balance.purchases
        ),
        seq: 0,
        at: balance.at,
        subject: format!("the balance of upstream {name} is low: {word}"),
        sentence,
        lines: vec![(
            "what to do",
            format!("Buy more there, then tell it: seawall upstream credit add {name} AMOUNT"),
        )],
        path: format!("/api/v1/upstreams/{name}/balance"),
        command: format!("seawall upstream balance {name}"),
        budget: None,
        data: fields(json!({
            "upstream": name,
            "warning": warning,
            "bought_usd": balance.bought.to_string(),
            "left_usd": balance.left.to_string(),
            "per_day_usd": balance.per_day.to_string(),
            "runs_out_at": balance.runs_out.map(|at| at.to_string()),
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balance(dollars: i64) -> UpstreamBalance {
        UpstreamBalance {
            upstream: "openai".to_owned(),
            bought: Nanos::new(50_000_000_000),
            left: Nanos::new(dollars * 1_000_000_000),
            per_day: Nanos::new(2_000_000_000),
            runs_out: Some(Time::from_micros(0)),
            purchases: "a".to_owned(),
            at: Time::from_micros(60_000_000),
        }
    }

    #[test]
    fn what_is_left_and_when_it_runs_out_is_said_in_dollars() {
        assert_eq!(
            upstream_balance(&balance(6)).sentence,
            "$6.00 is left of what was bought for upstream \"openai\". At the pace of the last week, $2.00 a day, it runs out \
             about 1970-01-01T00:00:00Z; then its provider refuses calls."
        );
        assert_eq!(
            upstream_balance(&balance(-1)).sentence,
            "What was bought for upstream \"openai\", $50.00, is used up by what went through. Its provider refuses calls as \
             soon as it finds so, too."
        );
    }

    #[test]
    fn each_warning_is_told_once_until_more_was_bought() {
        let once = |balance: &UpstreamBalance| upstream_balance(balance).once;
        assert_eq!(once(&balance(6)), once(&balance(5)));
        assert_ne!(once(&balance(6)), once(&balance(0)));
        let more = UpstreamBalance {
            purchases: "b".to_owned(),
            ..balance(6)
        };
        assert_ne!(once(&balance(6)), once(&more));
    }
}

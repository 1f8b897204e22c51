//! What organizations have, as it stands at the moment of a scrape. Made anew for each: nothing of it is kept here, so
//! nothing of it can be stale.

use std::sync::atomic::AtomicU64;

use money::Nanos;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::dollars::in_dollars;
use crate::labels::{LimitOf, Organization};

type Amount = Gauge<f64, AtomicU64>;

/// What an organization has.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Its id.
    pub organization: String,
    /// What is left of its credit beside what is held.
    pub left: Nanos,
    /// What is held for running calls.
    pub held: Nanos,
    /// What was spent beyond its credit.
    pub owed: Nanos,
    /// What is left of credit that lapses within 30 days.
    pub lapsing: Nanos,
    /// What can be spent before calls stop.
    pub headroom: Nanos,
    /// Its hard limits.
    pub limits: Vec<LimitFigures>,
}

/// What a hard limit leaves.
#[derive(Clone, Debug)]
pub struct LimitFigures {
    /// Its id.
    pub limit: String,
    /// What it is on.
    pub scope: &'static str,
    /// How long it counts.
    pub window: &'static str,
    /// The ceiling.
    pub amount: Nanos,
    /// What is left under it after what was spent and is held.
    pub left: Nanos,
}

/// A registry of these figures alone. A family with nobody in it is not told of.
pub(crate) fn registry(figures: &[Figures], left_out: usize) -> Registry {
    let mut registry = Registry::with_prefix("seawall");
    let mut family = |name: &str, help: &str, of: fn(&Figures) -> Nanos| {
        let family = Family::<Organization, Amount>::default();
        for one in figures {
            let organization = one.organization.clone();
            let gauge = family.get_or_create(&Organization { organization });
            gauge.set(in_dollars(of(one)));
        }
        registry.register(name, help, family);
    };
    family(
        "credit_balance_usd",
        "What is left of credit beside what is held",
        |one| one.left,
    );
    family("held_usd", "What is held for running calls", |one| one.held);
    family("owed_usd", "What was spent beyond the credit", |one| {
        one.owed
    });
    family(
        "credit_lapsing_usd",
        "What is left of credit that lapses within 30 days",
        |one| one.lapsing,
    );
    family(
        "headroom_usd",
        "What an organization can spend before its calls stop",
        |one| one.headroom,
    );
    limits(&mut registry, figures);
    let others = Gauge::<i64>::default();
    others.set(i64::try_from(left_out).unwrap_or(i64::MAX));
    registry.register(
        "organizations_left_out",
        "Organizations that the figures above do not tell of",
        others,
    );
    registry
}

fn limits(registry: &mut Registry, figures: &[Figures]) {
    let (amount, left) = (
        Family::<LimitOf, Amount>::default(),
        Family::<LimitOf, Amount>::default(),
    );
    for one in figures {
        for limit in &one.limits {
            let labels = LimitOf {
                organization: one.organization.clone(),
                limit: limit.limit.clone(),
                scope: limit.scope,
                window: limit.window,
            };
            amount.get_or_create(&labels).set(in_dollars(limit.amount));
            left.get_or_create(&labels).set(in_dollars(limit.left));
        }
    }
    registry.register("limit_usd", "The ceilings of hard limits", amount);
    registry.register("limit_left_usd", "What hard limits leave after holds", left);
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text::encode;

    use super::*;

    fn text(figures: &[Figures], left_out: usize) -> String {
        let mut text = String::new();
        encode(&mut text, &registry(figures, left_out)).unwrap();
        text
    }

    #[test]
    fn what_an_organization_has_is_told_in_dollars() {
        let usd = |text: &str| text.parse::<Nanos>().unwrap();
        let limit = LimitFigures {
            limit: "lim_1".to_owned(),
            scope: "project",
            window: "month",
            amount: usd("10"),
            left: usd("-0.25"),
        };
        let figures = Figures {
            organization: "org_1".to_owned(),
            left: usd("22.14"),
            held: usd("0.5"),
            owed: usd("0"),
            lapsing: usd("2.14"),
            headroom: usd("0.38"),
            limits: vec![limit],
        };
        let text = text(&[figures], 3);
        for line in [
            "seawall_credit_balance_usd{organization=\"org_1\"} 22.14",
            "seawall_held_usd{organization=\"org_1\"} 0.5",
            "seawall_owed_usd{organization=\"org_1\"} 0.0",
            "seawall_credit_lapsing_usd{organization=\"org_1\"} 2.14",
            "seawall_headroom_usd{organization=\"org_1\"} 0.38",
            "seawall_limit_left_usd{organization=\"org_1\",limit=\"lim_1\",scope=\"project\",window=\"month\"} -0.25",
            "seawall_organizations_left_out 3",
        ] {
            assert!(
                text.lines().any(|one| one == line),
                "{line} is not in\n{text}"
            );
        }
    }
}

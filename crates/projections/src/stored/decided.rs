//! A refusal's decision as one column: arrays, as for attempts. Codes and the order of fields are those of every file ever
//! written.

mod barred;
mod more;

use ids::{KeyId, LimitId, ProjectId};
use ledger::{
    Check, CheckKind, Measure, Quantity, Rolling, Scope, Shortfall, Time, Traits, Window,
};
use money::{Bound, Femtos, Nanos};

use crate::{Decided, Decision, LogError};

/// A decision that takes more bytes is not kept: a key can be under any number of limits.
const LONGEST: usize = 64 * 1024;

/// Sums in femto-dollars go beyond what JSON's readers take for a number.
type BoundFields = (String, String, u64, u64);
type WindowFields = (u8, String);
/// Kind, limit, scope, its id; ceiling, window; spent, held, left; the window's end.
type CheckFields = (
    (u8, Option<String>),
    (u8, Option<String>),
    (Option<i64>, Option<WindowFields>),
    (i64, i64, i64),
    Option<i64>,
);
/// When, on which entry; needed, at least; the binding check, transient.
type AnswerFields = ((i64, u64), (i64, i64), (usize, bool));
type Fields = (
    BoundFields,
    Option<u64>,
    (String, String),
    AnswerFields,
    Vec<CheckFields>,
    more::Fields,
);
/// Those of refusals from before limits could count anything but money.
type OldFields = (
    BoundFields,
    Option<u64>,
    (String, String),
    AnswerFields,
    Vec<CheckFields>,
);

/// The decision as the column has it; `None` where it is too long to be kept.
pub(crate) fn write_decided(decision: &Decision) -> Result<Option<String>, LogError> {
    let text = match decision {
        Decision::Money(decided) => write_money(decided),
        Decision::Key(barred) => serde_json::to_string(&barred::fields(barred)),
    };
    let text = text.map_err(|error| LogError::Damaged(error.to_string()))?;
    Ok(Some(text).filter(|text| text.len() <= LONGEST))
}

/// The two kinds have another number of fields each.
pub(crate) fn read_decided(text: &str) -> Result<Decision, LogError> {
    if let Ok(fields) = serde_json::from_str(text) {
        let barred = barred::read(fields);
        let barred = barred.ok_or_else(|| LogError::Damaged("how a key was refused".to_owned()));
        return barred.map(|barred| Decision::Key(Box::new(barred)));
    }
    read_money(text).map(Decision::Money)
}

fn write_money(decided: &Decided) -> serde_json::Result<String> {
    let Decided {
        bound, shortfall, ..
    } = decided;
    let fields: Fields = (
        (
            bound.base().get().to_string(),
            bound.per_unit().get().to_string(),
            bound.units(),
            bound.floor(),
        ),
        decided.pictures,
        (decided.upstream.to_string(), decided.catalog.to_string()),
        (
            (shortfall.at.micros(), shortfall.seq),
            (shortfall.needed.get(), shortfall.least_needed.get()),
            (shortfall.binding, shortfall.transient),
        ),
        shortfall.checks.iter().map(check_fields).collect(),
        more::fields(decided),
    );
    serde_json::to_string(&fields)
}

fn read_money(text: &str) -> Result<Box<Decided>, LogError> {
    let damaged = |what: &str| LogError::Damaged(format!("how it was decided: {what}"));
    let (fields, more) = match serde_json::from_str::<Fields>(text) {
        Ok((bound, pictures, texts, answer, checks, more)) => {
            ((bound, pictures, texts, answer, checks), Some(more))
        }
        Err(_other) => {
            let old: Result<OldFields, _> = serde_json::from_str(text);
            (old.map_err(|error| damaged(&error.to_string()))?, None)
        }
    };
    let ((base, per_unit, units, floor), pictures, (upstream, catalog), answer, checks) = fields;
    let femtos = |text: &str| text.parse().map(Femtos::new).ok();
    let bound = femtos(&base).zip(femtos(&per_unit));
    let bound = bound
        .and_then(|(base, per_unit)| bound_of(Bound::linear(base, per_unit, units, floor), base));
    let ((at, seq), (needed, least_needed), (binding, transient)) = answer;
    let checks: Option<Vec<Check>> = checks.into_iter().map(check_of).collect();
    let mut decided = Decided {
        bound: bound.ok_or_else(|| damaged("bound"))?,
        pictures,
        traits: Traits::default(),
        upstream: upstream.into(),
        catalog: catalog.into(),
        shortfall: Shortfall {
            at: Time::from_micros(at),
            seq,
            needed: Nanos::new(needed),
            least_needed: Nanos::new(least_needed),
            needed_tokens: 0,
            least_needed_tokens: 0,
            checks: checks.ok_or_else(|| damaged("check"))?,
            binding,
            transient,
            fits_at: None,
            froze_key: false,
        },
    };
    if let Some(more) = more {
        more::read(more, &mut decided).ok_or_else(|| damaged("what else was looked at"))?;
    }
    Ok(Box::new(decided))
}

/// A cost beyond every range is a bound of its own, which never fits.
fn bound_of(linear: Option<Bound>, base: Femtos) -> Option<Bound> {
    linear.or_else(|| (base >= Femtos::ZERO).then(|| Bound::fixed(base)))
}

fn check_fields(check: &Check) -> CheckFields {
    let kind = match check.kind {
        CheckKind::CreditBalance => 0,
        CheckKind::HardLimit(_) => 1,
        CheckKind::ApprovedUsageLimit(_) => 2,
        CheckKind::ModelLimit(_) => 3,
        CheckKind::EndUserLimit(_) => 4,
        CheckKind::TagLimit(_) => 5,
        CheckKind::UpstreamCap(_) => 6,
    };
    let scope = match check.scope {
        Scope::Organization => (0, None),
        Scope::Project(id) => (1, Some(id.to_string())),
        Scope::Key(id) => (2, Some(id.to_string())),
    };
    let window = |window: &Window| match window {
        Window::Total => (0, String::new()),
        Window::Day { time_zone } => (1, time_zone.to_string()),
        Window::Week { time_zone } => (2, time_zone.to_string()),
        Window::Month { time_zone } => (3, time_zone.to_string()),
        Window::Rolling(rolling) => (4, rolling.seconds.to_string()),
    };
    (
        (kind, check.kind.limit().map(|id| id.to_string())),
        scope,
        (
            check.ceiling.map(Quantity::get),
            check.window.as_ref().map(window),
        ),
        (check.spent.get(), check.held.get(), check.left.get()),
        check.resets_at.map(Time::micros),
    )
}

fn check_of(fields: CheckFields) -> Option<Check> {
    let ((kind, limit), (scope, scope_id), (ceiling, window), sums, resets_at) = fields;
    let limit: Option<LimitId> = limit.and_then(|id| id.parse().ok());
    let kind = match (kind, limit) {
        (0, _) => CheckKind::CreditBalance,
        (1, Some(limit)) => CheckKind::HardLimit(limit),
        (2, Some(limit)) => CheckKind::ApprovedUsageLimit(limit),
        (3, Some(limit)) => CheckKind::ModelLimit(limit),
        (4, Some(limit)) => CheckKind::EndUserLimit(limit),
        (5, Some(limit)) => CheckKind::TagLimit(limit),
        (6, Some(limit)) => CheckKind::UpstreamCap(limit),
        _ => return None,
    };
    let scope = match (scope, scope_id) {
        (0, _) => Scope::Organization,
        (1, Some(id)) => Scope::Project(id.parse::<ProjectId>().ok()?),
        (2, Some(id)) => Scope::Key(id.parse::<KeyId>().ok()?),
        _ => return None,
    };
    let window = match window {
        None => None,
        Some(fields) => Some(window_of(fields)?),
    };
    let (spent, held, left) = sums;
    Some(Check {
        kind,
        scope,
        measure: Measure::Usd,
        subject: None,
        ceiling: ceiling.map(Quantity::new),
        window,
        spent: Quantity::new(spent),
        held: Quantity::new(held),
        left: Quantity::new(left),
        resets_at: resets_at.map(Time::from_micros),
        freezes: false,
    })
}

fn window_of((kind, text): WindowFields) -> Option<Window> {
    if kind == 4 {
        let seconds = text.parse().ok()?;
        return Some(Window::Rolling(Rolling { seconds }));
    }
    let time_zone = text.into();
    match kind {
        0 => Some(Window::Total),
        1 => Some(Window::Day { time_zone }),
        2 => Some(Window::Week { time_zone }),
        3 => Some(Window::Month { time_zone }),
        _ => None,
    }
}

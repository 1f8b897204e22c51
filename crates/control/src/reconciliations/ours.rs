//! What went through an account here: the attempts of the request log, and what earlier reconciliations gave back.

use catalog::Unit;
use ids::KeyId;
use jiff::civil::Date;
use ledger::{Book, LotKind};
use money::Nanos;
use projections::{SpentFilter, SpentSum};
use reconcile::{Ours, Payer, Presumed, Spent};

use super::ask::Asked;
use super::names::Names;
use crate::app::App;
use crate::error::ApiError;

/// Presumed charges that are looked at in one reconciliation.
pub(super) const MOST_PRESUMED: usize = 10_000;

pub(super) async fn gather(app: &App, asked: &Asked, names: &Names) -> Result<Ours, ApiError> {
    let filter = SpentFilter {
        upstream: asked.upstream.as_str().into(),
        from: asked.from,
        to: asked.to,
    };
    let spent = app.log.spent(filter, MOST_PRESUMED).await?;
    let mut ours = Ours {
        spent: spent
            .sums
            .into_iter()
            .map(|sum| of_sum(sum, names))
            .collect(),
        presumed: Vec::new(),
    };
    for call in spent.presumed {
        ours.presumed.push(Presumed {
            day: call.day,
            model: names.ours(&call.model),
            payer: Payer {
                organization: call.organization,
                key: call.key,
            },
            hold: call.hold,
            amount: call.amount,
            billed: None,
        });
    }
    ours.spent.extend(given_back(app, asked).await?);
    Ok(ours)
}

fn of_sum(sum: SpentSum, names: &Names) -> Spent {
    let (mut input, mut output) = (0_u64, 0_u64);
    for (unit, quantity) in &sum.units {
        let side = match Unit::from_code(*unit) {
            Some(Unit::Output | Unit::ImageOutput | Unit::AudioOutput) => &mut output,
            Some(Unit::Image) | None => continue,
            Some(_input) => &mut input,
        };
        *side = side.saturating_add(*quantity);
    }
    Spent {
        day: sum.day,
        model: names.ours(&sum.model),
        payer: Payer {
            organization: sum.organization,
            key: sum.key,
        },
        amount: sum.amount,
        calls: sum.calls,
        input,
        output,
    }
}

/// What a note of credit that a reconciliation gave back begins with.
const GIVEN_BACK: &str = "reconciliation of ";

/// The note of such credit: by it, it is known again.
pub(super) fn note(upstream: &str, day: Date, key: KeyId, model: &str) -> String {
    format!("{GIVEN_BACK}{upstream} on {day}, {key}: {model}")
}

/// A note, read.
fn noted<'n>(upstream: &str, note: &'n str) -> Option<(Date, KeyId, &'n str)> {
    let rest = note.strip_prefix(GIVEN_BACK)?.strip_prefix(upstream)?;
    let (day, rest) = rest.strip_prefix(" on ")?.split_once(", ")?;
    let (key, model) = rest.split_once(": ")?;
    Some((day.parse().ok()?, key.parse().ok()?, model))
}

async fn given_back(app: &App, asked: &Asked) -> Result<Vec<Spent>, ApiError> {
    let mut all = Vec::new();
    for organization in app.tellers.organizations().await? {
        let upstream = asked.upstream.clone();
        let (from, to) = (asked.from, asked.to);
        let question = move |book: &Book, _now| {
            let refunds = book.lots().filter(|lot| lot.kind == LotKind::Refund);
            let of_lot = |lot: &ledger::Lot| {
                let (day, key, model) = noted(upstream.as_str(), &lot.note)?;
                let left = Nanos::ZERO.saturating_sub(lot.added.saturating_sub(lot.voided));
                (from <= day && day < to).then(|| (day, key, model.to_owned(), left))
            };
            refunds.filter_map(of_lot).collect::<Vec<_>>()
        };
        let found = app.teller(organization)?.ask(question).await?;
        all.extend(found.into_iter().map(|(day, key, model, amount)| Spent {
            day,
            model,
            payer: Payer { organization, key },
            amount,
            calls: 0,
            input: 0,
            output: 0,
        }));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_note_is_known_again_by_its_account_alone() {
        let key = KeyId::from_bytes([7; 16]);
        let day = date(2026, 11, 22);
        let note = note("openai", day, key, "gpt-5: mini");
        assert_eq!(noted("openai", &note), Some((day, key, "gpt-5: mini")));
        assert_eq!(noted("open", &note), None);
        assert_eq!(noted("openai", "reconciliation of openai by hand"), None);
    }
}

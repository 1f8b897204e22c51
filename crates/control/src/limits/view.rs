//! A hard limit as the API shows it.

use ledger::{Book, Count, Limit, Mode};
use serde::Serialize;
use utoipa::ToSchema;

use super::ask::{mode_word, on_trip_word};
use super::contract;
use super::shown::LimitOn;
use super::subjects::Subjects;
use crate::openapi::words;
use crate::scope::{WindowView, ends};
use crate::show::{At, LimitRef, OrganizationRef, Text, Usd, two_ways};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Limit)]
pub(crate) struct View {
    id: LimitRef,
    /// Null of an upstream cap, which counts the calls of every organization.
    organization_id: Option<OrganizationRef>,
    scope: LimitOn,
    /// `owner`: a hard limit. `operator`: the organization's approved usage limit. `seawall`: its spend guard.
    #[schema(value_type = contract::SetBy)]
    set_by: &'static str,
    #[schema(value_type = words::Measure)]
    measure: &'static str,
    /// Null where the measure is not usd.
    amount_usd: Option<Usd>,
    /// In requests or tokens; null where the measure is usd.
    amount: Option<i64>,
    window: WindowView,
    #[schema(value_type = contract::LimitMode)]
    mode: &'static str,
    #[schema(value_type = contract::OnTrip)]
    on_trip: &'static str,
    spent_usd: Option<Usd>,
    spent: Option<i64>,
    held_usd: Option<Usd>,
    held: Option<i64>,
    /// Null also where each end user or each tag counts apart: then `subjects` say what is left of whom.
    left_usd: Option<Usd>,
    /// The same.
    left: Option<i64>,
    /// What comes after a raise for a time; null where the amount is for good.
    raised: Option<Raised>,
    /// When it ends by itself; null: never.
    until_at: Option<At>,
    /// In shadow mode, the calls that it would have stopped since it was set; else null.
    would_have_stopped: Option<u64>,
    /// Where each end user or each tag counts apart, who counts most; else null.
    subjects: Option<Subjects>,
    resets_at: Option<At>,
    created_at: At,
}

/// A raise that ends.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LimitRaised)]
struct Raised {
    until_at: At,
    back_to_usd: Option<Usd>,
    back_to: Option<i64>,
}

/// One hard limit, with what is worth a word about it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LimitDetail)]
pub(crate) struct One {
    #[serde(flatten)]
    view: View,
    /// Sentences, such as that it can never bind.
    warnings: Vec<String>,
}

impl View {
    pub(crate) fn of(limit: &Limit, book: &Book) -> Self {
        let both = |amount| two_ways(limit.measure, amount);
        let Count { spent, held, .. } = limit.count;
        let (amount_usd, amount) = both(Some(limit.amount));
        let (spent_usd, spent) = both(Some(spent));
        let (held_usd, held) = both(Some(held));
        let (left_usd, left) = both(Some(limit.left()).filter(|_| !limit.calls.apart()));
        let raised = limit.raise.map(|raise| {
            let (back_to_usd, back_to) = both(Some(raise.back_to));
            Raised {
                until_at: At(raise.until),
                back_to_usd,
                back_to,
            }
        });
        let shadow = limit.mode == Mode::Shadow;
        Self {
            id: Text(limit.id),
            organization_id: book
                .organization()
                .filter(|_| !book.is_of_upstream())
                .map(|found| Text(found.id)),
            scope: LimitOn::of((limit.scope, &limit.calls), book),
            set_by: limit.origin.name(),
            measure: limit.measure.name(),
            amount_usd,
            amount,
            window: WindowView::of(&limit.window),
            mode: mode_word(limit.mode),
            on_trip: on_trip_word(limit.on_trip),
            spent_usd,
            spent,
            held_usd,
            held,
            left_usd,
            left,
            raised,
            until_at: limit.ends_at.map(At),
            would_have_stopped: shadow.then_some(limit.would_have_stopped),
            subjects: Subjects::of(limit, book),
            resets_at: ends(limit.span.end).map(At),
            created_at: At(limit.created_at),
        }
    }
}

impl One {
    pub(super) fn of(limit: &Limit, book: &Book) -> Self {
        Self {
            view: View::of(limit, book),
            warnings: super::warnings::of(limit, book),
        }
    }
}

//! Posting: presumed charges become what was billed, and what is left of a difference is charged or given back. All of it goes
//! through the tellers, by the commands that calls and administrators use.

use std::collections::BTreeMap;

use ids::{HoldId, LotId, RequestId};
use jiff::civil::Date;
use ledger::{
    AddCredit, Cause, Charge, Command, IdempotencyKey, LotKind, Outcome, Patience, Settlement,
    TakeHold, Traits,
};
use money::{Bound, Femtos, Nanos};
use projections::ADJUSTS;
use reconcile::{Payer, Posting, Row};
use sha2::{Digest as _, Sha256};
use teller::HoldAnswer;

use super::ask::Asked;
use super::ours;
use super::provider::Report;
use crate::app::App;
use crate::error::ApiError;

/// What the charges of a reconciliation name in the place of a catalogue.
const BY_THE_BILL: &str = "provider's bill";
/// Refunds come after all other credit that has no priority of its own.
const PRIORITY: u32 = 100;

/// What was done.
#[derive(Debug)]
pub(super) struct Posted {
    /// Presumed charges that are known now.
    pub(super) resolved: u64,
    /// By how much less they are charged.
    pub(super) lowered: Nanos,
    /// Differences that were charged.
    pub(super) charged: Nanos,
    /// Differences that were given back as credit.
    pub(super) refunded: Nanos,
    /// What could not be done, a sentence each.
    pub(super) left: Vec<String>,
}

pub(super) async fn post(
    app: &App,
    (asked, rows): (&Asked, &[Row]),
    cause: &Cause,
) -> Result<Posted, ApiError> {
    let mut posted = Posted {
        resolved: 0,
        lowered: Nanos::ZERO,
        charged: Nanos::ZERO,
        refunded: Nanos::ZERO,
        left: Vec::new(),
    };
    for row in rows {
        for posting in &row.postings {
            match posting {
                Posting::Resolve {
                    payer,
                    hold,
                    presumed,
                    billed,
                } => {
                    if resolve(app, (*payer, *hold), *billed, cause).await? {
                        posted.resolved = posted.resolved.saturating_add(1);
                        let less = presumed.saturating_sub(*billed);
                        posted.lowered = posted.lowered.saturating_add(less);
                    } else {
                        let line = format!(
                            "The charge of {hold} is not presumed any more, or too old to be corrected."
                        );
                        posted.left.push(line);
                    }
                }
                Posting::Adjust { payer, amount } if amount.is_positive() => {
                    match charge(app, (asked, row), (*payer, *amount)).await? {
                        None => posted.charged = posted.charged.saturating_add(*amount),
                        Some(why) => posted.left.push(why),
                    }
                }
                Posting::Adjust { payer, amount } => {
                    let back = Nanos::ZERO.saturating_sub(*amount);
                    refund(app, (asked, row), (*payer, back), cause).await?;
                    posted.refunded = posted.refunded.saturating_add(back);
                }
            }
        }
    }
    Ok(posted)
}

fn by_the_bill(amount: Nanos) -> Settlement {
    Settlement::Charge(Charge {
        amount,
        fees: Vec::new(),
        catalog: BY_THE_BILL.into(),
    })
}

/// Says whether the charge was still presumed.
async fn resolve(
    app: &App,
    (payer, hold): (Payer, HoldId),
    billed: Nanos,
    cause: &Cause,
) -> Result<bool, ApiError> {
    let teller = app.teller(payer.organization)?;
    let command = Command::Settle {
        hold,
        settlement: by_the_bill(billed),
    };
    match teller.command(command, Some(cause.clone())).await? {
        Outcome::Closed(receipt) => Ok(receipt.changed),
        other => Err(odd(&other)),
    }
}

fn odd(outcome: &Outcome) -> ApiError {
    ApiError::internal(&format!("a charge was answered with {outcome:?}"))
}

/// Charges a difference to a key, so that it counts wherever its calls count: a hold of nothing that overruns. Answers why
/// not, where its key may not pay.
async fn charge(
    app: &App,
    (asked, row): (&Asked, &Row),
    (payer, amount): (Payer, Nanos),
) -> Result<Option<String>, ApiError> {
    let teller = app.teller(payer.organization)?;
    let settings = app.tellers.settings();
    let seconds = i64::try_from(settings.hold_for.as_secs()).unwrap_or(i64::MAX);
    let ask = TakeHold {
        hold: HoldId::first(RequestId::from_bytes(app.ids.id())),
        key: payer.key,
        bound: Bound::fixed(Femtos::ZERO),
        patience: Patience::Last,
        holder: settings.holder.clone(),
        deadline: settings.clock.now().plus_seconds(seconds),
        route: format!("{ADJUSTS}{}", row.last).into(),
        model: row.model.clone().unwrap_or_default().into(),
        upstream: asked.upstream.as_str().into(),
        traits: Traits::default(),
        others_wait: false,
    };
    let not = |why: &str| format!("${amount} could not be charged to {}: {why}.", payer.key);
    match teller.hold(ask).await? {
        HoldAnswer::Granted(live, _grant) => {
            let receipt = live.settle(by_the_bill(amount)).await;
            let receipt = receipt
                .ok_or_else(|| ApiError::store_unavailable("a charge was not acknowledged"))?;
            // The receipt comes a moment before the charge is durable; this answer comes after.
            teller.ask(|_book, _now| ()).await?;
            Ok((receipt.charged != amount).then(|| not("the ledger charged another amount")))
        }
        HoldAnswer::Refused(..) => Ok(Some(not(
            "the key cannot be used, or is above a hard limit or its credit",
        ))),
        HoldAnswer::Rejected(rejection) => Err(rejection.into()),
    }
}

/// Gives a difference back as credit. The same one is given back once.
async fn refund(
    app: &App,
    (asked, row): (&Asked, &Row),
    (payer, amount): (Payer, Nanos),
    cause: &Cause,
) -> Result<(), ApiError> {
    let model = row.model.as_deref().unwrap_or_default();
    let note = ours::note(asked.upstream.as_str(), row.last, payer.key, model);
    let request = Sha256::digest(format!("{note}\n{} {}", row.ours, row.theirs));
    let key: [u8; 32] = Sha256::digest(request).into();
    let cause = Cause {
        idempotency: Some(IdempotencyKey {
            key,
            request: request.into(),
        }),
        ..cause.clone()
    };
    let command = Command::AddCredit(AddCredit {
        lot: LotId::from_bytes(app.ids.id()),
        kind: LotKind::Refund,
        amount,
        lapses_at: None,
        priority: PRIORITY,
        note: note.into(),
    });
    let teller = app.teller(payer.organization)?;
    crate::app::create(&teller, command, cause).await?;
    Ok(())
}

/// Writes down what the provider billed in all on the complete days, for the account's balance.
pub(super) async fn note_days(app: &App, asked: &Asked, report: &Report) -> Result<(), ApiError> {
    let Some(billed) = &report.theirs.billed else {
        return Ok(());
    };
    let mut days: BTreeMap<Date, Femtos> = BTreeMap::new();
    let complete = asked.complete_before.min(asked.to);
    let mut day = asked.from;
    while day < complete {
        days.insert(day, Femtos::ZERO);
        day = day
            .tomorrow()
            .map_err(|_end| ApiError::internal("a day beyond all calendars"))?;
    }
    for line in billed {
        if let Some(sum) = days.get_mut(&line.day) {
            *sum = sum.checked_add(line.amount).unwrap_or(*sum);
        }
    }
    let days: Vec<(String, Nanos)> = days
        .into_iter()
        .map(|(day, sum)| (day.to_string(), sum.ceil_to_nanos().unwrap_or(Nanos::MAX)))
        .collect();
    app.upstreams.reconciled(&asked.upstream, &days).await?;
    Ok(())
}

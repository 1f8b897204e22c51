//! What several presumed calls were billed together, shared out among them.

use money::Nanos;

use super::resolve;
use crate::{Posting, Presumed};

/// Shares `billed` out in proportion to what each was presumed to cost; the parts add up to it exactly, and none is above
/// what was presumed. `None`: it is more than all of them were presumed to cost.
pub(super) fn among(presumed: &[Presumed], billed: Nanos) -> Option<Vec<Posting>> {
    let mut left_of_sum = presumed
        .iter()
        .try_fold(Nanos::ZERO, |sum, one| sum.checked_add(one.amount))?;
    let mut left = billed;
    if left.is_negative() || left > left_of_sum {
        return None;
    }
    let mut postings = Vec::with_capacity(presumed.len());
    for one in presumed {
        let part = share(left, one.amount, left_of_sum)?;
        postings.push(resolve(one, part));
        left = left.checked_sub(part)?;
        left_of_sum = left_of_sum.checked_sub(one.amount)?;
    }
    Some(postings)
}

/// The part of `left` that falls on one of `of` among a sum; the last one gets what is left.
fn share(left: Nanos, of: Nanos, sum: Nanos) -> Option<Nanos> {
    let product = i128::from(left.get()).checked_mul(i128::from(of.get()))?;
    let part = product.checked_div(i128::from(sum.get())).unwrap_or(0);
    i64::try_from(part).ok().map(Nanos::new)
}

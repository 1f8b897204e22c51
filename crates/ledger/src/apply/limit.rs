//! Taking up what happened to limits.

use super::Inconsistent;
use crate::book::Limit;
use crate::{Book, LimitFact, Time};

impl Book {
    pub(super) fn take_up_limit(
        &mut self,
        fact: &LimitFact,
        (seq, at): (u64, Time),
    ) -> Result<(), Inconsistent> {
        match fact {
            LimitFact::Created { .. } | LimitFact::CreatedFor { .. } | LimitFact::Set { .. } => {
                match fact.created() {
                    Some((terms, span)) => self.limits.add(Limit::new(terms, span, (seq, at))),
                    None => Ok(()),
                }
            }
            LimitFact::Changed { id, amount, reset } => self.limits.change_one(*id, |limit| {
                limit.edit((*amount).into(), None, reset.then_some(seq));
                Ok(())
            }),
            LimitFact::Amended {
                id,
                measure: _,
                amount,
                until,
                reset,
            } => self.limits.change_one(*id, |limit| {
                limit.edit(*amount, *until, reset.then_some(seq));
                Ok(())
            }),
            LimitFact::RaiseEnded { id } => self.limits.change_one(*id, |limit| {
                limit.end_raise();
                Ok(())
            }),
            LimitFact::Deleted { id } => self.limits.remove(*id),
            LimitFact::WindowOpened { limit, span } => self
                .limits
                .change_one(*limit, |limit| limit.begin(*span, seq)),
            LimitFact::Rolled { limit, at } => self.limits.change_one(*limit, |limit| {
                limit.roll(*at);
                Ok(())
            }),
        }
    }
}

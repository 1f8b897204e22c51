//! What a limit counts at a later moment if nothing else is spent there until then: when a call fits that was stopped.

use ids::Subject;

use super::sums::LimitFigures;

/// What a call that ended takes of a window that rolls, whom it is told apart by, and when it leaves.
#[derive(Clone, Debug)]
pub(super) struct Leaving {
    pub(super) at: i64,
    pub(super) amount: i128,
    pub(super) subjects: Vec<Subject>,
}

impl LimitFigures {
    /// The first moment from which so much more fits, of a subject or of all together; `None` where waiting does not help.
    pub(crate) fn fits_at(&self, subject: Option<Subject>, needed: i128) -> Option<i64> {
        let ends = self.terms.ends_at.map(ledger::Time::micros);
        let fits = |at: &i64| {
            ends.is_some_and(|ends| ends <= *at)
                || self.taken_at(subject, *at) + needed <= self.amount_at(*at)
        };
        // Nothing else changes what fits.
        let raise = self.raise.map(|(until, _)| until);
        let changes = [raise, ends, Some(self.span_end)].into_iter().flatten();
        let changes = changes.chain(self.leaving.iter().map(|leaving| leaving.at));
        changes.filter(|at| *at < i64::MAX).filter(fits).min()
    }

    fn amount_at(&self, at: i64) -> i128 {
        match self.raise {
            Some((until, back_to)) if until <= at => back_to,
            Some(_) | None => self.amount,
        }
    }

    fn taken_at(&self, subject: Option<Subject>, at: i64) -> i128 {
        if at >= self.span_end {
            return 0;
        }
        let is_of =
            |leaving: &&Leaving| subject.is_none_or(|subject| leaving.subjects.contains(&subject));
        let gone = self.leaving.iter().filter(|leaving| leaving.at <= at);
        let gone: i128 = gone.filter(is_of).map(|leaving| leaving.amount).sum();
        let sum = self.of(subject);
        sum.spent + sum.held - gone
    }
}

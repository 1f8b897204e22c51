//! The Book's figures against the model's.

use ledger::Book;
use money::Nanos;

use super::translate;
use crate::model::{self, Answer, Model};

/// Every lot, every limit, and how many holds there are.
pub(super) fn figures(book: &Book, model: &Model) {
    assert_eq!(book.lots().count(), model.lots().len());
    for theirs in model.lots() {
        let ours = book.lot(translate::lot(theirs.number)).unwrap();
        let figures = [ours.added, ours.spent, ours.held, ours.lapsed, ours.voided].map(Nanos::get);
        let expected = [
            theirs.added,
            theirs.spent,
            theirs.held,
            theirs.lapsed,
            theirs.voided,
        ];
        assert_eq!(figures, expected, "{ours:?}");
        assert_eq!(ours.left().get(), theirs.free().max(0), "{ours:?}");
        assert_eq!(ours.owed().get(), (-theirs.free()).max(0), "{ours:?}");
    }
    assert_eq!(book.balance().available().get(), model.available());
    assert_eq!(book.limits().count(), model.limits().len());
    for theirs in model.limits() {
        limit(book, model, theirs);
    }
    assert_eq!(book.budgets().count(), model.budgets().len());
    for theirs in model.budgets() {
        let ours = book.budget(translate::budget(theirs.number)).unwrap();
        let figures = (ours.amount.get(), ours.spent.get(), &ours.crossed);
        let expected = (theirs.amount, theirs.spent, &theirs.told);
        assert_eq!(figures, expected, "{ours:?}");
    }
    let (open, presumed) = model.counts();
    assert_eq!(book.holds().count(), open);
    assert_eq!(book.presumed().count(), presumed);
}

fn limit(book: &Book, model: &Model, theirs: &model::Limit) {
    let ours = book.limit(translate::limit(theirs.number)).unwrap();
    let figures = [ours.amount, ours.count.held, ours.count.spent].map(ledger::Quantity::get);
    let expected = [theirs.amount, model.held_in(theirs), model.spent_in(theirs)];
    assert_eq!(figures, expected, "{ours:?}");
    let (start, end) = (ours.span.start.micros(), ours.span.end.micros());
    if start > i64::MIN {
        let number = |micros| model::number_at(theirs.window(), micros);
        let numbers = [start - 1, start, end - 1, end].map(number);
        let now = theirs.now_in;
        assert_eq!(numbers, [now - 1, now, now, now + 1], "{ours:?}");
    }
}

/// P1, where it is made true or broken.
pub(super) fn granted_within_every_limit(book: &Book, (key, model): (u8, u8), answer: Answer) {
    let Answer::Granted { amount: 1.., .. } = answer else {
        return;
    };
    let key = translate::key(key);
    let project = book.key(key).map(|key| key.project);
    let checks = book.checks_of_call(
        project,
        Some(key),
        (&translate::model_name(model), &ledger::Traits::default()),
    );
    for check in checks {
        assert!(
            !check.left.is_negative(),
            "granted {answer:?} past {check:?}"
        );
    }
}

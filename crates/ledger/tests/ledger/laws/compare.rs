//! The Book's figures against the model's.

use ledger::Book;
use money::Nanos;

use super::translate;
use crate::model::{self, Answer, Ask, Model};

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
    let expected = [
        theirs.amount,
        model.held_in(theirs, None),
        model.spent_in(theirs, None),
    ];
    assert_eq!(figures, expected, "{ours:?}");
    assert_eq!(
        ours.would_have_stopped(),
        theirs.would_have_stopped,
        "{ours:?}"
    );
    let subject: fn(u8) -> ids::Subject = match theirs.kind.calls {
        model::Calls::EachUser => translate::user,
        model::Calls::EachTag => translate::tag,
        _ => {
            assert_eq!(ours.subjects().count(), 0, "{ours:?}");
            return window(ours, theirs);
        }
    };
    for number in 0..8 {
        let mut subjects = ours.subjects();
        let ours = subjects.find(|(other, _)| *other == subject(number));
        let figures = ours.map_or([0; 2], |(_, count)| [count.held.get(), count.spent.get()]);
        let number = Some(number);
        let expected = [
            model.held_in(theirs, number),
            model.spent_in(theirs, number),
        ];
        assert_eq!(figures, expected, "{number:?} in {theirs:?}");
    }
    window(ours, theirs);
}

fn window(ours: &ledger::Limit, theirs: &model::Limit) {
    let (start, end) = (ours.span.start.micros(), ours.span.end.micros());
    if start > i64::MIN {
        let number = |micros| model::number_at(theirs.window(), micros);
        let numbers = [start - 1, start, end - 1, end].map(number);
        let now = theirs.now_in;
        assert_eq!(numbers, [now - 1, now, now, now + 1], "{ours:?}");
    }
}

/// P1, where it is made true or broken: of every measure that the call takes anything of.
pub(super) fn granted_within_every_limit(book: &Book, ask: &Ask, answer: Answer) {
    let Answer::Granted { units, .. } = answer else {
        return;
    };
    let key = translate::key(ask.key);
    let project = book.key(key).map(|key| key.project);
    let model = translate::model_name(ask.model);
    let traits = translate::traits(ask);
    for check in book.checks_of_call(project, Some(key), (&model, &traits)) {
        let takes = match check.measure {
            ledger::Measure::Usd => ask.cost_of(units),
            ledger::Measure::Requests => 1,
            ledger::Measure::Tokens => ask.tokens_of(units),
        };
        assert!(
            takes == 0 || !check.left.is_negative(),
            "granted {answer:?} past {check:?}"
        );
    }
}

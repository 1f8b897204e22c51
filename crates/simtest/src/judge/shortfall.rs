//! Whether a refusal for want of money, requests or tokens is so (P2, P6).

use ids::KeyId;
use ledger::{DirectoryFact, Fact, Measure, OnTrip, Quantity, Shortfall, Time};

use super::{Question, of};
use crate::asked::Ask;
use crate::reference::{Check, Figures, KeyIs, Wrong};
use crate::world::World;

/// What refusals by a measure are counted as.
pub(super) fn by(told: &Shortfall) -> &'static str {
    match told.binding().map(|check| check.measure) {
        Some(Measure::Requests) => "refused for requests",
        Some(Measure::Tokens) => "refused for tokens",
        Some(Measure::Usd) | None => "refused for money",
    }
}

impl World {
    /// P2, and that every figure of a refusal is the journal's.
    pub(super) fn shortfall(
        &self,
        question: &Question,
        (ask, waited): (&Ask, bool),
        told: &Shortfall,
    ) -> Result<(), Wrong> {
        let seq = usize::try_from(told.seq).unwrap_or(usize::MAX);
        if !(question.seq..=self.truth.seq()).contains(&seq) {
            return Err(format!(
                "P2: refused on entry {seq}, asked at {} and answered at {}",
                question.seq,
                self.truth.seq()
            ));
        }
        let figures = self.truth.figures(seq).ok_or("no such entry")?;
        says_what_was_asked(told, ask)?;
        let checks = figures.in_the_way(ask);
        let stop = |check: &Check<'_>| check.stops(ask, ask.floor);
        if !checks.iter().any(stop) {
            return Err(format!("P2: refused while it fits: {told:?}"));
        }
        if checks.len() != told.checks.len() {
            return Err(format!("P6: not the checks that are in the way: {told:?}"));
        }
        for check in &told.checks {
            as_in_the_journal(check, told, &checks)?;
        }
        let mut stopped_for_good = checks
            .iter()
            .filter(|check| !ask.fits(check.measure(), ask.floor, check.ever()));
        let transient = stopped_for_good.next().is_none();
        if told.transient != transient {
            return Err(format!("it is wrong about being transient: {told:?}"));
        }
        if told.transient && !waited {
            return Err(format!("P2: it did not wait for held money: {told:?}"));
        }
        self.names_what_stops(told, (ask, &checks))?;
        self.freezes_as_said(told, (ask, figures))
    }

    /// P6: what it names stops the call, for good where that is said, and until when it says.
    fn names_what_stops(
        &self,
        told: &Shortfall,
        (ask, checks): (&Ask, &[Check<'_>]),
    ) -> Result<(), Wrong> {
        let binding = told.binding().ok_or("P6: it names nothing")?;
        let known = known(binding, checks).ok_or("P6: it names what is not in the way")?;
        let left = if told.transient {
            known.sum.left
        } else {
            known.ever()
        };
        if ask.fits(known.measure(), ask.floor, left) {
            return Err(format!("P6: what it names does not stop it: {told:?}"));
        }
        let needed = match known.measure() {
            Measure::Usd => ask.least(),
            Measure::Requests => 1,
            Measure::Tokens => ask.tokens_of(ask.floor),
        };
        let limit = known.limit;
        let fits_at = limit.and_then(|limit| limit.fits_at(known.subject, needed));
        if told.fits_at.map(Time::micros) == fits_at {
            Ok(())
        } else {
            Err(format!("P6: it fits at {fits_at:?}: {told:?}, {known:?}"))
        }
    }

    /// A limit that freezes does so with a refusal for good, and whoever is told so is frozen.
    fn freezes_as_said(
        &self,
        told: &Shortfall,
        (ask, figures): (&Ask, &Figures),
    ) -> Result<(), Wrong> {
        let binding = told.binding().and_then(|check| check.kind.limit());
        let limit = binding.and_then(|id| figures.limits.get(&id));
        let freezes = limit.is_some_and(|limit| limit.terms.on_trip == OnTrip::FreezeKey);
        let active = figures.keys.get(&ask.key).map(|key| key.state) == Some(KeyIs::Active);
        let must = freezes && active && !told.transient;
        let seq = usize::try_from(told.seq).unwrap_or(usize::MAX);
        let mut since = self.truth.between(seq, self.truth.seq());
        let frozen = since.any(|entry| froze(&entry.fact, ask.key));
        if told.froze_key == must && (frozen || !must) {
            Ok(())
        } else {
            Err(format!(
                "P5: frozen {frozen}, to be frozen {must}: {told:?}"
            ))
        }
    }
}

fn froze(fact: &Fact, key: KeyId) -> bool {
    matches!(fact, Fact::Directory(DirectoryFact::KeyFrozen { id, .. }) if *id == key)
}

fn says_what_was_asked(told: &Shortfall, ask: &Ask) -> Result<(), Wrong> {
    let dollars = (of(told.needed), of(told.least_needed));
    let tokens = (told.needed_tokens, told.least_needed_tokens);
    let tokens = (i128::from(tokens.0), i128::from(tokens.1));
    if dollars == (ask.worst(), ask.least())
        && tokens == (ask.tokens_of(ask.units), ask.tokens_of(ask.floor))
    {
        Ok(())
    } else {
        Err(format!("it says what was not asked for: {told:?}"))
    }
}

fn known<'a, 'b>(check: &ledger::Check, checks: &'a [Check<'b>]) -> Option<&'a Check<'b>> {
    let mut checks = checks.iter();
    checks.find(|known| known.id() == check.kind.limit() && known.subject == check.subject)
}

/// A check says what the journal says, and what it says is of the moment of the refusal.
fn as_in_the_journal(
    check: &ledger::Check,
    told: &Shortfall,
    checks: &[Check<'_>],
) -> Result<(), Wrong> {
    let known = known(check, checks)
        .ok_or_else(|| format!("P6: what it names is not in the way: {check:?}"))?;
    let units = |quantity: Quantity| i128::from(quantity.get());
    let (ceiling, until) = known
        .limit
        .map_or((None, i64::MAX), |limit| (Some(limit.amount), limit.until));
    if until <= told.at.micros() {
        return Err(format!("P2: refused by what was over: {check:?}"));
    }
    let said = (units(check.spent), units(check.held), units(check.left));
    let sum = known.sum;
    let so = said == (sum.spent, sum.held, sum.left)
        && check.ceiling.map(units) == ceiling
        && check.measure == known.measure();
    if so {
        Ok(())
    } else {
        Err(format!("P6: it says {check:?}, the journal {known:?}"))
    }
}

//! All parks at one moment, and what happens to them. Pure: the time is passed in, and what is to be told is handed back.

use std::sync::Arc;

use diagnosis::{Cause, Scope, Verdict};
use ledger::Time;

use super::park::{By, Park, Probed};
use super::place::{Place, Who};
use super::refusal::Refusal;
use super::upstreams::{News, Outcome};
use super::{MOST_PARKS, Until, after, rule};

/// A later end that is no later than this is not worth a change.
const NO_LATER: std::time::Duration = std::time::Duration::from_secs(1);

/// A refusal of an account's provider.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case<'a> {
    pub(crate) who: Who<'a>,
    /// The model as clients call it.
    pub(crate) model: &'a str,
    pub(crate) verdict: &'a Verdict,
    pub(crate) refusal: Option<&'a Refusal>,
    pub(crate) mark: &'a str,
}

/// All parks, those that ended of late among them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Board {
    pub(crate) parks: Vec<Arc<Park>>,
}

impl Board {
    /// What closes a call; of several what lasts longest.
    pub(crate) fn closed(&self, who: &Who<'_>, model: &str, now: Time) -> Option<&Arc<Park>> {
        self.standing(now)
            .filter(|park| park.place.covers(who, Some(model)))
            .max_by_key(|park| park.until)
    }

    pub(crate) fn standing(&self, now: Time) -> impl Iterator<Item = &Arc<Park>> {
        self.parks.iter().filter(move |park| park.stands(now))
    }

    fn find(&self, place: &Place, by_person: bool) -> Option<usize> {
        self.parks
            .iter()
            .position(|park| park.is_of(place, by_person))
    }

    /// Puts a park in the place of its like. One too many is let go.
    fn put(&mut self, park: Park, now: Time) -> bool {
        let by_person = park.by != By::Refusal;
        if let Some(place) = self.find(&park.place, by_person) {
            self.parks.remove(place);
        } else if self.parks.len() >= MOST_PARKS {
            self.parks.retain(|park| park.stands(now));
        }
        let fits = self.parks.len() < MOST_PARKS;
        if fits {
            self.parks.push(Arc::new(park));
        }
        fits
    }

    /// Whether a refusal changes nothing, which is what most of many at once do.
    pub(crate) fn knows(&self, case: &Case<'_>, now: Time) -> bool {
        let place = Place::of(case.verdict, &case.who, case.model);
        let found = self.find(&place, false).and_then(|at| self.parks.get(at));
        let known = found.filter(|park| park.stands(now));
        let before = found.map_or(0, |park| park.in_a_row(now));
        match (rule::until(case.verdict, before, now), known) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(Until::At(new)), Some(park)) => match park.until {
                Until::At(old) => new <= after(old, NO_LATER),
                Until::Probed | Until::Person => true,
            },
            (Some(new), Some(park)) => new <= park.until,
        }
    }

    /// Parks what a refusal closes.
    pub(crate) fn refused(&mut self, case: &Case<'_>, now: Time) -> Vec<News> {
        if self.knows(case, now) {
            return Vec::new();
        }
        let place = Place::of(case.verdict, &case.who, case.model);
        let earlier = self.find(&place, false).and_then(|at| self.parks.get(at));
        let (before, probes) =
            earlier.map_or((0, 0), |park| (park.in_a_row(now), park.probes_so_far(now)));
        let Some(until) = rule::until(case.verdict, before, now) else {
            return Vec::new();
        };
        let standing = earlier.filter(|park| park.stands(now));
        let park = Park {
            place,
            account: case.who.account.into(),
            model: Some(case.model.into()),
            cause: case.verdict.cause,
            scope: case.verdict.scope,
            by: By::Refusal,
            since: standing.map_or(now, |park| park.since),
            until,
            refusal: case.refusal.cloned(),
            probed: standing.and_then(|park| park.probed.clone()),
            probes,
            before,
            ended_at: None,
            changed_at: now,
            mark: case.mark.into(),
        };
        let was_told = standing.is_some_and(|park| park.is_worth_telling());
        let told = park.is_worth_telling() && !was_told;
        let news = News::parked(&park);
        let put = self.put(park, now);
        Vec::from_iter((put && told).then_some(news))
    }

    /// Parks an account because a person says so.
    pub(crate) fn park(
        &mut self,
        (account, mark): (&str, &str),
        (until, note): (Option<Time>, Option<Box<str>>),
        now: Time,
    ) -> bool {
        let place = Place::Account {
            account: account.into(),
        };
        let park = Park {
            place,
            account: account.into(),
            model: None,
            cause: Cause::Unknown,
            scope: Scope::Account,
            by: By::Person { note },
            since: now,
            until: until.map_or(Until::Person, Until::At),
            refusal: None,
            probed: None,
            probes: 0,
            before: 0,
            ended_at: None,
            changed_at: now,
            mark: mark.into(),
        };
        self.put(park, now)
    }

    /// Ends the parks that are picked; says which.
    pub(crate) fn open(&mut self, pick: impl Fn(&Park) -> bool, now: Time) -> Vec<News> {
        let mut news = Vec::new();
        for park in &mut self.parks {
            if park.stands(now) && pick(park) {
                let park = Arc::make_mut(park);
                park.ended_at = Some(now);
                park.changed_at = now;
                news.push(News::back(park));
            }
        }
        news
    }

    /// Whether [`Board::settle`] would do anything.
    pub(crate) fn has_stale(&self, pick: impl Fn(&Park) -> bool) -> bool {
        self.parks
            .iter()
            .any(|park| park.ended_at.is_none() && pick(park))
    }

    /// Ends what does not hold any more since the accounts changed. Nobody is told: whoever changed them knows.
    pub(crate) fn settle(&mut self, pick: impl Fn(&Park) -> bool) {
        for park in &mut self.parks {
            if park.ended_at.is_none() && pick(park) {
                let park = Arc::make_mut(park);
                // Just later than its last word, so that no node brings it back.
                let now = after(park.changed_at, std::time::Duration::from_micros(1));
                park.ended_at = Some(now);
                park.changed_at = now;
            }
        }
    }

    /// Writes down that the time of some has come, and forgets what is long over.
    pub(crate) fn expire(&mut self, now: Time) -> Vec<News> {
        let mut news = Vec::new();
        for park in &mut self.parks {
            if let (Until::At(end), None) = (park.until, park.ended_at)
                && end <= now
            {
                let park = Arc::make_mut(park);
                park.ended_at = Some(end);
                if park.is_worth_telling() {
                    news.push(News::back(park));
                }
            }
        }
        self.parks.retain(|park| !park.is_forgotten(now));
        news
    }

    /// Whether [`Board::expire`] would do anything.
    pub(crate) fn has_expired(&self, now: Time) -> bool {
        self.parks.iter().any(|park| {
            let ends = matches!(park.until, Until::At(end) if end <= now);
            ends && park.ended_at.is_none() || park.is_forgotten(now)
        })
    }

    /// Takes up what a probe of a park brought; `case` is what refused it, where something did.
    pub(crate) fn probed(
        &mut self,
        place: &Place,
        (outcome, case): (&Outcome, Option<Case<'_>>),
        now: Time,
    ) -> Vec<News> {
        let Some(at) = self.find(place, false) else {
            return Vec::new();
        };
        let Some(park) = self.parks.get_mut(at).filter(|park| park.stands(now)) else {
            return Vec::new();
        };
        let park = Arc::make_mut(park);
        park.probes = park.probes.saturating_add(1);
        park.changed_at = now;
        park.probed = Some(Probed {
            at: now,
            said: outcome.said().into(),
        });
        match (outcome, case) {
            (Outcome::Served { .. }, _) => {
                park.ended_at = Some(now);
                vec![News::back(park)]
            }
            (Outcome::Refused { .. }, Some(case)) => {
                let was_told = park.is_worth_telling();
                still_closed(park, &case, now);
                let told = park.is_worth_telling() && !was_told;
                let mut news = Vec::from_iter(told.then(|| News::parked(park)));
                // What refused the probe may close more than what was refused before.
                news.extend(self.refused(&case, now));
                self.widen(place, &case, now);
                news
            }
            (Outcome::Refused { .. } | Outcome::Unknown { .. }, _) => Vec::new(),
        }
    }

    /// An account that was closed alone, because nobody had said whose it is, is closed with its organization or project once
    /// that is known: one park for both, and one probe.
    fn widen(&mut self, narrow: &Place, case: &Case<'_>, now: Time) {
        let wide = Place::of(case.verdict, &case.who, case.model);
        let is_wide = matches!(wide, Place::Project { .. } | Place::Organization { .. });
        let closes = |park: &Arc<Park>| park.stands(now) && park.place == wide;
        if is_wide
            && self.parks.iter().any(closes)
            && let Some(at) = self.find(narrow, false)
            && let Some(park) = self.parks.get_mut(at)
            && matches!(park.place, Place::Account { .. })
            && park.scope != Scope::Key
        {
            let park = Arc::make_mut(park);
            park.ended_at = Some(now);
        }
    }

    /// Takes up what was written by another, or before: of each park the later word.
    pub(crate) fn merge(&mut self, read: Vec<Park>) -> bool {
        let mut changed = false;
        for park in read {
            match self.find(&park.place, park.by != By::Refusal) {
                Some(at) => {
                    let known = self.parks.get_mut(at);
                    if let Some(known) = known.filter(|known| known.changed_at < park.changed_at) {
                        *known = Arc::new(park);
                        changed = true;
                    }
                }
                None if self.parks.len() < MOST_PARKS => {
                    self.parks.push(Arc::new(park));
                    changed = true;
                }
                None => {}
            }
        }
        changed
    }
}

/// A probe was refused: the newer word counts, unless it is only of too much at once.
fn still_closed(park: &mut Park, case: &Case<'_>, now: Time) {
    let until = rule::until(case.verdict, 0, now);
    let passing = matches!(until, Some(Until::At(_))) && !case.verdict.cause.is_money();
    if let (Some(until), false) = (until, passing) {
        park.until = until;
        park.cause = case.verdict.cause;
        park.refusal = case.refusal.cloned().or_else(|| park.refusal.take());
    }
}

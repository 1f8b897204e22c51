//! Parking as the rest of the house sees it: asked on a call's way, told of refusals and probes, changed by a person.

use std::time::Duration;

use diagnosis::Verdict;
use ledger::Time;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::board::{Board, Case};
use super::park::{By, Park, Pauses};
use super::place::{Place, Who};
use super::refusal::Refusal;
use super::{Closed, kept};
use crate::change::ChangeError;
use crate::entry::Entry;
use crate::served::Served;
use crate::upstreams::Upstreams;

/// What is written together, so that many refusals at once are one write.
const GATHER: Duration = Duration::from_millis(100);
/// How long to wait after a write that failed.
const PAUSE: Duration = Duration::from_secs(5);
/// How long the last write may take when the server stops.
const LAST_WRITE: Duration = Duration::from_secs(5);

/// Something was parked, or serves again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// What.
    pub park: Park,
    /// Whether it is over.
    pub is_back: bool,
}

impl News {
    pub(crate) fn parked(park: &Park) -> Self {
        let (park, is_back) = (park.clone(), false);
        Self { park, is_back }
    }

    pub(crate) fn back(park: &Park) -> Self {
        let (park, is_back) = (park.clone(), true);
        Self { park, is_back }
    }

    pub(crate) fn log(&self) {
        let (upstream, closes) = (&*self.park.account, self.park.place.as_str());
        let cause = self.park.cause.as_str();
        if self.is_back {
            tracing::info!(upstream, closes, cause, "an upstream is in use again");
        } else {
            tracing::warn!(upstream, closes, cause, "an upstream is parked");
        }
    }
}

/// What a probe brought.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It was served.
    Served {
        /// What was asked and what came, in words.
        said: String,
    },
    /// It was refused.
    Refused {
        /// What was asked and what came, in words.
        said: String,
        /// What that means.
        verdict: Verdict,
        /// The refusal.
        refusal: Refusal,
        /// The model that was asked for; none: the list of models.
        model: Option<String>,
    },
    /// It proves nothing: nobody was reached, or nothing could be asked.
    Unknown {
        /// Why.
        said: String,
    },
}

impl Outcome {
    /// What was asked and what came, in words.
    #[must_use]
    pub fn said(&self) -> &str {
        match self {
            Self::Served { said } | Self::Refused { said, .. } | Self::Unknown { said } => said,
        }
    }
}

impl Served {
    fn with_who<T>(&self, look: impl FnOnce(&Who<'_>) -> T) -> T {
        let identity = self.identity();
        look(&Who {
            account: self.account.name(),
            host: self.account.authority(),
            identity: identity.as_deref(),
        })
    }
}

impl Upstreams {
    /// Changes what is parked, and tells of it when it is done.
    pub(super) fn change_parks(&self, change: impl FnOnce(&mut Board) -> Vec<News>) -> Vec<News> {
        let news = self.parking().change(change);
        for one in &news {
            one.log();
            if let Some(tell) = self.parking().listener() {
                tell(self, one);
            }
        }
        news
    }

    /// What closes a call of this account to a model now, if anything does. Never waits; nothing but a look where nothing is
    /// parked.
    #[must_use]
    pub fn closed(&self, served: &Served, model: &str, now: Time) -> Option<Closed> {
        let board = self.parking().board();
        if board.parks.is_empty() {
            return None;
        }
        let found = served.with_who(|who| board.closed(who, model, now).cloned());
        found.map(|park| park.closed())
    }

    /// A provider refused a call: parks what that closes. Never waits.
    pub fn refused(&self, served: &Served, model: &str, verdict: &Verdict, now: Time) {
        self.refused_saying((served, model), (verdict, None), now);
    }

    /// The same, and keeps what the provider said, so that calls that are not sent can be answered alike.
    pub fn refused_saying(
        &self,
        (served, model): (&Served, &str),
        (verdict, refusal): (&Verdict, Option<&Refusal>),
        now: Time,
    ) {
        // An account that was changed or deleted since is another.
        let Some(mark) = self.mark_of(served) else {
            return;
        };
        served.with_who(|who| {
            let case = Case {
                who: *who,
                model,
                verdict,
                refusal,
                mark: &mark,
            };
            if !self.parking().board().knows(&case, now) {
                self.change_parks(|board| board.refused(&case, now));
            }
        });
    }

    /// Parks an account until a time, or until it is unparked.
    ///
    /// # Errors
    /// [`ChangeError::NotFound`] and [`ChangeError::TooMany`].
    pub fn park(
        &self,
        name: &str,
        (until, note): (Option<Time>, Option<&str>),
        now: Time,
    ) -> Result<(), ChangeError> {
        let entry = self.entry(name).ok_or(ChangeError::NotFound)?;
        let mark = entry.mark();
        let mut fits = false;
        self.change_parks(|board| {
            fits = board.park((name, &mark), (until, note.map(Into::into)), now);
            Vec::new()
        });
        if fits {
            Ok(())
        } else {
            Err(ChangeError::TooMany)
        }
    }

    /// Ends every park that closes this account or a model of it, whoever parked it; says how many. One of a whole
    /// organization or project ends for all its accounts.
    ///
    /// # Errors
    /// [`ChangeError::NotFound`].
    pub fn unpark(&self, name: &str, now: Time) -> Result<usize, ChangeError> {
        let entry = self.entry(name).ok_or(ChangeError::NotFound)?;
        let news = self.change_parks(|board| board.open(|park| covers(&entry, park), now));
        Ok(news.len())
    }

    /// The parks that close an account or a model of it, the longest first.
    #[must_use]
    pub fn parks_of(&self, entry: &Entry, now: Time) -> Vec<Park> {
        let board = self.parking().board();
        let own = board.standing(now).filter(|park| covers(entry, park));
        let mut own: Vec<Park> = own.map(|park| Park::clone(park)).collect();
        own.sort_by_key(|park| std::cmp::Reverse(park.until));
        own
    }

    /// A call of this model was served here: whatever refusal had closed it is over. Never waits; nothing but a look where
    /// nothing is parked.
    pub fn has_served(&self, served: &Served, model: &str, now: Time) {
        let ends = |who: &Who<'_>, park: &Park| {
            park.by == By::Refusal && park.place.covers(who, Some(model))
        };
        let board = self.parking().board();
        let any = !board.parks.is_empty()
            && served.with_who(|who| board.standing(now).any(|park| ends(who, park)));
        drop(board);
        if any {
            served.with_who(|who| {
                self.change_parks(|board| board.open(|park| ends(who, park), now));
            });
        }
    }

    /// The parks that are to be probed now, and the account to ask. Ends those whose time has come.
    ///
    /// Only what turns calls away to others is probed: where nobody else serves the model it is still asked, and a call that is
    /// served shows it.
    #[must_use]
    pub fn due(&self, pauses: &Pauses, now: Time) -> Vec<(Park, std::sync::Arc<Served>)> {
        if self.parking().board().has_expired(now) {
            self.change_parks(|board| board.expire(now));
        }
        let board = self.parking().board();
        let due = board.standing(now).filter(|park| {
            park.is_probed() && park.next_probe(pauses) <= now && self.diverts(park)
        });
        due.filter_map(|park| Some((Park::clone(park), self.to_probe(park)?)))
            .collect()
    }

    /// Whether calls go to another account while this park stands.
    fn diverts(&self, park: &Park) -> bool {
        let model = park.model.as_deref().unwrap_or_default();
        let covered = |who: &Who<'_>| park.place.covers(who, Some(model));
        let all = self.served();
        let mut others = all.iter().filter(|other| !other.with_who(covered));
        others.any(|other| other.serves(model))
    }

    /// Whoever can show whether a park is over: the account that was refused, or another that it closes.
    #[must_use]
    pub fn to_probe(&self, park: &Park) -> Option<std::sync::Arc<Served>> {
        let all = self.served();
        let own = all
            .iter()
            .find(|served| served.account.name() == &*park.account);
        let covered = || {
            all.iter()
                .find(|served| served.with_who(|who| park.place.covers(who, None)))
        };
        own.or_else(covered).cloned()
    }

    /// Takes up what a probe of a park brought.
    pub fn probed(&self, place: &Place, (served, outcome): (&Served, &Outcome), now: Time) {
        let mark = self.mark_of(served).unwrap_or_default();
        served.with_who(|who| {
            let case = match outcome {
                Outcome::Refused {
                    verdict,
                    refusal,
                    model,
                    ..
                } => Some(Case {
                    who: *who,
                    model: model.as_deref().unwrap_or_default(),
                    verdict,
                    refusal: Some(refusal),
                    mark: &mark,
                }),
                Outcome::Served { .. } | Outcome::Unknown { .. } => None,
            };
            self.change_parks(|board| board.probed(place, (outcome, case), now));
        });
    }

    /// Has somebody told of what is parked by money or until somebody comes, and of what serves again. It must not wait.
    /// Says whether nobody was told before.
    pub fn on_parking(&self, tell: impl Fn(&Self, &News) + Send + Sync + 'static) -> bool {
        self.parking().listen(Box::new(tell))
    }

    /// Ends what was parked of accounts that are not what they were: they have another credential, are elsewhere or gone.
    pub(crate) fn settle_parks(&self) {
        let entries = self.entries();
        let stale = |park: &Park| {
            let entry = entries
                .iter()
                .find(|entry| entry.draft.name.as_str() == &*park.account);
            entry.is_none_or(|entry| entry.mark() != *park.mark)
        };
        if self.parking().board().has_stale(stale) {
            self.change_parks(|board| {
                board.settle(stale);
                Vec::new()
            });
        }
    }

    fn mark_of(&self, served: &Served) -> Option<String> {
        self.with_entries(|entries| {
            let same = |entry: &&Entry| {
                let own = entry.served.as_deref();
                own.is_some_and(|own| std::ptr::eq(own, served))
            };
            entries.iter().find(same).map(Entry::mark)
        })
    }
}

fn covers(entry: &Entry, park: &Park) -> bool {
    match &entry.served {
        Some(served) => served.with_who(|who| park.place.covers(who, None)),
        None => entry.draft.name.as_str() == &*park.account,
    }
}

/// Writes down what is parked, beside the calls, until `stop`; then once more. A store that is away is written to later.
pub async fn keep_parked(upstreams: Upstreams, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            () = upstreams.parking().unwritten.notified() => {}
        }
        // More than what began it is written with it.
        if stop.run_until_cancelled(sleep(GATHER)).await.is_none() {
            break;
        }
        if let Err(error) = kept::write(&upstreams).await {
            tracing::warn!(%error, "what is parked is not written down yet");
            upstreams.parking().unwritten.notify_one();
            if stop.run_until_cancelled(sleep(PAUSE)).await.is_none() {
                break;
            }
        }
    }
    let last = timeout(LAST_WRITE, kept::write(&upstreams)).await;
    if !matches!(last, Ok(Ok(()))) {
        tracing::warn!(
            "what is parked was not written down; it is learned again from the providers"
        );
    }
}

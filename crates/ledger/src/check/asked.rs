//! The limits that a question is about: those along a key's scopes, and of the narrow ones those that the call is for.

use ids::{LimitId, Subject};

use crate::book::{Along, Count, Limit};
use crate::fact::names_model;
use crate::{Calls, HoldTraits, Quantity};

/// Which limits are asked about that count only some of the calls.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Narrow<'a> {
    /// None of them: the question is about every call.
    None,
    /// Those that count such a call.
    Call {
        model: &'a str,
        traits: &'a HoldTraits,
    },
    /// Those among these, for a call of such traits.
    Among {
        limits: &'a [LimitId],
        traits: &'a HoldTraits,
    },
}

/// A limit, and whose counter of it: where it counts each end user or tag apart, one of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counter<'a> {
    pub(crate) limit: &'a Limit,
    pub(crate) subject: Option<Subject>,
}

impl Counter<'_> {
    pub(crate) fn count(&self) -> Count {
        let count = self.limit.counter(self.subject);
        count.cloned().unwrap_or_default()
    }

    pub(crate) fn left(&self) -> Quantity {
        match self.limit.counter(self.subject) {
            Some(count) => self.limit.left_in(count),
            None => self.limit.amount,
        }
    }
}

/// The limits that a question is about. They are looked for once and then walked along several times.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    limits: Vec<&'a Limit>,
    narrow: Narrow<'a>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(along: &Along<'a, Limit>, narrow: Narrow<'a>) -> Self {
        let mut limits = Vec::with_capacity(along.len());
        along.iter().for_each(|limit| match limit.calls {
            Calls::All | Calls::EachKey => limits.push(limit),
            Calls::Model(_)
            | Calls::EndUser(_)
            | Calls::EachEndUser
            | Calls::Tag(_)
            | Calls::EachTag => {
                if narrow.includes(limit) {
                    limits.push(limit);
                }
            }
        });
        Self { limits, narrow }
    }

    /// In the order key, project, organization; on each the oldest first.
    pub(crate) fn limits(&self) -> &[&'a Limit] {
        &self.limits
    }

    /// The same, one for each counter that such a call counts in.
    pub(crate) fn counters(&self) -> impl Iterator<Item = Counter<'a>> {
        self.limits.iter().flat_map(|limit| self.of(limit))
    }

    /// Those of one limit.
    pub(crate) fn of(&self, limit: &'a Limit) -> impl Iterator<Item = Counter<'a>> + use<'a> {
        let subjects = self.narrow.subjects(limit);
        let whole = subjects.is_empty().then_some(Counter {
            limit,
            subject: None,
        });
        let apart = subjects.iter().map(move |subject| Counter {
            limit,
            subject: Some(*subject),
        });
        whole.into_iter().chain(apart)
    }

    /// Shows each of [`Asked::counters`], which is quicker than asking for one after the other.
    pub(crate) fn each_counter(&self, mut show: impl FnMut(Counter<'a>)) {
        for limit in &self.limits {
            let subjects = if limit.calls.apart() {
                self.narrow.subjects(limit)
            } else {
                &[]
            };
            if subjects.is_empty() {
                show(Counter {
                    limit,
                    subject: None,
                });
            }
            for subject in subjects {
                show(Counter {
                    limit,
                    subject: Some(*subject),
                });
            }
        }
    }
}

impl<'a> Narrow<'a> {
    /// Whether a limit on some of the calls is asked about.
    fn includes(self, limit: &Limit) -> bool {
        let (model, traits) = match self {
            Self::None => return false,
            Self::Among { limits, .. } => return limits.contains(&limit.id),
            Self::Call { model, traits } => (model, traits),
        };
        match &limit.calls {
            Calls::All | Calls::EachKey => true,
            Calls::Model(pattern) => names_model(pattern, model),
            Calls::EndUser(subject) => traits.end_user == Some(*subject),
            Calls::EachEndUser => traits.end_user.is_some(),
            Calls::Tag(tag) => traits.tags.contains(&tag.subject),
            Calls::EachTag => !traits.tags.is_empty(),
        }
    }

    /// Whom a limit tells apart in such a call; empty where it does not. Keys are told apart only by what stops no call.
    fn subjects(self, limit: &Limit) -> &'a [Subject] {
        match (self, &limit.calls) {
            (Self::Call { traits, .. } | Self::Among { traits, .. }, Calls::EachEndUser) => {
                traits.end_user.as_slice()
            }
            (Self::Call { traits, .. } | Self::Among { traits, .. }, Calls::EachTag) => {
                &traits.tags
            }
            _ => &[],
        }
    }
}

//! What is parked of an account, as the API shows it: what closes it, since when, until when, and what to do.

use accounts::{By, Entry, Park, Place, Refusal, Until};
use ledger::Time;
use serde::Serialize;
use utoipa::ToSchema;

use super::contract;
use crate::show::At;

/// Something that is parked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UpstreamPark)]
pub(crate) struct ParkView {
    #[schema(value_type = contract::ParkCloses)]
    closes: &'static str,
    /// The model that was refused. Where `closes` is `model`, only that is closed.
    model: Option<Box<str>>,
    /// The account whose call was refused, which is probed.
    refused: Box<str>,
    #[schema(value_type = contract::ParkedBy)]
    by: &'static str,
    /// What a person said why.
    note: Option<Box<str>>,
    /// Why the provider refuses, by its stable name.
    cause: Option<&'static str>,
    /// The same as a sentence.
    means: Option<&'static str>,
    /// What to do about it.
    remedy: Option<&'static str>,
    /// Where to do it.
    r#where: Option<&'static str>,
    since_at: At,
    #[schema(value_type = contract::ParkedUntil)]
    until: &'static str,
    until_at: Option<At>,
    /// What the provider said last.
    refusal: Option<RefusalView>,
    /// Probes so far.
    probes: u32,
    probed_at: Option<At>,
    /// What the last probe asked, and what came.
    probed: Option<Box<str>>,
    next_probe_at: Option<At>,
}

/// A provider's refusal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UpstreamRefusal)]
struct RefusalView {
    status: u16,
    r#type: Option<Box<str>>,
    code: Option<Box<str>>,
    message: Box<str>,
}

impl RefusalView {
    fn of(refusal: &Refusal) -> Self {
        Self {
            status: refusal.status,
            r#type: refusal.kind.clone(),
            code: refusal.code.clone(),
            message: refusal.message.clone(),
        }
    }
}

/// Whether a park closes all of an account.
pub(super) const fn is_whole(park: &Park) -> bool {
    !matches!(park.place, Place::Model { .. })
}

impl ParkView {
    pub(super) fn of(park: &Park, entry: &Entry, next: Option<Time>) -> Self {
        let provider = entry
            .served
            .as_ref()
            .map_or(entry.draft.profile.kind.provider(), |served| {
                served.account.provider()
            });
        let (by, note) = match &park.by {
            By::Refusal => ("refusal", None),
            By::Person { note } => ("person", note.clone()),
        };
        let cause = (park.by == By::Refusal).then_some(park.cause);
        let (until, until_at) = match park.until {
            Until::At(end) => ("time", Some(At(end))),
            Until::Probed => ("probe", None),
            Until::Person => ("person", None),
        };
        Self {
            closes: park.place.as_str(),
            model: park.model.clone(),
            refused: park.account.clone(),
            by,
            note,
            cause: cause.map(|cause| cause.as_str()),
            means: cause.map(|cause| cause.sentence()),
            remedy: cause.map(|cause| cause.remedy(provider)),
            r#where: cause.and_then(|cause| cause.page(provider)),
            since_at: At(park.since),
            until,
            until_at,
            refusal: park.refusal.as_ref().map(RefusalView::of),
            probes: park.probes,
            probed_at: park.probed.as_ref().map(|probed| At(probed.at)),
            probed: park.probed.as_ref().map(|probed| probed.said.clone()),
            next_probe_at: next.map(At),
        }
    }
}

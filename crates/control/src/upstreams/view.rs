//! An account as the API shows it. There is no field that a credential could be in.

use accounts::{Entry, Listing, Models, Offer, State};
use ledger::Time;
use serde::Serialize;
use utoipa::ToSchema;

use super::contract;
use super::parks::{self, ParkView};
use crate::app::App;
use crate::show::At;

/// An account that calls can be sent to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Upstream)]
pub(crate) struct View {
    name: String,
    #[schema(value_type = contract::UpstreamKind)]
    kind: &'static str,
    /// Which of the providers of kind `compatible` that are known by name.
    provider: Option<&'static str>,
    base_url: String,
    /// Of Azure: the version of its older API, whose paths name a deployment.
    api_version: Option<String>,
    #[schema(value_type = contract::UpstreamFrom)]
    from: &'static str,
    #[schema(value_type = contract::UpstreamState)]
    state: &'static str,
    /// Why no call is sent there, where that is so.
    problem: Option<String>,
    has_api_key: bool,
    /// The last characters of the credential, by which its owner knows it again.
    api_key_hint: Option<String>,
    has_admin_key: bool,
    service_tier: Option<String>,
    #[schema(value_type = contract::UpstreamServes)]
    serves: &'static str,
    /// Where `serves` is `configured`.
    models: Option<Vec<OfferView>>,
    /// Where `serves` is `listed`, and the provider was asked.
    listing: Option<ListingView>,
    /// What of it is parked, the longest first.
    parks: Vec<ParkView>,
    /// Models that the provider said it does not have for this account. Until then others are asked first.
    standing_back: Vec<StandingBack>,
    /// Models that no other account serves, where there are several: nobody stands in where it refuses.
    only_home_of: Vec<String>,
    created_at: Option<At>,
    changed_at: Option<At>,
}

/// One account, with the caps that are set on it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UpstreamDetail)]
pub(crate) struct One {
    #[serde(flatten)]
    pub(super) view: View,
    /// What may go through it at most, whoever calls. As `/limits` shows them.
    pub(super) caps: Vec<crate::limits::view::View>,
}

/// A model that an account serves.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UpstreamModel)]
struct OfferView {
    /// As clients call it.
    model: String,
    /// As the provider calls it.
    r#as: String,
}

/// What the provider listed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UpstreamListing)]
struct ListingView {
    /// How many models; null until a list came. Until then the account counts as serving all.
    models: Option<u64>,
    listed_at: Option<At>,
    asked_at: At,
    /// Why the list did not come when it was asked for last; the one of before counts.
    problem: Option<String>,
}

/// A model that an account was found not to have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UpstreamStandingBack)]
struct StandingBack {
    model: String,
    until_at: At,
}

impl View {
    pub(super) fn of(app: &App, entry: &Entry) -> Self {
        Self::among(app, entry, &app.check.only_homes())
    }

    /// One of many, with the models that have one home only and which that is.
    pub(super) fn among(app: &App, entry: &Entry, homes: &[(String, String)]) -> Self {
        let now = app.tellers.settings().clock.now();
        let parks = app.upstreams.parks_of(entry, now);
        let draft = &entry.draft;
        let (serves, models) = match &draft.models {
            Models::Any => ("any", None),
            Models::Listed => ("listed", None),
            Models::Configured(offers) => (
                "configured",
                Some(offers.iter().map(OfferView::of).collect()),
            ),
        };
        let served = entry.served.as_ref();
        let off = served.map(|served| served.off(now)).unwrap_or_default();
        let listing = served.and_then(|served| served.listing());
        Self {
            name: draft.name.to_string(),
            kind: draft.profile.kind.name(),
            provider: draft.profile.provider,
            base_url: draft.base_url.clone(),
            api_version: draft.api_version.clone(),
            from: entry.origin.as_str(),
            state: if entry.state == State::Serving && parks.iter().any(parks::is_whole) {
                "parked"
            } else {
                entry.state.as_str()
            },
            problem: entry.problem.clone(),
            has_api_key: entry.has_api_key,
            api_key_hint: entry.api_key_hint.clone(),
            has_admin_key: entry.has_admin_key,
            service_tier: draft.service_tier.clone(),
            serves,
            models,
            listing: listing.as_deref().map(ListingView::of),
            parks: parks
                .iter()
                .map(|park| ParkView::of(park, entry, app.probes.next(park)))
                .collect(),
            standing_back: off.into_iter().map(StandingBack::of).collect(),
            only_home_of: homes
                .iter()
                .filter(|(_, upstream)| upstream == draft.name.as_str() && served.is_some())
                .map(|(model, _)| model.clone())
                .collect(),
            created_at: entry.times.map(|(created, _)| At(created)),
            changed_at: entry.times.map(|(_, changed)| At(changed)),
        }
    }
}

impl OfferView {
    fn of(offer: &Offer) -> Self {
        let provider_s = offer.as_.as_ref().unwrap_or(&offer.model);
        Self {
            model: offer.model.clone(),
            r#as: provider_s.clone(),
        }
    }
}

impl ListingView {
    fn of(listing: &Listing) -> Self {
        let count = listing.names.as_ref().map(|names| names.len());
        Self {
            models: count.map(|count| u64::try_from(count).unwrap_or(u64::MAX)),
            listed_at: listing.listed_at.map(At),
            asked_at: At(listing.asked_at),
            problem: listing.problem.clone(),
        }
    }
}

impl StandingBack {
    fn of((model, until): (String, Time)) -> Self {
        Self {
            model,
            until_at: At(until),
        }
    }
}

//! Which models have one home only: where that account refuses, nobody stands in.
//!
//! Asked where accounts are configured and shown, so that it is known before it matters; a call asks `step::route`, whose
//! rules these are.

use std::collections::HashSet;
use std::sync::Arc;

use accounts::{Models, Served};
use catalog::{Catalog, Model};

use crate::RouteRule;
use crate::step::route;

/// How the simulated provider's own models begin. Nobody else has them, so they need no second home.
const SIMULATED: &str = "sim/";

/// A model, and the one account that serves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnlyHome {
    /// The model, as clients call it.
    pub model: String,
    /// The account's name.
    pub upstream: String,
}

/// The models that just one of several accounts serves. With one account it is all of them, and nothing is said.
///
/// Those that the configuration names come first, then image models, whose homes are fewest. An account that serves all that its provider lists counts as serving all until the list came.
#[must_use]
pub fn only_homes(
    catalog: &Catalog,
    (upstreams, routes): (&[Arc<Served>], &[RouteRule]),
) -> Vec<OnlyHome> {
    let called = upstreams
        .iter()
        .filter(|one| one.account.kind().is_called());
    if called.count() < 2 {
        return Vec::new();
    }
    let mut seen = HashSet::new();
    let named = named(upstreams, routes).filter(|name| catalog.model(name).is_some_and(is_called));
    let all = named
        .chain(known(catalog))
        .filter(|name| seen.insert(*name));
    all.filter_map(|model| match *route::homes((upstreams, routes), model) {
        [home] => Some(OnlyHome {
            model: model.to_owned(),
            upstream: home.account.name().to_owned(),
        }),
        _ => None,
    })
    .collect()
}

/// The names that accounts and routes are configured with. A name with a `*` stands for those of the catalogue.
fn named<'a>(
    upstreams: &'a [Arc<Served>],
    routes: &'a [RouteRule],
) -> impl Iterator<Item = &'a str> {
    let offers = upstreams.iter().flat_map(|one| match &one.models {
        Models::Configured(offers) => offers.as_slice(),
        Models::Any | Models::Listed => &[],
    });
    let routed = routes.iter().flat_map(|rule| &rule.models);
    offers
        .map(|offer| &offer.model)
        .chain(routed)
        .map(String::as_str)
        .filter(|name| !name.ends_with('*'))
}

/// Each model of the catalogue that can be called, by its first name.
fn known(catalog: &Catalog) -> impl Iterator<Item = &str> {
    let mut models: Vec<&Model> = catalog.models().filter(|model| is_called(model)).collect();
    models.sort_by_key(|model| model.image().is_none());
    models
        .into_iter()
        .filter_map(|model| model.names().find(|name| !name.ends_with('*')))
        .filter(|name| !name.starts_with(SIMULATED))
}

fn is_called(model: &Model) -> bool {
    model.chat().is_some() || model.image().is_some()
}

#[cfg(test)]
mod tests {
    use accounts::Offer;
    use upstream::{Account, Kind, Place};

    use super::*;

    fn account(name: &str, models: &[&str]) -> Arc<Served> {
        let place = Place::new(Kind::OpenAi, "https://x.example/v1");
        let account = Account::new(name, place, None).unwrap();
        let offers: Vec<Offer> = models
            .iter()
            .map(|model| Offer::new(model, None).unwrap())
            .collect();
        let models = if offers.is_empty() {
            Models::Any
        } else {
            Models::Configured(offers)
        };
        Arc::new(Served::new(account, models, None))
    }

    fn alone(upstreams: &[Arc<Served>], routes: &[(&str, &str)]) -> Vec<(String, String)> {
        let routes: Vec<RouteRule> = routes
            .iter()
            .map(|(model, upstream)| RouteRule {
                models: vec![(*model).to_owned()],
                upstreams: vec![(*upstream).to_owned()],
            })
            .collect();
        let homes = only_homes(&Catalog::builtin(), (upstreams, &routes));
        homes
            .into_iter()
            .map(|one| (one.model, one.upstream))
            .collect()
    }

    fn at(upstream: &str, model: &str) -> (String, String) {
        (model.to_owned(), upstream.to_owned())
    }

    #[test]
    fn pictures_have_one_home_where_the_second_account_serves_chats_only() {
        let both = [account("first", &[]), account("chats", &["gpt-*", "o*"])];
        let homes = alone(&both, &[]);
        assert!(
            homes.iter().all(|(model, _)| !model.starts_with("gpt-")),
            "`gpt-*` is gpt-image-1, too: {homes:?}"
        );
        let both = [account("first", &[]), account("chats", &["gpt-5*"])];
        let homes = alone(&both, &[]);
        assert!(homes.contains(&at("first", "gpt-image-1")), "{homes:?}");
        assert!(homes[0].0.contains("image"), "{homes:?}");
        assert!(
            homes
                .iter()
                .all(|(model, at)| !model.starts_with("gpt-5") && at == "first")
        );
    }

    #[test]
    fn a_model_that_a_route_gives_to_one_of_two_has_one_home() {
        let both = [account("first", &[]), account("second", &[])];
        assert_eq!(alone(&both, &[]), []);
        let routed = alone(&both, &[("gpt-5-mini", "second")]);
        assert_eq!(routed, [at("second", "gpt-5-mini")]);
    }

    #[test]
    fn a_model_of_nobody_and_the_models_of_the_only_account_are_not_named() {
        assert_eq!(alone(&[account("first", &["gpt-5-mini"])], &[]), []);
        let apart = [
            account("first", &["gpt-5-mini"]),
            account("second", &["no-such-model"]),
        ];
        assert_eq!(alone(&apart, &[]), [at("first", "gpt-5-mini")]);
    }
}

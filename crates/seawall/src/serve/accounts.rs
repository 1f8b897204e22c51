//! Whom calls are sent to, as the gateway wants to be told.

use std::sync::Arc;

use accounts::{Given, OpenError, Served, Upstreams, Vault};
use catalog::Catalog;
use gateway::OnlyHome;
use jiff::civil::Date;
use journal::Store;

use super::install;
use crate::config::{Config, Route};
use crate::exit::{Exit, Failure};

/// How long before a model's end it is worth a line at every start, in days.
const SOON: i64 = 60;
/// Models named in one line.
const MOST_NAMED: usize = 5;

/// Which accounts serve which models.
pub(super) fn routes(config: &Config) -> Vec<gateway::RouteRule> {
    let rule = |route: &Route| gateway::RouteRule {
        models: route.models.clone(),
        upstreams: route.upstreams.clone(),
    };
    config.routes.iter().map(rule).collect()
}

/// All accounts: those of the configuration, and those that were made at run time.
pub(super) async fn open(
    given: Vec<Given>,
    vault: Option<Vault>,
    store: &Arc<dyn Store>,
) -> Result<Upstreams, Failure> {
    let parts = accounts::Parts {
        store: Arc::clone(store),
        vault,
        given,
    };
    Upstreams::open(parts).await.map_err(|error| match error {
        OpenError::Store(error) => install::unread(&error),
        error @ OpenError::Account(..) => Failure::new(Exit::Configuration, error.to_string()),
    })
}

/// A line for each account made at run time that calls cannot be sent to.
pub(super) fn out_of_use(upstreams: &Upstreams) -> impl Iterator<Item = String> {
    upstreams.entries().into_iter().filter_map(|entry| {
        let problem = entry.problem?;
        Some(format!("upstream `{}`: {problem}", entry.draft.name))
    })
}

/// A line for each account whose admin key is named and cannot be read. Calls go all the same.
pub(super) fn without_costs(given: &[Given]) -> Vec<String> {
    let unread = given
        .iter()
        .filter(|given| given.has_admin_key && given.admin_key.is_none());
    let line = |given: &Given| {
        format!(
            "upstream `{}`: its admin_key cannot be read, so what it costs cannot be reconciled",
            given.draft.name
        )
    };
    unread.map(line).collect()
}

/// A line for each name in a route that no account has: one may be made of that name, or it is misspelt.
pub(super) fn not_there(config: &Config, upstreams: &Upstreams) -> Vec<String> {
    let names = config.routes.iter().flat_map(|route| &route.upstreams);
    let missing = names.filter(|name| upstreams.entry(name).is_none());
    let line = |name| {
        format!(
            "a [[route]] names the upstream `{name}`, which is not there; until one of that name is made, its others are asked"
        )
    };
    missing.map(line).collect()
}

/// One line about models that are to be shut down soon, if calls to them can be sent anywhere.
pub(super) fn shutting_down(
    catalog: &Catalog,
    upstreams: &[Arc<Served>],
    today: Date,
) -> Option<String> {
    let is_served = |name: &str| upstreams.iter().any(|upstream| upstream.serves(name));
    let soon: Vec<String> = catalog
        .models()
        .filter_map(|model| Some((model.names().next()?, model.shutdown()?)))
        .filter(|(name, end)| {
            let days = end.duration_since(today).as_hours() / 24;
            (0..=SOON).contains(&days) && is_served(name)
        })
        .map(|(name, end)| format!("{name} ({end})"))
        .collect();
    let named = some_of(&soon)?;
    Some(format!(
        "to be shut down by their provider within {SOON} days: {named}; until then they are served"
    ))
}

/// One line about models that just one of several accounts serves: where that one refuses, nobody stands in.
pub(crate) fn without_second_home(homes: &[OnlyHome]) -> Option<String> {
    let home = |home: &OnlyHome| format!("{} (`{}`)", home.model, home.upstream);
    let named = some_of(&homes.iter().map(home).collect::<Vec<_>>())?;
    Some(format!(
        "served by one upstream only, so that no other takes over where it refuses: {named}"
    ))
}

/// The same of a configuration alone, and whether its accounts can be opened at all.
pub(crate) fn homes_of(
    config: &Config,
    given: Vec<Given>,
    catalog: &Catalog,
) -> Result<Option<String>, Failure> {
    let wrong = |error: OpenError| Failure::new(Exit::Configuration, error.to_string());
    let served = accounts::of_configuration(given).map_err(wrong)?;
    let homes = gateway::only_homes(catalog, (&served, &routes(config)));
    Ok(without_second_home(&homes))
}

/// The first few, and how many more there are; `None`: there is none.
fn some_of(all: &[String]) -> Option<String> {
    let named = all.get(..MOST_NAMED.min(all.len()))?.join(", ");
    match all.len().saturating_sub(MOST_NAMED) {
        0 if named.is_empty() => None,
        0 => Some(named),
        more => Some(format!("{named} and {more} more")),
    }
}

#[cfg(test)]
mod tests {
    use accounts::{Models, Offer};

    use super::*;

    fn served(models: Option<&[&str]>) -> Arc<Served> {
        let place = upstream::Place::new(upstream::Kind::OpenAi, "http://x/v1");
        let account = upstream::Account::new("a", place, None).unwrap();
        let offer = |model: &&str| Offer::new(model, None).unwrap();
        let models = models.map_or(Models::Any, |models| {
            Models::Configured(models.iter().map(offer).collect())
        });
        Arc::new(Served::new(account, models, None))
    }

    #[test]
    fn models_of_one_home_are_told_in_one_bounded_line() {
        let home = |model: usize| OnlyHome {
            model: format!("m{model}"),
            upstream: "openai".to_owned(),
        };
        let said = |count: usize| without_second_home(&(1..=count).map(home).collect::<Vec<_>>());
        assert_eq!(said(0), None);
        let all = said(MOST_NAMED).unwrap();
        assert!(all.ends_with("m4 (`openai`), m5 (`openai`)"), "{all}");
        let more = said(40).unwrap();
        assert!(more.ends_with("m5 (`openai`) and 35 more"), "{more}");
    }

    #[test]
    fn a_model_is_warned_of_in_its_last_days_where_it_is_served() {
        let catalog = Catalog::builtin();
        let (name, end) = catalog
            .models()
            .find_map(|model| Some((model.names().next()?, model.shutdown()?)))
            .unwrap();
        let before = |days: i64| end - jiff::Span::new().days(days);
        let said = |models, days| shutting_down(&catalog, &[served(models)], before(days));
        let own: &[&str] = &[name];
        assert!(
            said(Some(own), 1)
                .unwrap()
                .contains(&format!("{name} ({end})"))
        );
        assert_eq!(said(Some(own), SOON + 1), None);
        assert_eq!(said(Some(&["another"]), 1), None);
        assert_eq!(shutting_down(&catalog, &[], before(1)), None);
    }
}

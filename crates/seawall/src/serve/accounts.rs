//! Whom calls are sent to, as the gateway wants to be told.

use catalog::Catalog;
use jiff::civil::Date;

use crate::config::{Config, Kind, Opened, Route};
use crate::exit::{Exit, Failure};

/// How long before a model's end it is worth a line at every start, in days.
const SOON: i64 = 60;
/// Models named in that line.
const MOST_NAMED: usize = 5;

/// Which accounts serve which models.
pub(super) fn routes(config: &Config) -> Vec<gateway::RouteRule> {
    let rule = |route: &Route| gateway::RouteRule {
        models: route.models.clone(),
        upstreams: route.upstreams.clone(),
    };
    config.routes.iter().map(rule).collect()
}

/// The accounts with their credentials.
pub(super) fn served(opened: Vec<Opened>) -> Result<Vec<gateway::Served>, Failure> {
    let account = |opened: Opened| {
        let of = opened.upstream;
        let kind = match of.kind {
            Kind::OpenAi => upstream::Kind::OpenAi,
            Kind::OpenRouter => upstream::Kind::OpenRouter,
            Kind::Anthropic => upstream::Kind::Anthropic,
            Kind::Azure => upstream::Kind::Azure,
            Kind::Compatible => upstream::Kind::Compatible,
        };
        let key = opened
            .api_key
            .map(|secret| upstream::Secret::new(secret.reveal()));
        let account = upstream::Account::new(&of.name, kind, &of.base_url, key.as_ref()).map_err(
            |error| {
                Failure::new(
                    Exit::Configuration,
                    format!("upstream `{}`: {error}", of.name),
                )
            },
        )?;
        Ok(gateway::Served {
            account,
            models: of.models,
            service_tier: of.service_tier,
        })
    };
    opened.into_iter().map(account).collect()
}

/// One line about models that are to be shut down soon, if calls to them can be sent anywhere.
pub(super) fn shutting_down(
    catalog: &Catalog,
    upstreams: &[gateway::Served],
    today: Date,
) -> Option<String> {
    let is_served = |name: &str| {
        upstreams.iter().any(|upstream| match &upstream.models {
            None => true,
            Some(models) => models.iter().any(|model| match model.strip_suffix('*') {
                Some(beginning) => name.starts_with(beginning),
                None => name == model,
            }),
        })
    };
    let soon: Vec<String> = catalog
        .models()
        .filter_map(|model| Some((model.names().next()?, model.shutdown()?)))
        .filter(|(name, end)| {
            let days = end.duration_since(today).as_hours() / 24;
            (0..=SOON).contains(&days) && is_served(name)
        })
        .map(|(name, end)| format!("{name} ({end})"))
        .collect();
    if soon.is_empty() {
        return None;
    }
    let named = soon
        .iter()
        .take(MOST_NAMED)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let more = match soon.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "to be shut down by their provider within {SOON} days: {named}{more}; until then they are served"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(models: Option<&[&str]>) -> gateway::Served {
        gateway::Served {
            account: upstream::Account::new("a", upstream::Kind::OpenAi, "http://x/v1", None)
                .unwrap(),
            models: models.map(|models| models.iter().map(|model| (*model).to_owned()).collect()),
            service_tier: None,
        }
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

//! Step 3: which accounts serve this model, in order.

use std::sync::Arc;

use upstream::Kind;

use crate::Gateway;
use crate::settings::Served;
use crate::tell::Stop;

/// The accounts that serve a model, first to be tried first. At least one.
pub(crate) fn candidates<'g>(
    gateway: &'g Gateway,
    model: &str,
) -> Result<Vec<&'g Arc<Served>>, Stop> {
    let parts = gateway.parts();
    let rule = parts
        .routes
        .iter()
        .find(|rule| rule.models.iter().any(|pattern| matches(pattern, model)));
    let named: Vec<&Arc<Served>> = match rule {
        Some(rule) => {
            let by_name = |name: &String| {
                parts
                    .upstreams
                    .iter()
                    .find(|served| served.account.name() == name)
            };
            rule.upstreams.iter().filter_map(by_name).collect()
        }
        None => parts.upstreams.iter().collect(),
    };
    let serving: Vec<&Arc<Served>> = named
        .into_iter()
        .filter(|served| serves(served, model))
        .collect();
    if serving.is_empty() {
        Err(Stop::NoUpstream(model.to_owned()))
    } else {
        Ok(serving)
    }
}

pub(crate) fn serves(served: &Served, model: &str) -> bool {
    let speaks = match served.account.kind() {
        Kind::OpenAi | Kind::OpenRouter | Kind::Compatible => true,
        Kind::Anthropic | Kind::Azure => false,
    };
    let listed = served
        .models
        .as_ref()
        .is_none_or(|models| models.iter().any(|pattern| matches(pattern, model)));
    speaks && listed
}

fn matches(pattern: &str, model: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == model, |prefix| model.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_anything_at_the_end() {
        for (pattern, model, fits) in [
            ("gpt-5", "gpt-5", true),
            ("gpt-5", "gpt-5-mini", false),
            ("gpt-*", "gpt-5-mini", true),
            ("*", "o3", true),
            ("gpt-*", "o3", false),
        ] {
            assert_eq!(matches(pattern, model), fits, "{pattern} {model}");
        }
    }
}

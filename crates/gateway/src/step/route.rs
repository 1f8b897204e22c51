//! Step 3: which accounts serve this model, in order.

use std::sync::Arc;

use crate::Gateway;
use crate::settings::Served;
use crate::tell::Stop;

/// The accounts that serve a model, first to be tried first. At least one.
pub(crate) fn candidates(gateway: &Gateway, model: &str) -> Result<Vec<Arc<Served>>, Stop> {
    let parts = gateway.parts();
    let upstreams = parts.upstreams.served();
    let rule = parts
        .routes
        .iter()
        .find(|rule| rule.models.iter().any(|pattern| matches(pattern, model)));
    let named: Vec<&Arc<Served>> = match rule {
        Some(rule) => {
            let by_name = |name: &String| {
                upstreams
                    .iter()
                    .find(|served| served.account.name() == name)
            };
            rule.upstreams.iter().filter_map(by_name).collect()
        }
        None => upstreams.iter().collect(),
    };
    let mut serving: Vec<Arc<Served>> = named
        .into_iter()
        .filter(|served| served.serves(model))
        .cloned()
        .collect();
    if serving.is_empty() {
        return Err(Stop::NoUpstream(model.to_owned()));
    }
    if serving.len() > 1 {
        // Who said of late that it has no such model comes last, but is asked before nobody is: it knows best.
        let now = gateway.now();
        serving.sort_by_cached_key(|served| served.is_off(model, now));
    }
    Ok(serving)
}

/// The first of them that is not passed over.
pub(crate) fn first(
    gateway: &Gateway,
    model: &str,
    passed_over: &[Box<str>],
) -> Result<Arc<Served>, Stop> {
    let asked = |served: &Arc<Served>| {
        let name = served.account.name();
        passed_over.iter().any(|passed| **passed == *name)
    };
    let mut serving = candidates(gateway, model)?.into_iter();
    serving
        .find(|served| !asked(served))
        .ok_or_else(|| Stop::NoUpstream(model.to_owned()))
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

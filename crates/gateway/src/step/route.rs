//! Step 3: which accounts serve this model, in order.

use std::sync::Arc;
use std::vec::IntoIter;

use crate::Gateway;
use crate::settings::Served;
use crate::tell::Stop;

/// The accounts that a call can still be sent to, first to be tried first.
pub(crate) struct Candidates {
    ahead: IntoIter<Arc<Served>>,
    alone: bool,
}

impl Candidates {
    /// Whether only one account serves the model at all, so that nobody stands in for it.
    pub(crate) const fn alone(&self) -> bool {
        self.alone
    }

    /// Whether all were handed out.
    pub(crate) fn is_empty(&self) -> bool {
        self.ahead.as_slice().is_empty()
    }
}

impl Iterator for Candidates {
    type Item = Arc<Served>;

    fn next(&mut self) -> Option<Arc<Served>> {
        self.ahead.next()
    }
}

/// The accounts that serve a model. At least one.
pub(crate) fn candidates(gateway: &Gateway, model: &str) -> Result<Candidates, Stop> {
    let mut serving = serving(gateway, model);
    if serving.is_empty() {
        return Err(Stop::NoUpstream(model.to_owned()));
    }
    let alone = serving.len() == 1;
    if !alone {
        // Who said of late that it has no such model comes last, but is asked before nobody is: it knows best.
        let now = gateway.now();
        serving.sort_by_cached_key(|served| served.is_off(model, now));
    }
    Ok(Candidates {
        ahead: serving.into_iter(),
        alone,
    })
}

/// Those that the first rule for the model names, or all, as far as they serve it.
fn serving(gateway: &Gateway, model: &str) -> Vec<Arc<Served>> {
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
    let serving = named.into_iter().filter(|served| served.serves(model));
    serving.cloned().collect()
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

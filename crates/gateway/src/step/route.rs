//! Step 3: which accounts serve this model, in order.

use std::sync::Arc;
use std::vec::IntoIter;

use accounts::By;

use crate::settings::Served;
use crate::tell::Stop;
use crate::{Gateway, RouteRule};

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

/// Whether any account serves a model, parked or not.
pub(crate) fn is_served(gateway: &Gateway, model: &str) -> bool {
    !serving(gateway, model).is_empty()
}

/// The accounts that serve a model. At least one.
///
/// Those that are parked come last, but are asked before nobody is: what the provider says now is truer than what it said
/// before, and a refusal is not billed. One that a person parked is not asked at all.
pub(crate) fn candidates(gateway: &Gateway, model: &str) -> Result<Candidates, Stop> {
    let mut serving = serving(gateway, model);
    if serving.is_empty() {
        return Err(Stop::NoUpstream(model.to_owned()));
    }
    let alone = serving.len() == 1;
    let (now, upstreams) = (gateway.now(), &gateway.parts().upstreams);
    let mut by_person = Vec::new();
    let mut parked = Vec::new();
    serving.retain(|served| match upstreams.closed(served, model, now) {
        None => true,
        Some(closed) if closed.by == By::Refusal => {
            parked.push(Arc::clone(served));
            false
        }
        Some(closed) => {
            by_person.push((served.account.name().into(), closed));
            false
        }
    });
    if !alone {
        // Who said of late that it has no such model comes after the others, too.
        serving.sort_by_cached_key(|served| served.is_off(model, now));
    }
    serving.append(&mut parked);
    if serving.is_empty() {
        return Err(Stop::Parked(model.to_owned(), by_person));
    }
    Ok(Candidates {
        ahead: serving.into_iter(),
        alone,
    })
}

fn serving(gateway: &Gateway, model: &str) -> Vec<Arc<Served>> {
    let parts = gateway.parts();
    let upstreams = parts.upstreams.served();
    let serving = homes((&upstreams, &parts.routes), model);
    serving.into_iter().cloned().collect()
}

/// Those that the first rule for the model names, or all, as far as they serve it.
pub(crate) fn homes<'a>(
    (upstreams, routes): (&'a [Arc<Served>], &[RouteRule]),
    model: &str,
) -> Vec<&'a Arc<Served>> {
    let rule = routes
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
    serving.collect()
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

//! What the provider is asked with the API key: the list of models, which costs nothing, and on request one chat and one
//! picture, the cheapest there are.

use std::time::Duration;

use catalog::{Catalog, ImageTerms, Shape, image_bound};
use diagnosis::Provider;
use doctor::{Answer, Asked, Observations};
use serde_json::{Value, json};

use super::args::ProbeArgs;
use super::line::{As, Came, Line, PATIENCE, PATIENCE_FOR_PICTURES};
use crate::clock;

/// The most tokens of the chat's answer. Fewer are refused by some.
const MOST_TOKENS: u32 = 16;

/// Asks as far as it is allowed, and writes down what came.
pub(super) async fn run(
    line: &Line<'_>,
    (args, catalog): (&ProbeArgs, &Catalog),
    o: &mut Observations,
) {
    if args.no_probe || o.account.key.is_none() && o.account.provider != Provider::Compatible {
        return;
    }
    match line.get(As::Caller, "/models").await {
        Ok(came) => {
            o.models = listed(&came);
            take(o, Asked::Models, came);
        }
        Err(why) => {
            // What cannot be reached once is not asked again.
            o.unreachable = Some(why);
            return;
        }
    }
    credit(line, o).await;
    if args.probe_images {
        let model = chosen(
            o,
            |model| is_image(catalog, model),
            || cheapest_image(catalog, o),
        );
        match model {
            Some(model) => picture(line, &model, o).await,
            None => o.not_seen.push((
                "picture",
                "no image model is listed or named; say --model".to_owned(),
            )),
        }
    }
    if args.probe_chat || args.probe_images {
        let model = chosen(
            o,
            |model| !is_image(catalog, model),
            || cheapest_chat(catalog, o),
        );
        match model {
            Some(model) => chat(line, &model, o).await,
            None => o.not_seen.push((
                "chat",
                "no text model with a known price is listed; say --model".to_owned(),
            )),
        }
    }
}

fn take(o: &mut Observations, asked: Asked, came: Came) {
    let Came {
        status,
        headers,
        body,
    } = came;
    let at = clock::now();
    let answer = Answer::read(asked, o.account.provider, (status, headers), &body, at);
    o.answers.push(answer);
}

fn listed(came: &Came) -> Option<Vec<String>> {
    let body: Value = serde_json::from_slice(&came.body).ok()?;
    let models = body.get("data")?.as_array()?;
    let id = |model: &Value| Some(model.get("id")?.as_str()?.to_owned());
    Some(models.iter().filter_map(id).collect())
}

/// What some providers tell a key of its credit. One that does not is no finding.
async fn credit(line: &Line<'_>, o: &mut Observations) {
    let good = |came: Result<Came, String>| came.ok().filter(|came| came.status == 200);
    match o.account.provider {
        Provider::OpenRouter => {
            let key = good(line.get(As::Caller, "/key").await);
            o.key_budget = key.and_then(|came| doctor::key_budget(&came.body));
            let credits = good(line.get(As::Caller, "/credits").await);
            o.balance = credits.and_then(|came| doctor::credits(&came.body));
        }
        Provider::Compatible => {
            let grants = good(
                line.get(As::Caller, "/dashboard/billing/credit_grants")
                    .await,
            );
            o.balance = grants.and_then(|came| doctor::credit_grants(&came.body));
        }
        _ => {}
    }
}

/// The model that was named, if it is of this sort; else the cheapest.
fn chosen(
    o: &Observations,
    of_this_sort: impl Fn(&str) -> bool,
    cheapest: impl FnOnce() -> Option<String>,
) -> Option<String> {
    let named = o.model.as_ref().map(|model| model.name.clone());
    named.filter(|model| of_this_sort(model)).or_else(cheapest)
}

fn is_image(catalog: &Catalog, model: &str) -> bool {
    let known = catalog.model(model).map(|model| model.image().is_some());
    known.unwrap_or_else(|| model.contains("image") || model.contains("dall-e"))
}

/// The models the provider lists and the catalogue knows as not shut down. Where a key may not see OpenAI's list, all that
/// the catalogue knows.
fn usable<'a>(
    catalog: &'a Catalog,
    o: &'a Observations,
) -> impl Iterator<Item = (&'a str, &'a catalog::Model)> {
    let today = o.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let unlisted = o.models.is_none() && o.account.provider == Provider::OpenAi;
    let known = catalog.models().filter(move |_| unlisted);
    let known = known.filter_map(|model| model.names().find(|name| !name.ends_with('*')));
    let names = o.models.iter().flatten().map(String::as_str).chain(known);
    names.filter_map(move |name| {
        let model = catalog.model(name)?;
        let gone = model.shutdown().is_some_and(|day| day <= today);
        (!gone).then_some((name, model))
    })
}

fn cheapest_chat(catalog: &Catalog, o: &Observations) -> Option<String> {
    let priced = usable(catalog, o).filter_map(|(name, model)| {
        let prices = model.chat()?.prices_at(o.now)?;
        Some((prices.rates.standard.output, name))
    });
    priced.min().map(|(_, name)| name.to_owned())
}

fn cheapest_image(catalog: &Catalog, o: &Observations) -> Option<String> {
    let terms = ImageTerms {
        prompt_tokens_at_most: 16,
        shape: Shape {
            size: Some("1024x1024"),
            quality: Some("low"),
        },
        n: 1,
        partial_images: 0,
    };
    let priced = usable(catalog, o).filter_map(|(name, model)| {
        let prices = model.image()?.prices_at(o.now)?;
        Some((image_bound(prices, &terms).ok()?.worst(), name))
    });
    priced.min().map(|(_, name)| name.to_owned())
}

async fn chat(line: &Line<'_>, model: &str, o: &mut Observations) {
    let messages = json!([{"role": "user", "content": "Say ok."}]);
    let (route, limit) = match o.account.provider {
        Provider::Anthropic => ("/messages", "max_tokens"),
        Provider::OpenAi | Provider::Azure => ("/chat/completions", "max_completion_tokens"),
        _ => ("/chat/completions", "max_tokens"),
    };
    let body = json!({"model": model, "messages": messages, limit: MOST_TOKENS});
    let asked = Asked::Chat(model.to_owned());
    paid(line, (route, &body), (asked, PATIENCE), o).await;
}

async fn picture(line: &Line<'_>, model: &str, o: &mut Observations) {
    let body = json!({
        "model": model, "prompt": "A dot.", "n": 1, "size": "1024x1024", "quality": "low",
    });
    let asked = Asked::Image(model.to_owned());
    let patience = PATIENCE_FOR_PICTURES;
    paid(line, ("/images/generations", &body), (asked, patience), o).await;
}

async fn paid(
    line: &Line<'_>,
    (route, body): (&str, &Value),
    (asked, patience): (Asked, Duration),
    o: &mut Observations,
) {
    match line.post(route, body, patience).await {
        Ok(came) => take(o, asked, came),
        Err(why) => o.unreachable = Some(format!("{}: {why}", asked.name())),
    }
}

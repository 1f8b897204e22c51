//! The doctor, asked by a server about an account of its own. What it has is looked at, not what a shell has: the gateway sends
//! no variable along.

use ::doctor::{Answer, Asked, Headers, Model, Observations, Reading, Redactor, examine};
use accounts::{Draft, Park};
use catalog::Catalog;
use diagnosis::Provider;
use ledger::Time;
use serde_json::{Value, json};
use upstream::Secret;

use super::args::ProbeArgs;
use super::line::Line;
use super::{administration, bundle, patient, probe};
use crate::clock;

/// What a server knows of an account, and what may be asked of its provider.
pub(crate) struct Case<'a> {
    pub(crate) draft: &'a Draft,
    pub(crate) key: Option<&'a Secret>,
    pub(crate) admin_key: Option<&'a Secret>,
    /// Where the key comes from.
    pub(crate) source: String,
    /// What is parked of it.
    pub(crate) parks: &'a [Park],
    pub(crate) model: Option<String>,
    pub(crate) probe_chat: bool,
    pub(crate) probe_images: bool,
}

/// The report, without a secret in it. The error is a sentence.
pub(crate) async fn examine_served(case: Case<'_>, catalog: &Catalog) -> Result<Value, String> {
    let text = |secret: Option<&Secret>| secret.map(|secret| secret.reveal().to_owned());
    let keys = (text(case.key), text(case.admin_key));
    let known = [keys.0.clone(), keys.1.clone()];
    let redactor = Redactor::new(known.iter().flatten().map(String::as_str));
    let patient = patient::of_draft(case.draft, keys, Some(case.source));
    let mut o = Observations::new(clock::now(), patient.account.clone());
    let refused = case.parks.iter().find_map(|park| park.model.as_deref());
    let model = case.model.or_else(|| refused.map(str::to_owned));
    o.model = model.map(|name| Model {
        shutdown: catalog.model(&name).and_then(catalog::Model::shutdown),
        name,
    });
    let provider = patient.account.provider;
    let seen = case.parks.iter();
    let seen = seen.filter_map(|park| answer(park, provider, catalog));
    o.answers = seen.collect();
    let line = Line::open(&patient).map_err(|failure| failure.to_string())?;
    let probes = ProbeArgs {
        no_probe: false,
        probe_chat: case.probe_chat,
        probe_images: case.probe_images,
    };
    probe::run(&line, (&probes, catalog), &mut o).await;
    o.admin = match (patient.kind, &patient.admin_key) {
        (upstream::Kind::OpenAi, Some(_)) => {
            let billed = o.billed_project().map(str::to_owned);
            Reading::Known(administration::run(&line, o.now, billed.as_deref()).await)
        }
        (upstream::Kind::OpenAi, None) => Reading::Unknown(
            "not to be read without an admin key of the account; one that may only read is enough"
                .to_owned(),
        ),
        _ => Reading::Unknown("this provider has none that is read here".to_owned()),
    };
    o.now = clock::now();
    Ok(bundle::clean(&examine(&o).to_json(), &redactor))
}

/// What a provider said when it was parked, as the answer that it was.
fn answer(park: &Park, provider: Provider, catalog: &Catalog) -> Option<Answer> {
    let (refusal, model) = (park.refusal.as_ref()?, park.model.as_deref()?);
    let is_image = catalog
        .model(model)
        .is_some_and(|known| known.image().is_some());
    let asked = if is_image {
        Asked::Image(model.to_owned())
    } else {
        Asked::Chat(model.to_owned())
    };
    let body = json!({"error": {
        "message": refusal.message, "type": refusal.kind, "code": refusal.code,
    }});
    let at: Time = park.probed.as_ref().map_or(park.since, |probed| probed.at);
    let head = (refusal.status, Headers::default());
    Some(Answer::read(
        asked,
        provider,
        head,
        body.to_string().as_bytes(),
        at.to_timestamp(),
    ))
}

//! LiteLLM's `model_prices_and_context_window.json`: one object for each model, with a key for each price.

mod chat;
mod image;
mod keys;
mod service;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use money::Price;
use serde_json::value::RawValue;

use super::row::Row;
use super::{ImportError, Report, Wanted};
use crate::model::Model;
use crate::service::Task;

/// The row that describes the others.
const SAMPLE: &str = "sample_spec";

/// A model under construction: its row, and what holds for all of its provider's.
pub(super) struct Entry<'a> {
    pub(super) row: Row<'a>,
    pub(super) provider: String,
    /// As callers call it.
    pub(super) name: String,
    pub(super) from: Timestamp,
    /// A session of the code interpreter at this provider.
    pub(super) code_session: Option<Price>,
}

/// Why a model is left out; the texts are in reports.
pub(super) type Why = &'static str;

/// What became of a row.
pub(super) type Read<T> = Result<Result<T, Why>, ImportError>;

pub(super) fn read(
    text: &str,
    wanted: &Wanted<'_>,
    report: &mut Report,
) -> Result<Vec<Model>, ImportError> {
    let all: BTreeMap<String, &RawValue> =
        serde_json::from_str(text).map_err(|error| ImportError::Layout(error.to_string()))?;
    let mut found: BTreeMap<String, Model> = BTreeMap::new();
    for provider in wanted.providers {
        let code_session = container(&all, provider)?;
        let mut pictures = image::Flat::default();
        for (name, object) in all.iter().filter(|(name, _)| *name != SAMPLE) {
            let Some(row) = Row::new(name, 0, object) else {
                report.leave_out("not an object", name);
                continue;
            };
            if row.string("litellm_provider").as_deref() != Some(provider) {
                continue;
            }
            let entry = Entry {
                name: callers_name(name, provider),
                provider: provider.clone(),
                row,
                from: wanted.from,
                code_session,
            };
            if found.contains_key(&entry.name) {
                report.leave_out("an earlier model or provider has this name", name);
                continue;
            }
            match model(&entry, &mut pictures)? {
                Ok(Some(model)) => {
                    entry.row.finish(keys::uncharged, report);
                    found.insert(entry.name, model);
                }
                // Its prices belong to another model, which is made of all such rows together.
                Ok(None) => entry.row.finish(keys::uncharged, report),
                Err(why) => report.leave_out(why, name),
            }
        }
        pictures.finish(wanted.from, &mut found, report);
    }
    Ok(found.into_values().collect())
}

/// LiteLLM puts the provider before the names of some; callers do not.
fn callers_name(name: &str, provider: &str) -> String {
    let rest = name
        .strip_prefix(provider)
        .and_then(|rest| rest.strip_prefix('/'));
    let plain = rest.unwrap_or(name);
    // A fine-tuned model is called by its base and what its owner adds to it.
    if plain.starts_with("ft:") {
        return format!("{plain}*");
    }
    plain.to_owned()
}

/// The row that has nothing but what a session of the code interpreter costs.
fn container(
    all: &BTreeMap<String, &RawValue>,
    provider: &str,
) -> Result<Option<Price>, ImportError> {
    let name = format!("{provider}/container");
    let row = all.get(&name).and_then(|object| Row::new(&name, 0, object));
    row.map_or(Ok(None), |row| {
        row.price("code_interpreter_cost_per_session")
    })
}

fn model(entry: &Entry<'_>, pictures: &mut image::Flat) -> Read<Option<Model>> {
    for key in ["tiered_pricing", "off_peak_pricing"] {
        if entry.row.has(key) {
            return Ok(Err("priced by a table of tiers or by the hour of the day"));
        }
    }
    let mode = entry.row.string("mode").unwrap_or_default();
    let service = |task| service::read(entry, task).map(|read| read.map(Some));
    let read = match mode.as_str() {
        "chat" | "responses" | "completion" => chat::read(entry, &mode).map(|read| read.map(Some)),
        "image_generation" | "image_edit" => image::read(entry, pictures),
        "embedding" => service(Task::Embedding),
        "audio_speech" => service(Task::Speech),
        "audio_transcription" => service(Task::Transcription),
        "moderation" => service(Task::Moderation),
        "rerank" => service(Task::Rerank),
        _ => return Ok(Err("for what no route of ours is metered yet")),
    };
    let shutdown = entry.row.string("deprecation_date");
    let shutdown: Option<Date> = shutdown.and_then(|day| day.parse().ok());
    read.map(|read| read.map(|model| model.map(|model| Model { shutdown, ..model })))
}

impl Entry<'_> {
    /// A model of this name that is nothing yet.
    pub(super) fn empty(&self) -> Model {
        Model {
            names: vec![self.name.clone()],
            shutdown: None,
            routes: Vec::new(),
            chat: None,
            image: None,
            services: Vec::new(),
        }
    }

    /// The paths it can be asked along, where the row says.
    pub(super) fn endpoints(&self) -> Option<BTreeSet<String>> {
        let endpoints = self.row.strings("supported_endpoints")?;
        Some(endpoints.into_iter().collect())
    }
}

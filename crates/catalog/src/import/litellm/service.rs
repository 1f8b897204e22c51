//! Embeddings, speech, transcriptions, moderations and rankings of LiteLLM's file.

use money::Price;

use super::super::{ImportError, facts};
use super::{Entry, Read};
use crate::model::Model;
use crate::service::{Service, ServicePrices, Task};
use crate::unit::Unit;

pub(super) fn read(entry: &Entry<'_>, task: Task) -> Read<Model> {
    let path = match task {
        Task::Embedding => "/v1/embeddings",
        Task::Speech => "/v1/audio/speech",
        Task::Transcription => "/v1/audio/transcriptions",
        Task::Moderation => "/v1/moderations",
        Task::Rerank => "/v1/rerank",
    };
    let offered = entry.endpoints().is_none_or(|paths| paths.contains(path));
    if !offered {
        return Ok(Err("for what no route of ours is metered yet"));
    }
    let units = units(entry, task)?;
    if units.is_empty() {
        return Ok(Err("without a price that is known here"));
    }
    let openai = entry.provider == "openai";
    let service = Service {
        task,
        context: entry.row.count("max_input_tokens"),
        max_output: entry
            .row
            .count("max_output_tokens")
            .filter(|most| *most > 0),
        tokenizer: facts::tokenizer(&entry.name)
            .or_else(|| embedding_tokenizer(&entry.name))
            .filter(|_| openai),
        prices: vec![ServicePrices {
            from: entry.from,
            units,
        }],
    };
    Ok(Ok(Model {
        services: vec![service],
        ..entry.empty()
    }))
}

/// tiktoken 0.14, `model.py`.
fn embedding_tokenizer(name: &str) -> Option<crate::model::Tokenizer> {
    name.starts_with("text-embedding-")
        .then_some(crate::model::Tokenizer::Cl100k)
}

/// The prices of the units that such an answer is billed by, in the order of the units.
fn units(entry: &Entry<'_>, task: Task) -> Result<Vec<(Unit, Price)>, ImportError> {
    let row = &entry.row;
    let input = (Unit::Input, row.price("input_cost_per_token")?);
    let output = (Unit::Output, row.price("output_cost_per_token")?);
    let characters = (Unit::InputCharacter, row.price("input_cost_per_character")?);
    let seconds = || -> Result<_, ImportError> {
        // A row may have the same price at both ends; the length of the sound is billed once.
        let at_the_end = row.price("output_cost_per_second")?;
        let priced = at_the_end.filter(|price| *price > Price::FREE);
        Ok(priced.or(row.price("input_cost_per_second")?))
    };
    let priced = match task {
        Task::Embedding | Task::Moderation => vec![input],
        // By the character, where it is; never by both.
        Task::Speech if characters.1.is_some() => vec![characters],
        Task::Speech => vec![
            input,
            output,
            (Unit::AudioOutput, row.price("output_cost_per_audio_token")?),
            (Unit::OutputSecond, row.price("output_cost_per_second")?),
        ],
        Task::Transcription => vec![
            input,
            (Unit::AudioInput, row.price("input_cost_per_audio_token")?),
            output,
            (Unit::InputSecond, seconds()?),
        ],
        Task::Rerank => vec![
            input,
            output,
            (Unit::Query, row.price("input_cost_per_query")?),
        ],
    };
    let units = priced.into_iter();
    let units = units.filter_map(|(unit, price)| price.map(|price| (unit, price)));
    let mut units: Vec<_> = units.collect();
    units.sort_by_key(|(unit, _)| *unit);
    Ok(units)
}

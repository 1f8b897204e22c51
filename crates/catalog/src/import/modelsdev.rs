//! models.dev's `api.json`: providers with their models, prices in dollars per million.
//!
//! It has text models alone in a form that can be priced: prices of pictures, of seconds and of tools are not in it.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use jiff::Timestamp;
use money::Price;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::row::Row;
use super::{ImportError, Report, Wanted, facts};
use crate::model::{Chat, Model, Route};
use crate::prices::{ChatPrices, LongContext, MediaRates, Rates, TierRates, ToolPrices};

/// Dollars per million.
const SHIFT: i64 = -6;
/// The one threshold of long input that the file knows, in its key `context_over_200k`.
const LONG: u64 = 200_000;

#[derive(Deserialize)]
struct Provider<'a> {
    #[serde(borrow)]
    models: BTreeMap<String, Listed<'a>>,
}

/// A model as it is listed. What decides no money is not read.
#[derive(Deserialize)]
struct Listed<'a> {
    #[serde(borrow)]
    cost: Option<&'a RawValue>,
    limit: Option<Limit>,
    modalities: Option<Modalities>,
}

#[derive(Deserialize)]
struct Limit {
    context: u64,
    input: Option<u64>,
    output: u64,
}

#[derive(Deserialize)]
struct Modalities {
    output: Vec<String>,
}

pub(super) fn read(
    text: &str,
    wanted: &Wanted<'_>,
    report: &mut Report,
) -> Result<Vec<Model>, ImportError> {
    let layout = |error: serde_json::Error| ImportError::Layout(error.to_string());
    let all: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(layout)?;
    let mut found: BTreeMap<String, Model> = BTreeMap::new();
    for provider in wanted.providers {
        let Some(listed) = all.get(provider) else {
            continue;
        };
        let listed: Provider<'_> = serde_json::from_str(listed.get()).map_err(layout)?;
        for (name, listed) in &listed.models {
            if found.contains_key(name) {
                report.leave_out("an earlier model or provider has this name", name);
                continue;
            }
            match model((provider, name), listed, (wanted.from, report))? {
                Ok(model) => drop(found.insert(name.clone(), model)),
                Err(why) => report.leave_out(why, name),
            }
        }
    }
    Ok(found.into_values().collect())
}

fn model(
    (provider, name): (&str, &str),
    listed: &Listed<'_>,
    (from, report): (Timestamp, &mut Report),
) -> Result<Result<Model, &'static str>, ImportError> {
    let text = |kinds: &Modalities| kinds.output.iter().any(|kind| kind == "text");
    if !listed.modalities.as_ref().is_none_or(text) {
        return Ok(Err("for what no route of ours is metered yet"));
    }
    let limit = listed.limit.as_ref().filter(|limit| limit.output > 0);
    let Some(limit) = limit else {
        return Ok(Err("without a window, so that nothing bounds a call"));
    };
    let cost = listed.cost.and_then(|cost| Row::new(name, SHIFT, cost));
    let Some(row) = cost else {
        return Ok(Err("without a price per token of input and of output"));
    };
    let Some(standard) = rates(&row, None)? else {
        return Ok(Err("without a price per token of input and of output"));
    };
    let long_context = long_context((name, &row), &standard, report)?;
    row.finish_all(report);
    let anthropic = provider == "anthropic";
    Ok(Ok(Model {
        names: vec![name.to_owned()],
        shutdown: None,
        routes: if anthropic {
            vec![Route::Messages]
        } else {
            vec![Route::Chat, Route::Responses]
        },
        chat: Some(Chat {
            context: limit.input.unwrap_or(limit.context),
            max_output: limit.output,
            tokenizer: facts::tokenizer(name).filter(|_| provider == "openai"),
            bytes_per_token_at_least: NonZeroU64::MIN,
            prices: vec![ChatPrices {
                from,
                rates: TierRates {
                    standard,
                    flex: None,
                    priority: None,
                    batch: None,
                },
                long_context,
                tools: ToolPrices::NONE,
            }],
        }),
        image: None,
        services: Vec::new(),
    }))
}

fn long_context(
    (name, row): (&str, &Row<'_>),
    standard: &Rates,
    report: &mut Report,
) -> Result<Option<LongContext>, ImportError> {
    let object = row.object("context_over_200k");
    let Some(long) = object.and_then(|object| Row::new(name, SHIFT, object)) else {
        return Ok(None);
    };
    let standard = rates(&long, Some(standard))?.unwrap_or(*standard);
    long.finish_all(report);
    Ok(Some(LongContext {
        above: LONG,
        rates: TierRates {
            standard,
            flex: None,
            priority: None,
            batch: None,
        },
    }))
}

/// What a list says; what it leaves out is as below the threshold.
fn rates(row: &Row<'_>, below: Option<&Rates>) -> Result<Option<Rates>, ImportError> {
    let price = |key: &str, below: Option<Price>| row.price(key).map(|price| price.or(below));
    let input = price("input", below.map(|below| below.input))?;
    let output = price("output", below.map(|below| below.output))?;
    let (Some(input), Some(output)) = (input, output) else {
        return Ok(None);
    };
    let of = |part: fn(&Rates) -> Option<Price>| below.and_then(part);
    Ok(Some(Rates {
        cached_input: price("cache_read", of(|rates| rates.cached_input))?,
        cache_write: price("cache_write", of(|rates| rates.cache_write))?,
        reasoning: price("reasoning", of(|rates| rates.reasoning))?,
        media: MediaRates {
            audio_input: price("input_audio", of(|rates| rates.media.audio_input))?,
            audio_output: price("output_audio", of(|rates| rates.media.audio_output))?,
            ..MediaRates::NONE
        },
        ..Rates::of_text(input, output)
    }))
}

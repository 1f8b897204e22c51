//! Text models of LiteLLM's file.
//!
//! Where a row has no price of its own for a part of a tier, LiteLLM's calculator charges the standard tier's, and so do we:
//! but only where the tier is sold at all, which is where it has prices of its own for input and output.

use std::collections::BTreeSet;
use std::num::NonZeroU64;

use money::Price;

use super::super::{ImportError, decimal, facts};
use super::{Entry, Read, Why};
use crate::model::{Chat, Model, Route};
use crate::prices::{ChatPrices, LongContext, MediaRates, Rates, TierRates, ToolPrices};

/// A tier's part of a key; nothing for the standard one.
type Suffix = &'static str;

pub(super) fn read(entry: &Entry<'_>, mode: &str) -> Read<Model> {
    let routes = routes(entry, mode);
    if routes.is_empty() {
        return Ok(Err("for what no route of ours is metered yet"));
    }
    let row = &entry.row;
    let (Some(context), Some(max_output)) = (
        row.count("max_input_tokens"),
        row.count("max_output_tokens"),
    ) else {
        return Ok(Err("without a window, so that nothing bounds a call"));
    };
    let prices = match prices(entry, &routes)? {
        Ok(prices) => prices,
        Err(why) => return Ok(Err(why)),
    };
    let openai = entry.provider == "openai";
    Ok(Ok(Model {
        routes,
        chat: Some(Chat {
            context,
            max_output,
            tokenizer: facts::tokenizer(&entry.name).filter(|_| openai),
            bytes_per_token_at_least: NonZeroU64::MIN,
            prices: vec![prices],
        }),
        ..entry.empty()
    }))
}

fn routes(entry: &Entry<'_>, mode: &str) -> Vec<Route> {
    if entry.provider == "anthropic" {
        return vec![Route::Messages];
    }
    let usual: &[Route] = match mode {
        "responses" => &[Route::Responses],
        "completion" => &[Route::Completions],
        _ => &[Route::Chat, Route::Responses],
    };
    let endpoints = entry.endpoints();
    let offered = |route: &Route| {
        let path = match route {
            Route::Chat => "/v1/chat/completions",
            Route::Responses => "/v1/responses",
            Route::Completions => "/v1/completions",
            Route::Messages => "/v1/messages",
        };
        let said = |paths: &BTreeSet<String>| paths.contains(path);
        // Every chat of these searches the web, and a chat's answer does not count its searches.
        let searches = *route == Route::Chat && entry.name.contains("-search-");
        !searches && endpoints.as_ref().is_none_or(said)
    };
    usual.iter().copied().filter(offered).collect()
}

fn prices(entry: &Entry<'_>, routes: &[Route]) -> Read<ChatPrices> {
    let Some(standard) = rates(entry, "")? else {
        return Ok(Err("without a price per token of input and of output"));
    };
    let long_context = match threshold(entry) {
        Ok(None) => None,
        Ok(Some(threshold)) => Some(long_context(entry, &threshold, &standard)?),
        Err(why) => return Ok(Err(why)),
    };
    let with_tools = routes
        .iter()
        .any(|route| matches!(route, Route::Responses | Route::Messages));
    Ok(Ok(ChatPrices {
        from: entry.from,
        rates: TierRates {
            flex: rates(entry, "_flex")?,
            priority: rates(entry, "_priority")?,
            batch: rates(entry, "_batches")?,
            standard,
        },
        long_context,
        tools: if with_tools {
            tools(entry)?
        } else {
            ToolPrices::NONE
        },
    }))
}

/// The rates of a tier up to the threshold; `None` where it is not sold.
fn rates(entry: &Entry<'_>, tier: Suffix) -> Result<Option<Rates>, ImportError> {
    let own = |key: &str| entry.row.price(&format!("{key}{tier}"));
    let price = |key: &str| {
        entry
            .row
            .first_price(&[format!("{key}{tier}"), key.to_owned()])
    };
    let (Some(input), Some(output)) = (own("input_cost_per_token")?, own("output_cost_per_token")?)
    else {
        return Ok(None);
    };
    let reasoning = own("output_cost_per_reasoning_token")?;
    Ok(Some(Rates {
        input,
        cached_input: price("cache_read_input_token_cost")?,
        cache_write: price("cache_creation_input_token_cost")?,
        cache_write_1h: price("cache_creation_input_token_cost_above_1hr")?,
        cache_write_12h: price("cache_creation_input_token_cost_above_12hr")?,
        output,
        reasoning,
        media: media(entry, tier)?,
    }))
}

fn media(entry: &Entry<'_>, tier: Suffix) -> Result<MediaRates, ImportError> {
    let price = |key: &str| {
        entry
            .row
            .first_price(&[format!("{key}{tier}"), key.to_owned()])
    };
    let image_cached = entry.row.price("cache_read_input_image_token_cost")?;
    Ok(MediaRates {
        audio_input: price("input_cost_per_audio_token")?,
        cached_audio_input: price("cache_read_input_audio_token_cost")?,
        image_input: price("input_cost_per_image_token")?,
        cached_image_input: image_cached,
        audio_output: entry.row.price("output_cost_per_audio_token")?,
        image_output: entry.row.price("output_cost_per_image_token")?,
    })
}

/// The threshold of long input as the keys spell it (`272k`).
fn threshold(entry: &Entry<'_>) -> Result<Option<String>, Why> {
    let spelt = entry.row.keys().filter_map(|key| {
        let rest = key.strip_prefix("input_cost_per_token_above_")?;
        rest.split_once("_tokens").map(|(threshold, _)| threshold)
    });
    let all: BTreeSet<&str> = spelt.collect();
    let mut all = all.into_iter();
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(one), None) => Ok(Some(one.to_owned())),
        (Some(_), Some(_)) => Err("with several thresholds of long input"),
    }
}

fn long_context(
    entry: &Entry<'_>,
    threshold: &str,
    standard: &Rates,
) -> Result<LongContext, ImportError> {
    let thousands = threshold.strip_suffix('k');
    let number: Option<u64> = thousands.unwrap_or(threshold).parse().ok();
    let scale = if thousands.is_some() { 1000 } else { 1 };
    let above = number.and_then(|number| number.checked_mul(scale));
    let above = above.ok_or_else(|| ImportError::Price {
        model: entry.name.clone(),
        key: format!("input_cost_per_token_above_{threshold}_tokens"),
        value: threshold.to_owned(),
    })?;
    // At xAI the threshold itself is long already; everywhere else it is not.
    let above = above.saturating_sub(u64::from(entry.provider == "xai"));
    let tier = |tier| -> Result<Option<Rates>, ImportError> {
        // Sold above the threshold only where that has prices of its own.
        let own = |key: &str| {
            entry
                .row
                .has(&format!("{key}_above_{threshold}_tokens{tier}"))
        };
        let sold = own("input_cost_per_token") && own("output_cost_per_token");
        match rates(entry, tier)?.filter(|_| sold) {
            Some(base) => raised(entry, (threshold, tier), &base).map(Some),
            None => Ok(None),
        }
    };
    Ok(LongContext {
        above,
        rates: TierRates {
            standard: raised(entry, (threshold, ""), standard)?,
            flex: tier("_flex")?,
            priority: tier("_priority")?,
            batch: tier("_batches")?,
        },
    })
}

/// The rates of a tier above the threshold: what has no price there keeps the one it has below.
fn raised(
    entry: &Entry<'_>,
    (threshold, tier): (&str, Suffix),
    base: &Rates,
) -> Result<Rates, ImportError> {
    let price = |key: &str, below: Option<Price>| {
        let above = format!("{key}_above_{threshold}_tokens");
        let found = entry.row.first_price(&[format!("{above}{tier}"), above]);
        found.map(|price| price.or(below))
    };
    let input = price("input_cost_per_token", Some(base.input))?;
    let output = price("output_cost_per_token", Some(base.output))?;
    let hour = price(
        "cache_creation_input_token_cost_above_1hr",
        base.cache_write_1h,
    )?;
    let half_day = price(
        "cache_creation_input_token_cost_above_12hr",
        base.cache_write_12h,
    )?;
    Ok(Rates {
        input: input.unwrap_or(base.input),
        cached_input: price("cache_read_input_token_cost", base.cached_input)?,
        cache_write: price("cache_creation_input_token_cost", base.cache_write)?,
        cache_write_1h: hour,
        cache_write_12h: half_day,
        output: output.unwrap_or(base.output),
        reasoning: base.reasoning,
        media: base.media,
    })
}

fn tools(entry: &Entry<'_>) -> Result<ToolPrices, ImportError> {
    let row = &entry.row;
    let searches = row.object("search_context_cost_per_query");
    let searches = searches.and_then(|object| super::Row::new(row.name(), 0, object));
    let search = |size: &str| match &searches {
        Some(searches) => searches.price(&format!("search_context_size_{size}")),
        None => Ok(None),
    };
    let openai = entry.provider == "openai";
    let per_thousand = |key: &str| row.price(key).map(|price| price.and_then(thousandth));
    let files = per_thousand("file_search_cost_per_1k_calls")?;
    let usual = decimal::price(facts::FILE_SEARCH, 0).map(|read| read.price);
    Ok(ToolPrices {
        web_search_low: search("low")?,
        web_search_medium: search("medium")?,
        web_search_high: search("high")?,
        file_search: files.or(usual.filter(|_| openai)),
        code_session: row
            .price("code_interpreter_cost_per_session")?
            .or(entry.code_session),
        computer_use_input: per_thousand("computer_use_input_cost_per_1k_tokens")?,
        computer_use_output: per_thousand("computer_use_output_cost_per_1k_tokens")?,
    })
}

/// The price of one where the file has that of a thousand; upwards.
fn thousandth(price: Price) -> Option<Price> {
    let up = price.get().checked_add(999)?.checked_div(1000)?;
    Price::new(up)
}

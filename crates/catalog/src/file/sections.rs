//! The sections of a model's entry in a price file.

mod image;

use std::collections::BTreeMap;

use super::Reader;
use super::rows::{
    ChatPriceRow, ChatRow, LongContextRow, PerMillion, RatesRow, RouteWord, ServicePriceRow,
    ServiceRow, TokenizerWord,
};
use crate::error::CatalogError;
use crate::model::{Chat, Route, Tokenizer};
use crate::prices::{ChatPrices, LongContext, MediaRates, Rates, TierRates, ToolPrices};
use crate::service::{Service, ServicePrices, Task};
use crate::unit::Unit;

impl Reader<'_> {
    pub(super) fn chat(&self, row: ChatRow) -> Result<Chat, CatalogError> {
        let mut prices: Vec<ChatPrices> = Vec::new();
        if row.prices.get_ref().is_empty() {
            return Err(self.wrong(&row.prices, "a model needs a price list"));
        }
        for list in row.prices.into_inner() {
            let from = self.after(&list.from, prices.last().map(|list| list.from))?;
            prices.push(ChatPrices {
                from,
                tools: self.tools(&list)?,
                rates: TierRates {
                    standard: rates(list.standard),
                    flex: list.flex.map(rates),
                    priority: list.priority.map(rates),
                    batch: list.batch.map(rates),
                },
                long_context: list.long_context.map(long_context),
            });
        }
        Ok(Chat {
            context: row.context,
            max_output: row.max_output,
            tokenizer: row.tokenizer.map(tokenizer),
            bytes_per_token_at_least: row.bytes_per_token_at_least,
            prices,
        })
    }

    pub(super) fn service(&self, task: Task, row: ServiceRow) -> Result<Service, CatalogError> {
        let mut prices: Vec<ServicePrices> = Vec::new();
        if row.prices.get_ref().is_empty() {
            return Err(self.wrong(&row.prices, "a model needs a price list"));
        }
        for list in row.prices.into_inner() {
            let from = self.after(&list.from, prices.last().map(|list| list.from))?;
            let units = self.units(list)?;
            prices.push(ServicePrices { from, units });
        }
        Ok(Service {
            task,
            context: row.context,
            max_output: row.max_output,
            tokenizer: row.tokenizer.map(tokenizer),
            prices,
        })
    }

    fn units(&self, list: ServicePriceRow) -> Result<Vec<(Unit, money::Price)>, CatalogError> {
        if list.units.get_ref().is_empty() {
            return Err(self.wrong(&list.units, "a price list needs the price of a unit"));
        }
        let mut units = Vec::new();
        for (name, price) in list.units.get_ref() {
            let unit = Unit::named(name)
                .ok_or_else(|| self.wrong(&list.units, format!("there is no unit {name:?}")))?;
            units.push((unit, price.0));
        }
        units.sort_by_key(|(unit, _)| *unit);
        Ok(units)
    }

    fn tools(&self, list: &ChatPriceRow) -> Result<ToolPrices, CatalogError> {
        let known = ToolPrices::NONE.table();
        let stranger = list
            .tools
            .keys()
            .find(|name| !known.iter().any(|(unit, _)| unit.as_str() == name.as_str()));
        if let Some(name) = stranger {
            return Err(self.wrong(
                &list.from,
                format!("there is no tool with the unit {name:?}"),
            ));
        }
        Ok(tool_prices(&list.tools))
    }
}

fn tool_prices(row: &BTreeMap<String, PerMillion>) -> ToolPrices {
    let price = |unit: Unit| row.get(unit.as_str()).map(|price| price.0);
    ToolPrices {
        web_search_low: price(Unit::WebSearchLow),
        web_search_medium: price(Unit::WebSearchMedium),
        web_search_high: price(Unit::WebSearchHigh),
        file_search: price(Unit::FileSearch),
        code_session: price(Unit::CodeSession),
        computer_use_input: price(Unit::ComputerUseInput),
        computer_use_output: price(Unit::ComputerUseOutput),
    }
}

pub(super) fn routes(words: &[RouteWord]) -> Vec<Route> {
    let mut routes: Vec<Route> = words
        .iter()
        .map(|word| match word {
            RouteWord::Chat => Route::Chat,
            RouteWord::Responses => Route::Responses,
            RouteWord::Completions => Route::Completions,
            RouteWord::Messages => Route::Messages,
        })
        .collect();
    routes.sort_unstable();
    routes.dedup();
    routes
}

const fn tokenizer(word: TokenizerWord) -> Tokenizer {
    match word {
        TokenizerWord::O200k => Tokenizer::O200k,
        TokenizerWord::Cl100k => Tokenizer::Cl100k,
    }
}

fn long_context(row: LongContextRow) -> LongContext {
    LongContext {
        above: row.above,
        rates: TierRates {
            standard: rates(row.standard),
            flex: row.flex.map(rates),
            priority: row.priority.map(rates),
            batch: row.batch.map(rates),
        },
    }
}

fn rates(row: RatesRow) -> Rates {
    let price = |price: Option<PerMillion>| price.map(|price| price.0);
    Rates {
        input: row.input.0,
        cached_input: price(row.cached_input),
        cache_write: price(row.cache_write),
        cache_write_1h: price(row.cache_write_1h),
        cache_write_12h: price(row.cache_write_12h),
        output: row.output.0,
        reasoning: price(row.reasoning),
        media: MediaRates {
            audio_input: price(row.audio_input),
            cached_audio_input: price(row.cached_audio_input),
            image_input: price(row.image_input),
            cached_image_input: price(row.cached_image_input),
            audio_output: price(row.audio_output),
            image_output: price(row.image_output),
        },
    }
}

//! The most that a provider's own tools can cost during a call.

use money::Femtos;

use crate::cost::Unpriced;
use crate::prices::ToolPrices;
use crate::unit::Unit;
use crate::usage::SearchContext;

/// What a call allows the provider's tools to do. Where the provider takes a limit on tool calls, whoever sends the call
/// puts one in, so that these are bounds and not hopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolTerms {
    /// Searches of the web.
    pub web_searches_at_most: u64,
    /// How much of the web each reads; `None` leaves it to the provider, so the dearest counts.
    pub search_context: Option<SearchContext>,
    /// Searches of stored files.
    pub file_searches_at_most: u64,
    /// Sessions of the code interpreter.
    pub code_sessions_at_most: u64,
    /// Input tokens of computer use that are billed apart.
    pub computer_use_input_at_most: u64,
    /// Output tokens of computer use that are billed apart.
    pub computer_use_output_at_most: u64,
}

impl ToolTerms {
    /// No tool of the provider's may be used.
    pub const NONE: Self = Self {
        web_searches_at_most: 0,
        search_context: None,
        file_searches_at_most: 0,
        code_sessions_at_most: 0,
        computer_use_input_at_most: 0,
        computer_use_output_at_most: 0,
    };
}

/// The most the tools can cost, to be added to what the tokens can cost ([`money::Bound::with`]).
///
/// It is a sum of the most of each unit times its price, and a report within the terms is a sum of no more of each at the
/// same prices: so it can come to no more.
///
/// # Errors
/// [`Unpriced::Unit`] where a tool that may be used has no price.
pub fn tool_bound(prices: &ToolPrices, terms: &ToolTerms) -> Result<Femtos, Unpriced> {
    let searches: &[Unit] = match terms.search_context {
        Some(SearchContext::Low) => &[Unit::WebSearchLow],
        Some(SearchContext::Medium) => &[Unit::WebSearchMedium],
        Some(SearchContext::High) => &[Unit::WebSearchHigh],
        None => &[
            Unit::WebSearchLow,
            Unit::WebSearchMedium,
            Unit::WebSearchHigh,
        ],
    };
    let dearest = searches.iter().filter_map(|unit| prices.price(*unit)).max();
    let of = |unit| (unit, prices.price(unit));
    let rows = [
        ((Unit::WebSearchMedium, dearest), terms.web_searches_at_most),
        (of(Unit::FileSearch), terms.file_searches_at_most),
        (of(Unit::CodeSession), terms.code_sessions_at_most),
        (of(Unit::ComputerUseInput), terms.computer_use_input_at_most),
        (
            of(Unit::ComputerUseOutput),
            terms.computer_use_output_at_most,
        ),
    ];
    let mut sum = Femtos::ZERO;
    for ((unit, price), most) in rows {
        if most > 0 {
            let cost = price.ok_or(Unpriced::Unit(unit))?.of(most);
            sum = sum.checked_add(cost).ok_or(Unpriced::OutOfRange)?;
        }
    }
    Ok(sum)
}

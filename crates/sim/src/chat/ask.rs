//! A chat request, read and checked: only what decides its cost and its answer.

use std::sync::Arc;

use crate::bill::{Account, Bill};
use crate::cost::ServiceTier;
use crate::draw;
use crate::prices::{Prices, TextRow};
use crate::rejection::Rejection;

use super::prompt;

/// The most answers to one prompt, as at the provider.
const MOST_CHOICES: u64 = 128;
/// An answer whose length nobody asked for has one to so many tokens.
const LONGEST_DRAWN: u64 = 200;

/// A chat request that can be answered.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) model: Arc<str>,
    pub(crate) row: Arc<TextRow>,
    pub(crate) account: Arc<Account>,
    pub(crate) tier: ServiceTier,
    pub(crate) prompt: u64,
    pub(crate) n: u64,
    /// The most tokens of each answer, where the caller set a bound.
    pub(crate) max: Option<u64>,
    pub(crate) stream: bool,
    pub(crate) include_usage: bool,
    /// How many tokens an answer has when no header says: the same for the same body.
    pub(crate) drawn: u64,
}

/// Where a request's model is looked up and billed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shelf<'a> {
    pub(crate) prices: &'a Prices,
    pub(crate) bill: &'a Bill,
}

/// Reads a request body, whose hash is given.
pub(crate) fn read(bytes: &[u8], hash: u64, shelf: Shelf<'_>) -> Result<Ask, Rejection> {
    let body: prompt::Body<'_> =
        serde_json::from_slice(bytes).map_err(|error| Rejection::json(&error))?;
    let row = shelf
        .prices
        .text(&body.model)
        .ok_or_else(|| Rejection::model(&body.model))?;
    let asked = body.service_tier.as_deref();
    let tier = ServiceTier::serving(asked, row).ok_or_else(|| {
        Rejection::value(
            "service_tier",
            asked.unwrap_or_default(),
            "'auto', 'default', 'flex', and 'priority'",
        )
    })?;
    let n = body.n.unwrap_or(1);
    if n == 0 || n > MOST_CHOICES {
        return Err(Rejection::value("n", &n.to_string(), "1 to 128"));
    }
    for (name, max) in [
        ("max_tokens", body.max_tokens),
        ("max_completion_tokens", body.max_completion_tokens),
    ] {
        if max == Some(0) {
            return Err(Rejection::below_one(name));
        }
    }
    let max = [body.max_tokens, body.max_completion_tokens]
        .into_iter()
        .flatten()
        .min();
    let include_usage = body
        .stream_options
        .as_ref()
        .and_then(|options| options.include_usage);
    Ok(Ask {
        prompt: prompt::tokens(&body).map_err(Rejection::sentence)?,
        account: shelf.bill.account(&body.model),
        model: (*body.model).into(),
        row: Arc::clone(row),
        tier,
        n,
        max,
        stream: body.stream.unwrap_or(false),
        include_usage: include_usage.unwrap_or(false),
        drawn: 1 + draw::mix(hash) % LONGEST_DRAWN,
    })
}

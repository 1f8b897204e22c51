//! The price table: what a token or an image costs here. It is read from text, kept as integers, and never shared with
//! the gateway's catalogue, so that the two can disagree.

mod table;

use std::collections::HashMap;
use std::sync::Arc;

use crate::SimError;
use crate::image::sizes::SizeTable;

/// The embedded table.
const EMBEDDED: &str = include_str!("../data/prices.toml");
/// Names that begin so are served at the row of this name followed by a star.
const SIMULATED: &str = "sim/";

/// Prices of one tier, in femto-dollars (10⁻¹⁵ USD) per token: a thousand million of them are a dollar per million.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    pub(crate) input: u64,
    pub(crate) cached: u64,
    pub(crate) write: u64,
    pub(crate) output: u64,
}

/// The prices of one service tier, for prompts of usual length and for long ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TierRates {
    pub(crate) short: Rates,
    pub(crate) long: Rates,
}

/// What one text model costs, and how much it can say.
#[derive(Clone, Debug)]
pub(crate) struct TextRow {
    /// The most tokens one choice can have, reasoning included.
    pub(crate) max_output: u64,
    /// Prompts of more tokens than this are long.
    pub(crate) long_above: u64,
    pub(crate) default: TierRates,
    pub(crate) flex: Option<TierRates>,
    pub(crate) priority: Option<TierRates>,
}

/// What one image model costs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ImageRow {
    /// By tokens; prices in femto-dollars per token.
    Tokens {
        sizes: SizeTable,
        text: u64,
        image: u64,
        output: u64,
    },
    /// A flat price per image, in nano-dollars.
    Flat { per_image: u64 },
}

/// All prices.
#[derive(Debug)]
pub(crate) struct Prices {
    text: HashMap<String, Arc<TextRow>>,
    image: HashMap<String, ImageRow>,
}

impl Prices {
    /// Reads a table, or the embedded one.
    pub(crate) fn read(text: Option<&str>) -> Result<Self, SimError> {
        table::read(text.unwrap_or(EMBEDDED))
    }

    /// The row of a text model, or `None` for a name that is not sold.
    pub(crate) fn text(&self, model: &str) -> Option<&Arc<TextRow>> {
        find(&self.text, model)
    }

    /// The row of an image model, or `None` for a name that is not sold.
    pub(crate) fn image(&self, model: &str) -> Option<ImageRow> {
        find(&self.image, model).copied()
    }

    /// Every name of the table, sorted, without the star.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .text
            .keys()
            .chain(self.image.keys())
            .map(String::as_str)
            .collect();
        names.retain(|name| !name.ends_with('*'));
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// The row of this name, or the default row of all simulated names.
fn find<'a, Row>(rows: &'a HashMap<String, Row>, model: &str) -> Option<&'a Row> {
    rows.get(model).or_else(|| {
        let simulated = model
            .strip_prefix(SIMULATED)
            .is_some_and(|rest| !rest.is_empty());
        simulated.then(|| rows.get("sim/*")).flatten()
    })
}

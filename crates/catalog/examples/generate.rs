//! Writes the catalogue that the program is shipped with, from LiteLLM's price file.
//!
//! ```text
//! cargo run -p catalog --example generate -- model_prices_and_context_window.json 2026-11-22 > crates/catalog/data/catalog.toml
//! ```
//!
//! What could not be taken over goes to standard error. The models of the simulated provider are in `data/own.toml`.

use std::error::Error;
use std::io::Write as _;

use catalog::Catalog;
use catalog::import::{Format, USUAL_PROVIDERS, Wanted, import};

const HEAD: &str = "What OpenAI's and Anthropic's models cost, in USD per million units (or per image). Written by
examples/generate.rs; the prices are those of LiteLLM 1.109.1. A price list counts from its `from` (UTC) until the next.";

/// Since when the prices count: before anything that this program can have metered.
const FROM: &str = "2026-01-01T00:00:00Z";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, version] = arguments.as_slice() else {
        return Err("usage: generate FILE VERSION".into());
    };
    let text = std::fs::read_to_string(path)?;
    let wanted = Wanted {
        from: FROM.parse()?,
        version,
        providers: &USUAL_PROVIDERS.map(str::to_owned),
    };
    let imported = import(&text, Format::Litellm, &wanted)?;
    let own = include_str!("../data/own.toml");
    let whole = format!("{}{own}", imported.catalog.to_toml(HEAD));
    Catalog::parse(&whole)?;
    std::io::stderr().write_all(imported.report.to_string().as_bytes())?;
    std::io::stdout().write_all(whole.as_bytes())?;
    Ok(())
}

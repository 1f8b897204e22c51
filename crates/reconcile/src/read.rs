//! What providers report, as bytes, to what they billed. A member that is missing is an error, never nought.

mod anthropic;
mod openai;
mod openrouter;

pub use anthropic::cost_report;
pub use openai::{Key, costs, keys, projects, usage};
pub use openrouter::{Credits, credits, generation};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

/// Why a body was not understood.
pub type Misread = String;

/// What is on a page, and how the next one is asked for; `None`: it is the last.
pub type Page<T> = (Vec<T>, Option<String>);

fn object<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Misread> {
    serde_json::from_slice(body).map_err(|error| format!("the answer is not understood: {error}"))
}

fn day(seconds: i64) -> Result<Date, Misread> {
    let moment = Timestamp::from_second(seconds);
    let moment = moment.map_err(|_beyond| format!("{seconds} is no time"))?;
    Ok(moment.to_zoned(TimeZone::UTC).date())
}

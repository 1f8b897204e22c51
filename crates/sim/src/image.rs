//! Image generations: what is asked, and the answer, always the same small picture.

pub(crate) mod sizes;

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;

use crate::bill::{Account, Bill};
use crate::chat::plain::Answer;
use crate::cost;
use crate::json::Json;
use crate::prices::{ImageRow, Prices};
use crate::rejection::Rejection;
use crate::tokens;
use crate::usage::{ImageUsage, Usage};
use sizes::NotSold;

/// A PNG of one pixel.
const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/// The most images of one call, as at the provider.
const MOST_IMAGES: u64 = 10;

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    model: Cow<'a, str>,
    #[serde(borrow)]
    prompt: Cow<'a, str>,
    n: Option<u64>,
    #[serde(borrow)]
    size: Option<Cow<'a, str>>,
    #[serde(borrow)]
    quality: Option<Cow<'a, str>>,
    stream: Option<bool>,
}

/// An image request that can be served.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) model: Arc<str>,
    pub(crate) account: Arc<Account>,
    pub(crate) usage: Usage,
    /// What it costs, in nano-dollars.
    pub(crate) nanos: u64,
    n: u64,
    size: String,
    quality: String,
}

/// Reads and prices a request.
pub(crate) fn read(bytes: &[u8], prices: &Prices, bill: &Bill) -> Result<Ask, Rejection> {
    let body: Body<'_> = serde_json::from_slice(bytes).map_err(|error| Rejection::json(&error))?;
    let row = prices
        .image(&body.model)
        .ok_or_else(|| Rejection::model(&body.model))?;
    if body.stream == Some(true) {
        return Err(Rejection::sentence(
            "The simulated provider does not stream images.".to_owned(),
        ));
    }
    let n = body.n.unwrap_or(1);
    if n == 0 || n > MOST_IMAGES {
        return Err(Rejection::value("n", &n.to_string(), "1 to 10"));
    }
    let (usage, nanos) = price(row, &body, n)?;
    Ok(Ask {
        account: bill.account(&body.model),
        model: (*body.model).into(),
        usage,
        nanos,
        n,
        size: body.size.unwrap_or("auto".into()).into_owned(),
        quality: body.quality.unwrap_or("auto".into()).into_owned(),
    })
}

/// What a request uses, and its cost in nano-dollars.
fn price(row: ImageRow, body: &Body<'_>, n: u64) -> Result<(Usage, u64), Rejection> {
    match row {
        ImageRow::Flat { per_image } => {
            Ok((Usage::Flat { images: n }, per_image.saturating_mul(n)))
        }
        ImageRow::Tokens {
            sizes,
            text,
            image,
            output,
        } => {
            let (size, quality) = (body.size.as_deref(), body.quality.as_deref());
            let each = sizes.tokens(size, quality).map_err(|wrong| match wrong {
                NotSold::Size => Rejection::value(
                    "size",
                    size.unwrap_or_default(),
                    "'1024x1024', '1024x1536', '1536x1024', and 'auto'",
                ),
                NotSold::Quality => Rejection::value(
                    "quality",
                    quality.unwrap_or_default(),
                    "'low', 'medium', 'high', and 'auto'",
                ),
            })?;
            let usage = ImageUsage {
                text: tokens::count(&body.prompt),
                image: 0,
                output: each * n,
            };
            Ok((
                Usage::Image(usage),
                cost::of_image(usage, text, image, output),
            ))
        }
    }
}

/// Writes the answer. Flat prices come without a usage, whatever is to be said.
pub(crate) fn write(ask: &Ask, created: u64, said: Option<Usage>) -> Answer {
    let mut json = Json::with_room(1_024);
    json.raw("{\"created\":").number(created);
    json.raw(",\"background\":\"opaque\",\"data\":[");
    for at in 0..ask.n {
        json.raw(if at > 0 { "," } else { "" })
            .raw("{\"b64_json\":\"")
            .raw(PICTURE)
            .raw("\"}");
    }
    json.raw("],\"output_format\":\"png\",\"quality\":")
        .string(&ask.quality)
        .raw(",\"size\":")
        .string(&ask.size);
    let usage_at = json.buffer().len();
    if let Some(said @ Usage::Image(_)) = said {
        json.raw(",\"usage\":");
        said.write(&mut json);
    }
    json.raw("}");
    Answer {
        text: json.into_string(),
        usage_at,
    }
}

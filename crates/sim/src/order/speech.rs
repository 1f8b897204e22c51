//! Speech: bytes that sound like nothing, whole or as events.

use bytes::Bytes;

use super::answer::{Answer, Written};
use super::{Asked, Order, text};
use crate::chat::stream::Step;
use crate::json::Json;
use crate::rejection::Rejection;
use crate::reply::Content;
use crate::tokens::count;
use crate::usage::Told;

/// Models whose name begins so are billed by the character.
const BY_CHARACTER: &str = "tts-";
/// Bytes of sound for each token of it.
const BYTES_PER_TOKEN: usize = 8;

/// Reads a request.
pub(super) fn read(bytes: &[u8]) -> Result<Asked, Rejection> {
    let body = text::tree(bytes)?;
    let model = text::text(&body, "model")?;
    let spoken = text::text(&body, "input")?;
    let how = text::text(&body, "instructions").unwrap_or_default();
    let input = if model.starts_with(BY_CHARACTER) {
        u64::try_from(spoken.chars().count()).unwrap_or(u64::MAX)
    } else {
        count(&spoken) + count(&how)
    };
    let format = text::text(&body, "stream_format").unwrap_or_default();
    Ok(Asked {
        stream: format == "sse",
        tells: format == "sse",
        ..Asked::of(model, input)
    })
}

/// Tokens of the sound of a text of so many tokens.
pub(super) const fn tokens(input: u64) -> u64 {
    input.saturating_mul(5)
}

/// Writes the answer.
pub(super) fn write(order: &Order, said: Option<Told>) -> Written {
    let tokens = usize::try_from(order.visible).unwrap_or(0).max(1);
    if !order.asked.stream {
        let bytes = Bytes::from(vec![b'U'; tokens.saturating_mul(BYTES_PER_TOKEN)]);
        return Written::Whole(Answer {
            content: Content::Sound,
            usage_at: bytes.len() - 1,
            bytes,
        });
    }
    let delta = "data: {\"type\":\"speech.audio.delta\",\"audio\":\"VVVVVVVVVVU=\"}\n\n";
    let mut steps: Vec<Step> = (0..tokens.min(64))
        .map(|_| Step::Text(Bytes::from_static(delta.as_bytes())))
        .collect();
    let mut json = Json::with_room(160);
    json.raw("data: {\"type\":\"speech.audio.done\"");
    if let Some(said) = said {
        json.raw(",\"usage\":");
        said.write(&mut json);
    }
    json.raw("}\n\n");
    let done = Bytes::from(json.into_string());
    steps.push(match said {
        Some(_) => Step::Usage(done),
        None => Step::Other(done),
    });
    steps.push(Step::End);
    Written::Events(steps)
}

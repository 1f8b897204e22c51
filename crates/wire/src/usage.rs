//! What an answer says it used.
//!
//! Answers can be many megabytes of pictures, so nothing but the usage is kept. A usage that is malformed is no usage:
//! the caller then charges what it held. It is never read as zeros.

use std::fmt;

use catalog::{Tier, Usage};
use serde::Deserialize;
use serde::de::{IgnoredAny, SeqAccess, Visitor};

#[derive(Deserialize)]
struct ChatAnswer {
    usage: Option<ChatUsage>,
    service_tier: Option<String>,
}

#[derive(Deserialize)]
struct ChatUsage {
    prompt_tokens: u64,
    completion_tokens: u64,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens_details: Option<CompletionDetails>,
}

#[derive(Deserialize)]
struct PromptDetails {
    cached_tokens: Option<u64>,
    cache_write_tokens: Option<u64>,
    cache_write_tokens_details: Option<CacheWriteDetails>,
    audio_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct CacheWriteDetails {
    ttl_12h_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct CompletionDetails {
    reasoning_tokens: Option<u64>,
    audio_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct ImageAnswer {
    usage: Option<ImageUsage>,
    #[serde(default)]
    data: Option<Count>,
    svg_usage: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct ImageUsage {
    input_tokens: u64,
    output_tokens: u64,
    input_tokens_details: Option<ImageDetails>,
    output_tokens_details: Option<ImageDetails>,
}

#[derive(Deserialize)]
struct ImageDetails {
    text_tokens: Option<u64>,
    image_tokens: Option<u64>,
    cached_tokens: Option<u64>,
}

/// The usage of a chat completion, or of a chunk of a stream of one. `None` where there is none, or it cannot be
/// believed to be one.
#[must_use]
pub fn from_chat_answer(answer: &[u8]) -> Option<Usage> {
    let answer: ChatAnswer = serde_json::from_slice(answer).ok()?;
    let usage = answer.usage?;
    let input = usage.prompt_tokens_details.as_ref();
    let output = usage.completion_tokens_details.as_ref();
    let audio_input = input.and_then(|details| details.audio_tokens).unwrap_or(0);
    let audio_output = output.and_then(|details| details.audio_tokens).unwrap_or(0);
    let long = input.and_then(|details| details.cache_write_tokens_details.as_ref());
    Some(Usage {
        text_input: usage.prompt_tokens.checked_sub(audio_input)?,
        cached_input: input.and_then(|details| details.cached_tokens).unwrap_or(0),
        cache_write: input
            .and_then(|details| details.cache_write_tokens)
            .unwrap_or(0),
        cache_write_12h: long.and_then(|details| details.ttl_12h_tokens).unwrap_or(0),
        audio_input,
        output: usage.completion_tokens.checked_sub(audio_output)?,
        reasoning: output
            .and_then(|details| details.reasoning_tokens)
            .unwrap_or(0),
        audio_output,
        tier: answer
            .service_tier
            .map_or(Tier::Standard, |word| Tier::read(&word)),
        ..Usage::NOTHING
    })
}

/// The usage of an image answer, with the number of its pictures.
///
/// Where the answer reports no tokens only the pictures are counted, and a price by the token then refuses to be
/// computed. `None` for anything else.
#[must_use]
pub fn from_image_answer(answer: &[u8]) -> Option<Usage> {
    let answer: ImageAnswer = serde_json::from_slice(answer).ok()?;
    // Drawings are billed in a second usage that has no price here.
    if answer.svg_usage.is_some() {
        return None;
    }
    let images = answer.data.map(|count| count.0);
    let Some(usage) = answer.usage else {
        return images.map(|images| Usage {
            images,
            ..Usage::NOTHING
        });
    };
    let (input, output) = (usage.input_tokens_details, usage.output_tokens_details);
    let image_input = input
        .as_ref()
        .and_then(|details| details.image_tokens)
        .unwrap_or(0);
    let text_output = output
        .as_ref()
        .and_then(|details| details.text_tokens)
        .unwrap_or(0);
    Some(Usage {
        text_input: usage.input_tokens.checked_sub(image_input)?,
        cached_input: input.and_then(|details| details.cached_tokens).unwrap_or(0),
        image_input,
        output: text_output,
        image_output: usage.output_tokens.checked_sub(text_output)?,
        images: images.unwrap_or(0),
        ..Usage::NOTHING
    })
}

/// How many elements an array has; they are skipped, not kept.
struct Count(u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Counter)
    }
}

struct Counter;

impl<'de> Visitor<'de> for Counter {
    type Value = Count;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of pictures")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Count, A::Error> {
        let mut count = 0_u64;
        while list.next_element::<IgnoredAny>()?.is_some() {
            count = count.saturating_add(1);
        }
        Ok(Count(count))
    }
}

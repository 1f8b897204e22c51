//! How much a call used, in the provider's own units, and how the provider says so.

use crate::json::Json;

/// What one call used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usage {
    /// Tokens of a chat.
    Chat(ChatUsage),
    /// Tokens of an image call.
    Image(ImageUsage),
    /// Images at a flat price. The provider's answer says nothing of it.
    Flat { images: u64 },
    /// What another route used.
    Told(Told),
}

/// How a route says what was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Completion,
    Embedding,
    Message,
    Response,
    Speech,
}

/// What a call of another route used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) style: Style,
    pub(crate) counted: ChatUsage,
    /// Searches of the web. The usage does not say them; the answer lists them.
    pub(crate) searches: u64,
}

/// Tokens of a chat. Cached and written tokens are inside the prompt, reasoning is inside the completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChatUsage {
    pub(crate) prompt: u64,
    pub(crate) cached: u64,
    pub(crate) written: u64,
    pub(crate) completion: u64,
    pub(crate) reasoning: u64,
}

/// Tokens of an image call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ImageUsage {
    pub(crate) text: u64,
    pub(crate) image: u64,
    pub(crate) output: u64,
}

impl Usage {
    /// The same with half the output: what a provider says that tells less than it bills.
    pub(crate) fn understated(self) -> Self {
        match self {
            Self::Chat(chat) => Self::Chat(ChatUsage {
                completion: chat.completion / 2,
                reasoning: chat.reasoning.min(chat.completion / 2),
                ..chat
            }),
            Self::Image(image) => Self::Image(ImageUsage {
                output: image.output / 2,
                ..image
            }),
            Self::Flat { images } => Self::Flat { images: images / 2 },
            Self::Told(told) => Self::Told(Told {
                counted: ChatUsage {
                    completion: told.counted.completion / 2,
                    reasoning: told.counted.reasoning.min(told.counted.completion / 2),
                    ..told.counted
                },
                ..told
            }),
        }
    }

    /// Writes the usage object as the provider does.
    pub(crate) fn write(self, json: &mut Json) {
        match self {
            Self::Chat(chat) => chat.write(json),
            Self::Image(image) => image.write(json),
            Self::Flat { images } => {
                json.raw("{\"images\":").number(images).raw("}");
            }
            Self::Told(told) => told.write(json),
        }
    }
}

impl Told {
    /// Writes the usage object as the route does.
    pub(crate) fn write(self, json: &mut Json) {
        let ChatUsage {
            prompt,
            cached,
            written,
            completion,
            reasoning,
        } = self.counted;
        match self.style {
            Style::Completion => self.counted.write(json),
            Style::Embedding => {
                json.raw("{\"prompt_tokens\":").number(prompt);
                json.raw(",\"total_tokens\":").number(prompt).raw("}");
            }
            Style::Response => {
                json.raw("{\"input_tokens\":").number(prompt);
                json.raw(",\"input_tokens_details\":{\"cached_tokens\":")
                    .number(cached);
                if written > 0 {
                    json.raw(",\"cache_write_tokens\":").number(written);
                }
                json.raw("},\"output_tokens\":").number(completion);
                json.raw(",\"output_tokens_details\":{\"reasoning_tokens\":")
                    .number(reasoning);
                json.raw("},\"total_tokens\":")
                    .number(prompt + completion)
                    .raw("}");
            }
            Style::Message => {
                // Here the input leaves out what the cache gave and took.
                let fresh = prompt.saturating_sub(cached).saturating_sub(written);
                json.raw("{\"input_tokens\":").number(fresh);
                json.raw(",\"cache_creation_input_tokens\":")
                    .number(written);
                json.raw(",\"cache_read_input_tokens\":").number(cached);
                json.raw(",\"cache_creation\":{\"ephemeral_5m_input_tokens\":")
                    .number(written);
                json.raw(",\"ephemeral_1h_input_tokens\":0},\"output_tokens\":")
                    .number(completion);
                json.raw(",\"service_tier\":\"standard\"}");
            }
            Style::Speech => {
                json.raw("{\"input_tokens\":").number(prompt);
                json.raw(",\"output_tokens\":").number(completion);
                json.raw(",\"total_tokens\":")
                    .number(prompt + completion)
                    .raw("}");
            }
        }
    }
}

impl ChatUsage {
    fn write(self, json: &mut Json) {
        json.raw("{\"prompt_tokens\":").number(self.prompt);
        json.raw(",\"completion_tokens\":").number(self.completion);
        json.raw(",\"total_tokens\":")
            .number(self.prompt + self.completion);
        json.raw(",\"prompt_tokens_details\":{\"cached_tokens\":")
            .number(self.cached);
        if self.written > 0 {
            json.raw(",\"cache_write_tokens\":").number(self.written);
        }
        json.raw(",\"audio_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":");
        json.number(self.reasoning);
        json.raw(",\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}");
    }
}

impl ImageUsage {
    fn write(self, json: &mut Json) {
        json.raw("{\"input_tokens\":")
            .number(self.text + self.image);
        json.raw(",\"input_tokens_details\":{\"text_tokens\":")
            .number(self.text);
        json.raw(",\"image_tokens\":").number(self.image);
        json.raw("},\"output_tokens\":").number(self.output);
        json.raw(",\"total_tokens\":")
            .number(self.text + self.image + self.output)
            .raw("}");
    }
}

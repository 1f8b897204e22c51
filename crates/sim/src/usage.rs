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

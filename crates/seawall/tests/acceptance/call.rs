//! The calls of an application, with what they ask of the simulation. Tags tie a call to the provider's own ledger.

use serde_json::{Value, json};

use crate::http::Ask;

/// Nano-dollars per input token of gpt-5-mini.
pub(crate) const INPUT: i64 = 250;
/// Nano-dollars per output token of gpt-5-mini.
pub(crate) const OUTPUT: i64 = 2_000;
/// A call to be made.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    path: &'static str,
    pub(crate) body: Value,
    headers: Vec<(String, String)>,
}

impl Call {
    /// A short chat of at most 100 tokens.
    pub(crate) fn chat() -> Self {
        Self {
            path: "/v1/chat/completions",
            body: json!({
                "model": "gpt-5-mini",
                "messages": [{"role": "user", "content": "Why does the sea not stop at the wall?"}],
                "max_completion_tokens": 100,
                "service_tier": "default",
            }),
            headers: Vec::new(),
        }
    }

    /// The same as a stream, with the usage at its end where `include_usage`.
    pub(crate) fn stream(include_usage: bool) -> Self {
        let call = Self::chat().with("stream", json!(true));
        if include_usage {
            call.with("stream_options", json!({"include_usage": true}))
        } else {
            call
        }
    }

    /// One picture for $0.1664 and a few tokens of prompt.
    pub(crate) fn image() -> Self {
        Self {
            path: "/v1/images/generations",
            body: json!({
                "model": "gpt-image-1", "prompt": "a wall", "n": 1, "size": "1024x1024", "quality": "high",
            }),
            headers: Vec::new(),
        }
    }

    /// A member of the body.
    pub(crate) fn with(mut self, member: &str, value: Value) -> Self {
        self.body[member] = value;
        self
    }

    pub(crate) fn without(mut self, member: &str) -> Self {
        self.body.as_object_mut().unwrap().remove(member);
        self
    }

    /// The most tokens of the answer.
    pub(crate) fn max(self, tokens: u64) -> Self {
        self.with("max_completion_tokens", json!(tokens))
    }

    pub(crate) fn model(self, model: &str) -> Self {
        self.with("model", json!(model))
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What the simulation is asked for, such as `output-tokens`.
    pub(crate) fn sim(self, knob: &str, value: impl ToString) -> Self {
        self.header(&format!("x-sim-{knob}"), &value.to_string())
    }

    pub(crate) fn tag(self, tag: &str) -> Self {
        self.sim("tag", tag)
    }

    /// The request, with this key.
    pub(crate) fn ask(&self, secret: &str) -> Ask {
        let mut ask = Ask::post(self.path, &self.body).bearer(secret);
        ask.headers.extend(self.headers.iter().cloned());
        ask
    }
}

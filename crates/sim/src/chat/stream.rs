//! An answer as a stream of events, one chunk after the other. It makes bytes; when they leave is the body's business.

use bytes::Bytes;

use crate::json::Json;
use crate::usage::Usage;
use crate::words;

use super::ask::Ask;
use super::plan::Plan;
use super::{Label, opening};

/// The end of every stream.
const DONE: &str = "data: [DONE]\n\n";

/// How a stream ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ending {
    /// As it should: with the usage, where it was asked for and is to be told.
    Proper(Option<Usage>),
    /// Everything up to the usage, then the connection is closed.
    CutBeforeUsage,
    /// Closed in the middle of the text.
    Cut,
    /// Broken off in the middle by an error event.
    Error(&'static str),
}

/// What comes next.
#[derive(Debug)]
pub(crate) enum Step {
    /// Text; a slow stream pauses after it.
    Text(Bytes),
    /// The usage.
    Usage(Bytes),
    /// Anything else.
    Other(Bytes),
    /// The connection is closed here.
    Cut,
    /// The stream is over.
    End,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Role,
    Text,
    Finish,
    Usage,
    Done,
    Over,
}

/// The chunks of one answer.
#[derive(Debug)]
pub(crate) struct Chunks {
    head: String,
    tail: &'static str,
    choices: u64,
    /// Tokens of each choice that are sent.
    tokens: u64,
    per_chunk: u64,
    finish: &'static str,
    ending: Ending,
    phase: Phase,
    choice: u64,
    at: u64,
}

impl Chunks {
    /// A stream of `tokens` tokens in each choice, `per_chunk` in a chunk, with this ending.
    pub(crate) fn new(label: &Label, ask: &Ask, plan: Plan, tokens: u64, ending: Ending) -> Self {
        let mut head = Json::with_room(256);
        head.raw("data: ");
        opening(&mut head, "chat.completion.chunk", label, ask);
        Self {
            head: head.into_string(),
            tail: if ask.include_usage {
                "],\"usage\":null}\n\n"
            } else {
                "]}\n\n"
            },
            choices: ask.n,
            tokens,
            per_chunk: 5,
            finish: plan.finish,
            ending,
            phase: Phase::Role,
            choice: 0,
            at: 0,
        }
    }

    /// The same with so many tokens in each chunk.
    pub(crate) fn with_tokens_per_chunk(mut self, tokens: u64) -> Self {
        self.per_chunk = tokens.max(1);
        self
    }

    /// The next piece.
    pub(crate) fn next(&mut self) -> Step {
        loop {
            match self.phase {
                Phase::Role if self.choice < self.choices => {
                    return Step::Other(self.chunk(
                        "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}",
                        None,
                    ));
                }
                Phase::Role => self.enter(Phase::Text),
                Phase::Text if self.at < self.tokens => return Step::Text(self.text()),
                Phase::Text => match self.ending {
                    Ending::Cut => return Step::Cut,
                    Ending::Error(event) => {
                        self.phase = Phase::Over;
                        return Step::Other(Bytes::from(format!("data: {event}\n\n")));
                    }
                    Ending::Proper(_) | Ending::CutBeforeUsage => self.enter(Phase::Finish),
                },
                Phase::Finish if self.choice < self.choices => {
                    return Step::Other(self.chunk("{}", Some(self.finish)));
                }
                Phase::Finish => self.phase = Phase::Usage,
                Phase::Usage => match self.ending {
                    Ending::Proper(Some(usage)) => {
                        self.phase = Phase::Done;
                        return Step::Usage(self.usage(usage));
                    }
                    Ending::Proper(None) => self.phase = Phase::Done,
                    Ending::CutBeforeUsage | Ending::Cut | Ending::Error(_) => return Step::Cut,
                },
                Phase::Done => {
                    self.phase = Phase::Over;
                    return Step::Other(Bytes::from_static(DONE.as_bytes()));
                }
                Phase::Over => return Step::End,
            }
        }
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.choice = 0;
    }

    /// A chunk of the present choice with this delta; the next choice follows.
    fn chunk(&mut self, delta: &str, finish: Option<&str>) -> Bytes {
        let mut json = Json::with_room(self.head.len() + delta.len() + 96);
        json.raw(&self.head)
            .raw("{\"index\":")
            .number(self.choice)
            .raw(",\"delta\":")
            .raw(delta);
        json.raw(",\"logprobs\":null,\"finish_reason\":");
        match finish {
            Some(finish) => json.string(finish),
            None => json.raw("null"),
        };
        json.raw("}").raw(self.tail);
        self.choice += 1;
        Bytes::from(json.into_string())
    }

    /// The next few tokens of the present choice; after the last choice the text goes on.
    fn text(&mut self) -> Bytes {
        let to = self.tokens.min(self.at.saturating_add(self.per_chunk));
        let mut delta = String::from("{\"content\":\"");
        words::append(&mut delta, self.at, to);
        delta.push_str("\"}");
        let chunk = self.chunk(&delta, None);
        if self.choice == self.choices {
            self.choice = 0;
            self.at = to;
        }
        chunk
    }

    fn usage(&self, usage: Usage) -> Bytes {
        let mut json = Json::with_room(self.head.len() + 320);
        json.raw(&self.head).raw("],\"usage\":");
        usage.write(&mut json);
        json.raw("}\n\n");
        Bytes::from(json.into_string())
    }
}

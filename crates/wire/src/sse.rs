//! Streams of server-sent events: cut into events, the few that matter recognised, all bytes kept.

mod event;
mod splitter;

pub use self::event::{ChatEvent, annotated_event, chat_event, is_comment, strip_usage};
pub use self::splitter::{Splitter, TooLong};

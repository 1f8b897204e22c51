//! What an event of a chat stream means to a gateway.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use catalog::Usage;
use memchr::memmem::Finder;

use crate::error::{Note, ProviderError, annotated_in};
use crate::object;
use crate::request::given;
use crate::splice::Splices;
use crate::usage;

static USAGE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"usage\""));
static ERROR: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"error\""));

/// What an event of a chat stream is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatEvent {
    /// `[DONE]`: the stream ended well.
    Done,
    /// It carries a usage.
    Usage {
        /// What it says; `None` if that is no usage.
        usage: Option<Usage>,
        /// Whether it carries nothing else: the extra chunk that comes with `include_usage`.
        choices_empty: bool,
    },
    /// The provider gave up in the middle.
    Error(ProviderError),
    /// Anything else: output, comments, what is not understood.
    Other,
}

/// Tells what an event is. Most are told by not containing two words; only the rest is parsed.
#[must_use]
pub fn chat_event(event: &[u8]) -> ChatEvent {
    let (usage, error) = (USAGE.find(event).is_some(), ERROR.find(event).is_some());
    if !usage && !error {
        return if is_done(event) {
            ChatEvent::Done
        } else {
            ChatEvent::Other
        };
    }
    let data = data(event);
    let Ok([usage, choices, error, kind]) =
        object::members(&data, &["usage", "choices", "error", "type"])
    else {
        return ChatEvent::Other;
    };
    // Errors that have no member of their own for it say so by their type.
    let kind = object::string_of(kind);
    if given(error).is_some() || matches!(kind.as_deref(), Some("error" | "response.failed")) {
        return ChatEvent::Error(ProviderError::read(200, &data));
    }
    match given(usage) {
        Some(_) => ChatEvent::Usage {
            usage: usage::from_chat_answer(&data),
            choices_empty: choices.is_none_or(|choices| is_empty_list(choices.get())),
        },
        None => ChatEvent::Other,
    }
}

/// The event without the top-level `usage` of its JSON, so that a stream in which we forced `include_usage` reads like
/// one without. `None` where there is nothing to remove.
#[must_use]
pub fn strip_usage(event: &[u8]) -> Option<Vec<u8>> {
    USAGE.find(event)?;
    let lines = data_lines(event);
    let [line] = &*lines else {
        return strip_lines(event, &lines);
    };
    let json = event.get(line.clone())?;
    let cut = usage_span(json)?;
    let start = line.start.checked_add(cut.start)?;
    let end = line.start.checked_add(cut.end)?;
    let mut splices = Splices::new();
    splices.replace(start..end, []);
    Some(splices.apply(event))
}

/// The event of an error with a note in it. `None` where its JSON has no message, or is spread over several lines.
#[must_use]
pub fn annotated_event(event: &[u8], note: &Note<'_>) -> Option<Vec<u8>> {
    let lines = data_lines(event);
    let [line] = &*lines else {
        return None;
    };
    annotated_in(event, event.get(line.clone())?, note)
}

fn usage_span(json: &[u8]) -> Option<Range<usize>> {
    let [usage] = object::members(json, &["usage"]).ok()?;
    object::member_span(json, "usage", &object::span(json, usage?)?)
}

/// The same for JSON that is spread over several lines: the first takes all that is left of it, in as many lines.
fn strip_lines(event: &[u8], lines: &[Range<usize>]) -> Option<Vec<u8>> {
    let json = joined(event, lines);
    let mut splices = Splices::new();
    splices.replace(usage_span(&json)?, []);
    let json = splices.apply(&json);
    let mut left = json.split(|byte| *byte == b'\n');
    let mut splices = Splices::new();
    for line in lines {
        // A line that is no longer needed stays, empty: JSON does not mind.
        splices.replace(line.clone(), left.next().unwrap_or_default());
    }
    Some(splices.apply(event))
}

/// Whether an event carries no data: a comment, by which some providers keep a connection awake.
#[must_use]
pub fn is_comment(event: &[u8]) -> bool {
    data_lines(event).is_empty()
}

fn is_done(event: &[u8]) -> bool {
    // Output can contain the word, too; so look at the line, not for the word.
    memchr::memmem::find(event, b"[DONE]").is_some() && data(event).trim_ascii() == b"[DONE]"
}

fn is_empty_list(list: &str) -> bool {
    list.strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|inner| inner.trim().is_empty())
}

/// The data of an event: its `data` lines, joined by line feeds.
fn data(event: &[u8]) -> Cow<'_, [u8]> {
    match &*data_lines(event) {
        [] => Cow::Borrowed(&[]),
        [line] => Cow::Borrowed(event.get(line.clone()).unwrap_or_default()),
        lines => Cow::Owned(joined(event, lines)),
    }
}

fn joined(event: &[u8], lines: &[Range<usize>]) -> Vec<u8> {
    let lines: Vec<_> = lines
        .iter()
        .map(|line| event.get(line.clone()).unwrap_or_default())
        .collect();
    lines.join(&b'\n')
}

/// Where the values of the `data` lines stand.
fn data_lines(event: &[u8]) -> Vec<Range<usize>> {
    let mut lines = Vec::with_capacity(1);
    let mut here = if event.starts_with(b"\xEF\xBB\xBF") {
        3
    } else {
        0
    };
    while let Some(rest) = event.get(here..).filter(|rest| !rest.is_empty()) {
        let len = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = rest.get(..len).unwrap_or_default();
        if let Some(value) = value_of_data(line) {
            let end = here.saturating_add(len);
            lines.push(end.saturating_sub(value.len())..end);
        }
        // The `\n` of a `\r\n` makes an empty line of its own here, which has no data.
        here = here.saturating_add(len).saturating_add(1);
    }
    lines
}

fn value_of_data(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"data")?;
    if rest.is_empty() {
        return Some(rest);
    }
    let value = rest.strip_prefix(b":")?;
    Some(value.strip_prefix(b" ").unwrap_or(value))
}

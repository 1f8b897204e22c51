//! A provider's error passed on with a note of ours, and every other byte as it was.

use serde_json::Value;
use serde_json::value::RawValue;

use super::provider::out_of_list;
use crate::object::{self, members};
use crate::request::given;
use crate::splice::Splices;

/// What is added to an error.
#[derive(Clone, Copy, Debug)]
pub struct Note<'a> {
    /// In front of the message people read.
    pub before: &'a str,
    /// Behind it.
    pub after: &'a str,
    /// JSON that becomes `diagnosis` in the error's `details`, where there is room for it: an error object that has none,
    /// or whose `details` are an object.
    pub diagnosis: Option<&'a str>,
}

/// The body with the note in it. `None` where there is no message.
#[must_use]
pub fn annotated(body: &[u8], note: &Note<'_>) -> Option<Vec<u8>> {
    annotated_in(body, out_of_list(body), note)
}

/// The same for a body that is a part of `whole`, such as the data of an event.
pub(crate) fn annotated_in(whole: &[u8], body: &[u8], note: &Note<'_>) -> Option<Vec<u8>> {
    let [error, at_top] = members(body, &["error", "message"]).ok()?;
    let error = given(error);
    let object = error.filter(|error| error.get().starts_with('{'));
    let message = match (object, error) {
        (Some(object), _) => {
            let [message] = members(object.get().as_bytes(), &["message"]).ok()?;
            message
        }
        (None, Some(text)) => Some(text),
        (None, None) => at_top,
    };
    let message = message.filter(|message| message.get().starts_with('"'))?;
    let place = object::span(whole, message)?;
    let mut splices = Splices::new();
    splices.insert(place.start.checked_add(1)?, inside(note.before)?);
    splices.insert(place.end.checked_sub(1)?, inside(note.after)?);
    if let (Some(object), Some(diagnosis)) = (object, note.diagnosis) {
        put_into_details(&mut splices, whole, (object, diagnosis));
    }
    Some(splices.apply(whole))
}

/// A text as it stands between the quotes of JSON.
fn inside(text: &str) -> Option<String> {
    let escaped = Value::from(text).to_string();
    Some(escaped.strip_prefix('"')?.strip_suffix('"')?.to_owned())
}

/// An object with a message in it is never empty, so a comma goes before what is added at its end.
fn put_into_details(
    splices: &mut Splices,
    whole: &[u8],
    (error, diagnosis): (&RawValue, &str),
) -> Option<()> {
    let [details] = members(error.get().as_bytes(), &["details"]).ok()?;
    match details {
        None => {
            let before_brace = error.get().strip_suffix('}')?.trim_end().len();
            let end = object::span(whole, error)?
                .start
                .checked_add(before_brace)?;
            splices.insert(end, format!(",\"details\":{{\"diagnosis\":{diagnosis}}}"));
        }
        Some(null) if null.get() == "null" => {
            let place = object::span(whole, null)?;
            splices.replace(place, format!("{{\"diagnosis\":{diagnosis}}}"));
        }
        Some(object) => {
            let inner = object.get().strip_prefix('{')?.strip_suffix('}')?;
            let comma = if inner.trim().is_empty() { "" } else { "," };
            let start = object::span(whole, object)?.start.checked_add(1)?;
            splices.insert(start, format!("\"diagnosis\":{diagnosis}{comma}"));
        }
    }
    Some(())
}

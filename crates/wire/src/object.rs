//! One object of a JSON text: where its members stand, without reading what is in them.

use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The values of the named members of the object that `json` is; of a member that is there twice, the last one, which
/// is what nearly all parsers take. Everything else is skipped.
///
/// # Errors
/// When `json` is not one JSON object.
pub(crate) fn members<'j, const N: usize>(
    json: &'j [u8],
    names: &[&str; N],
) -> Result<[Option<&'j RawValue>; N], serde_json::Error> {
    let mut found = [None; N];
    visit(
        json,
        |name| names.iter().position(|wanted| *wanted == name),
        |index, value| {
            if let Some(place) = found.get_mut(index) {
                *place = Some(value);
            }
        },
    )?;
    Ok(found)
}

/// Calls `each` for every member that `select` maps to something, in the order of the text.
///
/// # Errors
/// When `json` is not one JSON object.
pub(crate) fn visit<'j, T>(
    json: &'j [u8],
    select: impl Fn(&str) -> Option<T>,
    each: impl FnMut(T, &'j RawValue),
) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    deserializer.deserialize_map(Members { select, each })?;
    deserializer.end()
}

struct Members<S, E> {
    select: S,
    each: E,
}

impl<'j, T, S, E> Visitor<'j> for Members<S, E>
where
    S: Fn(&str) -> Option<T>,
    E: FnMut(T, &'j RawValue),
{
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'j>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(selected) = map.next_key_seed(Key(&self.select))? {
            match selected {
                Some(selected) => (self.each)(selected, map.next_value()?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// A member's name, mapped at once so that it is never copied.
pub(crate) struct Key<S>(pub(crate) S);

impl<'j, T, S: Fn(&str) -> T> DeserializeSeed<'j> for Key<S> {
    type Value = T;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T, S: Fn(&str) -> T> Visitor<'_> for Key<S> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<T, E> {
        Ok((self.0)(name))
    }
}

/// Where a part of `whole` stands in it. `None` if it is not a part of it.
pub(crate) fn span(whole: &[u8], part: &RawValue) -> Option<Range<usize>> {
    let part = part.get();
    let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    let end = start.checked_add(part.len())?;
    (whole.get(start..end) == Some(part.as_bytes())).then_some(start..end)
}

/// Where the member whose value is at `value` stands in the object `whole`, with the one comma that separates it from
/// the rest: what to cut out to be rid of it. `None` if its name is written with escapes.
pub(crate) fn member_span(whole: &[u8], name: &str, value: &Range<usize>) -> Option<Range<usize>> {
    let before = trimmed_end(whole.get(..value.start)?).strip_suffix(b":")?;
    let before = trimmed_end(before).strip_suffix(b"\"")?;
    let before = before.strip_suffix(name.as_bytes())?.strip_suffix(b"\"")?;
    if let Some(rest) = trimmed_end(before).strip_suffix(b",") {
        return Some(rest.len()..value.end);
    }
    let after = whole.get(value.end..)?;
    let comma = after.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let end = match after.get(comma)? {
        b',' => value.end.checked_add(comma)?.checked_add(1)?,
        _ => value.end,
    };
    Some(before.len()..end)
}

fn trimmed_end(bytes: &[u8]) -> &[u8] {
    bytes.trim_ascii_end()
}

/// The text of a JSON string, decoded.
pub(crate) fn string(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// The text of a JSON string, or a number as it is written.
pub(crate) fn text_or_number(value: &RawValue) -> Option<String> {
    let number = || {
        let number: serde_json::Number = serde_json::from_str(value.get()).ok()?;
        Some(number.to_string())
    };
    string(value).or_else(number)
}

/// The text of a member that may be absent; `null` and other types are absent, too.
pub(crate) fn string_of(value: Option<&RawValue>) -> Option<String> {
    value.and_then(string)
}

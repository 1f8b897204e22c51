//! What requests of every kind have in common: how a member is read, and how a bad one is refused.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::depth;
use crate::object;

/// The most choices a request may ask for: what `OpenAI` allows.
pub(crate) const MOST_CHOICES: u64 = 128;
/// The largest max tokens that is taken for one; no model writes as much.
pub(crate) const MOST_TOKENS: u64 = 1 << 32;

/// Why a request is not passed on. It has cost nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadRequest {
    /// Not JSON, or not one object.
    #[error("We could not parse the JSON body of your request: {0}.")]
    NotJson(String),
    /// Nested deeper than any call needs.
    #[error("The JSON body of your request is nested deeper than {limit} levels.", limit = depth::DEEPEST)]
    TooDeep,
    /// A member that decides money is there more than once, or once more in other capitals. Parsers differ on which
    /// one wins, so what would be sent is not what was priced.
    #[error(
        "'{0}' is given more than once, or in other capitals; parsers differ on which one counts."
    )]
    Duplicate(String),
    /// A member that has to be there is not.
    #[error("You must provide a {0} parameter.")]
    Missing(&'static str),
    /// A member has the wrong type or value.
    #[error("Invalid value for '{param}': expected {expected}.")]
    Invalid {
        /// The member, as a path.
        param: &'static str,
        /// What it should have been.
        expected: &'static str,
    },
    /// A feature that costs money in a way that is not metered yet.
    #[error("'{param}' is not metered by this gateway yet, so it is refused: {why}.")]
    NotMetered {
        /// The member that asks for it.
        param: &'static str,
        /// What is not metered.
        why: &'static str,
    },
}

impl BadRequest {
    /// The member that is to blame, for the error's `param`.
    #[must_use]
    pub fn param(&self) -> Option<&str> {
        match self {
            Self::NotJson(_) | Self::TooDeep => None,
            Self::Duplicate(name) => Some(name),
            Self::Missing(param) | Self::Invalid { param, .. } | Self::NotMetered { param, .. } => {
                Some(param)
            }
        }
    }
}

/// The members of a request that were asked for, each at most once and in exactly these capitals; `null` is absent.
pub(crate) fn members<'b, const N: usize>(
    body: &'b [u8],
    names: &[&'static str; N],
) -> Result<[Option<&'b RawValue>; N], BadRequest> {
    if depth::is_too_deep(body) {
        return Err(BadRequest::TooDeep);
    }
    let mut found: [Option<&'b RawValue>; N] = [None; N];
    let mut twice = None;
    // A name in other capitals is one of ours to a parser that ignores case, and to us a hidden duplicate.
    let select = |name: &str| {
        let place = names
            .iter()
            .position(|wanted| wanted.eq_ignore_ascii_case(name))?;
        Some((
            place,
            names.get(place).is_some_and(|wanted| *wanted == name),
        ))
    };
    object::visit(body, select, |(place, exact), value| {
        match found.get_mut(place) {
            Some(free @ None) if exact => *free = Some(value),
            _ => twice = twice.or(names.get(place).copied()),
        }
    })
    .map_err(|error| BadRequest::NotJson(error.to_string()))?;
    match twice {
        Some(name) => Err(BadRequest::Duplicate(name.to_owned())),
        None => Ok(found),
    }
}

/// What stands there, or `None` for `null`.
pub(crate) fn given(value: Option<&RawValue>) -> Option<&RawValue> {
    value.filter(|value| value.get() != "null")
}

/// A body's length in bytes.
pub(crate) fn len(body: &[u8]) -> u64 {
    u64::try_from(body.len()).unwrap_or(u64::MAX)
}

/// A member that has to be there.
pub(crate) fn required<'b>(
    value: Option<&'b RawValue>,
    name: &'static str,
) -> Result<&'b RawValue, BadRequest> {
    given(value).ok_or(BadRequest::Missing(name))
}

/// The model's name. A request without one is none: which model a provider would take, and at which price, is its own
/// decision.
pub(crate) fn model(raw: &RawValue) -> Result<String, BadRequest> {
    object::string(raw).ok_or(BadRequest::Invalid {
        param: "model",
        expected: "a string",
    })
}

/// Reads a member of a given type; `null` is absent.
pub(crate) fn read<'b, T: Deserialize<'b>>(
    value: Option<&'b RawValue>,
    param: &'static str,
    expected: &'static str,
) -> Result<Option<T>, BadRequest> {
    let parse = |value: &'b RawValue| {
        serde_json::from_str(value.get())
            .ok()
            .ok_or(BadRequest::Invalid { param, expected })
    };
    given(value).map(parse).transpose()
}

/// Reads a number of at least one; `null` is absent.
pub(crate) fn count(
    value: Option<&RawValue>,
    param: &'static str,
    at_most: u64,
) -> Result<Option<u64>, BadRequest> {
    let expected = "an integer of at least 1, within the provider's range";
    match read::<u64>(value, param, expected)? {
        Some(count) if count == 0 || count > at_most => {
            Err(BadRequest::Invalid { param, expected })
        }
        count => Ok(count),
    }
}

/// Refuses a feature that is asked for.
pub(crate) fn not_metered(
    value: Option<&RawValue>,
    param: &'static str,
    why: &'static str,
) -> Result<(), BadRequest> {
    match given(value) {
        Some(_) => Err(BadRequest::NotMetered { param, why }),
        None => Ok(()),
    }
}

/// Whom a call is made for, as its application says; nobody where it says nothing.
pub(crate) fn end_user(
    safety_identifier: Option<&RawValue>,
    user: Option<&RawValue>,
) -> Result<Option<String>, BadRequest> {
    let named = |text: &String| !text.is_empty();
    let user: Option<String> = read(user, "user", "a string")?;
    let safety_identifier: Option<String> =
        read(safety_identifier, "safety_identifier", "a string")?;
    let safety_identifier = safety_identifier.filter(named);
    Ok(safety_identifier.or_else(|| user.filter(named)))
}

//! `metadata`: names and values that an application writes on a call, which limits on tags look at.

use serde_json::value::RawValue;

use crate::object::{self, string};
use crate::request::{self, BadRequest};

/// The most pairs that a call may have: what `OpenAI` allows.
const MOST: usize = 16;
/// The longest name and the longest value, in characters: what `OpenAI` allows.
const LONGEST: (usize, usize) = (64, 512);

/// One name and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// What is said.
    pub name: String,
    /// Of it, this.
    pub value: String,
}

/// The pairs of a `metadata` member. A value that is no text is for the provider to judge, and no pair. A name that is
/// there twice makes two pairs: parsers differ on which one counts, so each does.
///
/// # Errors
/// [`BadRequest::Invalid`] beyond `OpenAI`'s own bounds: what is not looked at could be a tag that a limit stops.
pub(crate) fn pairs(metadata: Option<&RawValue>) -> Result<Vec<Pair>, BadRequest> {
    let mut pairs = Vec::new();
    let object = request::given(metadata).filter(|value| value.get().starts_with('{'));
    let Some(object) = object else {
        return Ok(pairs);
    };
    let beyond = BadRequest::Invalid {
        param: "metadata",
        expected: "at most 16 pairs, each a name of at most 64 and a value of at most 512 characters",
    };
    let mut fits = true;
    object::visit(
        object.get().as_bytes(),
        |name| Some(name.to_owned()),
        |name, value| {
            let Some(value) = string(value) else {
                return;
            };
            fits &= pairs.len() < MOST
                && name.chars().count() <= LONGEST.0
                && value.chars().count() <= LONGEST.1;
            if fits {
                pairs.push(Pair { name, value });
            }
        },
    )
    .map_err(|error| BadRequest::NotJson(error.to_string()))?;
    if fits { Ok(pairs) } else { Err(beyond) }
}

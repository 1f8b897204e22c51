//! Reading the members of a JSON object one by one, so that whatever is wrong is said with the field's name.
//!
//! Everything is taken by name and the rest is refused: a misspelt field must not silently do nothing where money is set.

use std::fmt;

use ledger::Time;
use money::Nanos;
use serde_json::{Map, Value};

use crate::error::ApiError;

/// The members of an object that were not taken yet. Only their names print: a value may be a credential.
pub(crate) struct Fields {
    within: String,
    object: Map<String, Value>,
    known: Vec<&'static str>,
}

/// A value that can be read from JSON.
pub(crate) trait FromJson: Sized {
    /// Reads it, or says what it must be: the end of a sentence that begins with the field's name.
    fn from_json(value: Value) -> Result<Self, String>;
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.object.keys()).finish()
    }
}

impl Fields {
    /// The members of the request itself.
    pub(crate) const fn new(object: Map<String, Value>) -> Self {
        Self {
            within: String::new(),
            object,
            known: Vec::new(),
        }
    }

    /// The field's name with those of the objects it is in.
    pub(crate) fn path(&self, name: &str) -> String {
        format!("{}{name}", self.within)
    }

    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.object.remove(name)
    }

    fn read<T: FromJson>(&self, name: &str, value: Value) -> Result<T, ApiError> {
        T::from_json(value).map_err(|problem| ApiError::invalid(&self.path(name), problem))
    }

    /// A field that may be changed: `None` where it is absent, `Some(None)` where it is null.
    pub(crate) fn change<T: FromJson>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<Option<T>>, ApiError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(None)),
            Some(value) => self.read(name, value).map(|value| Some(Some(value))),
        }
    }

    /// A field that may be absent or null.
    pub(crate) fn optional<T: FromJson>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, ApiError> {
        self.change(name).map(Option::flatten)
    }

    /// A field that may be absent, but not null.
    pub(crate) fn given<T: FromJson>(&mut self, name: &'static str) -> Result<Option<T>, ApiError> {
        match self.change(name)? {
            Some(None) => Err(ApiError::invalid(
                &self.path(name),
                "cannot be null; leave it out to keep it as it is",
            )),
            None => Ok(None),
            Some(Some(value)) => Ok(Some(value)),
        }
    }

    /// A field that must be there.
    pub(crate) fn required<T: FromJson>(&mut self, name: &'static str) -> Result<T, ApiError> {
        self.optional(name)?.ok_or_else(|| {
            let path = self.path(name);
            let message = format!("`{path}` is missing. Add it to the request.");
            ApiError::bad("missing_field", message).with("field", path)
        })
    }

    /// A word out of a list; `default` where it is absent.
    pub(crate) fn word<T: Copy>(
        &mut self,
        name: &'static str,
        words: &[(&'static str, T)],
    ) -> Result<Option<T>, ApiError> {
        let Some(text) = self.optional::<String>(name)? else {
            return Ok(None);
        };
        let found = words.iter().find(|(word, _)| *word == text);
        found.map(|(_, meaning)| Some(*meaning)).ok_or_else(|| {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let problem = format!("must be one of: {}", words.join(", "));
            ApiError::invalid(&self.path(name), problem)
        })
    }

    /// An object within this one.
    pub(crate) fn object(&mut self, name: &'static str) -> Result<Option<Self>, ApiError> {
        let object = self.optional::<Map<String, Value>>(name)?;
        Ok(object.map(|object| Self {
            within: format!("{}.", self.path(name)),
            object,
            known: Vec::new(),
        }))
    }

    /// The objects of a list, each with its place in its fields' names. `None` where the list is absent.
    pub(crate) fn objects(&mut self, name: &'static str) -> Result<Option<Vec<Self>>, ApiError> {
        let objects = self.given::<Vec<Map<String, Value>>>(name)?;
        let path = self.path(name);
        let each = |(place, object)| Self {
            within: format!("{path}[{place}]."),
            object,
            known: Vec::new(),
        };
        Ok(objects.map(|objects| objects.into_iter().enumerate().map(each).collect()))
    }

    /// Refuses what nobody asked for.
    pub(crate) fn finish(self) -> Result<(), ApiError> {
        let Some(name) = self.object.keys().next() else {
            return Ok(());
        };
        let path = self.path(name);
        let message = if self.known.is_empty() {
            format!("`{path}` is not a field here: this request takes none.")
        } else {
            format!(
                "`{path}` is not a field here. The fields are: {}.",
                self.known.join(", ")
            )
        };
        Err(ApiError::bad("unknown_field", message)
            .with("field", path)
            .with("fields", self.known))
    }
}

impl FromJson for String {
    fn from_json(value: Value) -> Result<Self, String> {
        match value {
            Value::String(text) => Ok(text),
            _ => Err("must be a string".to_owned()),
        }
    }
}

impl FromJson for bool {
    fn from_json(value: Value) -> Result<Self, String> {
        value
            .as_bool()
            .ok_or_else(|| "must be true or false".to_owned())
    }
}

impl FromJson for u64 {
    fn from_json(value: Value) -> Result<Self, String> {
        value
            .as_u64()
            .ok_or_else(|| "must be a whole number, 0 or more".to_owned())
    }
}

impl FromJson for u32 {
    fn from_json(value: Value) -> Result<Self, String> {
        let number = value
            .as_u64()
            .and_then(|number| Self::try_from(number).ok());
        number.ok_or_else(|| "must be a whole number from 0 to 4294967295".to_owned())
    }
}

impl FromJson for Map<String, Value> {
    fn from_json(value: Value) -> Result<Self, String> {
        match value {
            Value::Object(object) => Ok(object),
            _ => Err("must be an object".to_owned()),
        }
    }
}

impl FromJson for Vec<String> {
    fn from_json(value: Value) -> Result<Self, String> {
        let wrong = || "must be a list of strings".to_owned();
        let Value::Array(items) = value else {
            return Err(wrong());
        };
        items
            .into_iter()
            .map(|item| String::from_json(item).map_err(|_not_a_string| wrong()))
            .collect()
    }
}

impl FromJson for Vec<u16> {
    fn from_json(value: Value) -> Result<Self, String> {
        let wrong =
            || "must be a list of whole numbers of percent, such as [50, 80, 100]".to_owned();
        let Value::Array(items) = value else {
            return Err(wrong());
        };
        let number = |item: &Value| item.as_u64().and_then(|number| u16::try_from(number).ok());
        items
            .iter()
            .map(|item| number(item).ok_or_else(wrong))
            .collect()
    }
}

impl FromJson for Vec<Map<String, Value>> {
    fn from_json(value: Value) -> Result<Self, String> {
        let wrong = || "must be a list of objects".to_owned();
        let Value::Array(items) = value else {
            return Err(wrong());
        };
        items
            .into_iter()
            .map(|item| Map::from_json(item).map_err(|_not_an_object| wrong()))
            .collect()
    }
}

impl FromJson for Nanos {
    fn from_json(value: Value) -> Result<Self, String> {
        match value {
            Value::String(text) => text.parse().map_err(|error| format!("is {error}")),
            // A JSON number is a float to most programs that send it, and a float is not an amount of money.
            _ => {
                Err("must be a decimal string: send a decimal string such as \"12.50\"".to_owned())
            }
        }
    }
}

impl FromJson for Time {
    fn from_json(value: Value) -> Result<Self, String> {
        let moment = value
            .as_str()
            .and_then(|text| text.parse::<jiff::Timestamp>().ok());
        moment.map(Self::from).ok_or_else(|| {
            "must be a time in RFC 3339, such as \"2026-12-01T00:00:00Z\"".to_owned()
        })
    }
}

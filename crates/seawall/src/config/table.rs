//! The rows of `[[upstream]]` and `[[route]]`: fields that are texts or lists, each with its place.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::DeValue;

use super::error::{ConfigError, Place};
use super::file::Source;
use super::guess;

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Text(String),
    List(Vec<String>),
    Models(ModelsField),
}

/// The models of an upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ModelsField {
    /// Those that its provider lists.
    Listed,
    /// These, each with the name that its provider has for it, where that is another.
    Offers(Vec<(String, Option<String>)>),
}

/// One row: its fields by name.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    kind: &'static str,
    place: Place,
    fields: BTreeMap<&'static str, (Field, Place)>,
}

/// Reads all rows of one kind, which has these fields and no others.
pub(crate) fn rows(
    source: Source<'_>,
    (kind, known): (&'static str, &'static [&'static str]),
    value: &Spanned<DeValue<'_>>,
) -> Result<Vec<Row>, ConfigError> {
    let wrong = || {
        source.error(
            value,
            format!("write [[{kind}]] on a line of its own, once for each {kind}"),
        )
    };
    let DeValue::Array(array) = value.get_ref() else {
        return Err(wrong());
    };
    let mut rows = Vec::new();
    for item in array.iter() {
        let DeValue::Table(table) = item.get_ref() else {
            return Err(wrong());
        };
        let mut fields = BTreeMap::new();
        for (key, value) in table {
            let name = known.iter().find(|name| **name == key.get_ref().as_ref());
            let Some(name) = name else {
                let hint = guess::or_all(key.get_ref(), known.iter().copied());
                return Err(source.error(
                    key,
                    format!("unknown key `{kind}.{}`: {hint}", key.get_ref()),
                ));
            };
            fields.insert(
                *name,
                (field(source, (kind, name), value)?, source.place(value)),
            );
        }
        rows.push(Row {
            kind,
            place: source.place(item),
            fields,
        });
    }
    Ok(rows)
}

fn field(
    source: Source<'_>,
    (kind, name): (&str, &str),
    value: &Spanned<DeValue<'_>>,
) -> Result<Field, ConfigError> {
    if (kind, name) == ("upstream", "models") {
        return models(value).map(Field::Models).ok_or_else(|| {
            let shape = "must be \"listed\", or a list such as [\"gpt-*\", { model = \"gpt-5\", as = \"my-deployment\" }]";
            source.error(value, format!("upstream.models: {shape}"))
        });
    }
    let lists = matches!(name, "models" | "upstreams");
    let wrong = || {
        let shape = if lists {
            "a list of texts, such as [\"gpt-*\"]"
        } else {
            "a text in quotes"
        };
        source.error(value, format!("{kind}.{name}: must be {shape}"))
    };
    match value.get_ref() {
        DeValue::String(text) if !lists => Ok(Field::Text(text.clone().into_owned())),
        DeValue::Array(items) if lists => {
            let text = |item: &Spanned<DeValue<'_>>| match item.get_ref() {
                DeValue::String(text) => Some(text.clone().into_owned()),
                _ => None,
            };
            let texts: Option<Vec<String>> = items.iter().map(text).collect();
            texts.map(Field::List).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

fn models(value: &Spanned<DeValue<'_>>) -> Option<ModelsField> {
    match value.get_ref() {
        DeValue::String(word) => (word == "listed").then_some(ModelsField::Listed),
        DeValue::Array(items) => {
            let offers: Option<Vec<_>> = items.iter().map(|item| offer(item.get_ref())).collect();
            offers.map(ModelsField::Offers)
        }
        _ => None,
    }
}

fn offer(value: &DeValue<'_>) -> Option<(String, Option<String>)> {
    let table = match value {
        DeValue::String(model) => return Some((model.clone().into_owned(), None)),
        DeValue::Table(table) => table,
        _ => return None,
    };
    let (mut model, mut as_) = (None, None);
    for (key, value) in table {
        let DeValue::String(text) = value.get_ref() else {
            return None;
        };
        let place = match key.get_ref().as_ref() {
            "model" => &mut model,
            "as" => &mut as_,
            _ => return None,
        };
        *place = Some(text.clone().into_owned());
    }
    Some((model?, as_))
}

impl Row {
    /// The models of an upstream.
    pub(crate) fn models(&self) -> Option<&ModelsField> {
        match self.fields.get("models") {
            Some((Field::Models(models), _)) => Some(models),
            _ => None,
        }
    }

    pub(crate) fn text(&self, name: &'static str) -> Option<&str> {
        match self.fields.get(name) {
            Some((Field::Text(text), _)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn required(&self, name: &'static str) -> Result<&str, ConfigError> {
        self.text(name)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| {
                ConfigError::at(
                    &self.place,
                    format!("this [[{}]] lacks `{name}`", self.kind),
                )
            })
    }

    pub(crate) fn list(&self, name: &'static str) -> Option<&[String]> {
        match self.fields.get(name) {
            Some((Field::List(list), _)) => Some(list),
            _ => None,
        }
    }

    /// A list that must be there and not empty.
    pub(crate) fn required_list(&self, name: &'static str) -> Result<&[String], ConfigError> {
        self.list(name)
            .filter(|list| !list.is_empty())
            .ok_or_else(|| {
                ConfigError::at(
                    &self.place,
                    format!("this [[{}]] lacks `{name}`", self.kind),
                )
            })
    }

    /// An error about a field of this row, at its place.
    pub(crate) fn wrong(&self, name: &'static str, message: impl std::fmt::Display) -> ConfigError {
        let place = self
            .fields
            .get(name)
            .map_or(&self.place, |(_, place)| place);
        ConfigError::at(place, format!("{}.{name}: {message}", self.kind))
    }
}

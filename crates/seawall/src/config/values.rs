//! The values of all settings, each from the first place that has one: flag, environment, file, default.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use money::Nanos;

use super::error::{ConfigError, Place};
use super::settings::{self, Kind, SETTINGS, Setting};
use super::{guess, quantity};
use crate::environment::Environment;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    File(Place),
    /// The variable's name.
    Environment(String),
    /// The flag's name.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(place) => place.fmt(f),
            Self::Environment(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// A value as it was written, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

/// A value for every setting. Every one has the shape that its setting asks for.
#[derive(Clone, Debug)]
pub(crate) struct Values(BTreeMap<&'static str, Value>);

impl Values {
    /// Lays the sources over each other. `file` and `flags` name settings that exist.
    pub(crate) fn merge(
        file: BTreeMap<&'static str, Value>,
        environment: &Environment,
        flags: &[(&'static str, &'static str, String)],
    ) -> Result<Self, ConfigError> {
        let mut values: BTreeMap<_, _> = SETTINGS
            .iter()
            .map(|setting| {
                let text = setting.default.to_owned();
                (
                    setting.name,
                    Value {
                        text,
                        origin: Origin::Default,
                    },
                )
            })
            .collect();
        values.extend(file);
        values.extend(of_environment(environment)?);
        for (name, flag, text) in flags {
            let origin = Origin::Flag(flag);
            values.insert(
                name,
                Value {
                    text: text.clone(),
                    origin,
                },
            );
        }
        for setting in SETTINGS {
            if let Some(value) = values.get(setting.name) {
                check(setting, value)?;
            }
        }
        Ok(Self(values))
    }

    pub(crate) fn get(&self, name: &'static str) -> &Value {
        self.0
            .get(name)
            .expect("merge puts a value in for every setting")
    }

    pub(crate) fn text(&self, name: &'static str) -> &str {
        &self.get(name).text
    }

    /// The text, or nothing where it is empty.
    pub(crate) fn optional(&self, name: &'static str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    pub(crate) fn duration(&self, name: &'static str) -> Result<Duration, ConfigError> {
        quantity::duration(self.text(name)).map_err(|message| self.wrong(name, message))
    }

    pub(crate) fn size(&self, name: &'static str) -> Result<u64, ConfigError> {
        quantity::size(self.text(name)).map_err(|message| self.wrong(name, message))
    }

    /// An amount in dollars; `None` where it is off.
    pub(crate) fn usd_or_off(&self, name: &'static str) -> Result<Option<Nanos>, ConfigError> {
        quantity::usd_or_off(self.text(name)).map_err(|message| self.wrong(name, message))
    }

    /// A number, in whatever type it must fit.
    pub(crate) fn count<N: TryFrom<u64>>(&self, name: &'static str) -> Result<N, ConfigError> {
        let number: Option<u64> = self.text(name).parse().ok();
        number
            .and_then(|number| N::try_from(number).ok())
            .ok_or_else(|| self.wrong(name, format!("`{}` is too large", self.text(name))))
    }

    /// An error about this setting, at the place its value comes from.
    pub(crate) fn wrong(&self, name: &'static str, message: impl fmt::Display) -> ConfigError {
        wrong(name, self.get(name), message)
    }
}

fn wrong(name: &str, value: &Value, message: impl fmt::Display) -> ConfigError {
    match &value.origin {
        Origin::File(place) => ConfigError::at(place, format!("{name}: {message}")),
        Origin::Default => ConfigError::new(format!("{name}: {message}")),
        origin @ (Origin::Environment(_) | Origin::Flag(_)) => {
            ConfigError::at(origin, message.to_string())
        }
    }
}

/// What the environment sets. A variable with two underscores is ours; one that sets nothing is refused, because
/// whoever set it believes that it does.
fn of_environment(environment: &Environment) -> Result<BTreeMap<&'static str, Value>, ConfigError> {
    let mut values = BTreeMap::new();
    let ours = |name: &&str| name.starts_with("SEAWALL_") && name.contains("__");
    for name in environment.names().filter(ours) {
        let setting = SETTINGS.iter().find(|setting| setting.variable() == name);
        let Some(setting) = setting else {
            let known: Vec<String> = SETTINGS.iter().map(Setting::variable).collect();
            let hint = match guess::nearest(name, known.iter().map(String::as_str)) {
                Some(guess) => format!("did you mean `{guess}`?"),
                None => "see docs/configuration.md for those there are".to_owned(),
            };
            return Err(ConfigError::at(
                name,
                format!("this variable sets nothing; {hint}"),
            ));
        };
        if let Some(text) = environment.get(name) {
            let origin = Origin::Environment(name.to_owned());
            values.insert(
                setting.name,
                Value {
                    text: text.to_owned(),
                    origin,
                },
            );
        }
    }
    Ok(values)
}

/// Whether the value has the shape that its setting asks for.
fn check(setting: &Setting, value: &Value) -> Result<(), ConfigError> {
    let text = value.text.as_str();
    let refused = match setting.kind {
        Kind::Text => None,
        Kind::Duration => quantity::duration(text).err(),
        Kind::Size => quantity::size(text).err(),
        Kind::UsdOrOff => quantity::usd_or_off(text).err(),
        Kind::Count { zero } => match text.parse::<u64>() {
            Ok(0) if !zero => Some("must be at least 1".to_owned()),
            Ok(_) => None,
            Err(_not_a_number) => Some(format!("`{text}` is not a whole number")),
        },
        Kind::Choice(known) if known.contains(&text) => None,
        Kind::Choice(known) => Some(format!("`{text}` is not one of {}", known.join(", "))),
    };
    match refused {
        Some(message) => Err(wrong(setting.name, value, message)),
        None => Ok(()),
    }
}

/// Whether a TOML value of this type may be given for the setting.
pub(crate) fn shape(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "a text in quotes",
        Kind::Duration => quantity::DURATION,
        Kind::Size => quantity::SIZE,
        Kind::UsdOrOff => quantity::USD_OR_OFF,
        Kind::Count { .. } => "a whole number without quotes",
        Kind::Choice(_) => "one of the values of docs/configuration.md",
    }
}

/// The setting a section's key names.
pub(crate) fn named(section: &str, key: &str) -> Option<&'static Setting> {
    settings::find(&format!("{section}.{key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(environment: Environment) -> Result<Values, String> {
        Values::merge(BTreeMap::new(), &environment, &[]).map_err(|error| error.to_string())
    }

    #[test]
    fn every_default_has_the_shape_its_setting_asks_for() {
        let values = merged(Environment::default()).unwrap();
        assert_eq!(
            values.duration("gateway.hold_for").unwrap(),
            Duration::from_secs(120)
        );
        assert_eq!(values.size("gateway.body_limit").unwrap(), 32 << 20);
        assert_eq!(values.count::<u32>("gateway.fit_floor").unwrap(), 16);
    }

    #[test]
    fn a_flag_goes_before_the_environment_and_that_before_the_file_and_that_before_the_default() {
        let place = Place {
            file: "seawall.toml".into(),
            line: 2,
            column: 1,
        };
        let file = BTreeMap::from([(
            "server.listen",
            Value {
                text: "file:1".to_owned(),
                origin: Origin::File(place.clone()),
            },
        )]);
        let environment = Environment::from([("SEAWALL_SERVER__LISTEN", "environment:1")]);
        let flag = [("server.listen", "--listen", "flag:1".to_owned())];
        let listen = |file, environment, flags| {
            let values = Values::merge(file, environment, flags).unwrap();
            values.get("server.listen").clone()
        };
        let none = Environment::default();
        assert_eq!(listen(file.clone(), &environment, &flag).text, "flag:1");
        assert_eq!(
            listen(file.clone(), &environment, &[]).text,
            "environment:1"
        );
        assert_eq!(listen(file, &none, &[]).origin, Origin::File(place));
        assert_eq!(listen(BTreeMap::new(), &none, &[]).text, "127.0.0.1:8080");
    }

    #[test]
    fn a_variable_that_sets_nothing_is_refused() {
        for (name, said) in [
            (
                "SEAWALL_SERVER__LISEN",
                "SEAWALL_SERVER__LISEN: this variable sets nothing; did you mean `SEAWALL_SERVER__LISTEN`?",
            ),
            (
                "SEAWALL_X__Y",
                "SEAWALL_X__Y: this variable sets nothing; see docs/configuration.md for those there are",
            ),
        ] {
            assert_eq!(merged(Environment::from([(name, "1")])).unwrap_err(), said);
        }
        assert!(merged(Environment::from([("SEAWALL_URL", "1"), ("OTHER__X", "1")])).is_ok());
    }

    #[test]
    fn a_value_of_the_wrong_shape_says_what_it_should_be() {
        for (name, value, said) in [
            (
                "SEAWALL_GATEWAY__HOLD_FOR",
                "120",
                "SEAWALL_GATEWAY__HOLD_FOR: `120` is not a duration such as \"500ms\", \"5s\", \"2m\" or \"1h\"",
            ),
            (
                "SEAWALL_GATEWAY__BODY_LIMIT",
                "1GB",
                "SEAWALL_GATEWAY__BODY_LIMIT: `1GB` is not a size such as \"512KiB\" or \"32MiB\"",
            ),
            (
                "SEAWALL_GATEWAY__FIT_FLOOR",
                "0",
                "SEAWALL_GATEWAY__FIT_FLOOR: must be at least 1",
            ),
            (
                "SEAWALL_GATEWAY__FIT_FLOOR",
                "few",
                "SEAWALL_GATEWAY__FIT_FLOOR: `few` is not a whole number",
            ),
            (
                "SEAWALL_STORE__DURABILITY",
                "half",
                "SEAWALL_STORE__DURABILITY: `half` is not one of full, relaxed",
            ),
        ] {
            assert_eq!(
                merged(Environment::from([(name, value)])).unwrap_err(),
                said
            );
        }
        assert!(merged(Environment::from([("SEAWALL_GATEWAY__MOST_WAITING", "0")])).is_ok());
    }
}

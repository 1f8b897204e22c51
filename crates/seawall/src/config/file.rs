//! Reading seawall.toml: what stands in it and where, and nothing that is not a setting.

use std::collections::BTreeMap;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Place};
use super::settings::{self, SETTINGS};
use super::values::{self, Origin, Value};
use super::{guess, table};

/// What a file says.
#[derive(Debug, Default)]
pub(crate) struct File {
    pub(crate) values: BTreeMap<&'static str, Value>,
    pub(crate) upstreams: Vec<table::Row>,
    pub(crate) routes: Vec<table::Row>,
}

/// A file's text under its name, for saying where something stands.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) path: &'a Path,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    pub(crate) fn place<T>(&self, of: &Spanned<T>) -> Place {
        Place::of(self.path, self.text, of.span().start)
    }

    pub(crate) fn error<T>(&self, at: &Spanned<T>, message: impl Into<String>) -> ConfigError {
        ConfigError::at(self.place(at), message)
    }
}

/// The fields of an `[[upstream]]`.
pub(crate) const UPSTREAM: &[&str] = &[
    "name",
    "kind",
    "provider",
    "base_url",
    "api_version",
    "api_key",
    "admin_key",
    "service_tier",
    "models",
];
/// The fields of a `[[route]]`.
pub(crate) const ROUTE: &[&str] = &["models", "upstreams"];

/// Reads a file's text.
pub(crate) fn read(source: Source<'_>) -> Result<File, ConfigError> {
    let document = DeTable::parse(source.text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        ConfigError::at(Place::of(source.path, source.text, offset), error.message())
    })?;
    let mut file = File::default();
    for (key, value) in document.get_ref() {
        match key.get_ref().as_ref() {
            "upstream" => file.upstreams = table::rows(source, ("upstream", UPSTREAM), value)?,
            "route" => file.routes = table::rows(source, ("route", ROUTE), value)?,
            name if settings::sections().contains(&name) => {
                section(source, (name, value), &mut file)?;
            }
            name => return Err(source.error(key, unknown_section(name))),
        }
    }
    Ok(file)
}

fn unknown_section(name: &str) -> String {
    let known = settings::sections()
        .into_iter()
        .chain(["upstream", "route"]);
    let elsewhere = SETTINGS.iter().find(|setting| setting.key() == name);
    match elsewhere {
        Some(setting) => format!(
            "unknown key `{name}`: it belongs under [{}]",
            setting.section()
        ),
        None => format!(
            "unknown section `{name}`: {}",
            guess::or_all(name, known.collect::<Vec<_>>())
        ),
    }
}

fn section(
    source: Source<'_>,
    (name, value): (&str, &Spanned<DeValue<'_>>),
    file: &mut File,
) -> Result<(), ConfigError> {
    let DeValue::Table(table) = value.get_ref() else {
        return Err(source.error(
            value,
            format!("{name} is a section: write [{name}] on a line of its own"),
        ));
    };
    for (key, value) in table {
        let within = format!("{name}.{}", key.get_ref());
        if settings::sections().contains(&within.as_str()) {
            section(source, (&within, value), file)?;
            continue;
        }
        let Some(setting) = values::named(name, key.get_ref()) else {
            return Err(source.error(key, unknown_key(name, key.get_ref())));
        };
        let text = scalar(value.get_ref()).filter(|(_, quoted)| {
            // A number in quotes, or a duration without, was meant for something else more often than not.
            let number = matches!(setting.kind, settings::Kind::Count { .. });
            let either = matches!(setting.kind, settings::Kind::Choice(_));
            either || *quoted != number
        });
        let Some((text, _)) = text else {
            let shape = values::shape(setting.kind);
            return Err(source.error(value, format!("{}: must be {shape}", setting.name)));
        };
        let origin = Origin::File(source.place(value));
        file.values.insert(setting.name, Value { text, origin });
    }
    Ok(())
}

fn unknown_key(section: &str, key: &str) -> String {
    let of_section = SETTINGS
        .iter()
        .filter(|setting| setting.section() == section);
    let known: Vec<_> = of_section.map(|setting| setting.key()).collect();
    let elsewhere = SETTINGS.iter().find(|setting| setting.key() == key);
    match elsewhere {
        Some(setting) => format!(
            "unknown key `{section}.{key}`: it belongs under [{}]",
            setting.section()
        ),
        None => format!(
            "unknown key `{section}.{key}`: {}",
            guess::or_all(key, known)
        ),
    }
}

/// A text or a whole number, as text, and whether it stood in quotes.
fn scalar(value: &DeValue<'_>) -> Option<(String, bool)> {
    match value {
        DeValue::String(text) => Some((text.clone().into_owned(), true)),
        DeValue::Integer(number) if number.radix() == 10 => {
            Some((number.as_str().to_owned(), false))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<File, String> {
        let path = Path::new("seawall.toml");
        super::read(Source { path, text }).map_err(|error| error.to_string())
    }

    #[test]
    fn values_are_read_with_their_places() {
        let file = read("[server]\nlisten = \"127.0.0.1:1\"\n\n[errors]\n  refusal_status = 402\n")
            .unwrap();
        let listen = &file.values["server.listen"];
        assert_eq!(listen.text, "127.0.0.1:1");
        assert_eq!(listen.origin.to_string(), "seawall.toml:2:10");
        assert_eq!(file.values["errors.refusal_status"].text, "402");
    }

    #[test]
    fn a_section_within_a_section_is_read_however_it_is_written() {
        for text in [
            "[alerts]\nkeep_days = 7\n[alerts.email]\nsmtp = \"smtp://h\"",
            "[alerts]\nkeep_days = 7\nemail = { smtp = \"smtp://h\" }",
        ] {
            let file = read(text).unwrap();
            assert_eq!(file.values["alerts.keep_days"].text, "7");
            assert_eq!(file.values["alerts.email.smtp"].text, "smtp://h");
        }
        assert_eq!(
            read("[alerts.email]\nsmtps = \"x\"").unwrap_err(),
            "seawall.toml:2:1: unknown key `alerts.email.smtps`: did you mean `smtp`?"
        );
    }

    #[test]
    fn what_is_no_setting_is_refused_with_place_and_guess() {
        for (text, said) in [
            (
                "[server]\nlisen = \"x\"",
                "seawall.toml:2:1: unknown key `server.lisen`: did you mean `listen`?",
            ),
            (
                "[store]\nlisten = \"x\"",
                "seawall.toml:2:1: unknown key `store.listen`: it belongs under [server]",
            ),
            (
                "[store]\ncolour = \"x\"",
                "seawall.toml:2:1: unknown key `store.colour`: known are url, durability, snapshot_every, idle_after, archive_after_days, remember_bytes, remember_for",
            ),
            (
                "[sever]\nlisten = \"x\"",
                "seawall.toml:1:2: unknown section `sever`: did you mean `server`?",
            ),
            (
                "[[upstreams]]\nname = \"x\"",
                "seawall.toml:1:3: unknown section `upstreams`: did you mean `upstream`?",
            ),
            (
                "listen = \"x\"",
                "seawall.toml:1:1: unknown key `listen`: it belongs under [server]",
            ),
            (
                "[plumbing]",
                "seawall.toml:1:2: unknown section `plumbing`: known are server, store, secrets, errors, gateway, parking, requests, alerts, alerts.email, \
                 organizations, catalog, upstream, route",
            ),
        ] {
            assert_eq!(read(text).unwrap_err(), said);
        }
    }

    #[test]
    fn a_value_of_another_type_says_what_it_should_be() {
        for (text, said) in [
            (
                "[server]\nlisten = 8080",
                "seawall.toml:2:10: server.listen: must be a text in quotes",
            ),
            (
                "[gateway]\nhold_for = 120",
                "seawall.toml:2:12: gateway.hold_for: must be a duration such as \"500ms\", \"5s\", \"2m\" or \"1h\"",
            ),
            (
                "[gateway]\nfit_floor = \"16\"",
                "seawall.toml:2:13: gateway.fit_floor: must be a whole number without quotes",
            ),
            (
                "[gateway]\nfit_floor = 1.5",
                "seawall.toml:2:13: gateway.fit_floor: must be a whole number without quotes",
            ),
            (
                "server = \"x\"",
                "seawall.toml:1:10: server is a section: write [server] on a line of its own",
            ),
        ] {
            assert_eq!(read(text).unwrap_err(), said);
        }
    }

    #[test]
    fn what_is_not_toml_is_refused_with_its_place() {
        let said = read("[server]\nlisten = \n").unwrap_err();
        assert!(said.starts_with("seawall.toml:2:1"), "{said}");
        let said = read("[server]\nlisten = \"a\"\nlisten = \"b\"\n").unwrap_err();
        assert!(
            said.starts_with("seawall.toml:3:1: duplicate key"),
            "{said}"
        );
    }

    #[test]
    fn every_field_of_a_row_has_its_row_in_the_reference() {
        let reference = include_str!("../../../../docs/configuration.md");
        for (heading, fields) in [("## Upstreams", UPSTREAM), ("## Routes", ROUTE)] {
            let (_, section) = reference.split_once(heading).unwrap();
            let section = section.split("\n## ").next().unwrap_or_default();
            let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
            let named: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
            assert_eq!(named, fields, "{heading} of docs/configuration.md");
        }
    }
}

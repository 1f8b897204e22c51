//! Upstreams and routes: whom calls are sent to, and which first.

use super::error::ConfigError;
use super::guess;
use super::secret::{Secret, SecretRef};
use super::table::Row;
use crate::environment::Environment;

/// Whose language an upstream speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    OpenAi,
    OpenRouter,
    Anthropic,
    Azure,
    Compatible,
}

const KINDS: [(&str, Kind); 5] = [
    ("openai", Kind::OpenAi),
    ("openrouter", Kind::OpenRouter),
    ("anthropic", Kind::Anthropic),
    ("azure", Kind::Azure),
    ("compatible", Kind::Compatible),
];

impl Kind {
    fn named(name: &str) -> Option<Self> {
        KINDS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, kind)| *kind)
    }

    pub(crate) fn name(self) -> &'static str {
        KINDS
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(name, _)| name)
    }

    const fn base_url(self) -> Option<&'static str> {
        match self {
            Self::OpenAi => Some("https://api.openai.com/v1"),
            Self::OpenRouter => Some("https://openrouter.ai/api/v1"),
            Self::Anthropic => Some("https://api.anthropic.com/v1"),
            Self::Azure | Self::Compatible => None,
        }
    }

    /// Whether calls can be sent there by this version.
    pub(crate) const fn is_served(self) -> bool {
        match self {
            Self::OpenAi | Self::OpenRouter | Self::Compatible => true,
            Self::Anthropic | Self::Azure => false,
        }
    }
}

const TIERS: [&str; 3] = ["default", "flex", "priority"];

/// An account at a provider.
#[derive(Clone, Debug)]
pub(crate) struct Upstream {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) base_url: String,
    /// Only a compatible one may be without.
    pub(crate) api_key: Option<SecretRef>,
    pub(crate) admin_key: Option<SecretRef>,
    /// The tier that the account's calls run in, where the account pins one.
    pub(crate) service_tier: Option<String>,
    /// The models it serves; a name may end in `*`. `None`: all.
    pub(crate) models: Option<Vec<String>>,
}

/// The upstreams that serve some models, in order.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) models: Vec<String>,
    pub(crate) upstreams: Vec<String>,
}

/// Upstreams with their credentials, as calls need them.
pub(crate) struct Opened {
    pub(crate) upstream: Upstream,
    pub(crate) api_key: Option<Secret>,
}

/// The upstreams of the file.
pub(crate) fn read(rows: &[Row]) -> Result<Vec<Upstream>, ConfigError> {
    let mut upstreams: Vec<Upstream> = Vec::new();
    for row in rows {
        let upstream = one(row)?;
        if upstreams.iter().any(|other| other.name == upstream.name) {
            return Err(row.wrong("name", format!("`{}` is there twice", upstream.name)));
        }
        upstreams.push(upstream);
    }
    Ok(upstreams)
}

fn one(row: &Row) -> Result<Upstream, ConfigError> {
    let name = row.required("name")?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_' || b == b'.';
    if name.len() > 64 || !name.bytes().all(plain) {
        return Err(row.wrong(
            "name",
            "letters, digits, `-`, `_` and `.`, at most 64 of them",
        ));
    }
    let kind = row.required("kind")?;
    let kind = Kind::named(kind).ok_or_else(|| {
        let known = KINDS.map(|(name, _)| name);
        row.wrong(
            "kind",
            format!("`{kind}` is unknown; {}", guess::or_all(kind, known)),
        )
    })?;
    let base_url = match (row.text("base_url"), kind.base_url()) {
        (Some(url), _) => base_url(url).map_err(|message| row.wrong("base_url", message))?,
        (None, Some(url)) => url.to_owned(),
        (None, None) => row.required("base_url")?.to_owned(),
    };
    let reference = |name| match row.text(name) {
        Some(text) => SecretRef::parse(text)
            .map(Some)
            .map_err(|message| row.wrong(name, message)),
        None => Ok(None),
    };
    let api_key = reference("api_key")?;
    if api_key.is_none() && kind != Kind::Compatible {
        row.required("api_key")?;
    }
    let tier = row.text("service_tier");
    if let Some(tier) = tier.filter(|tier| !TIERS.contains(tier)) {
        return Err(row.wrong(
            "service_tier",
            format!("`{tier}` is not one of {}", TIERS.join(", ")),
        ));
    }
    Ok(Upstream {
        name: name.to_owned(),
        kind,
        base_url,
        api_key,
        admin_key: reference("admin_key")?,
        service_tier: tier.map(str::to_owned),
        models: patterns(row)?,
    })
}

fn base_url(text: &str) -> Result<String, String> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let plausible = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_graphic() && b != b'?' && b != b'#' && b != b'@');
    if plausible && plain {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err(format!(
            "`{text}` is not an address such as https://api.openai.com/v1"
        ))
    }
}

fn patterns(row: &Row) -> Result<Option<Vec<String>>, ConfigError> {
    let Some(models) = row.list("models") else {
        return Ok(None);
    };
    // A star elsewhere would look as if it meant something.
    let wrong = models
        .iter()
        .find(|model| model.is_empty() || model.strip_suffix('*').unwrap_or(model).contains('*'));
    match wrong {
        Some(model) => Err(row.wrong(
            "models",
            format!("`{model}`: a name, or the beginning of names and a `*` at the end"),
        )),
        None => Ok(Some(models.to_vec())),
    }
}

/// The routes of the file, over these upstreams.
pub(crate) fn routes(rows: &[Row], upstreams: &[Upstream]) -> Result<Vec<Route>, ConfigError> {
    rows.iter()
        .map(|row| {
            row.required_list("models")?;
            let models = patterns(row)?.unwrap_or_default();
            let names = row.required_list("upstreams")?;
            let known: Vec<&str> = upstreams
                .iter()
                .map(|upstream| upstream.name.as_str())
                .collect();
            if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
                let hint = if known.is_empty() {
                    "there is no [[upstream]]".to_owned()
                } else {
                    guess::or_all(name, known)
                };
                return Err(row.wrong(
                    "upstreams",
                    format!("no upstream is called `{name}`; {hint}"),
                ));
            }
            Ok(Route {
                models,
                upstreams: names.to_vec(),
            })
        })
        .collect()
}

/// Without any in the file: those whose usual variables are set.
pub(crate) fn of_environment(environment: &Environment) -> Vec<Upstream> {
    [
        ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", Kind::OpenAi),
        (
            "OPENROUTER_API_KEY",
            "OPENROUTER_ADMIN_KEY",
            Kind::OpenRouter,
        ),
        ("ANTHROPIC_API_KEY", "ANTHROPIC_ADMIN_KEY", Kind::Anthropic),
    ]
    .into_iter()
    .filter(|(key, _, _)| environment.get(key).is_some())
    .map(|(key, admin, kind)| Upstream {
        name: kind.name().to_owned(),
        kind,
        base_url: kind.base_url().unwrap_or_default().to_owned(),
        api_key: Some(SecretRef::Environment(key.to_owned())),
        admin_key: environment
            .get(admin)
            .map(|_set| SecretRef::Environment(admin.to_owned())),
        service_tier: None,
        models: None,
    })
    .collect()
}

impl Upstream {
    /// Fetches the credential. The admin key is fetched by what uses it.
    pub(crate) fn open(self, environment: &Environment) -> Result<Opened, ConfigError> {
        let api_key = match &self.api_key {
            Some(reference) => Some(reference.resolve(environment).map_err(|message| {
                ConfigError::new(format!("upstream `{}`: api_key: {message}", self.name))
            })?),
            None => None,
        };
        Ok(Opened {
            upstream: self,
            api_key,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::file::{self, Source};

    fn upstreams(text: &str) -> Result<Vec<Upstream>, String> {
        let path = Path::new("s.toml");
        let file = file::read(Source { path, text }).map_err(|error| error.to_string())?;
        let upstreams = read(&file.upstreams).map_err(|error| error.to_string())?;
        routes(&file.routes, &upstreams).map_err(|error| error.to_string())?;
        Ok(upstreams)
    }

    const GOOD: &str = "[[upstream]]\nname = \"openai\"\nkind = \"openai\"\napi_key = \"env:K\"\n";

    #[test]
    fn an_upstream_has_the_address_of_its_kind_unless_it_says_another() {
        let read = upstreams(&format!("{GOOD}\n[[upstream]]\nname = \"sim\"\nkind = \"compatible\"\nbase_url = \"http://127.0.0.1:1/v1/\"\nmodels = [\"sim/*\"]\n")).unwrap();
        assert_eq!(read[0].base_url, "https://api.openai.com/v1");
        assert_eq!(read[1].base_url, "http://127.0.0.1:1/v1");
        assert_eq!(read[1].models.as_deref(), Some(&["sim/*".to_owned()][..]));
    }

    #[test]
    fn what_is_wrong_with_an_upstream_is_said_with_its_place() {
        for (text, said) in [
            (
                "[[upstream]]\nkind = \"openai\"",
                "s.toml:1:1: this [[upstream]] lacks `name`",
            ),
            (
                "[[upstream]]\nname = \"a\"",
                "s.toml:1:1: this [[upstream]] lacks `kind`",
            ),
            (
                "[[upstream]]\nname = \"a\"\nkind = \"openai\"",
                "s.toml:1:1: this [[upstream]] lacks `api_key`",
            ),
            (
                "[[upstream]]\nname = \"a\"\nkind = \"azure\"",
                "s.toml:1:1: this [[upstream]] lacks `base_url`",
            ),
            (
                "[[upstream]]\nname = \"a b\"\nkind = \"openai\"",
                "s.toml:2:8: upstream.name: letters, digits, `-`, `_` and `.`, at most 64 of them",
            ),
            (
                "[[upstream]]\nname = \"a\"\nkind = \"opnai\"",
                "s.toml:3:8: upstream.kind: `opnai` is unknown; did you mean `openai`?",
            ),
            (
                "[[upstream]]\nname = \"a\"\nkind = \"openai\"\napi_key = \"sk-123456\"",
                "s.toml:4:11: upstream.api_key: a secret is given by reference, env:NAME or file:/path, never as itself",
            ),
            (
                "[[upstream]]\nname = \"a\"\nkind = \"openai\"\nbase_url = \"api.openai.com\"",
                "s.toml:4:12: upstream.base_url: `api.openai.com` is not an address such as https://api.openai.com/v1",
            ),
            (
                "[[upstream]]\nname = \"a\"\nkind = \"openai\"\napi_key = \"env:K\"\nservice_tier = \"fast\"",
                "s.toml:5:16: upstream.service_tier: `fast` is not one of default, flex, priority",
            ),
            (
                "[[upstream]]\nname = \"a\"\nkind = \"openai\"\napi_key = \"env:K\"\nmodels = [\"*-mini\"]",
                "s.toml:5:10: upstream.models: `*-mini`: a name, or the beginning of names and a `*` at the end",
            ),
            (
                "[[upstream]]\nname = \"a\"\nkin = \"openai\"",
                "s.toml:3:1: unknown key `upstream.kin`: did you mean `kind`?",
            ),
            (
                "[[upstream]]\nname = 7",
                "s.toml:2:8: upstream.name: must be a text in quotes",
            ),
            (
                "[[upstream]]\nname = \"a\"\nmodels = \"gpt-*\"",
                "s.toml:3:10: upstream.models: must be a list of texts, such as [\"gpt-*\"]",
            ),
            (
                "[upstream]\nname = \"a\"",
                "s.toml:1:1: write [[upstream]] on a line of its own, once for each upstream",
            ),
        ] {
            assert_eq!(upstreams(text).unwrap_err(), said);
        }
        assert_eq!(
            upstreams(&format!("{GOOD}{GOOD}")).unwrap_err(),
            "s.toml:6:8: upstream.name: `openai` is there twice"
        );
    }

    #[test]
    fn a_route_names_upstreams_that_are_there() {
        let route = |lines: &str| upstreams(&format!("{GOOD}[[route]]\n{lines}"));
        assert!(route("models = [\"gpt-*\"]\nupstreams = [\"openai\"]").is_ok());
        for (lines, said) in [
            (
                "upstreams = [\"openai\"]",
                "s.toml:5:1: this [[route]] lacks `models`",
            ),
            (
                "models = [\"gpt-*\"]",
                "s.toml:5:1: this [[route]] lacks `upstreams`",
            ),
            (
                "models = [\"gpt-*\"]\nupstreams = [\"openia\"]",
                "s.toml:7:13: route.upstreams: no upstream is called `openia`; did you mean `openai`?",
            ),
        ] {
            assert_eq!(route(lines).unwrap_err(), said);
        }
    }

    #[test]
    fn the_usual_variables_become_upstreams() {
        let environment = Environment::from([("OPENAI_API_KEY", "a"), ("ANTHROPIC_API_KEY", "b")]);
        let found = of_environment(&environment);
        let names: Vec<_> = found
            .iter()
            .map(|one| (one.name.as_str(), one.kind.is_served()))
            .collect();
        assert_eq!(names, [("openai", true), ("anthropic", false)]);
    }

    #[test]
    fn a_credential_that_is_not_there_names_upstream_and_variable() {
        let upstream = upstreams(GOOD).unwrap().remove(0);
        let why = upstream.open(&Environment::default()).err().unwrap();
        assert_eq!(
            why.to_string(),
            "upstream `openai`: api_key: the environment variable K is not set"
        );
    }
}

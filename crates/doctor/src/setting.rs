//! A variable that somebody set: its name, where, and as much of its value as may be shown.

use crate::key::Shown;

/// Where a variable was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the environment of the process.
    Process,
    /// In a file such as `.env`.
    File(String),
    /// In Seawall's own configuration.
    Config(String),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Process => f.write_str("the environment"),
            Self::File(path) | Self::Config(path) => f.write_str(path),
        }
    }
}

/// A value, as far as it may be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A key.
    Key(Shown),
    /// A text without a secret, such as an address or an id.
    Text(String),
    /// Headers that go along with each call: their names, and the values of those that say who is billed.
    Headers(Vec<(String, Option<String>)>),
    /// A secret of another kind, of which nothing is shown.
    Hidden,
}

/// How a variable's value is to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A key.
    Key,
    /// An address; a name and password in it are taken out.
    Address,
    /// A text.
    Text,
    /// Lines of `Name: value`.
    Headers,
    /// Nothing of it is shown.
    Hidden,
}

/// Every variable that decides who is called and who pays, as the libraries read them.
pub const VARIABLES: [(&str, Look); 40] = [
    ("OPENAI_API_KEY", Look::Key),
    ("OPENAI_ADMIN_KEY", Look::Key),
    ("OPENAI_ORG_ID", Look::Text),
    ("OPENAI_ORGANIZATION", Look::Text),
    ("OPENAI_ORGANIZATION_ID", Look::Text),
    ("OPENAI_PROJECT_ID", Look::Text),
    ("OPENAI_PROJECT", Look::Text),
    ("OPENAI_BASE_URL", Look::Address),
    ("OPENAI_API_BASE", Look::Address),
    ("OPENAI_API_TYPE", Look::Text),
    ("OPENAI_API_VERSION", Look::Text),
    ("OPENAI_CUSTOM_HEADERS", Look::Headers),
    ("OPENAI_WEBHOOK_SECRET", Look::Hidden),
    ("OPENAI_LOG", Look::Text),
    ("OPENAI_PROXY", Look::Address),
    ("AZURE_OPENAI_API_KEY", Look::Key),
    ("AZURE_OPENAI_AD_TOKEN", Look::Hidden),
    ("AZURE_OPENAI_ENDPOINT", Look::Address),
    ("OPENROUTER_API_KEY", Look::Key),
    ("OPENROUTER_ADMIN_KEY", Look::Key),
    ("ANTHROPIC_API_KEY", Look::Key),
    ("ANTHROPIC_ADMIN_KEY", Look::Key),
    ("ANTHROPIC_AUTH_TOKEN", Look::Hidden),
    ("ANTHROPIC_PROFILE", Look::Text),
    ("ANTHROPIC_BASE_URL", Look::Address),
    ("ANTHROPIC_CUSTOM_HEADERS", Look::Headers),
    ("ANTHROPIC_WEBHOOK_SIGNING_KEY", Look::Hidden),
    ("GROQ_API_KEY", Look::Key),
    ("GROQ_BASE_URL", Look::Address),
    ("TOGETHER_API_KEY", Look::Key),
    ("TOGETHER_BASE_URL", Look::Address),
    ("TOGETHER_PROJECT_ID", Look::Text),
    ("HTTPS_PROXY", Look::Address),
    ("https_proxy", Look::Address),
    ("HTTP_PROXY", Look::Address),
    ("http_proxy", Look::Address),
    ("ALL_PROXY", Look::Address),
    ("all_proxy", Look::Address),
    ("NO_PROXY", Look::Text),
    ("no_proxy", Look::Text),
];

/// A variable that is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Where it is set.
    pub origin: Origin,
    /// As much of its value as may be known.
    pub value: Value,
}

impl Setting {
    /// Looks at a variable; `None` where it is none of those that matter here.
    #[must_use]
    pub fn of(name: &str, origin: Origin, raw: &str) -> Option<Self> {
        let (_, look) = VARIABLES.iter().find(|(known, _)| *known == name)?;
        let value = match look {
            Look::Key => Value::Key(Shown::of(raw)),
            Look::Address => Value::Text(without_login(raw)),
            // An id that is a key was put into the wrong variable.
            Look::Text if raw.starts_with("sk-") => Value::Key(Shown::of(raw)),
            Look::Text => Value::Text(raw.to_owned()),
            Look::Headers => Value::Headers(headers(raw)),
            Look::Hidden => Value::Hidden,
        };
        Some(Self {
            name: name.to_owned(),
            origin,
            value,
        })
    }

    /// Its text, where it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            Value::Key(_) | Value::Headers(_) | Value::Hidden => None,
        }
    }

    /// Its key, where it is one.
    #[must_use]
    pub const fn key(&self) -> Option<&Shown> {
        match &self.value {
            Value::Key(key) => Some(key),
            Value::Text(_) | Value::Headers(_) | Value::Hidden => None,
        }
    }

    /// What of its value may be shown.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.value {
            Value::Key(key) => format!("{key} ({})", key.kind.words()),
            Value::Text(text) => text.clone(),
            Value::Headers(all) => {
                let one = |(name, value): &(String, Option<String>)| match value {
                    Some(value) => format!("{name}: {value}"),
                    None => format!("{name}: (not shown)"),
                };
                all.iter().map(one).collect::<Vec<_>>().join(", ")
            }
            Value::Hidden => "set (not shown)".to_owned(),
        }
    }
}

/// An address without a name and password in it, and without a query, in which some put their key.
fn without_login(raw: &str) -> String {
    let address = raw.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.rsplit('@').next().unwrap_or_default().to_owned();
    };
    let (authority, path) = rest
        .split_once('/')
        .map_or((rest, None), |(a, p)| (a, Some(p)));
    let host = authority.rsplit('@').next().unwrap_or_default();
    match path {
        Some(path) => format!("{scheme}://{host}/{path}"),
        None => format!("{scheme}://{host}"),
    }
}

/// The headers of `Name: value` lines. Only what names who is billed is shown of the values.
fn headers(raw: &str) -> Vec<(String, Option<String>)> {
    raw.lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| {
            let name = name.trim().to_owned();
            let billed = ["openai-organization", "openai-project"]
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known));
            (name, billed.then(|| value.trim().to_owned()))
        })
        .collect()
}

//! Accounts at providers.

use http::Uri;
use http::header::HeaderValue;
use http::uri::{Authority, PathAndQuery, Scheme};

use crate::idle::Host;

/// A credential. No `Debug`, no `Display`; it only ever becomes a header marked as sensitive.
#[expect(missing_debug_implementations, reason = "a secret must not print")]
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes a credential; white space around it is dropped.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }
}

/// Whose language an account speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// OpenAI itself.
    OpenAi,
    /// OpenRouter.
    OpenRouter,
    /// Anthropic. Not called yet: its routes come later.
    Anthropic,
    /// Azure's deployments of OpenAI's models. Not called yet.
    Azure,
    /// Anyone else who speaks OpenAI's language.
    Compatible,
}

impl Kind {
    /// What people call the provider; for [`Kind::Compatible`] that is the account's own name.
    #[must_use]
    pub const fn provider_name(self) -> Option<&'static str> {
        match self {
            Self::OpenAi => Some("OpenAI"),
            Self::OpenRouter => Some("OpenRouter"),
            Self::Anthropic => Some("Anthropic"),
            Self::Azure => Some("Azure"),
            Self::Compatible => None,
        }
    }

    /// The same for the table of diagnoses.
    #[must_use]
    pub const fn provider(self) -> diagnosis::Provider {
        match self {
            Self::OpenAi => diagnosis::Provider::OpenAi,
            Self::OpenRouter => diagnosis::Provider::OpenRouter,
            Self::Anthropic => diagnosis::Provider::Anthropic,
            Self::Azure => diagnosis::Provider::Azure,
            Self::Compatible => diagnosis::Provider::Compatible,
        }
    }
}

/// Why an account cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The base URL is not `http(s)://host[:port][/path]`.
    #[error("base_url {0:?} is not an http:// or https:// address")]
    BaseUrl(String),
    /// The credential cannot be sent.
    #[error("the api_key contains characters that cannot be sent in a header")]
    Credential,
}

/// A place to send calls to.
#[derive(Clone, Debug)]
pub struct Account {
    name: Box<str>,
    kind: Kind,
    base: Uri,
    host: Host,
    host_header: HeaderValue,
    authorization: Option<HeaderValue>,
}

impl Account {
    /// An account under its name in the configuration. `base_url` is what stands before the path of an SDK's call, such
    /// as `https://api.openai.com/v1`. Without a key the calls carry no credential.
    ///
    /// # Errors
    /// [`AccountError`].
    pub fn new(
        name: &str,
        kind: Kind,
        base_url: &str,
        key: Option<&Secret>,
    ) -> Result<Self, AccountError> {
        let wrong = || AccountError::BaseUrl(base_url.to_owned());
        let base: Uri = base_url
            .trim_end_matches('/')
            .parse()
            .map_err(|_uri| wrong())?;
        let host = match (base.scheme(), base.authority()) {
            (Some(scheme), Some(authority))
                if (*scheme == Scheme::HTTP || *scheme == Scheme::HTTPS)
                    && base.query().is_none() =>
            {
                (scheme.clone(), authority.clone())
            }
            _ => return Err(wrong()),
        };
        let host_header = HeaderValue::from_str(&named(&host)).map_err(|_value| wrong())?;
        let authorization = match key {
            Some(Secret(key)) => {
                let text = format!("Bearer {key}");
                let mut value =
                    HeaderValue::from_str(&text).map_err(|_value| AccountError::Credential)?;
                value.set_sensitive(true);
                Some(value)
            }
            None => None,
        };
        Ok(Self {
            name: name.into(),
            kind,
            base,
            host,
            host_header,
            authorization,
        })
    }

    /// Its name in the configuration.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whose language it speaks.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What people call the provider.
    #[must_use]
    pub fn provider_name(&self) -> &str {
        self.kind.provider_name().unwrap_or(&self.name)
    }

    /// Whose words its errors are in: of a compatible one, whoever has its address.
    #[must_use]
    pub fn provider(&self) -> diagnosis::Provider {
        match self.kind {
            Kind::Compatible => diagnosis::Provider::of_host(self.base.host().unwrap_or_default()),
            Kind::OpenAi | Kind::OpenRouter | Kind::Anthropic | Kind::Azure => self.kind.provider(),
        }
    }

    pub(crate) const fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }

    /// Where its connections lead.
    pub(crate) const fn host(&self) -> &Host {
        &self.host
    }

    /// What the header `host` says.
    pub(crate) const fn host_header(&self) -> &HeaderValue {
        &self.host_header
    }

    /// What stands before the path of an SDK's call.
    pub(crate) const fn base(&self) -> &Uri {
        &self.base
    }

    /// The path of a route at the provider. The route is given as the SDK's path without the `/v1` that the base URL ends
    /// in.
    pub(crate) fn path(&self, route: &str) -> Option<Uri> {
        let path = format!("{}{route}", self.base.path().trim_end_matches('/'));
        PathAndQuery::try_from(path).map(Uri::from).ok()
    }
}

/// A host as the header `host` names it: without a port that goes without saying.
fn named((scheme, authority): &(Scheme, Authority)) -> String {
    let usual = if *scheme == Scheme::HTTPS { 443 } else { 80 };
    match authority.port_u16().filter(|port| *port != usual) {
        Some(port) => format!("{}:{port}", authority.host()),
        None => authority.host().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_put_behind_the_base_url() {
        for (base, host, path) in [
            (
                "https://api.openai.com/v1",
                "api.openai.com",
                "/v1/chat/completions",
            ),
            (
                "https://user@api.openai.com:443/v1",
                "api.openai.com",
                "/v1/chat/completions",
            ),
            (
                "http://127.0.0.1:9001/v1/",
                "127.0.0.1:9001",
                "/v1/chat/completions",
            ),
            ("http://localhost:443", "localhost:443", "/chat/completions"),
        ] {
            let account = Account::new("a", Kind::OpenAi, base, None).unwrap();
            assert_eq!(account.host_header(), host);
            assert_eq!(account.path("/chat/completions").unwrap(), path);
        }
    }

    #[test]
    fn a_base_url_that_is_none_is_refused() {
        for base in [
            "",
            "api.openai.com/v1",
            "ftp://x/v1",
            "https://",
            "/v1",
            "https://x/v1?key=1",
        ] {
            assert_eq!(
                Account::new("a", Kind::OpenAi, base, None).err(),
                Some(AccountError::BaseUrl(base.to_owned()))
            );
        }
    }

    #[test]
    fn a_compatible_account_speaks_as_whoever_has_its_address() {
        for (kind, base, provider) in [
            (
                Kind::Compatible,
                "https://api.groq.com/openai/v1",
                diagnosis::Provider::Groq,
            ),
            (
                Kind::Compatible,
                "http://127.0.0.1:8000/v1",
                diagnosis::Provider::Compatible,
            ),
            (
                Kind::OpenAi,
                "http://127.0.0.1:8000/v1",
                diagnosis::Provider::OpenAi,
            ),
        ] {
            let account = Account::new("a", kind, base, None).unwrap();
            assert_eq!(account.provider(), provider, "{base}");
        }
    }

    #[test]
    fn a_credential_does_not_print() {
        let account = Account::new(
            "a",
            Kind::OpenAi,
            "https://x/v1",
            Some(&Secret::new("sk-secret")),
        )
        .unwrap();
        assert!(!format!("{account:?}").contains("secret"));
    }
}

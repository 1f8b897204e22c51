//! Accounts at providers.

use std::borrow::Cow;

use http::Uri;
use http::header::{self, HeaderName, HeaderValue};
use http::uri::{Authority, PathAndQuery, Scheme};
use zeroize::Zeroizing;

use crate::conceal::Needle;
use crate::idle::Host;
use crate::profile::{Kind, Profile, Shows};
use crate::secret::Secret;

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
    /// There is no such provider of this kind.
    #[error("there is no provider {0:?} of this kind")]
    Provider(String),
    /// The version would not be one parameter.
    #[error("api_version {0:?} is not a version such as 2025-04-01-preview")]
    ApiVersion(String),
}

/// What an account is made of, beside its credential.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Whose language is spoken there.
    pub kind: Kind,
    /// Which row of the table of providers it is, where its kind has several.
    pub provider: Option<&'a str>,
    /// What stands before the path of an SDK's call, such as `https://api.openai.com/v1`.
    pub base_url: &'a str,
    /// Of Azure: the version of its older API, whose paths name a deployment. `None`: the paths of `/openai/v1`.
    pub api_version: Option<&'a str>,
}

impl<'a> Place<'a> {
    /// A place of a kind without anything special.
    #[must_use]
    pub const fn new(kind: Kind, base_url: &'a str) -> Self {
        Self {
            kind,
            provider: None,
            base_url,
            api_version: None,
        }
    }
}

/// A place to send calls to.
#[derive(Clone, Debug)]
pub struct Account {
    name: Box<str>,
    profile: &'static Profile,
    base: Uri,
    host: Host,
    host_header: HeaderValue,
    /// The header that shows the credential, marked as sensitive.
    credential: Option<(HeaderName, HeaderValue)>,
    needle: Needle,
    api_version: Option<Box<str>>,
}

impl Account {
    /// An account under its name, at a place. Without a key the calls carry no credential.
    ///
    /// # Errors
    /// [`AccountError`].
    pub fn new(name: &str, place: Place<'_>, key: Option<&Secret>) -> Result<Self, AccountError> {
        let profile = Profile::of(place.kind, place.provider)
            .ok_or_else(|| AccountError::Provider(place.provider.unwrap_or_default().to_owned()))?;
        let (base, host) = read_base(place.base_url)?;
        let host_header = HeaderValue::from_str(&named(&host))
            .map_err(|_value| AccountError::BaseUrl(place.base_url.to_owned()))?;
        let version = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
        if let Some(odd) = place
            .api_version
            .filter(|text| text.is_empty() || !text.bytes().all(version))
        {
            return Err(AccountError::ApiVersion(odd.to_owned()));
        }
        Ok(Self {
            name: name.into(),
            profile,
            base,
            host,
            host_header,
            credential: key.map(|key| shown(profile.shows, key)).transpose()?,
            needle: Needle::of(key),
            api_version: place.api_version.map(Box::from),
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
        self.profile.kind
    }

    /// How it differs from others.
    #[must_use]
    pub const fn profile(&self) -> &'static Profile {
        self.profile
    }

    /// What people call the provider.
    #[must_use]
    pub fn provider_name(&self) -> &str {
        self.profile.label.unwrap_or(&self.name)
    }

    /// Whose words its errors are in: of a compatible one without a provider's name, whoever has its address.
    #[must_use]
    pub fn provider(&self) -> diagnosis::Provider {
        let named = self.profile.provider.and_then(diagnosis::Provider::named);
        named.unwrap_or_else(|| match self.profile.kind {
            Kind::Compatible => diagnosis::Provider::of_host(self.base.host().unwrap_or_default()),
            kind => kind.provider(),
        })
    }

    /// The host and port that calls go to.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.base.authority().map_or("", Authority::as_str)
    }

    /// A text without the account's credential, should it repeat it. What others say of an account is passed through here
    /// before it is kept or shown.
    #[must_use]
    pub fn without_credential<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let shown = self.credential.as_ref();
        let shown = shown.and_then(|(_, value)| value.to_str().ok());
        let secret = shown.map(|value| value.strip_prefix("Bearer ").unwrap_or(value));
        match secret.filter(|secret| !secret.is_empty() && text.contains(*secret)) {
            Some(secret) => Cow::Owned(text.replace(secret, "…")),
            None => Cow::Borrowed(text),
        }
    }

    /// The header that shows the credential.
    pub(crate) const fn credential(&self) -> Option<&(HeaderName, HeaderValue)> {
        self.credential.as_ref()
    }

    /// What finds the credential in an answer.
    pub(crate) const fn needle(&self) -> &Needle {
        &self.needle
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
    /// in; the model as the provider knows it, because Azure's older paths name it.
    pub(crate) fn path(&self, route: &str, model: &str) -> Option<Uri> {
        let before = self.base.path().trim_end_matches('/');
        let path = match &self.api_version {
            None => format!("{before}{route}"),
            Some(version) if model.is_empty() => format!("{before}{route}?api-version={version}"),
            Some(version) => {
                let deployment = segment(model)?;
                format!("{before}/deployments/{deployment}{route}?api-version={version}")
            }
        };
        PathAndQuery::try_from(path).map(Uri::from).ok()
    }
}

/// A model's name as one part of a path. Azure allows no other characters in the name of a deployment.
fn segment(name: &str) -> Option<&str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let is_plain = name.bytes().all(plain) && name != "." && name != "..";
    is_plain.then_some(name)
}

/// Reads a base URL: `http(s)://host[:port][/path]`.
fn read_base(text: &str) -> Result<(Uri, Host), AccountError> {
    let wrong = || AccountError::BaseUrl(text.to_owned());
    let base: Uri = text.trim_end_matches('/').parse().map_err(|_uri| wrong())?;
    match (base.scheme(), base.authority()) {
        (Some(scheme), Some(authority))
            if (*scheme == Scheme::HTTP || *scheme == Scheme::HTTPS) && base.query().is_none() =>
        {
            let host = (scheme.clone(), authority.clone());
            Ok((base, host))
        }
        _ => Err(wrong()),
    }
}

/// A credential as the provider wants it shown.
fn shown(shows: Shows, key: &Secret) -> Result<(HeaderName, HeaderValue), AccountError> {
    let text = match shows {
        Shows::Bearer => Zeroizing::new(format!("Bearer {}", key.reveal())),
        Shows::ApiKey | Shows::XApiKey => Zeroizing::new(key.reveal().to_owned()),
    };
    let mut value = HeaderValue::from_str(&text).map_err(|_value| AccountError::Credential)?;
    value.set_sensitive(true);
    let name = match shows {
        Shows::Bearer => header::AUTHORIZATION,
        Shows::ApiKey => HeaderName::from_static("api-key"),
        Shows::XApiKey => HeaderName::from_static("x-api-key"),
    };
    Ok((name, value))
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
            let account = Account::new("a", Place::new(Kind::OpenAi, base), None).unwrap();
            assert_eq!(account.host_header(), host);
            assert_eq!(account.path("/chat/completions", "m").unwrap(), path);
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
                Account::new("a", Place::new(Kind::OpenAi, base), None).err(),
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
            let account = Account::new("a", Place::new(kind, base), None).unwrap();
            assert_eq!(account.provider(), provider, "{base}");
        }
    }

    #[test]
    fn a_credential_does_not_print() {
        let account = Account::new(
            "a",
            Place::new(Kind::OpenAi, "https://x/v1"),
            Some(&Secret::new("sk-secret")),
        )
        .unwrap();
        assert!(!format!("{account:?}").contains("secret"));
    }

    #[test]
    fn a_deployment_stands_in_the_path_of_azure_s_older_api() {
        let base = "https://r.openai.azure.com/openai";
        let place = Place {
            api_version: Some("2025-04-01-preview"),
            ..Place::new(Kind::Azure, base)
        };
        let account = Account::new("a", place, None).unwrap();
        assert_eq!(
            account.path("/chat/completions", "my-gpt_5.1").unwrap(),
            "/openai/deployments/my-gpt_5.1/chat/completions?api-version=2025-04-01-preview"
        );
        assert_eq!(
            account.path("/models", "").unwrap(),
            "/openai/models?api-version=2025-04-01-preview"
        );
        for odd in ["a/b", "..", "a?b", "a b"] {
            assert_eq!(account.path("/chat/completions", odd), None, "{odd}");
        }
        let newer = Account::new("a", Place::new(Kind::Azure, base), None).unwrap();
        assert_eq!(newer.path("/models", "m").unwrap(), "/openai/models");
        for version in ["", "1&x=2"] {
            let place = Place {
                api_version: Some(version),
                ..Place::new(Kind::Azure, base)
            };
            assert!(Account::new("a", place, None).is_err(), "{version}");
        }
    }
}

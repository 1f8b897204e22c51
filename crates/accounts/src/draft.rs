//! What an account is, apart from its credentials, and which values it may have. The configuration and the API read their
//! words here, so that both take the same.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use upstream::{Kind, Profile};

use crate::models::Models;

/// The longest base URL, in bytes.
const LONGEST_URL: usize = 2000;
/// The tiers that an account may run its calls in.
const TIERS: [&str; 3] = ["default", "flex", "priority"];

/// What an account is called: 1 to 64 letters, digits, `-`, `_` and `.`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamName(Box<str>);

impl UpstreamName {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UpstreamName {
    type Err = &'static str;

    /// Reads a name; the error is the end of a sentence.
    fn from_str(text: &str) -> Result<Self, &'static str> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_' || b == b'.';
        if text.is_empty() || text.len() > 64 || !text.bytes().all(plain) {
            return Err("letters, digits, `-`, `_` and `.`, at most 64 of them");
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for UpstreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who names an address, which decides how far it is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The configuration: plain http to anywhere.
    File,
    /// The API: plain http to this machine alone.
    Api,
}

/// What an account is, apart from its credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it is called.
    pub name: UpstreamName,
    /// Whose language it speaks, and how it differs from others.
    pub profile: &'static Profile,
    /// What stands before the path of an SDK's call.
    pub base_url: String,
    /// Of Azure: the version of its older API.
    pub api_version: Option<String>,
    /// The tier that its calls run in where they leave it open.
    pub service_tier: Option<String>,
    /// What it serves.
    pub models: Models,
}

impl Draft {
    /// The row of a kind and a provider.
    ///
    /// # Errors
    /// The end of a sentence about `provider`.
    pub fn profile(kind: Kind, provider: Option<&str>) -> Result<&'static Profile, String> {
        Profile::of(kind, provider).ok_or_else(|| {
            let known: Vec<_> = Profile::providers().collect();
            format!(
                "is one of {}, and only of kind `compatible`",
                known.join(", ")
            )
        })
    }

    /// A base URL as it was given, or the usual one of the provider.
    ///
    /// # Errors
    /// The end of a sentence about `base_url`.
    pub fn base_url(
        profile: &Profile,
        (given, api_version): (Option<&str>, Option<&str>),
        trust: Trust,
    ) -> Result<String, String> {
        let Some(text) = given.or(profile.base_url) else {
            return Err("is missing: this kind has no usual address".to_owned());
        };
        let text = plain_url(text)?;
        if trust == Trust::Api && text.starts_with("http://") && !is_loopback(text) {
            return Err(format!(
                "`{text}`: a credential would travel in clear; use https://, or name the upstream in seawall.toml"
            ));
        }
        let bare = text
            .split("://")
            .nth(1)
            .is_some_and(|rest| !rest.contains('/'));
        if profile.kind == Kind::Azure && bare {
            let path = if api_version.is_some() {
                "/openai"
            } else {
                "/openai/v1"
            };
            return Ok(format!("{text}{path}"));
        }
        Ok(text.to_owned())
    }

    /// A tier that calls can run in.
    ///
    /// # Errors
    /// The end of a sentence about `service_tier`.
    pub fn tier(text: &str) -> Result<String, String> {
        if TIERS.contains(&text) {
            return Ok(text.to_owned());
        }
        Err(format!("`{text}` is not one of {}", TIERS.join(", ")))
    }

    /// Whether a version may be given to this kind.
    ///
    /// # Errors
    /// The end of a sentence about `api_version`.
    pub fn check_api_version(kind: Kind, version: Option<&str>) -> Result<(), String> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
        match version {
            Some(_) if kind != Kind::Azure => Err("is for kind `azure` alone".to_owned()),
            Some(text) if text.is_empty() || text.len() > 64 || !text.bytes().all(plain) => Err(
                format!("`{text}` is not a version such as 2025-04-01-preview"),
            ),
            _ => Ok(()),
        }
    }

    /// The address of an account of Azure's without the path that its version of the API has; `None`: another path.
    pub(crate) fn azure_s(&self) -> Option<&str> {
        let origin = self.origin();
        let path = self.base_url.strip_prefix(origin)?;
        let usual = self.profile.kind == Kind::Azure && matches!(path, "/openai" | "/openai/v1");
        usual.then_some(origin)
    }

    /// Scheme, host and port of the base URL: what a credential is for.
    pub(crate) fn origin(&self) -> &str {
        origin(&self.base_url)
    }
}

/// Scheme, host and port of an address that was read.
pub(crate) fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at.saturating_add(3));
    let path = url.get(host..).and_then(|rest| rest.find('/'));
    let end = path.map_or(url.len(), |at| host.saturating_add(at));
    url.get(..end).unwrap_or(url)
}

fn plain_url(text: &str) -> Result<&str, String> {
    // What stands before an @ may be a password, and is not repeated.
    if text.contains('@') {
        return Err("has a name before the host: give the credential by itself".to_owned());
    }
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let plausible = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_graphic() && b != b'?' && b != b'#' && b != b'\\');
    if plausible && plain && text.len() <= LONGEST_URL {
        Ok(text.trim_end_matches('/'))
    } else {
        Err(format!(
            "`{text}` is not an address such as https://api.openai.com/v1"
        ))
    }
}

/// Whether an address is this machine's own.
fn is_loopback(url: &str) -> bool {
    let authority = origin(url).split("://").nth(1).unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_the_api_a_credential_never_travels_in_clear() {
        let profile = Profile::of(Kind::Compatible, None).unwrap();
        let read = |url, trust| Draft::base_url(profile, (Some(url), None), trust);
        for url in [
            "http://10.0.0.7/v1",
            "http://example.org",
            "http://127.0.0.1.example.org/v1",
            "http://localhost.example.org",
        ] {
            assert!(read(url, Trust::File).is_ok(), "{url}");
            assert!(
                read(url, Trust::Api).unwrap_err().contains("in clear"),
                "{url}"
            );
        }
        for url in [
            "https://example.org/v1/",
            "http://127.0.0.1:9001/v1",
            "http://[::1]:9001",
            "http://localhost:11434/v1",
        ] {
            assert_eq!(read(url, Trust::Api).unwrap(), url.trim_end_matches('/'));
        }
        for url in [
            "",
            "example.org",
            "https://",
            "https:///v1",
            "https://me:pw@example.org",
            "https://x/v1?k=1",
            "https://x/#",
            "ftp://x",
        ] {
            assert!(read(url, Trust::File).is_err(), "{url}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_refused_and_not_repeated() {
        let profile = Profile::of(Kind::Compatible, None).unwrap();
        let given = (Some("https://me:hunter2@example.org/v1"), None);
        let refused = Draft::base_url(profile, given, Trust::File).unwrap_err();
        assert!(!refused.contains("hunter2"), "{refused}");
    }

    #[test]
    fn an_address_of_azure_without_a_path_gets_the_one_that_its_version_has() {
        let azure = Profile::of(Kind::Azure, None).unwrap();
        let read = |url, version| Draft::base_url(azure, (Some(url), version), Trust::Api).unwrap();
        let bare = "https://r.openai.azure.com";
        assert_eq!(read(bare, None), format!("{bare}/openai/v1"));
        assert_eq!(read(bare, Some("2024-10-21")), format!("{bare}/openai"));
        assert_eq!(read("https://r.example/x/", None), "https://r.example/x");
        assert!(Draft::base_url(azure, (None, None), Trust::Api).is_err());
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (url, is) in [
            ("https://a.example/v1", "https://a.example"),
            ("http://127.0.0.1:9001/v1", "http://127.0.0.1:9001"),
            ("https://a.example", "https://a.example"),
        ] {
            assert_eq!(origin(url), is);
        }
    }
}

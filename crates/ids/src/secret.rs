//! API keys.

use crate::{ShortId, base32};

/// Random bytes in a key: 256 bits, so that a hash of it cannot be searched.
const RANDOM: usize = 32;
/// What every key of ours begins with. Tools that look for leaked keys look for `sk-`.
const PREFIX: &str = "sk-sw-";

/// A project's API key: `sk-sw-`, the organization's short id, a hyphen, 52 characters.
///
/// A secret: no `Debug`, no `Display`, no `Clone`. [`ApiKey::reveal`] is the one way to its text; whoever calls it shows
/// the key to its owner, once.
#[expect(missing_debug_implementations, reason = "a secret must not print")]
pub struct ApiKey {
    text: String,
    organization: ShortId,
}

/// The text is not a project key of ours. Says nothing of the text: it may be somebody's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a project key of the form sk-sw-…")]
pub struct ParseKeyError;

impl ApiKey {
    /// Makes a key of an organization from random bytes.
    #[must_use]
    pub fn from_random(organization: ShortId, random: [u8; RANDOM]) -> Self {
        let text = format!("{PREFIX}{organization}-{}", base32::print_bytes(&random));
        Self { text, organization }
    }

    /// Reads a key as a client sends it. Only its shape is checked here.
    ///
    /// # Errors
    /// [`ParseKeyError`] where it has not the shape of a project key.
    pub fn parse(text: &str) -> Result<Self, ParseKeyError> {
        let (organization, secret) = text
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split_once('-'))
            .ok_or(ParseKeyError)?;
        let organization = organization.parse().map_err(|()| ParseKeyError)?;
        let plausible =
            (32..=256).contains(&secret.len()) && secret.bytes().all(|b| b.is_ascii_graphic());
        if plausible {
            Ok(Self {
                text: text.to_owned(),
                organization,
            })
        } else {
            Err(ParseKeyError)
        }
    }

    /// The organization whose key this claims to be.
    #[must_use]
    pub const fn organization(&self) -> ShortId {
        self.organization
    }

    /// The key's text. For showing it to its owner, once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// Its last four characters, by which its owner knows it again.
    #[must_use]
    pub fn hint(&self) -> &str {
        let start = self.text.len().saturating_sub(4);
        self.text.get(start..).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OrganizationId;

    #[test]
    fn a_key_carries_its_organization() {
        let short = ShortId::from(OrganizationId::from_bytes([7; 16]));
        let key = ApiKey::from_random(short, [0xa5; RANDOM]);
        assert_eq!(key.reveal().len(), "sk-sw-".len() + 10 + 1 + 52);
        let read = ApiKey::parse(key.reveal()).ok().unwrap();
        assert_eq!(read.organization(), short);
        assert_eq!(read.hint(), key.hint());
        assert!(key.reveal().ends_with(key.hint()));
    }

    #[test]
    fn what_is_not_a_project_key_is_refused() {
        for text in [
            "",
            "sk-",
            "sk-proj-abc",
            "sk-sw-",
            "sk-sw-admin-0000000000000000000000000000000000000000000000000000",
        ] {
            assert!(ApiKey::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn different_random_bytes_make_different_keys() {
        let short = ShortId::from(OrganizationId::from_bytes([7; 16]));
        for place in 0..RANDOM {
            let mut random = [0; RANDOM];
            *random.get_mut(place).unwrap() = 1;
            assert_ne!(
                ApiKey::from_random(short, random).reveal(),
                ApiKey::from_random(short, [0; RANDOM]).reveal()
            );
        }
    }
}

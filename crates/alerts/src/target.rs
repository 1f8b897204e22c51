//! Where alerts go to.

use std::fmt;

use http::Uri;
use ids::TargetId;
use lettre::message::Mailbox;

/// The longest address, in bytes.
const LONGEST: usize = 2000;

/// How an alert travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// A signed JSON object to an address of the receiver's.
    Webhook,
    /// A message to an incoming webhook of Slack's, or of what understands the same.
    Slack,
    /// A mail.
    Email,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Webhook, Self::Slack, Self::Email];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Slack => "slack",
            Self::Email => "email",
        }
    }

    /// The channel of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}

/// A place that alerts are to go to. Its address may be a secret, so it does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Wanted {
    pub(crate) channel: Channel,
    pub(crate) address: String,
}

impl fmt::Debug for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}",
            self.channel.name(),
            shown(self.channel, &self.address)
        )
    }
}

impl Wanted {
    /// Reads an address: that of a webhook, of Slack's (or a reference to it: `env:NAME`, `file:/path`), or of a mailbox.
    ///
    /// # Errors
    /// The end of a sentence that begins with the field's name; it does not repeat the address.
    pub fn new(channel: Channel, address: &str) -> Result<Self, &'static str> {
        let address = address.trim();
        if address.len() > LONGEST {
            return Err("is longer than 2,000 bytes");
        }
        match channel {
            Channel::Email => {
                let _mailbox: Mailbox = address
                    .parse()
                    .map_err(|_not_one| "must be one mail address, such as ops@example.org")?;
            }
            Channel::Slack if is_reference(address) => {}
            Channel::Slack | Channel::Webhook => {
                read_url(address)?;
            }
        }
        Ok(Self {
            channel,
            address: address.to_owned(),
        })
    }
}

/// A place that alerts go to.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    /// Its id.
    pub id: TargetId,
    /// How alerts travel there.
    pub channel: Channel,
    /// Why nothing is sent there any more, where that is so.
    pub disabled: Option<String>,
    pub(crate) address: String,
}

impl Target {
    /// The address as it may be shown: of a Slack address given literally, which is a secret, the host and the last four
    /// characters.
    #[must_use]
    pub fn shown(&self) -> String {
        shown(self.channel, &self.address)
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("id", &self.id)
            .field("channel", &self.channel)
            .field("address", &self.shown())
            .field("disabled", &self.disabled)
            .finish()
    }
}

fn shown(channel: Channel, address: &str) -> String {
    if channel != Channel::Slack || is_reference(address) {
        return address.to_owned();
    }
    let host = address
        .parse::<Uri>()
        .ok()
        .and_then(|url| url.host().map(str::to_owned));
    let end: String = {
        let characters: Vec<char> = address.chars().collect();
        let from = characters.len().saturating_sub(4);
        characters.into_iter().skip(from).collect()
    };
    format!("https://{}/…{end}", host.unwrap_or_default())
}

/// Whether the address is named and not given.
pub(crate) fn is_reference(address: &str) -> bool {
    let name = address.strip_prefix("env:");
    let plausible = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    name.is_some_and(|name| !name.is_empty() && name.bytes().all(plausible))
        || address.starts_with("file:/")
}

/// An address that a request may be sent to: http or https, with a host, without a name and password in it.
pub(crate) fn read_url(address: &str) -> Result<Uri, &'static str> {
    let url: Uri = address
        .parse()
        .map_err(|_not_one| "must be an address that begins with https:// or http://")?;
    if !matches!(url.scheme_str(), Some("http" | "https")) || url.host().is_none_or(str::is_empty) {
        return Err("must be an address that begins with https:// or http://");
    }
    if url
        .authority()
        .is_some_and(|authority| authority.as_str().contains('@'))
    {
        return Err("must have no name and password before the host");
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_sent_to_is_taken() {
        for (channel, address) in [
            (Channel::Webhook, "https://example.org/hook?a=b"),
            (Channel::Webhook, "http://10.0.0.7:9000/"),
            (Channel::Slack, "https://hooks.slack.com/services/T0/B0/x"),
            (Channel::Slack, "env:SLACK_URL"),
            (Channel::Slack, "file:/run/secrets/slack"),
            (Channel::Email, "ops@example.org"),
        ] {
            assert!(Wanted::new(channel, address).is_ok(), "{address}");
        }
        for (channel, address) in [
            (Channel::Webhook, ""),
            (Channel::Webhook, "env:HOOK"),
            (Channel::Webhook, "ftp://example.org/"),
            (Channel::Webhook, "file:///etc/passwd"),
            (Channel::Webhook, "https://me:secret@example.org/"),
            (Channel::Webhook, "/hook"),
            (Channel::Slack, "env:"),
            (Channel::Slack, "file:relative"),
            (Channel::Email, "not an address"),
            (Channel::Email, "a@example.org, b@example.org"),
            (Channel::Email, "a@example.org\r\nBcc: b@example.org"),
        ] {
            assert!(Wanted::new(channel, address).is_err(), "{address}");
        }
    }

    #[test]
    fn a_secret_address_is_not_shown_again() {
        let address = "https://hooks.slack.com/services/T0000/B0000/abcdefgh";
        let wanted = Wanted::new(Channel::Slack, address).unwrap();
        let target = Target {
            id: TargetId::from_bytes([0; 16]),
            channel: Channel::Slack,
            disabled: None,
            address: address.to_owned(),
        };
        assert_eq!(target.shown(), "https://hooks.slack.com/…efgh");
        for shown in [format!("{wanted:?}"), format!("{target:?}")] {
            assert!(!shown.contains("B0000"), "{shown}");
        }
    }
}

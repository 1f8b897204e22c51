//! What may be known of an organization without asking: its keys and projects, as of a moment ago.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use ids::{KeyHash, KeyId, OrganizationId, ProjectId};
use ledger::{Book, Key, KeyState, ProjectState, Time};

/// A key as a call needs it before anything is decided.
#[derive(Clone, Debug)]
pub struct KeyView {
    /// The key.
    pub key: KeyId,
    /// Its project.
    pub project: ProjectId,
    /// When it stops working.
    pub expires_at: Option<Time>,
    /// Output tokens a call without max tokens may have.
    pub default_max_output: Option<u64>,
    /// The fewest output tokens that a call may be cut down to; `None`: what the server's configuration says.
    pub fit_floor: Option<u64>,
    /// The only addresses or networks it may be used from.
    pub ip_allow: Option<Vec<Box<str>>>,
    /// What people call the key, its project and its organization.
    pub names: Arc<Names>,
}

/// What people call a key, its project and its organization.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are what the struct says")]
pub struct Names {
    pub key: Box<str>,
    pub project: Box<str>,
    pub organization: Box<str>,
}

impl KeyView {
    /// How a Book sees one of its keys.
    #[must_use]
    pub fn of(book: &Book, key: &Key) -> Self {
        let project = book.project(key.project);
        let names = Names {
            key: key.name.clone(),
            project: project.map_or_else(|| "".into(), |project| project.name.clone()),
            organization: book
                .organization()
                .map_or_else(|| "".into(), |organization| organization.name.clone()),
        };
        Self {
            key: key.id,
            project: key.project,
            expires_at: key.expires_at,
            default_max_output: project.and_then(|project| project.default_max_output),
            fit_floor: project.and_then(|project| project.fit_floor),
            ip_allow: key.ip_allow.clone(),
            names: Arc::new(names),
        }
    }

    /// Whether the key may be used from this address. One that is bound to addresses may not be used from one that is not
    /// known.
    #[must_use]
    pub fn allows_address(&self, address: Option<IpAddr>) -> bool {
        let Some(allowed) = &self.ip_allow else {
            return true;
        };
        address.is_some_and(|address| allowed.iter().any(|network| contains(network, address)))
    }
}

/// An organization's usable keys. Good for saying yes early; the decision itself looks again, and a no is never said
/// from here.
#[derive(Clone, Debug)]
pub struct View {
    /// The organization; `None` where the journal has not begun.
    pub organization: Option<OrganizationId>,
    name: Option<Box<str>>,
    version: u64,
    keys: HashMap<KeyHash, KeyView>,
}

impl View {
    pub(crate) fn of(book: &Book) -> Self {
        let active = |key: &&Key| {
            let project = book.project(key.project);
            key.state == KeyState::Active
                && project.is_some_and(|project| project.state == ProjectState::Active)
        };
        let keys = book
            .keys()
            .filter(active)
            .map(|key| (key.hash, KeyView::of(book, key)));
        Self {
            organization: book.organization().map(|organization| organization.id),
            name: book
                .organization()
                .map(|organization| organization.name.clone()),
            version: book.directory_version(),
            keys: keys.collect(),
        }
    }

    pub(crate) fn is_of(&self, book: &Book) -> bool {
        let name = book.organization().map(|organization| &*organization.name);
        self.version == book.directory_version() && self.name.as_deref() == name
    }

    /// The key with this hash, if it was usable a moment ago.
    #[must_use]
    pub fn key(&self, hash: KeyHash) -> Option<&KeyView> {
        self.keys.get(&hash)
    }
}

/// Whether an address is in a network, written `address` or `address/bits`. What cannot be read contains nothing.
fn contains(network: &str, address: IpAddr) -> bool {
    let (base, bits) = match network.split_once('/') {
        Some((base, bits)) => (base, bits.parse::<u32>().ok()),
        None => (network, Some(128)),
    };
    let (Ok(base), Some(bits)) = (base.trim().parse::<IpAddr>(), bits) else {
        return false;
    };
    match (base, address.to_canonical()) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            let mask = u32::MAX
                .checked_shl(32_u32.saturating_sub(bits))
                .unwrap_or(0);
            base.to_bits() & mask == address.to_bits() & mask
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => {
            let mask = u128::MAX
                .checked_shl(128_u32.saturating_sub(bits))
                .unwrap_or(0);
            base.to_bits() & mask == address.to_bits() & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_its_networks_only() {
        for (network, address, inside) in [
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("10.0.0.0/8", "10.200.3.4", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::/0", "10.0.0.1", false),
            ("10.0.0.0/x", "10.0.0.1", false),
            ("somewhere", "10.0.0.1", false),
        ] {
            assert_eq!(
                contains(network, address.parse().unwrap()),
                inside,
                "{address} in {network}"
            );
        }
    }
}

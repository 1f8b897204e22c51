//! What is kept of a secret key: a keyed hash.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{Subject, SubjectKind};

/// The HMAC-SHA-256 of a key's text under the installation's [`Pepper`]. Enough to recognize the key, not enough to use
/// it. Compared in constant time.
#[derive(Clone, Copy, Eq, PartialOrd, Ord)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    /// The hash with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }
}

impl PartialEq for KeyHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl std::hash::Hash for KeyHash {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(…)")
    }
}

/// The installation's own 256 bits that go into every [`KeyHash`]. A secret: no `Debug`, no `Display`.
#[expect(missing_debug_implementations, reason = "a secret must not print")]
#[derive(Clone)]
pub struct Pepper([u8; 32]);

impl Pepper {
    /// The pepper with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes, for keeping them.
    #[must_use]
    pub const fn to_bytes(&self) -> [u8; 32] {
        self.0
    }

    /// The keyed hash of a secret's text.
    #[must_use]
    pub fn hash(&self, secret: &str) -> KeyHash {
        KeyHash(self.mac(&[secret.as_bytes()]))
    }

    /// What stands for an end user or a tag in a journal.
    #[must_use]
    pub fn subject(&self, kind: SubjectKind, text: &str) -> Subject {
        let mac = self.mac(&[kind.prefix(), text.as_bytes()]);
        let mut half = [0; 16];
        for (to, from) in half.iter_mut().zip(mac) {
            *to = from;
        }
        Subject::from_bytes(half)
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC pads a short key with zero bytes to the hash's block.
        let mut block = [0; 64];
        for (to, from) in block.iter_mut().zip(self.0) {
            *to = from;
        }
        let mut mac = Hmac::<Sha256>::new(&block.into());
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_depends_on_the_secret_and_on_the_pepper() {
        let pepper = Pepper::from_bytes([1; 32]);
        assert_eq!(pepper.hash("a"), pepper.hash("a"));
        assert_ne!(pepper.hash("a"), pepper.hash("b"));
        assert_ne!(pepper.hash("a"), Pepper::from_bytes([2; 32]).hash("a"));
        assert_eq!(format!("{:?}", pepper.hash("a")), "KeyHash(…)");
    }

    #[test]
    fn an_end_user_and_a_tag_of_one_text_are_two_subjects() {
        let pepper = Pepper::from_bytes([1; 32]);
        let [user, tag] =
            [SubjectKind::EndUser, SubjectKind::Tag].map(|kind| pepper.subject(kind, "red"));
        assert_ne!(user, tag);
        assert_eq!(user, pepper.subject(SubjectKind::EndUser, "red"));
        assert_ne!(
            user,
            Pepper::from_bytes([2; 32]).subject(SubjectKind::EndUser, "red")
        );
        assert!(!format!("{user:?} {user}").contains("red"));
    }

    #[test]
    fn the_hash_is_hmac_sha_256() {
        // RFC 4231 has no case with a key of 32 bytes; this one was computed with OpenSSL.
        let hash = Pepper::from_bytes([0; 32]).hash("");
        let hex: String = hash.to_bytes().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(
            hex,
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        );
    }
}

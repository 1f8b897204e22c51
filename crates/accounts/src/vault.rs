//! Credentials where they are kept: sealed, each by a key of its own, which is sealed by the installation's.
//!
//! AES-256-GCM twice. The key of the installation comes from outside the store (`secrets.key`), so that a copy of the
//! store opens nothing. A key of its own for each credential lets the installation's be changed without touching what it
//! seals. Both layers are bound to whose credential it is: name, field and the origin it is for; moved to another account,
//! or to another host, it does not open.
//!
//! Nonces and keys are drawn by the library that uses them: one that was handed in could be handed in twice.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use upstream::Secret;
use zeroize::Zeroizing;

/// Bytes of a key.
const KEY: usize = 32;
/// Bytes of a key's id.
const ID: usize = 8;

/// Why a text is no key of an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a key of 32 bytes in base64, such as the output of `openssl rand -base64 32`")]
pub struct KeyError;

/// Why a credential was not sealed or opened. It repeats nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum VaultError {
    /// It was sealed by a key that is not here.
    #[error(
        "it was sealed by another key ({0}…): set that one as secrets.old_key, or give the credential again"
    )]
    OtherKey(String),
    /// It is not what was sealed, or not for this account.
    #[error(
        "it is damaged, or was sealed for another account or address: give the credential again"
    )]
    Damaged,
    /// The library would not.
    #[error("it could not be sealed")]
    NotSealed,
}

/// Whose credential it is. Two that differ in anything here do not open with each other's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whose<'a> {
    /// The account's name.
    pub(crate) name: &'a str,
    /// Which credential of it.
    pub(crate) field: &'static str,
    /// The scheme, host and port that it is for.
    pub(crate) origin: &'a str,
}

impl Whose<'_> {
    fn to_bytes(self) -> Vec<u8> {
        // None of the three can hold a line end.
        let Self {
            name,
            field,
            origin,
        } = self;
        format!("seawall credential 1\n{name}\n{field}\n{origin}").into_bytes()
    }
}

/// A credential as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sealed {
    /// The id of the installation's key that sealed `key`.
    by: String,
    /// The credential's own key, sealed; in base64.
    key: String,
    /// The credential, sealed by that; in base64.
    text: String,
}

struct Key {
    id: String,
    key: RandomizedNonceKey,
}

/// Seals and opens credentials.
pub struct Vault {
    /// Seals.
    current: Key,
    /// Still opens.
    older: Option<Key>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("current", &self.current.id)
            .field("older", &self.older.as_ref().map(|key| &key.id))
            .finish()
    }
}

impl Key {
    fn new(bytes: &[u8]) -> Result<Self, KeyError> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, bytes).map_err(|_refused| KeyError)?;
        // A digest of 32 random bytes tells nothing of them.
        let mut hash = digest::Context::new(&digest::SHA256);
        hash.update(b"seawall key id\n");
        hash.update(bytes);
        let hash = hash.finish();
        let id = hash.as_ref().iter().take(ID);
        Ok(Self {
            id: id.map(|byte| format!("{byte:02x}")).collect(),
            key,
        })
    }

    fn read(text: &Secret) -> Result<Self, KeyError> {
        let bytes = STANDARD.decode(text.reveal());
        let bytes = Zeroizing::new(bytes.map_err(|_not_base64| KeyError)?);
        if bytes.len() != KEY {
            return Err(KeyError);
        }
        Self::new(&bytes)
    }

    fn seal(&self, plain: &[u8], whose: Whose<'_>) -> Result<String, VaultError> {
        let mut text = Zeroizing::new(plain.to_vec());
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(whose.to_bytes()), &mut *text)
            .map_err(|_refused| VaultError::NotSealed)?;
        let mut sealed = nonce.as_ref().to_vec();
        sealed.extend_from_slice(&text);
        Ok(STANDARD.encode(sealed))
    }

    fn open(&self, sealed: &str, whose: Whose<'_>) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let damaged = || VaultError::Damaged;
        let sealed = STANDARD.decode(sealed).ok().ok_or_else(damaged)?;
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN).ok_or_else(damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce)
            .ok()
            .ok_or_else(damaged)?;
        let mut text = Zeroizing::new(text.to_vec());
        let opened = self
            .key
            .open_in_place(nonce, Aad::from(whose.to_bytes()), &mut text);
        let length = opened.ok().ok_or_else(damaged)?.len();
        text.truncate(length);
        Ok(text)
    }
}

impl Vault {
    /// A vault of the installation's key, in base64. What an older one sealed still opens.
    ///
    /// # Errors
    /// [`KeyError`], for either.
    pub fn new(key: &Secret, older: Option<&Secret>) -> Result<Self, KeyError> {
        Ok(Self {
            current: Key::read(key)?,
            older: older.map(Key::read).transpose()?,
        })
    }

    pub(crate) fn seal(&self, secret: &Secret, whose: Whose<'_>) -> Result<Sealed, VaultError> {
        let mut bytes = Zeroizing::new([0; KEY]);
        rand::fill(&mut *bytes).map_err(|_refused| VaultError::NotSealed)?;
        let own = Key::new(&*bytes).map_err(|_refused| VaultError::NotSealed)?;
        Ok(Sealed {
            by: self.current.id.clone(),
            key: self.current.seal(&*bytes, whose)?,
            text: own.seal(secret.reveal().as_bytes(), whose)?,
        })
    }

    pub(crate) fn open(&self, sealed: &Sealed, whose: Whose<'_>) -> Result<Secret, VaultError> {
        let own = self.own_key(sealed, whose)?;
        let own = Key::new(&own).map_err(|_refused| VaultError::Damaged)?;
        let text = own.open(&sealed.text, whose)?;
        let text = std::str::from_utf8(&text).map_err(|_not_text| VaultError::Damaged)?;
        Ok(Secret::new(text))
    }

    /// The same credential, its key sealed by the key of now; `None` where it is already.
    pub(crate) fn rewrapped(
        &self,
        sealed: &Sealed,
        whose: Whose<'_>,
    ) -> Result<Option<Sealed>, VaultError> {
        if sealed.by == self.current.id {
            return Ok(None);
        }
        let own = self.own_key(sealed, whose)?;
        Ok(Some(Sealed {
            by: self.current.id.clone(),
            key: self.current.seal(&own, whose)?,
            text: sealed.text.clone(),
        }))
    }

    fn own_key(&self, sealed: &Sealed, whose: Whose<'_>) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let mut keys = std::iter::once(&self.current).chain(&self.older);
        let key = keys.find(|key| key.id == sealed.by);
        let key = key.ok_or_else(|| VaultError::OtherKey(sealed.by.clone()))?;
        key.open(&sealed.key, whose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "sk-planted-0123456789";
    const WHOSE: Whose<'_> = Whose {
        name: "openai",
        field: "api_key",
        origin: "https://api.openai.com",
    };

    fn key(byte: u8) -> Secret {
        Secret::new(&STANDARD.encode([byte; KEY]))
    }

    fn vault(key_byte: u8) -> Vault {
        Vault::new(&key(key_byte), None).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_its_account_and_for_no_other() {
        let vault = vault(1);
        let sealed = vault.seal(&Secret::new(SECRET), WHOSE).unwrap();
        assert_eq!(vault.open(&sealed, WHOSE).ok().unwrap().reveal(), SECRET);
        for other in [
            Whose {
                name: "other",
                ..WHOSE
            },
            Whose {
                field: "admin_key",
                ..WHOSE
            },
            Whose {
                origin: "https://evil.example",
                ..WHOSE
            },
        ] {
            assert_eq!(
                vault.open(&sealed, other).err(),
                Some(VaultError::Damaged),
                "{other:?}"
            );
        }
    }

    #[test]
    fn a_single_changed_letter_is_noticed() {
        let vault = vault(1);
        let sealed = vault.seal(&Secret::new(SECRET), WHOSE).unwrap();
        for at in 0..sealed.text.len().min(40) {
            let mut bytes = sealed.text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let text = String::from_utf8(bytes).unwrap();
            let changed = Sealed {
                text,
                ..sealed.clone()
            };
            assert_eq!(
                vault.open(&changed, WHOSE).err(),
                Some(VaultError::Damaged),
                "{at}"
            );
        }
    }

    #[test]
    fn two_seals_of_one_secret_have_nothing_in_common() {
        let vault = vault(1);
        let [one, two] = [(); 2].map(|()| vault.seal(&Secret::new(SECRET), WHOSE).unwrap());
        assert_ne!(one.text, two.text);
        assert_ne!(one.key, two.key);
        assert!(!format!("{one:?}").contains(SECRET));
    }

    #[test]
    fn another_key_opens_nothing_until_the_older_one_is_given_and_needs_it_no_more_after_a_rewrap()
    {
        let sealed = vault(1).seal(&Secret::new(SECRET), WHOSE).unwrap();
        let refused = vault(2).open(&sealed, WHOSE).err().unwrap();
        assert!(matches!(refused, VaultError::OtherKey(_)), "{refused}");
        let both = Vault::new(&key(2), Some(&key(1))).unwrap();
        assert_eq!(both.open(&sealed, WHOSE).ok().unwrap().reveal(), SECRET);
        let new = both.rewrapped(&sealed, WHOSE).unwrap().unwrap();
        assert_eq!(new.text, sealed.text);
        assert_eq!(vault(2).open(&new, WHOSE).ok().unwrap().reveal(), SECRET);
        assert_eq!(both.rewrapped(&new, WHOSE).unwrap(), None);
        assert!(vault(1).open(&new, WHOSE).is_err());
    }

    #[test]
    fn a_key_is_32_bytes_in_base64_and_does_not_print() {
        for wrong in ["", "hunter2", &STANDARD.encode([1; 31]), &"0".repeat(64)] {
            assert!(Vault::new(&Secret::new(wrong), None).is_err(), "{wrong}");
        }
        let printed = format!("{:?}", vault(7));
        assert!(!printed.contains(key(7).reveal()), "{printed}");
    }
}

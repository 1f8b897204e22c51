//! The text of an admin key. A secret: no `Debug`, no `Display`, no `Clone`.

use std::fmt::Write as _;

/// What an admin key of our making begins with.
const PREFIX: &str = "sk-sw-admin-";
/// The shortest text that is taken as an admin key, in characters.
const SHORTEST: usize = 32;
/// The longest, in bytes.
const LONGEST: usize = 512;
/// Crockford's base 32, as in project keys.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// An admin key, for the one who may see it.
#[expect(missing_debug_implementations, reason = "a secret must not print")]
pub struct AdminSecret(String);

/// Why a text cannot be an admin key. Says nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdminSecretError {
    /// It could be guessed.
    #[error(
        "an admin key needs at least 32 characters: use a longer one, such as the output of `openssl rand -hex 32`"
    )]
    TooShort,
    /// It could not be sent in a header.
    #[error(
        "an admin key is at most 512 bytes without spaces or control characters: use another one"
    )]
    Unsendable,
}

impl AdminSecret {
    /// Takes a text as an admin key.
    ///
    /// # Errors
    /// [`AdminSecretError`] for one that is shorter than 32 characters or could not be sent in a header.
    pub fn parse(text: String) -> Result<Self, AdminSecretError> {
        if text.chars().count() < SHORTEST {
            return Err(AdminSecretError::TooShort);
        }
        let sendable = |c: char| !c.is_control() && !c.is_whitespace();
        if text.len() > LONGEST || !text.chars().all(sendable) {
            return Err(AdminSecretError::Unsendable);
        }
        Ok(Self(text))
    }

    /// Makes a key of 256 random bits: `sk-sw-admin-` and 52 characters.
    #[must_use]
    pub fn from_random(random: [u8; 32]) -> Self {
        let mut text = PREFIX.to_owned();
        let (mut buffer, mut bits) = (0_u32, 0_u32);
        let mut letter = |index: u32| {
            let index = usize::try_from(index & 31).unwrap_or(0);
            // Writing into a string cannot fail.
            let _written = write!(text, "{}", char::from(ALPHABET[index])).is_ok();
        };
        for byte in random {
            buffer = (buffer << 8) | u32::from(byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                letter(buffer >> bits);
            }
            buffer &= (1 << bits) - 1;
        }
        if bits > 0 {
            letter(buffer << (5 - bits));
        }
        Self(text)
    }

    /// The key's text. For showing it to its owner, once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_key_has_52_characters_that_hold_every_random_bit() {
        let zero = AdminSecret::from_random([0; 32]);
        assert_eq!(zero.reveal(), format!("sk-sw-admin-{}", "0".repeat(52)));
        for bit in 0..256 {
            let mut random = [0; 32];
            random[bit / 8] = 1 << (bit % 8);
            let key = AdminSecret::from_random(random);
            assert_eq!(key.reveal().len(), 12 + 52);
            assert_ne!(key.reveal(), zero.reveal(), "bit {bit}");
        }
        assert!(
            AdminSecret::from_random([0xff; 32])
                .reveal()
                .ends_with("zg")
        );
    }

    #[test]
    fn what_could_be_guessed_or_not_be_sent_is_no_admin_key() {
        let problem = |text: &str| AdminSecret::parse(text.to_owned()).err();
        assert_eq!(problem(&"x".repeat(32)), None);
        assert_eq!(problem(&"x".repeat(31)), Some(AdminSecretError::TooShort));
        assert_eq!(problem(&"ä".repeat(31)), Some(AdminSecretError::TooShort));
        for text in [
            format!("{} y", "x".repeat(32)),
            "x\n".repeat(20),
            "x".repeat(513),
        ] {
            assert_eq!(problem(&text), Some(AdminSecretError::Unsendable));
        }
    }
}

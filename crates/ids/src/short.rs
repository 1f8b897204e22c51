//! The short id of an organization, as its API keys carry it.

use std::fmt;
use std::str::FromStr;

use crate::{OrganizationId, base32};

const LEN: usize = 10;

/// The last ten characters (50 bits, random in a UUID version 7) of an organization's id.
///
/// Every API key carries it, so that the organization of a key is known without a look-up over all of them. Uniqueness is the store's to keep.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortId([u8; LEN]);

impl ShortId {
    /// Its characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only made from base 32 characters, which are ASCII.
        std::str::from_utf8(&self.0).unwrap_or("")
    }
}

impl From<OrganizationId> for ShortId {
    fn from(id: OrganizationId) -> Self {
        let text = base32::print(u128::from_be_bytes(id.to_bytes()), LEN);
        Self(text.as_bytes().try_into().unwrap_or([b'0'; LEN]))
    }
}

impl FromStr for ShortId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let padded = format!("{:0>1$}", text, base32::ID_LEN);
        let bytes: [u8; LEN] = text.as_bytes().try_into().map_err(|_wrong_length| ())?;
        base32::parse(&padded).map(|_number| Self(bytes)).ok_or(())
    }
}

impl fmt::Display for ShortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ShortId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_id_is_the_end_of_the_long_one() {
        let id = OrganizationId::from_bytes([0x5a; 16]);
        let short = ShortId::from(id);
        assert!(id.to_string().ends_with(short.as_str()));
        assert_eq!(short.as_str().parse(), Ok(short));
        assert_eq!("admin".parse::<ShortId>(), Err(()));
        assert_eq!("0123456o89".parse::<ShortId>(), Err(()));
    }
}

//! The canonical encoding: one value, one row of bytes.
//!
//! Integers are little-endian and of fixed width, a text or list is its length (`u32`) and its items, an option is 0 or 1
//! and its value, an enum is a tag byte and its fields in the order of their declaration. Nothing is skipped, nothing is
//! defaulted, and a reader refuses whatever a writer would not have written: so equal values have equal bytes, and a
//! hash over the bytes is a hash over the value. The order of fields and the tags are for ever; what comes later gets a
//! new tag.

use std::collections::BTreeMap;

use ids::{
    BootId, BudgetId, EntryId, HoldId, KeyHash, KeyId, LimitId, LotId, OrganizationId, ProjectId,
    RequestId, Subject,
};
use money::{Nanos, Price};

use crate::Time;

/// No text or list in a journal is longer. A length beyond it is damage, not a reason to allocate.
const MOST_ITEMS: usize = 1 << 20;

/// Why bytes are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes end too early.
    #[error("the bytes end too early")]
    Truncated,
    /// There are bytes left over.
    #[error("there are bytes left over")]
    TrailingBytes,
    /// A tag that this version does not know, which a later version may have written.
    #[error("unknown tag {tag} of {what}")]
    UnknownTag {
        /// What the tag should have told apart.
        what: &'static str,
        /// The tag.
        tag: u8,
    },
    /// A value that no writer writes: a bad option byte, text that is not UTF-8, a negative price, an absurd length.
    #[error("a value that is never written: {0}")]
    NotCanonical(&'static str),
    /// The format's version is not one this program knows.
    #[error("format version {0} is not known to this program")]
    UnknownVersion(u8),
}

/// Bytes being read.
#[derive(Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8], DecodeError> {
        let (head, rest) = self.0.split_at_checked(len).ok_or(DecodeError::Truncated)?;
        self.0 = rest;
        Ok(head)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        self.take(N)?
            .try_into()
            .map_err(|_length| DecodeError::Truncated)
    }

    pub(crate) fn length(&mut self) -> Result<usize, DecodeError> {
        let length = usize::try_from(u32::read(self)?)
            .map_err(|_size| DecodeError::NotCanonical("length"))?;
        if length > MOST_ITEMS {
            Err(DecodeError::NotCanonical("length"))
        } else {
            Ok(length)
        }
    }

    pub(crate) fn finish(self) -> Result<(), DecodeError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(DecodeError::TrailingBytes)
        }
    }
}

/// A value with a canonical encoding.
pub(crate) trait Canonical: Sized {
    fn write(&self, out: &mut Vec<u8>);
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl Canonical for $integer {
            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
            fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                reader.array().map(Self::from_le_bytes)
            }
        }
    )*};
}
integers!(u8, u16, u32, u64, i64);

macro_rules! byte_arrays {
    ($($id:ty),*) => {$(
        impl Canonical for $id {
            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_bytes());
            }
            fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                reader.array().map(Self::from_bytes)
            }
        }
    )*};
}
byte_arrays!(
    OrganizationId,
    ProjectId,
    KeyId,
    LotId,
    LimitId,
    BudgetId,
    RequestId,
    EntryId,
    BootId,
    KeyHash,
    Subject
);

impl<const N: usize> Canonical for [u8; N] {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.array()
    }
}

impl Canonical for bool {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match u8::read(reader)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(DecodeError::NotCanonical("boolean")),
        }
    }
}

impl Canonical for Time {
    fn write(&self, out: &mut Vec<u8>) {
        self.micros().write(out);
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        i64::read(reader).map(Self::from_micros)
    }
}

impl Canonical for Nanos {
    fn write(&self, out: &mut Vec<u8>) {
        self.get().write(out);
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        i64::read(reader).map(Self::new)
    }
}

impl Canonical for Price {
    fn write(&self, out: &mut Vec<u8>) {
        self.get().write(out);
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::new(i64::read(reader)?).ok_or(DecodeError::NotCanonical("negative price"))
    }
}

impl Canonical for HoldId {
    fn write(&self, out: &mut Vec<u8>) {
        self.request.write(out);
        self.attempt.write(out);
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            request: Canonical::read(reader)?,
            attempt: Canonical::read(reader)?,
        })
    }
}

fn write_length(length: usize, out: &mut Vec<u8>) {
    // What is longer than a reader takes is cut off by every command's own checks long before.
    u32::try_from(length).unwrap_or(u32::MAX).write(out);
}

impl Canonical for Box<str> {
    fn write(&self, out: &mut Vec<u8>) {
        write_length(self.len(), out);
        out.extend_from_slice(self.as_bytes());
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let length = reader.length()?;
        let text = std::str::from_utf8(reader.take(length)?)
            .map_err(|_utf8| DecodeError::NotCanonical("text"))?;
        Ok(text.into())
    }
}

impl<T: Canonical> Canonical for Box<T> {
    fn write(&self, out: &mut Vec<u8>) {
        T::write(self, out);
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        T::read(reader).map(Self::new)
    }
}

impl<T: Canonical> Canonical for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        self.is_some().write(out);
        if let Some(value) = self {
            value.write(out);
        }
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if bool::read(reader)? {
            T::read(reader).map(Some)
        } else {
            Ok(None)
        }
    }
}

impl<T: Canonical> Canonical for Vec<T> {
    fn write(&self, out: &mut Vec<u8>) {
        write_length(self.len(), out);
        for item in self {
            item.write(out);
        }
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let length = reader.length()?;
        (0..length).map(|_| T::read(reader)).collect()
    }
}

impl<A: Canonical, B: Canonical> Canonical for (A, B) {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok((A::read(reader)?, B::read(reader)?))
    }
}

impl<K: Canonical + Ord, V: Canonical> Canonical for BTreeMap<K, V> {
    fn write(&self, out: &mut Vec<u8>) {
        write_length(self.len(), out);
        for (key, value) in self {
            key.write(out);
            value.write(out);
        }
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let length = reader.length()?;
        let mut map = Self::new();
        for _ in 0..length {
            let (key, value) = <(K, V)>::read(reader)?;
            if map.last_key_value().is_some_and(|(last, _)| *last >= key) {
                return Err(DecodeError::NotCanonical("order"));
            }
            map.insert(key, value);
        }
        Ok(map)
    }
}

/// Gives a struct the encoding of its fields, one after the other.
macro_rules! canonical_struct {
    ($name:ident { $($field:ident),* $(,)? }) => {
        impl $crate::codec::Canonical for $name {
            fn write(&self, out: &mut Vec<u8>) {
                $($crate::codec::Canonical::write(&self.$field, out);)*
            }
            fn read(
                reader: &mut $crate::codec::Reader<'_>,
            ) -> Result<Self, $crate::codec::DecodeError> {
                Ok(Self { $($field: $crate::codec::Canonical::read(reader)?),* })
            }
        }
    };
}

/// Gives an enum a tag byte for each variant, followed by the variant's fields.
macro_rules! canonical_enum {
    ($name:ident { $($tag:literal => $variant:ident $({ $($field:ident),* $(,)? })? $(( $inner:ident ))? ),* $(,)? }) => {
        impl $crate::codec::Canonical for $name {
            fn write(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $({ $($field),* })? $(( $inner ))? => {
                        out.push($tag);
                        $($($crate::codec::Canonical::write($field, out);)*)?
                        $($crate::codec::Canonical::write($inner, out);)?
                    })*
                }
            }
            fn read(
                reader: &mut $crate::codec::Reader<'_>,
            ) -> Result<Self, $crate::codec::DecodeError> {
                match <u8 as $crate::codec::Canonical>::read(reader)? {
                    $($tag => {
                        $($(let $field = $crate::codec::Canonical::read(reader)?;)*)?
                        $(let $inner = $crate::codec::Canonical::read(reader)?;)?
                        Ok(Self::$variant $({ $($field),* })? $(( $inner ))?)
                    })*
                    tag => Err($crate::codec::DecodeError::UnknownTag { what: stringify!($name), tag }),
                }
            }
        }
    };
}

pub(crate) use {canonical_enum, canonical_struct};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_beyond_the_longest_there_is_is_damage() {
        let read = |length: usize| {
            let mut bytes = Vec::new();
            u32::try_from(length).unwrap().write(&mut bytes);
            Reader(&bytes).length()
        };
        assert_eq!(read(MOST_ITEMS), Ok(MOST_ITEMS));
        for length in [MOST_ITEMS + 1, MOST_ITEMS + 2] {
            assert_eq!(read(length), Err(DecodeError::NotCanonical("length")));
        }
    }
}

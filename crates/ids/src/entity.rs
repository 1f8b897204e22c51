//! The ids of things.

use std::fmt;
use std::str::FromStr;

use crate::base32;

/// Why a text is not an id of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}_ and 26 characters")]
pub struct ParseIdError {
    /// What the text should have begun with.
    pub prefix: &'static str,
}

macro_rules! entity {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// What every printed id of this kind begins with, before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// The id with these 128 bits, most significant byte first.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Its 128 bits, most significant byte first.
            #[must_use]
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let number = u128::from_be_bytes(self.0);
                write!(f, "{}_{}", $prefix, base32::print(number, base32::ID_LEN))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(base32::parse)
                    .map(|number| Self(number.to_be_bytes()))
                    .ok_or(ParseIdError { prefix: $prefix })
            }
        }
    };
}

entity!(
    /// An organization: the owner of one journal.
    OrganizationId, "org"
);
entity!(
    /// A project of an organization.
    ProjectId, "proj"
);
entity!(
    /// An API key of a project.
    KeyId, "key"
);
entity!(
    /// A lot of credit.
    LotId, "lot"
);
entity!(
    /// A hard limit.
    LimitId, "lim"
);
entity!(
    /// A budget.
    BudgetId, "bud"
);
entity!(
    /// One call of a client.
    RequestId, "req"
);
entity!(
    /// One entry of a journal, wherever in it the entry comes to stand.
    EntryId, "ent"
);
entity!(
    /// One run of a node, from its start to its end.
    BootId, "boot"
);
entity!(
    /// One thing that was worth telling somebody: the same in every attempt and over every channel.
    AlertId, "alert"
);
entity!(
    /// Where alerts go to.
    TargetId, "tgt"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_prints_its_kind_and_reads_back() {
        let id = ProjectId::from_bytes([0xff; 16]);
        assert_eq!(id.to_string(), "proj_7zzzzzzzzzzzzzzzzzzzzzzzzz");
        assert_eq!("proj_7zzzzzzzzzzzzzzzzzzzzzzzzz".parse(), Ok(id));
        assert_eq!(
            ProjectId::from_bytes([0; 16]).to_string(),
            "proj_00000000000000000000000000"
        );
    }

    #[test]
    fn an_id_has_one_spelling() {
        let wrong = Err(ParseIdError { prefix: "proj" });
        for text in [
            "",
            "proj_",
            "key_00000000000000000000000000",
            "proj_8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "proj_0000000000000000000000000",
            "proj_000000000000000000000000000",
            "proj_0000000000000000000000000O",
            "proj_0000000000000000000000000A",
        ] {
            assert_eq!(text.parse::<ProjectId>(), wrong, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn ids_sort_as_they_print(a: [u8; 16], b: [u8; 16]) {
            let (a, b) = (KeyId::from_bytes(a), KeyId::from_bytes(b));
            proptest::prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
            proptest::prop_assert_eq!(a.to_string().parse(), Ok(a));
        }
    }
}

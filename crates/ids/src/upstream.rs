//! The ids of an upstream account's own Book.
//!
//! The Book of an account's caps is a journal like an organization's, so it goes by an organization's id. Whose it is shows in
//! the id itself, so that nobody who lists, follows or shows journals needs to look it up.

use sha2::{Digest as _, Sha256};

use crate::{KeyId, LotId, OrganizationId, ProjectId};

/// Where a UUID has its milliseconds: a moment in the year 10889, which no UUID version 7 of ours comes to, and which a hash
/// that stands for an id has once in 2^48.
const NO_TIME: [u8; 6] = [0xff; 6];
/// UUID version 8: made as its maker sees fit.
const VERSION: u8 = 0x80;
const VARIANT: u8 = 0x80;

impl OrganizationId {
    /// Every upstream account's Book comes after it, and every organization before.
    pub const BEFORE_UPSTREAMS: Self = Self::from_bytes([
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff,
    ]);

    /// The Book of the upstream account of this name: the same for as long as the name is, whatever becomes of the account.
    #[must_use]
    pub fn of_upstream(name: &str) -> Self {
        let hash = Sha256::new()
            .chain_update(b"seawall upstream\0")
            .chain_update(name)
            .finalize();
        let mut id = [0; 16];
        for (to, from) in id.iter_mut().zip(hash) {
            *to = from;
        }
        for (to, from) in id.iter_mut().zip(NO_TIME) {
            *to = from;
        }
        let [_, _, _, _, _, _, version, _, variant, ..] = &mut id;
        *version = (*version & 0x0f) | VERSION;
        *variant = (*variant & 0x3f) | VARIANT;
        Self::from_bytes(id)
    }

    /// Whether it is the Book of an upstream account, and no organization.
    #[must_use]
    pub fn is_of_upstream(self) -> bool {
        let id = self.to_bytes();
        let [_, _, _, _, _, _, version, _, variant, ..] = id;
        id.starts_with(&NO_TIME) && version & 0xf0 == VERSION && variant & 0xc0 == VARIANT
    }

    /// The one project in the Book of an upstream account.
    #[must_use]
    pub const fn upstream_project(self) -> ProjectId {
        ProjectId::from_bytes(self.to_bytes())
    }

    /// The one key in the Book of an upstream account, under which every call through it is held.
    #[must_use]
    pub const fn upstream_key(self) -> KeyId {
        KeyId::from_bytes(self.to_bytes())
    }

    /// The one lot in the Book of an upstream account.
    #[must_use]
    pub const fn upstream_lot(self) -> LotId {
        LotId::from_bytes(self.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_of_an_upstream_is_known_by_its_id_and_by_nothing_else() {
        let openai = OrganizationId::of_upstream("openai");
        assert_eq!(openai, OrganizationId::of_upstream("openai"));
        assert_ne!(openai, OrganizationId::of_upstream("openai-eu"));
        assert!(openai.is_of_upstream());
        // Journals are kept under it for ever, so it is this one for ever.
        assert_eq!(openai.to_string(), "org_7zzzzzzzzzgfzvc4p7a5zdybq2");
        for other in [[0; 16], [0xff; 16], [0x88; 16]] {
            assert!(!OrganizationId::from_bytes(other).is_of_upstream());
        }
        assert!(!OrganizationId::BEFORE_UPSTREAMS.is_of_upstream());
    }

    proptest::proptest! {
        #[test]
        fn the_books_of_upstreams_come_after_all_organizations(name: String, milliseconds in 0_u64..1 << 47, rest: [u8; 10]) {
            let mut id = [0; 16];
            id[..6].copy_from_slice(&milliseconds.to_be_bytes()[2..]);
            id[6..].copy_from_slice(&rest);
            let upstream = OrganizationId::of_upstream(&name);
            proptest::prop_assert!(upstream.is_of_upstream());
            proptest::prop_assert!(upstream > OrganizationId::BEFORE_UPSTREAMS);
            proptest::prop_assert!(OrganizationId::from_bytes(id) < OrganizationId::BEFORE_UPSTREAMS);
        }
    }
}

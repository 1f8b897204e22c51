//! Damaged bytes are refused, or are the bytes of another value; nothing panics.

use ledger::{Book, DecodeError, Entry, Snapshot};
use proptest::prelude::*;

use super::entries;
use crate::tables::script;
use crate::world::World;

/// What is read at all is written as exactly what was read.
fn check(bytes: &[u8]) {
    if let Ok(entry) = Entry::decode(bytes) {
        assert_eq!(entry.encode(), bytes, "{entry:?}");
    }
}

#[test]
fn every_truncation_of_an_entry_is_refused() {
    for (name, entry) in entries::all() {
        let bytes = entry.encode();
        for len in 0..bytes.len() {
            assert!(Entry::decode(&bytes[..len]).is_err(), "{name}, {len} bytes");
        }
        let mut longer = bytes;
        longer.push(0);
        assert_eq!(
            Entry::decode(&longer),
            Err(DecodeError::TrailingBytes),
            "{name}"
        );
    }
}

#[test]
fn every_changed_byte_of_an_entry_is_refused_or_is_another_entry() {
    for (name, entry) in entries::all() {
        let bytes = entry.encode();
        for place in 0..bytes.len() {
            for flip in 1..=u8::MAX {
                let mut damaged = bytes.clone();
                damaged[place] ^= flip;
                if let Ok(other) = Entry::decode(&damaged) {
                    assert_eq!(other.encode(), damaged, "{name}, byte {place} ^ {flip}");
                    assert_ne!(other, entry, "{name}, byte {place} ^ {flip}");
                }
            }
        }
    }
}

#[test]
fn another_version_of_the_encoding_is_not_guessed_at() {
    let (_, entry) = entries::all().swap_remove(0);
    let mut bytes = entry.encode();
    bytes[0] = 2;
    assert_eq!(Entry::decode(&bytes), Err(DecodeError::UnknownVersion(2)));
    let mut snapshot = Snapshot::encode(&Book::empty());
    for other in [0, 1, 2, 3, 255] {
        snapshot[0] = other;
        assert_eq!(
            Snapshot::decode(&snapshot),
            Err(DecodeError::UnknownVersion(other))
        );
    }
}

#[test]
fn every_damage_to_a_snapshot_is_noticed() {
    let mut world = World::new();
    script::run(
        &mut world,
        "
        project p                                                         -> done p
        key k p                                                           -> done k
        credit a 10.00                                                    -> done a
        limit l key:k 5.00 day                                            -> done l
        take h k 1.00                                                     -> granted 1.00
        ",
    );
    let bytes = Snapshot::encode(&world.book);
    for place in 0..bytes.len() {
        assert!(Snapshot::decode(&bytes[..place]).is_err(), "{place} bytes");
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1 << bit;
            assert!(
                Snapshot::decode(&damaged).is_err(),
                "byte {place}, bit {bit}"
            );
        }
    }
}

/// A snapshot that remembers these idempotency keys, with a hash that is right.
fn remembering(keys: &[u8]) -> Vec<u8> {
    let empty = Snapshot::encode(&Book::empty());
    // The last part of a Book is how many keys it remembers, and they.
    let mut body = empty[33..empty.len() - 4].to_vec();
    body.extend_from_slice(&u32::try_from(keys.len()).unwrap().to_le_bytes());
    for key in keys {
        body.extend_from_slice(&[*key; 32]);
        // The request, the thing made, the time.
        body.extend_from_slice(&[0; 32 + 16 + 8]);
    }
    let mut bytes = vec![empty[0]];
    bytes.extend_from_slice(&Entry::hash(&body));
    bytes.extend_from_slice(&body);
    bytes
}

#[test]
fn a_snapshot_whose_items_are_twice_or_out_of_order_is_refused() {
    let fine = remembering(&[1, 2, 3]);
    assert_eq!(Snapshot::encode(&Snapshot::decode(&fine).unwrap()), fine);
    for keys in [&[1, 1][..], &[2, 1], &[1, 3, 2]] {
        let read = Snapshot::decode(&remembering(keys));
        assert_eq!(read, Err(DecodeError::NotCanonical("order")), "{keys:?}");
    }
}

proptest! {
    #![proptest_config(crate::laws::config(2_000))]

    #[test]
    fn no_bytes_make_a_reader_panic(
        mut bytes in proptest::collection::vec(any::<u8>(), 0..400),
        body in any::<bool>(),
    ) {
        if let Some(version) = bytes.first_mut().filter(|_| body) {
            *version = 1;
        }
        check(&bytes);
        prop_assert!(Snapshot::decode(&bytes).is_err());
    }

    #[test]
    fn entries_with_several_changed_bytes_are_refused_or_are_other_entries(
        which in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let entries = entries::all();
        let mut bytes = which.get(&entries).1.encode();
        for (place, byte) in changes {
            *place.get_mut(&mut bytes) = byte;
        }
        check(&bytes);
    }
}

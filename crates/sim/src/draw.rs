//! Numbers that look random and are not: ids and answer lengths follow from the seed alone.

/// One well-mixed number for another (the finaliser of splitmix64).
pub(crate) fn mix(number: u64) -> u64 {
    let mut x = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A hash of these bytes under this seed (FNV-1a, then mixed): the same in every run and on every machine.
pub(crate) fn hash(seed: u64, bytes: &[u8]) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64 ^ mix(seed);
    for byte in bytes {
        state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    mix(state)
}

/// An id of 32 hexadecimal digits behind a prefix, as the provider forms its own.
pub(crate) fn id(prefix: &str, seed: u64, sequence: u64) -> String {
    let high = mix(seed ^ mix(sequence));
    let low = mix(high ^ sequence);
    let mut id = String::with_capacity(prefix.len() + 32);
    id.push_str(prefix);
    for half in [high, low] {
        for shift in (0..16_u32).rev() {
            let digit = u32::try_from((half >> (4 * shift)) & 15).unwrap_or(0);
            id.push(char::from_digit(digit, 16).unwrap_or('0'));
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_depends_on_every_byte_and_on_the_seed() {
        assert_eq!(hash(1, b"abc"), hash(1, b"abc"));
        assert_ne!(hash(1, b"abc"), hash(1, b"abd"));
        assert_ne!(hash(1, b"abc"), hash(2, b"abc"));
    }

    #[test]
    fn ids_are_prefixed_distinct_and_repeatable() {
        let ids: std::collections::HashSet<_> = (0..1000).map(|n| id("req_", 7, n)).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.contains(&id("req_", 7, 3)));
        assert!(
            ids.iter()
                .all(|id| id.len() == 36 && id.starts_with("req_"))
        );
    }
}

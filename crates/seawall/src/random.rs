//! Randomness, and the ids made of it. Nothing else in the project draws any.

/// Random bytes of the operating system.
///
/// # Panics
/// Where the operating system has none to give. There is no key and no id that could be made without.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// The 128 bits of a new id: a UUID of version 7, so that ids sort by age.
pub(crate) fn id() -> [u8; 16] {
    let millis = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes())
        .into_uuid()
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_of_version_7_and_no_two_are_the_same() {
        let (first, second) = (id(), id());
        assert_ne!(first, second);
        assert_eq!(uuid::Uuid::from_bytes(first).get_version_num(), 7);
        let millis = |id: [u8; 16]| u64::from_be_bytes(id[..8].try_into().unwrap()) >> 16;
        assert!(millis(first) <= millis(second));
        assert!(millis(first) > 1_700_000_000_000);
    }
}

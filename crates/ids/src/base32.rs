//! Crockford's base 32: digits and lower-case letters without i, l, o and u, so that ids survive being read aloud.

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters of 128 bits.
pub(crate) const ID_LEN: usize = 26;

fn letter(value: u128) -> char {
    let index = usize::try_from(value & 31).unwrap_or(0);
    ALPHABET.get(index).copied().map_or('0', char::from)
}

/// The last `len` characters of the number, most significant first.
pub(crate) fn print(number: u128, len: usize) -> String {
    (0..len)
        .rev()
        .map(|place| letter(shift_right(number, place)))
        .collect()
}

fn shift_right(number: u128, places: usize) -> u128 {
    u32::try_from(places)
        .ok()
        .and_then(|p| p.checked_mul(5))
        .and_then(|bits| number.checked_shr(bits))
        .unwrap_or(0)
}

/// Reads 26 characters; `None` for another length, another letter, or more than 128 bits. Lower case only: one id has
/// one spelling.
pub(crate) fn parse(text: &str) -> Option<u128> {
    if text.len() != ID_LEN {
        return None;
    }
    text.bytes().try_fold(0_u128, |number, byte| {
        let value = ALPHABET.iter().position(|&letter| letter == byte)?;
        number
            .checked_mul(32)?
            .checked_add(u128::try_from(value).ok()?)
    })
}

/// Prints bytes as base 32, five bits a character, the last one padded with zero bits.
pub(crate) fn print_bytes(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut buffer, mut bits) = (0_u32, 0_u32);
    for &byte in bytes {
        buffer = (buffer << 8) | u32::from(byte);
        bits = bits.saturating_add(8);
        while bits >= 5 {
            bits = bits.saturating_sub(5);
            text.push(letter(u128::from(buffer >> bits)));
        }
        buffer &= !(u32::MAX << bits);
    }
    if bits > 0 {
        text.push(letter(u128::from(buffer << 5_u32.saturating_sub(bits))));
    }
    text
}

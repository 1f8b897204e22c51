//! Decimal numbers to integers and back. Deliberately not the ledger's own arithmetic: this is the second opinion.

/// How many decimals are kept.
const DECIMALS: usize = 9;
/// One, with its decimals.
const ONE: u64 = 1_000_000_000;

/// Reads a plain decimal number such as `0.125` into billionths. `None` for a sign, an exponent, more than nine
/// decimals, or more than a million.
pub(crate) fn billionths(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || !plain(fraction) || whole.len() > 7 || fraction.len() > DECIMALS {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let fraction: u64 = format!("{fraction:0<DECIMALS$}").parse().ok()?;
    let value = whole * ONE + fraction;
    (value <= 1_000_000 * ONE).then_some(value)
}

/// Prints nano-dollars as dollars with two to nine decimals.
pub(crate) fn dollars(nanos: u64) -> String {
    let mut text = format!("{}.{:09}", nanos / ONE, nanos % ONE);
    while text.ends_with('0') && !text.ends_with(".00") {
        let shorter = text.len() - 1;
        // Two decimals stay: a price of `0.50` reads as money, `0.5` does not.
        if text.find('.').is_some_and(|dot| shorter - dot <= 2) {
            break;
        }
        text.truncate(shorter);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly_or_not_at_all() {
        assert_eq!(billionths("0.0125"), Some(12_500_000));
        assert_eq!(billionths("30"), Some(30_000_000_000));
        assert_eq!(billionths("0.000000001"), Some(1));
        assert_eq!(billionths("1000000"), Some(1_000_000_000_000_000));
        for wrong in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1e3",
            "0.0000000001",
            "1000000.1",
            "1,5",
            "٣",
        ] {
            assert_eq!(billionths(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dollars_have_two_to_nine_decimals() {
        for (nanos, text) in [
            (0, "0.00"),
            (1, "0.000000001"),
            (500_000_000, "0.50"),
            (12_345_678_901, "12.345678901"),
            (1_100_000_000, "1.10"),
            (22_140_000_000, "22.14"),
            (100_000_000_000, "100.00"),
            (1_001_000_000, "1.001"),
        ] {
            assert_eq!(dollars(nanos), text);
        }
    }
}

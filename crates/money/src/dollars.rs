//! Dollars as people write them: a decimal number with at most nine decimals.

use std::fmt;

/// Decimals an amount can have: a nano-dollar is the ninth.
const DECIMALS: usize = 9;
/// Nano-dollars in a dollar.
const PER_DOLLAR: u64 = 1_000_000_000;

/// Why a text is not an amount in dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseUsdError {
    /// Empty, or something other than `[-]digits[.digits]`.
    #[error("not a decimal number of dollars such as \"12.50\"")]
    NotANumber,
    /// Finer than a nano-dollar.
    #[error("more than nine decimals: the smallest amount is 0.000000001 dollars")]
    TooFine,
    /// Beyond what an amount can hold.
    #[error("too large: the largest amount is 9223372036.854775807 dollars")]
    TooLarge,
}

pub(crate) fn parse(text: &str) -> Result<i64, ParseUsdError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((_, "")) => return Err(ParseUsdError::NotANumber),
        Some((whole, fraction)) => (whole, fraction),
        None => (digits, ""),
    };
    if whole.is_empty()
        || !whole
            .bytes()
            .chain(fraction.bytes())
            .all(|b| b.is_ascii_digit())
    {
        return Err(ParseUsdError::NotANumber);
    }
    if fraction.len() > DECIMALS {
        return Err(ParseUsdError::TooFine);
    }
    let padding = DECIMALS.saturating_sub(fraction.len());
    let mut nanos: i64 = 0;
    for digit in whole
        .bytes()
        .chain(fraction.bytes())
        .chain(std::iter::repeat_n(b'0', padding))
    {
        let digit = i64::from(digit.saturating_sub(b'0'));
        let signed = if negative {
            digit.checked_neg()
        } else {
            Some(digit)
        };
        nanos = nanos
            .checked_mul(10)
            .zip(signed)
            .and_then(|(tens, one)| tens.checked_add(one))
            .ok_or(ParseUsdError::TooLarge)?;
    }
    Ok(nanos)
}

pub(crate) fn print(nanos: i64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let magnitude = nanos.unsigned_abs();
    let sign = if nanos < 0 { "-" } else { "" };
    // Division by a constant other than zero: neither can fail.
    let whole = magnitude.checked_div(PER_DOLLAR).ok_or(fmt::Error)?;
    let fraction = magnitude.checked_rem(PER_DOLLAR).ok_or(fmt::Error)?;
    let fraction = format!("{fraction:09}");
    let kept = fraction.trim_end_matches('0').len().max(2);
    f.pad(&format!(
        "{sign}{whole}.{}",
        fraction.get(..kept).ok_or(fmt::Error)?
    ))
}

#[cfg(test)]
mod tests {
    use crate::{Nanos, ParseUsdError};

    #[test]
    fn an_amount_prints_with_two_to_nine_decimals() {
        for (nanos, text) in [
            (0, "0.00"),
            (1, "0.000000001"),
            (22_140_000_000, "22.14"),
            (20_000_000_000, "20.00"),
            (-500_000_000, "-0.50"),
            (123_456_789_123, "123.456789123"),
            (i64::MAX, "9223372036.854775807"),
            (i64::MIN, "-9223372036.854775808"),
        ] {
            assert_eq!(Nanos::new(nanos).to_string(), text);
            assert_eq!(text.parse(), Ok(Nanos::new(nanos)));
        }
    }

    #[test]
    fn what_is_not_an_amount_says_why() {
        for text in [
            "", "-", ".", "5.", ".5", "1e3", "1,000", "$5", " 5", "5 ", "+5", "--5", "0x1", "٥",
            "NaN",
        ] {
            assert_eq!(
                text.parse::<Nanos>(),
                Err(ParseUsdError::NotANumber),
                "{text:?}"
            );
        }
        assert_eq!("0.0000000001".parse::<Nanos>(), Err(ParseUsdError::TooFine));
        for text in [
            "9223372036.854775808",
            "-9223372036.854775809",
            "99999999999999999999",
        ] {
            assert_eq!(
                text.parse::<Nanos>(),
                Err(ParseUsdError::TooLarge),
                "{text:?}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_printed_reads_back(nanos: i64) {
            proptest::prop_assert_eq!(Nanos::new(nanos).to_string().parse(), Ok(Nanos::new(nanos)));
        }

        #[test]
        fn reading_never_panics(text in "\\PC*") {
            let _ignored: Result<Nanos, _> = text.parse();
        }
    }
}

//! Amounts as JSON writes them: decimal numbers of any length, with an exponent or without, as a number or as a text.

use money::Femtos;

/// Decimals of a femto-dollar.
const DECIMALS: i32 = 15;
/// More digits than any bill has.
const MOST_DIGITS: usize = 60;

/// Reads a decimal number of dollars.
///
/// It is exact down to a femto-dollar; what is finer is rounded up, away from nothing. With `shift` the number is of another unit: -2 for cents. `None`: it is no number, or beyond all bills.
#[must_use]
pub fn dollars(text: &str, shift: i32) -> Option<Femtos> {
    let text = text.trim_matches('"');
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent
        .strip_prefix('+')
        .unwrap_or(exponent)
        .parse()
        .ok()?;
    let (negative, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let all = format!("{whole}{fraction}");
    if all.len() > MOST_DIGITS || !(-60..=30).contains(&exponent) {
        return None;
    }
    let decimals = i32::try_from(fraction.len()).ok()?;
    let further = DECIMALS
        .checked_add(exponent)?
        .checked_add(shift)?
        .checked_sub(decimals)?;
    let femtos = match u32::try_from(further) {
        Ok(zeros) => number(&all)?.checked_mul(10_i128.checked_pow(zeros)?)?,
        Err(_finer) => {
            let cut = usize::try_from(further.checked_neg()?).ok()?;
            let kept = all.len().saturating_sub(cut);
            let (kept, rest) = all.split_at_checked(kept)?;
            let more = i128::from(rest.bytes().any(|digit| digit != b'0'));
            number(kept)?.checked_add(more)?
        }
    };
    Some(Femtos::new(if negative {
        femtos.checked_neg()?
    } else {
        femtos
    }))
}

fn number(digits: &str) -> Option<i128> {
    if digits.is_empty() {
        return Some(0);
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly_in_every_spelling_that_was_seen() {
        for (text, shift, femtos) in [
            ("0.06", 0, 60_000_000_000_000),
            ("6e-06", 0, 6_000_000_000),
            ("4.225E-5", 0, 42_250_000_000),
            ("1e+1", 0, 10_000_000_000_000_000),
            ("\"0.0000060000\"", 0, 6_000_000_000),
            ("-0.5", 0, -500_000_000_000_000),
            ("0", 0, 0),
            ("123.45", -2, 1_234_500_000_000_000),
            // Finer than a femto-dollar: up, and of a credit away from nothing as well.
            ("0.0000000000000001", 0, 1),
            ("-0.0000000000000001", 0, -1),
            ("0.0000000000000010", 0, 1),
            ("1e-40", 0, 1),
        ] {
            assert_eq!(dollars(text, shift), Some(Femtos::new(femtos)), "{text}");
        }
        for text in ["", "-", ".5", "1,5", "0x1", "NaN", "1e99", "++1", "٣"] {
            assert_eq!(dollars(text, 0), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics(text in "\\PC*", shift in -5_i32..5) {
            let _ignored = dollars(&text, shift);
        }

        #[test]
        fn what_an_amount_prints_is_what_is_read(nanos: i64) {
            let amount = money::Nanos::new(nanos);
            proptest::prop_assert_eq!(dollars(&amount.to_string(), 0), Some(Femtos::from(amount)));
        }
    }
}

//! Durations and sizes as people write them: a whole number and a unit; and amounts of money.

use std::time::Duration;

use money::Nanos;

/// How a duration is written.
pub(crate) const DURATION: &str = "a duration such as \"500ms\", \"5s\", \"2m\" or \"1h\"";
/// How a size is written.
pub(crate) const SIZE: &str = "a size such as \"512KiB\" or \"32MiB\"";

/// How an amount that can be switched off is written.
pub(crate) const USD_OR_OFF: &str = "an amount in dollars such as \"5000\" or \"0.50\", or \"off\"";

/// Longer ones would only be a slip of the keyboard.
const LONGEST: u64 = 3650 * 86_400;

fn split(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    Some((number.parse().ok()?, unit))
}

/// Reads a duration; the error is a sentence without a place.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not {DURATION}");
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let seconds = match unit {
        "ms" => return Ok(Duration::from_millis(number)),
        "s" => Some(number),
        "m" => number.checked_mul(60),
        "h" => number.checked_mul(3600),
        "d" => number.checked_mul(86_400),
        _ => return Err(wrong()),
    };
    seconds
        .filter(|seconds| *seconds <= LONGEST)
        .map(Duration::from_secs)
        .ok_or_else(|| format!("`{text}` is more than ten years"))
}

/// Reads an amount in dollars, or `off`; the error is a sentence without a place.
pub(crate) fn usd_or_off(text: &str) -> Result<Option<Nanos>, String> {
    if text == "off" {
        return Ok(None);
    }
    let amount = text.parse::<Nanos>().ok();
    let amount = amount.filter(|amount| !amount.is_negative());
    amount
        .map(Some)
        .ok_or_else(|| format!("`{text}` is not {USD_OR_OFF}"))
}

/// Reads a size in bytes; the error is a sentence without a place.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is not {SIZE}");
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let factor = match unit {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(wrong()),
    };
    number
        .checked_mul(factor)
        .filter(|bytes| *bytes <= 1 << 40)
        .ok_or_else(|| format!("`{text}` is more than 1024GiB"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_whole_number_and_a_unit() {
        for (text, millis) in [
            ("0s", 0),
            ("50ms", 50),
            ("5s", 5_000),
            ("2m", 120_000),
            ("1h", 3_600_000),
            ("30d", 2_592_000_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in [
            "",
            "5",
            "s",
            "1.5s",
            "-1s",
            "5 s",
            "5S",
            "5sec",
            "99999999999999999999s",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert_eq!(
            duration("5").unwrap_err(),
            "`5` is not a duration such as \"500ms\", \"5s\", \"2m\" or \"1h\""
        );
        assert_eq!(
            duration("4000d").unwrap_err(),
            "`4000d` is more than ten years"
        );
    }

    #[test]
    fn a_size_is_a_whole_number_and_a_unit() {
        assert_eq!(size("7B"), Ok(7));
        assert_eq!(size("32MiB"), Ok(33_554_432));
        assert_eq!(
            size("32MB").unwrap_err(),
            "`32MB` is not a size such as \"512KiB\" or \"32MiB\""
        );
        assert_eq!(
            size("9999GiB").unwrap_err(),
            "`9999GiB` is more than 1024GiB"
        );
    }
}

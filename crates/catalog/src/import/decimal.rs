//! Prices as JSON writes them, `1.25e-06`, read exactly.

use money::Price;

/// The decimals of a price: it is kept in 10⁻¹⁵ dollars a unit.
const DECIMALS: i64 = 15;

/// A price, and whether it is exactly the one that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) price: Price,
    pub(crate) exact: bool,
}

/// Dollars a unit, times a power of ten (`6`: the text is dollars per million, so that it is `-6` that is passed). `None`
/// for what is no number, negative, or out of range. What is finer than can be kept is rounded up.
pub(crate) fn price(text: &str, shift: i64) -> Option<Read> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if whole.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value: u128 = digits.parse().ok()?;
    let decimals = i64::try_from(fraction.len()).ok()?;
    // value × 10^power, in 10⁻¹⁵ dollars.
    let power = exponent
        .checked_add(shift)?
        .checked_add(DECIMALS)?
        .checked_sub(decimals)?;
    let scale = |power: u64| {
        u32::try_from(power)
            .ok()
            .and_then(|power| 10_u128.checked_pow(power))
    };
    let (scaled, exact) = if power >= 0 || value == 0 {
        let scale = if value == 0 {
            Some(0)
        } else {
            scale(power.unsigned_abs())
        };
        (value.checked_mul(scale?)?, true)
    } else {
        // A power beyond the range makes less than one of the smallest, which is rounded up to it.
        let scale = scale(power.unsigned_abs()).unwrap_or(u128::MAX);
        (value.div_ceil(scale), value.checked_rem(scale)? == 0)
    };
    let price = Price::new(i64::try_from(scaled).ok()?)?;
    Some(Read { price, exact })
}

/// A price times a count, as for a picture that is priced by its pixels: exact where the product can be kept.
pub(crate) fn times(text: &str, count: u64) -> Option<Read> {
    // The count is moved into the digits, so that the rounding comes last.
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let value: u128 = format!("{whole}{fraction}").parse().ok()?;
    let product = value.checked_mul(u128::from(count))?;
    let decimals = i64::try_from(fraction.len()).ok()?;
    let exponent = exponent.parse::<i64>().ok()?.checked_sub(decimals)?;
    price(&format!("{product}e{exponent}"), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_read_as_it_is_written() {
        for (text, shift, femtos, exact) in [
            ("1.25e-06", 0, 1_250_000_000, true),
            ("0.00012", 0, 120_000_000_000, true),
            ("2e-08", 0, 20_000_000, true),
            ("0", 0, 0, true),
            ("0.0", 0, 0, true),
            ("0e-99", 0, 0, true),
            ("1E+1", 0, 10_000_000_000_000_000, true),
            ("0.000283333333333", 0, 283_333_333_333, true),
            ("0.0002833333333333333", 0, 283_333_333_334, false),
            ("2.0751953125e-09", 0, 2_075_196, false),
            ("1e-99", 0, 1, false),
            ("1.25", -6, 1_250_000_000, true),
            ("0.0000000001", -6, 1, false),
        ] {
            let read = price(text, shift).unwrap();
            assert_eq!((read.price.get(), read.exact), (femtos, exact), "{text}");
        }
    }

    #[test]
    fn what_is_no_price_is_none() {
        for text in [
            "", "-1", "1e", "e5", ".5", "NaN", "1e99", "0x1", "1_0", "null",
        ] {
            assert_eq!(price(text, 0), None, "{text}");
        }
    }

    #[test]
    fn a_picture_priced_by_its_pixels_has_one_exact_price() {
        let read = times("2.0751953125e-09", 1024 * 1024).unwrap();
        assert_eq!((read.price.get(), read.exact), (2_176_000_000_000, true));
        assert_eq!(times("0.0", 7).unwrap().price, Price::FREE);
    }

    proptest::proptest! {
        #[test]
        fn rounding_is_upwards_and_by_less_than_the_smallest(digits in 0_u64..1 << 40, decimals in 12_u32..24) {
            let read = price(&format!("{digits}e-{decimals}"), 0).unwrap();
            let kept = u128::try_from(read.price.get()).unwrap();
            // kept × 10^decimals against digits × 10^15.
            let smallest = 10_u128.pow(decimals);
            let kept = kept.checked_mul(smallest).unwrap();
            let written = u128::from(digits).checked_mul(10_u128.pow(15)).unwrap();
            let more = kept.checked_sub(written);
            proptest::prop_assert!(more.is_some_and(|more| more < smallest));
            proptest::prop_assert_eq!(read.exact, more == Some(0));
        }
    }
}

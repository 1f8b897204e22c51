//! Amounts of money on the command line: read strictly, shown with a dollar sign.

use money::Nanos;

/// Reads an amount that must be more than nothing; a leading `$` is forgiven.
pub(crate) fn positive(text: &str) -> Result<Nanos, String> {
    let amount = not_negative(text)?;
    if amount.is_positive() {
        Ok(amount)
    } else {
        Err("must be more than 0".to_owned())
    }
}

/// The same, and nothing is an amount, too.
pub(crate) fn not_negative(text: &str) -> Result<Nanos, String> {
    let amount: Nanos = text
        .strip_prefix('$')
        .unwrap_or(text)
        .parse()
        .map_err(|error: money::ParseUsdError| error.to_string())?;
    if amount.is_negative() {
        Err("must not be negative".to_owned())
    } else {
        Ok(amount)
    }
}

/// `$22.14` for `22.14`, `-$0.50` for `-0.50`, a dash for none.
pub(crate) fn dollars(decimal: Option<&str>) -> String {
    match decimal {
        None => "–".to_owned(),
        Some(decimal) => match decimal.strip_prefix('-') {
            Some(rest) => format!("-${rest}"),
            None => format!("${decimal}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_with_or_without_its_sign() {
        assert_eq!(positive("$12.50"), Ok(Nanos::new(12_500_000_000)));
        assert_eq!(positive("0"), Err("must be more than 0".to_owned()));
        assert_eq!(not_negative("0"), Ok(Nanos::ZERO));
        assert_eq!(not_negative("-1"), Err("must not be negative".to_owned()));
        assert!(positive("1e3").is_err());
    }

    #[test]
    fn an_amount_is_shown_in_dollars() {
        assert_eq!(dollars(Some("22.14")), "$22.14");
        assert_eq!(dollars(Some("-0.50")), "-$0.50");
        assert_eq!(dollars(None), "–");
    }
}

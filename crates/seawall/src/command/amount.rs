//! Amounts of money on the command line: read strictly, shown with a dollar sign.

use money::Nanos;
use serde_json::{Value, json};

use crate::exit::Failure;

/// An amount of something that is said elsewhere: dollars, or how many requests or tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    usd: Option<Nanos>,
    count: Option<u64>,
}

/// Reads one; whether it suits the measure is seen when that is known.
pub(crate) fn counted(text: &str) -> Result<Counted, String> {
    let usd = not_negative(text);
    let count = text.parse().ok();
    match (usd, count) {
        (Err(problem), None) => Err(problem),
        (usd, count) => Ok(Counted {
            usd: usd.ok(),
            count,
        }),
    }
}

impl Counted {
    /// The member of a request that says it in this measure.
    pub(crate) fn member(&self, measure: &str) -> Result<(&'static str, Value), Failure> {
        let member = match measure {
            "usd" => self.usd.map(|usd| ("amount_usd", json!(usd.to_string()))),
            _ => self.count.map(|count| ("amount", json!(count))),
        };
        member.ok_or_else(|| match measure {
            "usd" => Failure::usage("this is more than there ever is: say fewer dollars"),
            _ => Failure::usage(format!("say how many {measure}: a whole number")),
        })
    }
}

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
    fn a_count_is_whole_and_dollars_need_not_be() {
        let half = counted("0.5").unwrap();
        assert_eq!(half.member("usd").unwrap(), ("amount_usd", json!("0.50")));
        assert!(half.member("requests").is_err());
        let many = counted("100000000000").unwrap();
        assert_eq!(
            many.member("tokens").unwrap(),
            ("amount", json!(100_000_000_000_u64))
        );
        assert!(many.member("usd").is_err());
        assert!(counted("ten").is_err());
        assert_eq!(counted("-1"), Err("must not be negative".to_owned()));
    }

    #[test]
    fn an_amount_is_shown_in_dollars() {
        assert_eq!(dollars(Some("22.14")), "$22.14");
        assert_eq!(dollars(Some("-0.50")), "-$0.50");
        assert_eq!(dollars(None), "–");
    }
}

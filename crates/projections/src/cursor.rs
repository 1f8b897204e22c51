//! Where a page ends.

use std::fmt;
use std::str::FromStr;

use ids::RequestId;
use ledger::Time;

/// A place between two calls of the log, in the order of their start. Calls that come later do not move it.
///
/// Its text is opaque to whoever gets it: 48 hexadecimal digits, which may become something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) at: Time,
    pub(crate) request: RequestId,
}

/// A text that is not a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor that an earlier page came with")]
pub struct ParseCursorError;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = u128::from_be_bytes(self.request.to_bytes());
        write!(f, "{:016x}{request:032x}", self.at.micros())
    }
}

impl FromStr for Cursor {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> Result<Self, ParseCursorError> {
        let hex = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
        if text.len() != 48 || !text.bytes().all(hex) {
            return Err(ParseCursorError);
        }
        let (at, request) = text.split_at_checked(16).ok_or(ParseCursorError)?;
        let at = u64::from_str_radix(at, 16).map_err(|_digits| ParseCursorError)?;
        let request = u128::from_str_radix(request, 16).map_err(|_digits| ParseCursorError)?;
        Ok(Self {
            at: Time::from_micros(at.cast_signed()),
            request: RequestId::from_bytes(request.to_be_bytes()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        for micros in [0, -1, i64::MIN, i64::MAX] {
            let at = Time::from_micros(micros);
            let cursor = Cursor {
                at,
                request: RequestId::from_bytes([0xa5; 16]),
            };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        let long = "0".repeat(49);
        let sign = format!("+{}", "0".repeat(47));
        let upper = "A".repeat(48);
        for text in ["", "0", &long, &sign, &upper] {
            assert_eq!(text.parse::<Cursor>(), Err(ParseCursorError), "{text}");
        }
    }
}

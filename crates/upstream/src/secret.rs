//! A credential on its way from where it is kept to the header that shows it.

use zeroize::Zeroizing;

/// A credential. No `Debug`, no `Display`; its memory is wiped when it is let go of.
#[expect(missing_debug_implementations, reason = "a secret must not print")]
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

/// The shortest credential whose end may be shown, in characters: of a shorter one the end would be too much of it.
const SHORTEST_WITH_HINT: usize = 20;
/// Characters that are shown of a credential.
const SHOWN: usize = 4;

impl Secret {
    /// Takes a credential; white space around it is dropped.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.trim().to_owned()))
    }

    /// The text. For sealing it and for showing it to its provider.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Its last four characters behind an ellipsis, by which its owner knows it again; the ellipsis alone where it is short.
    #[must_use]
    pub fn hint(&self) -> String {
        let count = self.0.chars().count();
        let shown = if count < SHORTEST_WITH_HINT { 0 } else { SHOWN };
        let end: String = self.0.chars().skip(count.saturating_sub(shown)).collect();
        format!("…{end}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_credential_its_end_is_shown_and_of_a_short_one_nothing() {
        for (secret, hint) in [
            (" sk-proj-0123456789abcdefgh\n", "…efgh"),
            ("hunter2", "…"),
            ("", "…"),
        ] {
            assert_eq!(Secret::new(secret).hint(), hint);
        }
    }
}

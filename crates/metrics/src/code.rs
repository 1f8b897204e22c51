//! Which codes become labels. What a provider calls its errors is its own to choose, so it is bounded here.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

/// Codes that are told apart at most. Beyond it they are all `other`.
const MOST: usize = 64;
/// The longest code.
const LONGEST: usize = 64;
/// What stands for every code that is not let in.
const OTHER: &str = "other";

/// The codes seen so far.
#[derive(Debug, Default)]
pub(crate) struct Codes(RwLock<BTreeSet<String>>);

impl Codes {
    /// The label for a code.
    pub(crate) fn label(&self, code: &str) -> String {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if code.is_empty() || code.len() > LONGEST || !code.bytes().all(letter) {
            return OTHER.to_owned();
        }
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if known.contains(code) {
            return code.to_owned();
        }
        drop(known);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST && !known.contains(code) {
            return OTHER.to_owned();
        }
        known.insert(code.to_owned());
        code.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_code_is_a_label() {
        let codes = Codes::default();
        for (code, label) in [
            ("insufficient_quota", "insufficient_quota"),
            ("", "other"),
            ("sk-live-secret", "other"),
            ("two words", "other"),
            ("quote\"", "other"),
            (&"a".repeat(65), "other"),
        ] {
            assert_eq!(codes.label(code), label, "{code}");
        }
    }

    #[test]
    fn beyond_so_many_codes_all_are_other() {
        let codes = Codes::default();
        let labels: BTreeSet<String> = (0..1_000)
            .map(|number| codes.label(&format!("code_{number}")))
            .collect();
        assert_eq!(labels.len(), MOST + 1);
        assert_eq!(codes.label("code_1"), "code_1");
        assert_eq!(codes.label("code_999"), "other");
    }
}

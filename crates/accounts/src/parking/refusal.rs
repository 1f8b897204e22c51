//! What a provider said when it refused, kept so that a call that is not sent can be answered as the last one was.

use serde::{Deserialize, Serialize};
use upstream::Account;

/// The longest type or code that is kept, in characters.
const LONGEST_WORD: usize = 128;
/// The longest message that is kept, in characters.
const LONGEST_MESSAGE: usize = 1_000;

/// A provider's refusal, as far as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The `type` of its error.
    pub kind: Option<Box<str>>,
    /// The `code` of its error.
    pub code: Option<Box<str>>,
    /// Its words, at most 1,000 characters of them.
    pub message: Box<str>,
}

impl Refusal {
    /// What an account's provider said. Its words lose the account's own credential, should they repeat it: they are kept,
    /// and shown.
    #[must_use]
    pub fn new(
        account: &Account,
        status: u16,
        (kind, code): (Option<&str>, Option<&str>),
        message: &str,
    ) -> Self {
        let said = |text: &str, most| -> Box<str> {
            let text = account.without_credential(text);
            text.chars().take(most).collect::<String>().into()
        };
        Self {
            status,
            kind: kind.map(|text| said(text, LONGEST_WORD)),
            code: code.map(|text| said(text, LONGEST_WORD)),
            message: said(message, LONGEST_MESSAGE),
        }
    }
}

#[cfg(test)]
mod tests {
    use upstream::{Kind, Place, Secret};

    use super::*;

    #[test]
    fn what_is_kept_is_bounded_and_without_the_credential() {
        let place = Place::new(Kind::OpenAi, "https://x.example/v1");
        let key = Secret::new("sk-planted-0123456789");
        let account = Account::new("a", place, Some(&key)).unwrap();
        let message = format!("no: sk-planted-0123456789 {}", "x".repeat(5_000));
        let refusal = Refusal::new(
            &account,
            401,
            (None, Some("sk-planted-0123456789")),
            &message,
        );
        assert!(!format!("{refusal:?}").contains("planted"), "{refusal:?}");
        assert_eq!(refusal.message.chars().count(), LONGEST_MESSAGE);
    }
}

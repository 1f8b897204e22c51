//! Takes keys out of what others wrote: the secrets that are known, and whatever looks like one.

use crate::key::Shown;

/// What a key may begin with. A session token counts, and so does a word that only looks like one.
const STARTS: [&str; 8] = [
    "sk-", "sess-", "gsk_", "AIza", "AQ.", "xai-", "pplx-", "hf_",
];
/// A shorter word that begins so is no key: `sk-` in a sentence.
const SHORTEST: usize = 12;
/// A known secret that is shorter would take ordinary words out.
const SHORTEST_KNOWN: usize = 8;

/// Knows the secrets that must not be told. No `Debug`.
#[expect(missing_debug_implementations, reason = "holds secrets")]
#[derive(Clone, Default)]
pub struct Redactor(Vec<String>);

impl Redactor {
    /// With these secrets; the longest is looked for first, so that no part of one is left.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut known: Vec<String> = secrets
            .into_iter()
            .flat_map(|secret| [secret, secret.trim()])
            .filter(|secret| secret.len() >= SHORTEST_KNOWN)
            .map(str::to_owned)
            .collect();
        known.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        known.dedup();
        Self(known)
    }

    /// The text with each key as its kind and last four letters.
    #[must_use]
    pub fn clean(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for secret in &self.0 {
            if clean.contains(secret.as_str()) {
                clean = clean.replace(secret.as_str(), &Shown::of(secret).to_string());
            }
        }
        without_keys(&clean)
    }
}

fn without_keys(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut word = String::new();
    for letter in text.chars() {
        // A masked key has stars in its middle; those who masked it have shown what may be shown.
        if letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '*') {
            word.push(letter);
        } else {
            finish(&mut clean, &word);
            word.clear();
            // What others wrote must not steer the terminal that it is shown on.
            let steers = letter.is_control() && letter != '\n';
            clean.push(if steers { ' ' } else { letter });
        }
    }
    finish(&mut clean, &word);
    clean
}

/// Writes a word down, or what may be shown of it.
fn finish(clean: &mut String, word: &str) {
    let start = STARTS.iter().filter_map(|start| word.find(start)).min();
    match start.and_then(|at| word.split_at_checked(at)) {
        Some((before, key)) if key.len() >= SHORTEST && !key.contains("**") && !is_prose(key) => {
            let shown = key.trim_end_matches('.');
            clean.push_str(before);
            clean.push_str(&Shown::of(shown).to_string());
            clean.extend(key.chars().skip(shown.chars().count()));
        }
        _ => clean.push_str(word),
    }
}

/// A word of letters and hyphens alone is a name such as `risk-management`; keys have digits.
fn is_prose(key: &str) -> bool {
    !key.bytes().any(|byte| byte.is_ascii_digit())
}

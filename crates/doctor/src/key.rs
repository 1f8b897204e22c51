//! What a key is by its shape, and as much of it as may be shown. The key itself is looked at once and not kept.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The letters at a key's end that are shown.
const TAIL: usize = 4;
/// A shorter text shows nothing of itself.
const SHORTEST: usize = 16;

/// What a key opens, by its first letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A key of a project at `OpenAI`: bills that project.
    Project,
    /// A service account's key of a project at `OpenAI`.
    ServiceAccount,
    /// Opens `OpenAI`'s administration API and nothing that can be called.
    Admin,
    /// A key of a person at `OpenAI`: bills the person's default organization unless a header says otherwise.
    LegacyUser,
    /// A browser's session at `OpenAI`.
    Session,
    /// `OpenRouter`.
    OpenRouter,
    /// Anthropic.
    Anthropic,
    /// Anthropic's administration API.
    AnthropicAdmin,
    /// A project's key of Seawall.
    Seawall,
    /// The admin key of Seawall.
    SeawallAdmin,
    /// Groq.
    Groq,
    /// Gemini.
    Gemini,
    /// xAI.
    XAi,
    /// None of the shapes that are known.
    Unknown,
}

/// The first letters of each kind; a longer beginning stands before the one it begins with.
const PREFIXES: [(&str, KeyKind, &str); 17] = [
    ("sk-ant-admin", KeyKind::AnthropicAdmin, "sk-ant-admin"),
    ("sk-ant-", KeyKind::Anthropic, "sk-ant-"),
    ("sk-or-", KeyKind::OpenRouter, "sk-or-"),
    ("sk-sw-admin-", KeyKind::SeawallAdmin, "sk-sw-admin-"),
    ("sk-sw-", KeyKind::Seawall, "sk-sw-"),
    ("sk-proj-", KeyKind::Project, "sk-proj-"),
    ("sk-svcacct-", KeyKind::ServiceAccount, "sk-svcacct-"),
    ("sk-admin-", KeyKind::Admin, "sk-admin-"),
    ("sk-None-", KeyKind::LegacyUser, "sk-None-"),
    ("sk-", KeyKind::LegacyUser, "sk-"),
    ("sess-", KeyKind::Session, "sess-"),
    ("gsk_", KeyKind::Groq, "gsk_"),
    ("AIza", KeyKind::Gemini, "AIza"),
    ("AQ.", KeyKind::Gemini, "AQ."),
    ("xai-", KeyKind::XAi, "xai-"),
    ("pplx-", KeyKind::Unknown, "pplx-"),
    ("hf_", KeyKind::Unknown, "hf_"),
];

impl KeyKind {
    /// The kind of this key.
    #[must_use]
    pub fn of(key: &str) -> Self {
        prefix(key).map_or(Self::Unknown, |(kind, _)| kind)
    }

    /// What it is, in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Project => "project key of OpenAI",
            Self::ServiceAccount => "service account key of OpenAI",
            Self::Admin => "admin key of OpenAI",
            Self::LegacyUser => "legacy user key",
            Self::Session => "browser session token of OpenAI",
            Self::OpenRouter => "key of OpenRouter",
            Self::Anthropic => "key of Anthropic",
            Self::AnthropicAdmin => "admin key of Anthropic",
            Self::Seawall => "project key of Seawall",
            Self::SeawallAdmin => "admin key of Seawall",
            Self::Groq => "key of Groq",
            Self::Gemini => "key of Gemini",
            Self::XAi => "key of xAI",
            Self::Unknown => "key of unknown shape",
        }
    }
}

fn prefix(key: &str) -> Option<(KeyKind, &'static str)> {
    PREFIXES
        .iter()
        .find(|(start, _, _)| key.starts_with(start))
        .map(|(_, kind, shown)| (*kind, *shown))
}

/// As much of a key as may be shown: its kind, and its last four letters where it is long enough to keep the rest.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it opens.
    pub kind: KeyKind,
    /// Its last four letters.
    pub tail: Option<String>,
    /// What is wrong with how it is written, such as quotes around it.
    pub odd: Option<&'static str>,
    prefix: &'static str,
    /// Tells two keys apart without keeping either.
    print: u64,
}

impl Shown {
    /// Looks at a key.
    #[must_use]
    pub fn of(raw: &str) -> Self {
        let key = raw.trim().trim_matches(['"', '\'', '`']);
        let known = prefix(key);
        let letters = key.chars().count();
        let tail =
            (letters >= SHORTEST).then(|| key.chars().skip(letters.saturating_sub(TAIL)).collect());
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        Self {
            kind: known.map_or(KeyKind::Unknown, |(kind, _)| kind),
            tail,
            odd: odd(raw),
            prefix: known.map_or("", |(_, prefix)| prefix),
            print: hasher.finish(),
        }
    }

    /// Whether both are the same key, however they are written.
    #[must_use]
    pub const fn is_same_key(&self, other: &Self) -> bool {
        self.print == other.print
    }
}

fn odd(raw: &str) -> Option<&'static str> {
    let key = raw.trim();
    if raw.is_empty() || key.is_empty() {
        Some("it is empty")
    } else if key.len() != raw.len() {
        Some("there is white space around it")
    } else if key.starts_with(['"', '\'', '`']) {
        Some("there are quotes around it, which go along as part of it")
    } else if key.to_lowercase().starts_with("bearer ") {
        Some("it begins with `Bearer`, which the library adds once more")
    } else if key.chars().any(char::is_whitespace) || !key.is_ascii() {
        Some("it holds white space or letters that no key has")
    } else if key.contains("**") {
        Some("it is masked: it was copied from a page or a message that shows only its ends")
    } else if key.starts_with('$') || key.starts_with('%') {
        Some("it is a reference to another variable, which nobody has put in here")
    } else if key.contains("...") || key.contains("your") || key.contains("YOUR") {
        Some("it looks like a placeholder out of a manual")
    } else if key.starts_with("sk-") && key.len() < SHORTEST {
        Some("it is too short for a key: it was cut off when it was copied")
    } else {
        None
    }
}

/// `sk-proj-…x9Fq`.
impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.tail {
            Some(tail) => write!(f, "{}…{tail}", self.prefix),
            None => write!(f, "{}…", self.prefix),
        }
    }
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shown({self})")
    }
}

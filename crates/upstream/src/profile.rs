//! How accounts at different providers differ: one table, and nothing about it anywhere else.
//!
//! A row says where a provider is, how it is shown the credential, and what it lacks of OpenAI's language. What is not in
//! a row is as at OpenAI. Whoever adds a provider adds a row.

/// Whose language an account speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// OpenAI itself.
    OpenAi,
    /// OpenRouter.
    OpenRouter,
    /// Anthropic. Not called yet: its routes come later.
    Anthropic,
    /// Azure's deployments of OpenAI's models.
    Azure,
    /// Anyone else who speaks OpenAI's language.
    Compatible,
}

impl Kind {
    /// All of them, in the order of the reference.
    pub const ALL: [Self; 5] = [
        Self::OpenAi,
        Self::OpenRouter,
        Self::Anthropic,
        Self::Azure,
        Self::Compatible,
    ];

    /// Its word in the configuration and in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::OpenRouter => "openrouter",
            Self::Anthropic => "anthropic",
            Self::Azure => "azure",
            Self::Compatible => "compatible",
        }
    }

    /// The kind of this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == word)
    }

    /// Whether calls can be sent there by this version.
    #[must_use]
    pub const fn is_called(self) -> bool {
        match self {
            Self::OpenAi | Self::OpenRouter | Self::Azure | Self::Compatible => true,
            Self::Anthropic => false,
        }
    }

    /// The same for the table of diagnoses.
    #[must_use]
    pub const fn provider(self) -> diagnosis::Provider {
        match self {
            Self::OpenAi => diagnosis::Provider::OpenAi,
            Self::OpenRouter => diagnosis::Provider::OpenRouter,
            Self::Anthropic => diagnosis::Provider::Anthropic,
            Self::Azure => diagnosis::Provider::Azure,
            Self::Compatible => diagnosis::Provider::Compatible,
        }
    }
}

/// The header that shows a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// `Authorization: Bearer`.
    Bearer,
    /// `api-key`, as Azure wants it.
    ApiKey,
    /// `x-api-key`, as Anthropic wants it.
    XApiKey,
}

/// The members in which a provider reads max tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxTokens {
    /// Both; where the caller gives none, `max_completion_tokens` is added.
    Newer,
    /// Both; where the caller gives none, `max_tokens` is added.
    Older,
    /// `max_tokens` alone. The other name is refused or, worse, passed over, and then an answer could cost more than what
    /// is held: so a caller's `max_completion_tokens` is renamed.
    OnlyOlder,
}

/// A row: what an account at this provider is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Whose language it speaks.
    pub kind: Kind,
    /// The provider's word, for those of [`Kind::Compatible`] that have a row of their own.
    pub provider: Option<&'static str>,
    /// What people call the provider; `None`: the account's own name.
    pub label: Option<&'static str>,
    /// Where it is. `None`: the account says so.
    pub base_url: Option<&'static str>,
    /// How it is shown the credential.
    pub shows: Shows,
    /// Whether an account there makes no sense without a credential.
    pub needs_key: bool,
    /// Where it reads max tokens.
    pub max_tokens: MaxTokens,
    /// Whether a stream is to be asked for its usage. Where not, the usage comes unasked and asking is refused.
    pub asks_for_usage: bool,
    /// A header that every call needs, and its value.
    pub header: Option<(&'static str, &'static str)>,
}

const fn row(kind: Kind, label: &'static str, base_url: &'static str) -> Profile {
    Profile {
        kind,
        provider: None,
        label: Some(label),
        base_url: Some(base_url),
        shows: Shows::Bearer,
        needs_key: true,
        max_tokens: MaxTokens::Older,
        asks_for_usage: true,
        header: None,
    }
}

const fn compatible(
    provider: &'static str,
    label: &'static str,
    base_url: &'static str,
) -> Profile {
    Profile {
        provider: Some(provider),
        ..row(Kind::Compatible, label, base_url)
    }
}

/// Every provider that is known by name, and the rows of the kinds themselves.
pub const PROFILES: [Profile; 13] = [
    Profile {
        max_tokens: MaxTokens::Newer,
        ..row(Kind::OpenAi, "OpenAI", "https://api.openai.com/v1")
    },
    row(
        Kind::OpenRouter,
        "OpenRouter",
        "https://openrouter.ai/api/v1",
    ),
    Profile {
        shows: Shows::XApiKey,
        header: Some(("anthropic-version", "2023-06-01")),
        ..row(Kind::Anthropic, "Anthropic", "https://api.anthropic.com/v1")
    },
    Profile {
        base_url: None,
        shows: Shows::ApiKey,
        max_tokens: MaxTokens::Newer,
        ..row(Kind::Azure, "Azure", "")
    },
    Profile {
        label: None,
        base_url: None,
        needs_key: false,
        ..row(Kind::Compatible, "", "")
    },
    compatible("groq", "Groq", "https://api.groq.com/openai/v1"),
    Profile {
        max_tokens: MaxTokens::OnlyOlder,
        ..compatible("together", "Together", "https://api.together.xyz/v1")
    },
    // It refuses members that it does not know, with 422.
    Profile {
        max_tokens: MaxTokens::OnlyOlder,
        asks_for_usage: false,
        ..compatible("mistral", "Mistral", "https://api.mistral.ai/v1")
    },
    // It passes over members that it does not know, and answers past them.
    Profile {
        max_tokens: MaxTokens::OnlyOlder,
        ..compatible("deepseek", "DeepSeek", "https://api.deepseek.com/v1")
    },
    compatible("xai", "xAI", "https://api.x.ai/v1"),
    compatible(
        "gemini",
        "Gemini",
        "https://generativelanguage.googleapis.com/v1beta/openai",
    ),
    Profile {
        needs_key: false,
        ..compatible("vllm", "vLLM", "http://127.0.0.1:8000/v1")
    },
    Profile {
        needs_key: false,
        max_tokens: MaxTokens::OnlyOlder,
        ..compatible("ollama", "Ollama", "http://127.0.0.1:11434/v1")
    },
];

impl Profile {
    /// The row of a kind, and of a provider where it is one of those with a row of their own. `None`: there is no such row.
    #[must_use]
    pub fn of(kind: Kind, provider: Option<&str>) -> Option<&'static Self> {
        PROFILES
            .iter()
            .find(|profile| profile.kind == kind && profile.provider == provider)
    }

    /// The words of the providers with a row of their own.
    pub fn providers() -> impl Iterator<Item = &'static str> {
        PROFILES.iter().filter_map(|profile| profile.provider)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_row_and_every_row_is_found_by_its_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(kind));
            assert_eq!(Profile::of(kind, None).map(|row| row.kind), Some(kind));
        }
        for profile in &PROFILES {
            assert_eq!(Profile::of(profile.kind, profile.provider), Some(profile));
        }
        assert_eq!(Kind::named("groq"), None);
        assert_eq!(Profile::of(Kind::OpenAi, Some("groq")), None);
        assert_eq!(
            Profile::providers().collect::<Vec<_>>(),
            [
                "groq", "together", "mistral", "deepseek", "xai", "gemini", "vllm", "ollama"
            ]
        );
    }

    #[test]
    fn who_would_pass_over_max_completion_tokens_is_never_sent_them() {
        let only: Vec<_> = PROFILES
            .iter()
            .filter(|row| row.max_tokens == MaxTokens::OnlyOlder)
            .filter_map(|row| row.provider)
            .collect();
        assert_eq!(only, ["together", "mistral", "deepseek", "ollama"]);
    }

    #[test]
    fn the_book_s_table_has_a_row_for_each_and_says_where_it_is() {
        let book = include_str!("../../../docs/upstreams.md");
        for profile in &PROFILES {
            let name = profile.provider.unwrap_or(profile.kind.name());
            let row = book
                .lines()
                .find(|line| line.starts_with(&format!("| `{name}` |")));
            let row = row.unwrap_or_else(|| panic!("{name} has no row in docs/upstreams.md"));
            let address = profile
                .base_url
                .map_or("| none".to_owned(), |url| format!("`{url}`"));
            assert!(row.contains(&address), "{row}");
            let only = profile.max_tokens == MaxTokens::OnlyOlder;
            assert_eq!(row.contains("reads `max_tokens` alone"), only, "{row}");
            assert_eq!(
                row.contains("comes unasked"),
                !profile.asks_for_usage,
                "{row}"
            );
        }
    }

    #[test]
    fn plain_http_is_the_default_of_programs_on_this_machine_alone() {
        for profile in &PROFILES {
            let Some(base) = profile.base_url else {
                assert!(matches!(profile.kind, Kind::Azure | Kind::Compatible));
                continue;
            };
            let local = base.starts_with("http://127.0.0.1:");
            assert_eq!(local, !profile.needs_key, "{base}");
            assert!(local || base.starts_with("https://"), "{base}");
            assert!(!base.ends_with('/'), "{base}");
        }
    }
}

//! Who is asked: providers' names, how they are told by their address, and their pages.
//!
//! One table for all of it. Addresses of pages change; they are looked up here and nowhere else.

use crate::Cause;

/// Whose words an error is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Provider {
    /// `OpenAI` itself.
    OpenAi,
    /// `OpenRouter`.
    OpenRouter,
    /// Anthropic.
    Anthropic,
    /// Azure's deployments of `OpenAI`'s models.
    Azure,
    /// Google's Gemini, also behind its `OpenAI` surface.
    Gemini,
    /// Groq.
    Groq,
    /// Together.
    Together,
    /// Mistral.
    Mistral,
    /// `DeepSeek`.
    DeepSeek,
    /// xAI.
    Xai,
    /// A vLLM server of one's own.
    Vllm,
    /// Ollama, on one's own machine or its cloud.
    Ollama,
    /// Anyone else who speaks `OpenAI`'s language; also one of the above behind an address nobody knows.
    Compatible,
}

/// A kind of page at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Credit, invoices, payment.
    Billing,
    /// Ceilings on spending, those set and those assigned.
    Limits,
    /// Guardrails, with their ceilings.
    Guardrails,
    /// Rates.
    Rates,
    /// API keys.
    Keys,
    /// Projects, or workspaces.
    Projects,
    /// What concerns the organization as a whole.
    Organization,
    /// The models there are.
    Models,
    /// Whether the provider is in trouble.
    Status,
}

/// A row of the providers.
struct Facts {
    provider: Provider,
    name: &'static str,
    /// The host of its API, or what it ends in where it begins with a dot.
    hosts: &'static [&'static str],
    /// Whether keys belong to organizations there, with projects in them.
    organizations: bool,
    pages: &'static [(Page, &'static str)],
}

#[rustfmt::skip] // One page a line.
const TABLE: &[Facts] = &[
    Facts {
        provider: Provider::OpenAi, name: "OpenAI", hosts: &["api.openai.com", ".api.openai.com"], organizations: true,
        pages: &[
            (Page::Billing, "https://platform.openai.com/settings/organization/billing/overview"),
            (Page::Limits, "https://platform.openai.com/settings/organization/limits"),
            (Page::Rates, "https://platform.openai.com/settings/organization/limits"),
            (Page::Keys, "https://platform.openai.com/settings/organization/api-keys"),
            (Page::Projects, "https://platform.openai.com/settings/organization/projects"),
            (Page::Organization, "https://platform.openai.com/settings/organization/general"),
            (Page::Models, "https://platform.openai.com/settings/organization/projects"),
            (Page::Status, "https://status.openai.com"),
        ],
    },
    Facts {
        provider: Provider::OpenRouter, name: "OpenRouter", hosts: &["openrouter.ai"], organizations: false,
        pages: &[
            (Page::Billing, "https://openrouter.ai/settings/credits"),
            (Page::Guardrails, "https://openrouter.ai/settings/guardrails"),
            (Page::Keys, "https://openrouter.ai/settings/keys"),
            (Page::Models, "https://openrouter.ai/models"),
            (Page::Status, "https://status.openrouter.ai"),
        ],
    },
    Facts {
        provider: Provider::Anthropic, name: "Anthropic", hosts: &["api.anthropic.com"], organizations: true,
        pages: &[
            (Page::Billing, "https://platform.claude.com/settings/billing"),
            (Page::Limits, "https://platform.claude.com/settings/billing"),
            (Page::Rates, "https://platform.claude.com/settings/limits"),
            (Page::Keys, "https://platform.claude.com/settings/keys"),
            (Page::Projects, "https://platform.claude.com/settings/workspaces"),
            (Page::Status, "https://status.claude.com"),
        ],
    },
    Facts {
        provider: Provider::Azure, name: "Azure", hosts: &[".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"],
        organizations: false,
        pages: &[
            (Page::Billing, "https://portal.azure.com"),
            (Page::Rates, "https://ai.azure.com"),
            (Page::Keys, "https://portal.azure.com"),
            (Page::Organization, "https://portal.azure.com"),
            (Page::Models, "https://ai.azure.com"),
            (Page::Status, "https://azure.status.microsoft"),
        ],
    },
    Facts {
        provider: Provider::Gemini, name: "Gemini", hosts: &["generativelanguage.googleapis.com"], organizations: false,
        pages: &[
            (Page::Billing, "https://ai.studio/billing"),
            (Page::Limits, "https://ai.studio/billing"),
            (Page::Rates, "https://aistudio.google.com/rate-limit"),
            (Page::Keys, "https://aistudio.google.com/apikey"),
            (Page::Projects, "https://ai.studio/spend"),
            (Page::Status, "https://aistudio.google.com/status"),
        ],
    },
    Facts {
        provider: Provider::Groq, name: "Groq", hosts: &["api.groq.com"], organizations: true,
        pages: &[
            (Page::Billing, "https://console.groq.com/settings/billing"),
            (Page::Limits, "https://console.groq.com/settings/billing"),
            (Page::Rates, "https://console.groq.com/settings/limits"),
            (Page::Keys, "https://console.groq.com/keys"),
            (Page::Models, "https://console.groq.com/docs/models"),
            (Page::Status, "https://groqstatus.com"),
        ],
    },
    Facts {
        provider: Provider::Together, name: "Together", hosts: &["api.together.ai", "api.together.xyz"], organizations: false,
        pages: &[
            (Page::Billing, "https://api.together.ai/settings/billing"),
            (Page::Limits, "https://api.together.ai/settings/billing"),
            (Page::Keys, "https://api.together.ai/settings/api-keys"),
            (Page::Status, "https://status.together.ai"),
        ],
    },
    Facts {
        provider: Provider::Mistral, name: "Mistral", hosts: &["api.mistral.ai"], organizations: true,
        pages: &[
            (Page::Billing, "https://admin.mistral.ai/organization/billing"),
            (Page::Limits, "https://admin.mistral.ai/organization/billing"),
            (Page::Rates, "https://admin.mistral.ai/plateforme/limits"),
            (Page::Keys, "https://console.mistral.ai/api-keys"),
            (Page::Status, "https://status.mistral.ai"),
        ],
    },
    Facts {
        provider: Provider::DeepSeek, name: "DeepSeek", hosts: &["api.deepseek.com"], organizations: false,
        pages: &[
            (Page::Billing, "https://platform.deepseek.com/top_up"),
            (Page::Keys, "https://platform.deepseek.com/api_keys"),
            (Page::Status, "https://status.deepseek.com"),
        ],
    },
    Facts {
        provider: Provider::Xai, name: "xAI", hosts: &["api.x.ai"], organizations: false,
        pages: &[
            (Page::Billing, "https://console.x.ai/team/default/billing"),
            (Page::Limits, "https://console.x.ai/team/default/billing"),
            (Page::Rates, "https://console.x.ai/team/default/rate-limits"),
            (Page::Keys, "https://console.x.ai/team/default/api-keys"),
            (Page::Status, "https://status.x.ai"),
        ],
    },
    Facts { provider: Provider::Vllm, name: "vLLM", hosts: &[], organizations: false, pages: &[] },
    Facts {
        provider: Provider::Ollama, name: "Ollama", hosts: &["ollama.com"], organizations: false,
        pages: &[
            (Page::Limits, "https://ollama.com/upgrade"),
            (Page::Models, "https://ollama.com/library"),
        ],
    },
];

/// What to do at a provider where there is more to say than for all of them.
#[rustfmt::skip] // One sentence a row.
const REMEDIES: &[(Provider, Cause, &str)] = &[
    (Provider::OpenAi, Cause::CreditExhausted,
     "Buy credit for the organization that the key is billed to, or turn on auto-recharge; it can take some minutes until it \
      counts, and a negative balance is paid off first."),
    (Provider::OpenAi, Cause::OrganizationSpendLimit,
     "Raise or remove the organization's hard limit (Limits, Spend, Edit spend limit), or wait until the first of next month; a \
      change takes some minutes to count."),
    (Provider::OpenAi, Cause::ProjectSpendLimit,
     "Raise or remove the hard limit in the project's settings (Limits, Spend, Edit spend limit), use a key of another project, \
      or wait until the first of next month; a change takes some minutes to count."),
    (Provider::Anthropic, Cause::ProjectSpendLimit,
     "Raise or remove the workspace's spend limit, use a key of another workspace, or wait until the date that the message \
      names."),
    (Provider::Anthropic, Cause::OrganizationSpendLimit,
     "Raise or remove the spend limit in the Console (it cannot exceed the tier's ceiling), or wait until the date that the \
      message names."),
    (Provider::Gemini, Cause::CreditExhausted,
     "Buy prepaid credit in AI Studio, for the billing account that the key's project is linked to; credit bought in the Cloud \
      console does not count."),
    (Provider::Groq, Cause::OrganizationSpendLimit,
     "Raise the organization's spend limit (Settings, Billing, Limits), or wait until the first of next month; spending is counted \
      with a delay of 10 to 15 minutes."),
    (Provider::Azure, Cause::TokenRate,
     "Wait as long as the provider says; give the deployment more tokens per minute, or spread the calls over several \
      deployments. It does not help to pay."),
    (Provider::Ollama, Cause::ModelNotAvailable,
     "Pull the model first (ollama pull), or name one that ollama list has."),
];

impl Provider {
    /// Every provider that is known by name.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|facts| facts.provider)
    }

    fn facts(self) -> Option<&'static Facts> {
        TABLE.iter().find(|facts| facts.provider == self)
    }

    /// The provider whose API has this host, as in an upstream's base URL without port.
    #[must_use]
    pub fn of_host(host: &str) -> Self {
        let host = host.to_ascii_lowercase();
        let is_named =
            |name: &&str| host == **name || (name.starts_with('.') && host.ends_with(*name));
        let found = TABLE.iter().find(|facts| facts.hosts.iter().any(is_named));
        found.map_or(Self::Compatible, |facts| facts.provider)
    }

    /// The provider of this word, as a configuration has it: its name in lower case.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let is_it = |facts: &&Facts| facts.name.to_ascii_lowercase() == word;
        TABLE.iter().find(is_it).map(|facts| facts.provider)
    }

    /// What people call it; `None` for [`Self::Compatible`].
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        self.facts().map(|facts| facts.name)
    }

    /// The address of a page, where it has one and it is known.
    #[must_use]
    pub fn page(self, page: Page) -> Option<&'static str> {
        let pages = self.facts()?.pages;
        pages
            .iter()
            .find(|(kind, _)| *kind == page)
            .map(|(_, address)| *address)
    }

    /// Where it says whether it is in trouble.
    #[must_use]
    pub fn status_page(self) -> Option<&'static str> {
        self.page(Page::Status)
    }

    /// Whether keys belong to organizations there; else whatever is billed together is one account.
    pub(crate) fn has_organizations(self) -> bool {
        // Whoever speaks OpenAI's language may mean its organizations, too.
        self.facts().is_none_or(|facts| facts.organizations)
    }

    pub(crate) fn remedy(self, cause: Cause) -> Option<&'static str> {
        let own = REMEDIES
            .iter()
            .find(|(provider, of, _)| (*provider, *of) == (self, cause));
        own.map(|(_, _, remedy)| *remedy)
    }
}

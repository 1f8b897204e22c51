//! Whom the doctor looks at: the upstreams of the configuration, or the accounts that the environment makes.

use std::path::Path;

use diagnosis::Provider;
use doctor::{Account, Shown};
use upstream::{Place, Secret};

use super::surroundings::Surroundings;
use crate::cli::ConfigArgs;
use crate::config::secret::SecretRef;
use crate::config::{Config, Sources};
use crate::environment::Environment;
use crate::exit::Failure;

/// An account with its credentials. No `Debug`.
pub(crate) struct Patient {
    pub(crate) account: Account,
    pub(crate) kind: upstream::Kind,
    /// Which provider of its kind it is, where that was said.
    provider: Option<&'static str>,
    /// Of Azure: the version of its older API.
    api_version: Option<String>,
    /// The address calls go to, as it was configured.
    pub(crate) base_url: String,
    pub(crate) key: Option<String>,
    pub(crate) admin_key: Option<String>,
    /// Why there is no key, although one was to be.
    pub(crate) missing: Option<String>,
    /// Headers that the user's library would send along: organization and project.
    pub(crate) along: Vec<(&'static str, String)>,
}

impl Patient {
    /// The account as calls are sent to it, with one of its credentials.
    pub(crate) fn open(&self, credential: Option<&str>) -> Result<upstream::Account, String> {
        let secret = credential.map(Secret::new);
        let place = Place {
            kind: self.kind,
            provider: self.provider,
            base_url: &self.base_url,
            api_version: self.api_version.as_deref(),
        };
        upstream::Account::new(&self.account.name, place, secret.as_ref())
            .map_err(|error| error.to_string())
    }
}

/// A provider that variables describe: key, admin key, the variables of its address, and the address without them.
struct Usual {
    name: &'static str,
    kind: upstream::Kind,
    key: &'static str,
    admin: &'static str,
    addresses: &'static [&'static str],
    address: &'static str,
}

#[rustfmt::skip] // One row a line.
const USUAL: [Usual; 6] = [
    Usual { name: "openai", kind: upstream::Kind::OpenAi, key: "OPENAI_API_KEY", admin: "OPENAI_ADMIN_KEY", addresses: &["OPENAI_BASE_URL", "OPENAI_API_BASE"], address: "https://api.openai.com/v1" },
    Usual { name: "openrouter", kind: upstream::Kind::OpenRouter, key: "OPENROUTER_API_KEY", admin: "OPENROUTER_ADMIN_KEY", addresses: &[], address: "https://openrouter.ai/api/v1" },
    Usual { name: "anthropic", kind: upstream::Kind::Anthropic, key: "ANTHROPIC_API_KEY", admin: "ANTHROPIC_ADMIN_KEY", addresses: &["ANTHROPIC_BASE_URL"], address: "https://api.anthropic.com/v1" },
    Usual { name: "azure", kind: upstream::Kind::Azure, key: "AZURE_OPENAI_API_KEY", admin: "", addresses: &["AZURE_OPENAI_ENDPOINT"], address: "" },
    Usual { name: "groq", kind: upstream::Kind::Compatible, key: "GROQ_API_KEY", admin: "", addresses: &["GROQ_BASE_URL"], address: "https://api.groq.com/openai/v1" },
    Usual { name: "together", kind: upstream::Kind::Compatible, key: "TOGETHER_API_KEY", admin: "", addresses: &["TOGETHER_BASE_URL"], address: "https://api.together.xyz/v1" },
];

/// Everyone there is to look at. With no key anywhere it is OpenAI, without one.
pub(crate) fn all(
    args: &ConfigArgs,
    environment: &Environment,
    around: &Surroundings,
) -> Result<Vec<Patient>, Failure> {
    let configured = args.config.is_some() || Path::new("seawall.toml").exists();
    if configured {
        let sources = Sources {
            file: args.config.clone(),
            flags: Vec::new(),
        };
        let config = Config::load(sources, environment)?;
        let open = |upstream| of_config(upstream, environment);
        return Ok(config.upstreams.iter().map(open).collect());
    }
    let set = |usual: &&Usual| around.get(usual.key).is_some();
    let mut found: Vec<Patient> = USUAL
        .iter()
        .filter(set)
        .map(|usual| of_variables(usual, around))
        .collect();
    if let (true, Some(openai)) = (found.is_empty(), USUAL.first()) {
        found.push(of_variables(openai, around));
    }
    Ok(found)
}

fn of_config(upstream: &crate::config::Upstream, environment: &Environment) -> Patient {
    // A secret that is not there is a finding, not a reason to look at nothing.
    let resolve = |reference: Option<&SecretRef>| {
        let resolved = reference.map(|reference| reference.resolve(environment));
        match resolved {
            Some(Ok(secret)) => (Some(secret.reveal().to_owned()), None),
            Some(Err(why)) => (None, Some(why)),
            None => (None, None),
        }
    };
    let (key, missing) = resolve(upstream.api_key.as_ref());
    let (admin_key, _missing) = resolve(upstream.admin_key.as_ref());
    let source = upstream.api_key.as_ref().map(ToString::to_string);
    Patient {
        missing,
        ..of_draft(&upstream.draft, (key, admin_key), source)
    }
}

/// An account as calls are sent to it; `source` says where its key comes from.
pub(super) fn of_draft(
    draft: &accounts::Draft,
    (key, admin_key): (Option<String>, Option<String>),
    source: Option<String>,
) -> Patient {
    let (kind, provider) = (draft.profile.kind, draft.profile.provider);
    let shown = key.as_deref().map(Shown::of);
    Patient {
        account: Account {
            name: draft.name.to_string(),
            provider: provider
                .and_then(Provider::named)
                .unwrap_or_else(|| kind.provider()),
            base_url: draft.base_url.clone(),
            key: shown.zip(source),
        },
        kind,
        provider,
        api_version: draft.api_version.clone(),
        base_url: draft.base_url.clone(),
        key,
        admin_key,
        missing: None,
        // The gateway sends neither: an account's key says who is billed.
        along: Vec::new(),
    }
}

fn of_variables(usual: &Usual, around: &Surroundings) -> Patient {
    let address = usual.addresses.iter().find_map(|name| around.get(name));
    let mut base_url = address
        .map_or(usual.address, |(url, _)| url)
        .trim_end_matches('/')
        .to_owned();
    // Anthropic's library puts /v1 before its paths by itself.
    if usual.kind == upstream::Kind::Anthropic && !base_url.ends_with("/v1") {
        base_url.push_str("/v1");
    }
    // So does Azure's with its own, unless the address has it.
    let is_azure = usual.kind == upstream::Kind::Azure;
    let version = around.get("OPENAI_API_VERSION").filter(|_| is_azure);
    if is_azure && !base_url.is_empty() && !base_url.contains("/openai") {
        base_url.push_str(if version.is_some() {
            "/openai"
        } else {
            "/openai/v1"
        });
    }
    let key = around.get(usual.key);
    let kind = kind_at(usual.kind, &base_url, key.map(|(key, _)| key));
    let shown = key.map(|(key, origin)| (Shown::of(key), format!("{} of {origin}", usual.key)));
    let shown_url = doctor::Setting::of("OPENAI_BASE_URL", doctor::Origin::Process, &base_url)
        .map_or_else(String::new, |setting| setting.shown());
    let along = if kind.provider() == Provider::OpenAi {
        billed_to(around)
    } else {
        Vec::new()
    };
    Patient {
        account: Account {
            name: usual.name.to_owned(),
            provider: kind.provider(),
            base_url: shown_url,
            key: shown,
        },
        kind,
        provider: None,
        api_version: version
            .filter(|_| !base_url.ends_with("/v1"))
            .map(|(version, _)| version.to_owned()),
        base_url,
        key: key.map(|(key, _)| key.to_owned()),
        admin_key: around.get(usual.admin).map(|(key, _)| key.to_owned()),
        missing: None,
        along,
    }
}

/// Whose language is spoken at an address that variables name. A stranger's address speaks OpenAI's where the key is
/// OpenAI's: it is a pass-through.
fn kind_at(usual: upstream::Kind, base_url: &str, key: Option<&str>) -> upstream::Kind {
    let host = base_url
        .split_once("://")
        .map_or(base_url, |(_, rest)| rest);
    let host = host.split(['/', ':']).next().unwrap_or_default();
    if usual != upstream::Kind::OpenAi || host == "api.openai.com" {
        usual
    } else if host.ends_with("openrouter.ai") {
        upstream::Kind::OpenRouter
    } else if host.ends_with("azure.com") {
        upstream::Kind::Azure
    } else {
        use doctor::KeyKind::{Admin, LegacyUser, Project, ServiceAccount};
        let kind = key.map(doctor::KeyKind::of);
        match kind {
            Some(Project | ServiceAccount | Admin | LegacyUser) => upstream::Kind::OpenAi,
            _ => upstream::Kind::Compatible,
        }
    }
}

/// The headers the official libraries send along; those of `OPENAI_CUSTOM_HEADERS` come last and win.
fn billed_to(around: &Surroundings) -> Vec<(&'static str, String)> {
    let mut along = Vec::new();
    for (name, header) in [
        ("OPENAI_ORG_ID", "openai-organization"),
        ("OPENAI_PROJECT_ID", "openai-project"),
    ] {
        let own = around.get("OPENAI_CUSTOM_HEADERS").and_then(|(lines, _)| {
            let mut lines = lines.lines().filter_map(|line| line.split_once(':'));
            let line = lines.find(|(name, _)| name.trim().eq_ignore_ascii_case(header));
            line.map(|(_, value)| value.trim())
        });
        if let Some(value) = own.or_else(|| around.get(name).map(|(value, _)| value)) {
            along.push((header, value.to_owned()));
        }
    }
    along
}

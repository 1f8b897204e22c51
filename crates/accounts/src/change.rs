//! What can be done to the accounts made at run time, and why it is not done.

use std::fmt;

use journal::StoreError;
use ledger::Time;
use upstream::Secret;

use crate::MOST_UPSTREAMS;
use crate::draft::{Draft, Trust, origin};
use crate::models::Models;
use crate::record::Kept;
use crate::vault::{Sealed, Vault, VaultError, Whose};

/// The longest credential, in bytes.
const LONGEST_SECRET: usize = 4096;

/// An account that is to be.
pub struct Create {
    /// What it is.
    pub draft: Draft,
    /// Its credential.
    pub api_key: Option<Secret>,
    /// A key that may read its limits and costs.
    pub admin_key: Option<Secret>,
}

/// What is to be changed of an account. What is `None` stays as it is.
#[derive(Default)]
pub struct Change {
    /// Where it is.
    pub base_url: Option<String>,
    /// Of Azure: the version of its older API, or none.
    pub api_version: Option<Option<String>>,
    /// The tier that its calls run in, or none.
    pub service_tier: Option<Option<String>>,
    /// What it serves.
    pub models: Option<Models>,
    /// Its credential.
    pub api_key: Option<Secret>,
    /// A key that may read its limits and costs, or none.
    pub admin_key: Option<Option<Secret>>,
}

impl fmt::Debug for Create {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Create")
            .field("draft", &self.draft)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("base_url", &self.base_url)
            .field("models", &self.models)
            .finish_non_exhaustive()
    }
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is none of this name.
    #[error("there is no upstream of this name")]
    NotFound,
    /// There is one of this name.
    #[error("there is an upstream of this name")]
    Exists,
    /// It comes from the configuration.
    #[error("it comes from the configuration")]
    FromConfiguration,
    /// There is no key to seal credentials with.
    #[error("there is no key to seal credentials with")]
    NoKey,
    /// There are enough.
    #[error("there are {MOST_UPSTREAMS} already")]
    TooMany,
    /// A value cannot be so. The problem is the end of a sentence that begins with the field's name.
    #[error("{field} {problem}")]
    Invalid {
        /// Which.
        field: &'static str,
        /// What is wrong with it; never the value of a credential.
        problem: String,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Others changed the same again and again.
    #[error("others are changing the upstreams; ask again")]
    Contended,
}

pub(crate) fn invalid(field: &'static str, problem: impl Into<String>) -> ChangeError {
    ChangeError::Invalid {
        field,
        problem: problem.into(),
    }
}

/// Adds an account to those that are kept.
pub(crate) fn create(
    all: &mut Vec<Kept>,
    (wanted, now): (&Create, Time),
    vault: Option<&Vault>,
) -> Result<(), ChangeError> {
    let name = wanted.draft.name.as_str();
    if all.iter().any(|kept| kept.name == name) {
        return Err(ChangeError::Exists);
    }
    if all.len() >= MOST_UPSTREAMS {
        return Err(ChangeError::TooMany);
    }
    if wanted.api_key.is_none() && wanted.draft.profile.needs_key {
        return Err(invalid(
            "api_key",
            "is missing: an account there makes no sense without one",
        ));
    }
    let mut kept = Kept::new(&wanted.draft, now);
    kept.api_key = seal(vault, wanted.api_key.as_ref(), kept.whose(API_KEY))?;
    kept.admin_key = seal(vault, wanted.admin_key.as_ref(), kept.whose(ADMIN_KEY))?;
    all.push(kept);
    Ok(())
}

/// The fields of credentials.
pub(crate) const API_KEY: &str = "api_key";
pub(crate) const ADMIN_KEY: &str = "admin_key";

/// Changes one of those that are kept.
pub(crate) fn change(
    kept: &mut Kept,
    (wanted, now): (&Change, Time),
    vault: Option<&Vault>,
) -> Result<(), ChangeError> {
    let mut draft = kept
        .draft()
        .ok_or_else(|| invalid("kind", "is not known to this version; use a newer seawall"))?;
    let before = draft.origin().to_owned();
    if let Some(version) = &wanted.api_version {
        Draft::check_api_version(draft.profile.kind, version.as_deref())
            .map_err(|problem| invalid("api_version", problem))?;
        draft.api_version.clone_from(version);
    }
    let given = wanted.base_url.as_deref();
    if let Some(url) = given.or_else(|| draft.azure_s().filter(|_| wanted.api_version.is_some())) {
        let url = url.to_owned();
        let given = (Some(url.as_str()), draft.api_version.as_deref());
        draft.base_url = Draft::base_url(draft.profile, given, Trust::Api)
            .map_err(|problem| invalid("base_url", problem))?;
    }
    if let Some(tier) = &wanted.service_tier {
        draft.service_tier.clone_from(tier);
    }
    if let Some(models) = &wanted.models {
        draft.models.clone_from(models);
    }
    if origin(&draft.base_url) != before {
        let stays = "must be given again with another host: what was given for one is never sent to another";
        if kept.api_key.is_some() && wanted.api_key.is_none() {
            return Err(invalid(API_KEY, stays));
        }
        if kept.admin_key.is_some() && wanted.admin_key.is_none() {
            return Err(invalid(ADMIN_KEY, stays));
        }
    }
    kept.put(&draft, now);
    if let Some(key) = &wanted.api_key {
        kept.api_key = seal(vault, Some(key), kept.whose(API_KEY))?;
    }
    if let Some(key) = &wanted.admin_key {
        kept.admin_key = seal(vault, key.as_ref(), kept.whose(ADMIN_KEY))?;
    }
    Ok(())
}

/// Seals every credential by the key of now; says how many were sealed by another.
pub(crate) fn rewrap(all: &mut [Kept], vault: &Vault) -> Result<usize, ChangeError> {
    let mut count: usize = 0;
    for kept in all {
        let one = |sealed: &Option<Sealed>, field| {
            let sealed = sealed.as_ref();
            let new = sealed.map(|sealed| vault.rewrapped(sealed, kept.whose(field)));
            new.transpose().map(Option::flatten).map_err(|error| {
                let name = &kept.name;
                invalid(field, format!("of {name} cannot be sealed anew: {error}"))
            })
        };
        let (api, admin) = (
            one(&kept.api_key, API_KEY)?,
            one(&kept.admin_key, ADMIN_KEY)?,
        );
        count = count.saturating_add([&api, &admin].into_iter().flatten().count());
        kept.api_key = api.or(kept.api_key.take());
        kept.admin_key = admin.or(kept.admin_key.take());
    }
    Ok(count)
}

fn seal(
    vault: Option<&Vault>,
    secret: Option<&Secret>,
    whose: Whose<'_>,
) -> Result<Option<Sealed>, ChangeError> {
    let Some(secret) = secret else {
        return Ok(None);
    };
    check(secret).map_err(|problem| invalid(whose.field, problem))?;
    let vault = vault.ok_or(ChangeError::NoKey)?;
    let sealed = vault.seal(secret, whose);
    let sealed = sealed.map_err(|error: VaultError| invalid(whose.field, error.to_string()))?;
    Ok(Some(sealed))
}

/// The problem never repeats any of it.
fn check(secret: &Secret) -> Result<(), &'static str> {
    let text = secret.reveal();
    if text.is_empty() || text.len() > LONGEST_SECRET {
        return Err("must be a key of 1 to 4,096 bytes");
    }
    if !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err("holds something other than one key: white space or special characters");
    }
    // Whoever may ask here must not thereby read the environment and the files of the server.
    if text.starts_with("env:") || text.starts_with("file:") {
        return Err(
            "is a reference, and this server does not follow one for whoever asks: send the key itself, have \
             `seawall upstream create --key-from` read it where you are, or name the upstream in seawall.toml",
        );
    }
    Ok(())
}

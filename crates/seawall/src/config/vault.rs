//! The key that seals credentials given at run time.

use accounts::Vault;
use upstream::Secret;

use super::secret::SecretRef;
use super::values::Values;
use super::{Config, ConfigError};
use crate::environment::Environment;

const KEY: &str = "secrets.key";
const OLD_KEY: &str = "secrets.old_key";

/// Refuses a key that stands in the configuration itself, before anything of it is shown.
pub(super) fn check(values: &Values) -> Result<(), ConfigError> {
    for name in [KEY, OLD_KEY] {
        if let Some(text) = values.optional(name) {
            SecretRef::parse(text).map_err(|message| values.wrong(name, message))?;
        }
    }
    if values.optional(OLD_KEY).is_some() && values.optional(KEY).is_none() {
        return Err(values.wrong(OLD_KEY, "means nothing without secrets.key, the key of now"));
    }
    Ok(())
}

impl Config {
    /// What credentials are sealed with; `None` where no key is set.
    pub(crate) fn open_vault(
        &self,
        environment: &Environment,
    ) -> Result<Option<Vault>, ConfigError> {
        let values = self.values();
        let fetch = |name: &'static str| -> Result<Option<Secret>, ConfigError> {
            let reference = values.optional(name);
            let secret = reference.map(|text| SecretRef::parse(text)?.resolve(environment));
            let secret = secret
                .transpose()
                .map_err(|message| values.wrong(name, message))?;
            Ok(secret.map(|secret| Secret::new(secret.reveal())))
        };
        let (Some(key), older) = (fetch(KEY)?, fetch(OLD_KEY)?) else {
            return Ok(None);
        };
        // Each by itself first, so that the one that is wrong is named.
        for (name, secret) in [(KEY, Some(&key)), (OLD_KEY, older.as_ref())] {
            if let Some(secret) = secret {
                Vault::new(secret, None).map_err(|error| values.wrong(name, error))?;
            }
        }
        Vault::new(&key, older.as_ref())
            .map(Some)
            .map_err(|error| values.wrong(KEY, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sources;

    const GOOD: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn opened(pairs: &[(&'static str, &str)]) -> Result<bool, String> {
        let flags = pairs
            .iter()
            .map(|(name, value)| (*name, "--flag", (*value).to_owned()))
            .collect();
        let environment = Environment::from([("GOOD", GOOD), ("SHORT", "AAECAwQFBgc=")]);
        Config::load(Sources { file: None, flags }, &environment)
            .and_then(|config| config.open_vault(&environment))
            .map(|vault| vault.is_some())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_key_is_given_by_reference_and_is_32_bytes() {
        assert_eq!(opened(&[]), Ok(false));
        assert_eq!(opened(&[(KEY, "env:GOOD")]), Ok(true));
        assert_eq!(
            opened(&[(KEY, "env:GOOD"), (OLD_KEY, "env:GOOD")]),
            Ok(true)
        );
        for (pairs, said) in [
            (vec![(KEY, GOOD)], "a secret is given by reference"),
            (
                vec![(KEY, "env:NONE")],
                "the environment variable NONE is not set",
            ),
            (
                vec![(KEY, "env:SHORT")],
                "is not a key of 32 bytes in base64",
            ),
            (
                vec![(KEY, "env:GOOD"), (OLD_KEY, "env:SHORT")],
                "is not a key of 32 bytes in base64",
            ),
            (
                vec![(OLD_KEY, "env:GOOD")],
                "means nothing without secrets.key",
            ),
        ] {
            let error = opened(&pairs).unwrap_err();
            assert!(error.contains(said) && !error.contains(GOOD), "{error}");
        }
    }
}

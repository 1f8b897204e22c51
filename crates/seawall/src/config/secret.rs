//! Secrets, given by reference: `env:NAME` or `file:/path`. A configuration never holds one itself.

use std::fmt;
use std::path::PathBuf;

use crate::environment::Environment;

/// The largest file that a secret is read from, in bytes.
const LARGEST: u64 = 16 * 1024;

/// A secret's text: no `Debug`, no `Display`.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text. For sending it to where it opens something.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

/// Where a secret is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretRef {
    Environment(String),
    File(PathBuf),
}

impl SecretRef {
    /// Reads a reference. The error does not repeat the text: it may be the secret itself.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let literal = "a secret is given by reference, env:NAME or file:/path, never as itself";
        match text.split_once(':') {
            Some(("env", name)) => {
                let plausible = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
                if name.is_empty() || !name.bytes().all(plausible) {
                    return Err("env: takes the name of an environment variable".to_owned());
                }
                Ok(Self::Environment(name.to_owned()))
            }
            Some(("file", path)) if path.starts_with('/') => Ok(Self::File(PathBuf::from(path))),
            Some(("file", _)) => {
                Err("file: takes an absolute path, such as file:/run/secrets/key".to_owned())
            }
            _ => Err(literal.to_owned()),
        }
    }

    /// Fetches the secret. White space around it, such as a file's last line end, is no part of it.
    pub(crate) fn resolve(&self, environment: &Environment) -> Result<Secret, String> {
        let text = match self {
            Self::Environment(name) => environment
                .get(name)
                .ok_or_else(|| format!("the environment variable {name} is not set"))?
                .to_owned(),
            Self::File(path) => read(path)?,
        };
        let text = text.trim();
        if text.is_empty() {
            return Err(format!("{self} is empty"));
        }
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(format!(
                "{self} holds something other than one key: white space or special characters"
            ));
        }
        Ok(Secret::new(text))
    }
}

fn read(path: &std::path::Path) -> Result<String, String> {
    let cannot = |error| format!("{} cannot be read: {error}", path.display());
    let length = std::fs::metadata(path).map_err(cannot)?.len();
    if length > LARGEST {
        return Err(format!("{} is too large for a secret", path.display()));
    }
    std::fs::read_to_string(path).map_err(cannot)
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        SecretRef::parse(text).unwrap_err()
    }

    #[test]
    fn a_secret_in_the_configuration_is_refused_and_not_repeated() {
        let said = refused("sk-proj-0123456789");
        assert_eq!(
            said,
            "a secret is given by reference, env:NAME or file:/path, never as itself"
        );
        assert!(!refused("sk:proj-0123456789").contains("0123456789"));
    }

    #[test]
    fn a_reference_that_makes_no_sense_says_how_one_looks() {
        assert_eq!(
            refused("env:"),
            "env: takes the name of an environment variable"
        );
        assert_eq!(
            refused("env:A B"),
            "env: takes the name of an environment variable"
        );
        assert_eq!(
            refused("file:key.txt"),
            "file: takes an absolute path, such as file:/run/secrets/key"
        );
    }

    #[test]
    fn a_secret_is_fetched_from_where_the_reference_points() {
        let environment = Environment::from([("KEY", "abc"), ("TWO", "a b")]);
        let fetch = |text: &str| SecretRef::parse(text).unwrap().resolve(&environment);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, "from-a-file\n").unwrap();
        assert_eq!(fetch("env:KEY").ok().unwrap().reveal(), "abc");
        assert_eq!(
            fetch(&format!("file:{}", path.display()))
                .ok()
                .unwrap()
                .reveal(),
            "from-a-file"
        );
        let why = |text: &str| fetch(text).err().unwrap();
        assert_eq!(why("env:NONE"), "the environment variable NONE is not set");
        assert_eq!(
            why("env:TWO"),
            "env:TWO holds something other than one key: white space or special characters"
        );
        assert_eq!(
            why("file:/no/such/file"),
            "/no/such/file cannot be read: No such file or directory (os error 2)"
        );
        std::fs::write(&path, "\n").unwrap();
        assert!(why(&format!("file:{}", path.display())).ends_with("is empty"));
    }

    #[test]
    fn a_reference_prints_as_it_was_written() {
        for text in ["env:OPENAI_API_KEY", "file:/run/secrets/key"] {
            assert_eq!(SecretRef::parse(text).unwrap().to_string(), text);
        }
    }
}

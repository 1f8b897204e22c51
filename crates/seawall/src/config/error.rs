//! What is wrong with a configuration, and where.

use std::fmt;
use std::path::PathBuf;

/// A place in a configuration file. Lines and columns are counted from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: PathBuf,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Place {
    /// The place of a byte of the file's text.
    pub(crate) fn of(file: &std::path::Path, text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or("").chars().count() + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// Why a configuration is refused. Never holds a secret's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConfigError {
    at: Option<String>,
    message: String,
}

impl ConfigError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            at: None,
            message: message.into(),
        }
    }

    /// The same, with the place that is to be mended: a place in a file, a variable, a flag.
    pub(crate) fn at(place: impl fmt::Display, message: impl Into<String>) -> Self {
        Self {
            at: Some(place.to_string()),
            message: message.into(),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(at) = &self.at {
            write!(f, "{at}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let text = "first\näö = 1\n";
        let place = |offset| Place::of("seawall.toml".as_ref(), text, offset).to_string();
        assert_eq!(place(0), "seawall.toml:1:1");
        assert_eq!(place(6), "seawall.toml:2:1");
        assert_eq!(place(text.find('=').unwrap()), "seawall.toml:2:4");
    }
}

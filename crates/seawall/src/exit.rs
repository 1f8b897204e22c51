//! How the program ends when something went wrong: a sentence for stderr and a code for scripts.

use std::process::ExitCode;

use crate::config::ConfigError;

/// The exit codes of the contract, other than 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Our own fault.
    Internal,
    /// Called wrongly.
    Usage,
    /// The configuration, or what it names, cannot be used.
    Configuration,
    /// A server, an address or a port cannot be had.
    Unreachable,
    /// What was asked for does not exist.
    NotFound,
    /// The key does not allow it.
    NotPermitted,
    /// What was asked was done, and what it found needs action.
    Finding,
}

impl Exit {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Internal => 1,
            Self::Usage => 2,
            Self::Configuration => 3,
            Self::Unreachable => 4,
            Self::NotFound => 5,
            Self::NotPermitted => 6,
            Self::Finding => 10,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why the program ends without having done what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// What happened and what to do about it, without a full stop at the end of a single sentence.
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
        }
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(Exit::Internal, message)
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(Exit::Configuration, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_those_of_the_contract() {
        let codes = [
            Exit::Internal,
            Exit::Usage,
            Exit::Configuration,
            Exit::Unreachable,
            Exit::NotFound,
            Exit::NotPermitted,
            Exit::Finding,
        ]
        .map(Exit::code);
        assert_eq!(codes, [1, 2, 3, 4, 5, 6, 10]);
    }

    #[test]
    fn a_wrong_configuration_ends_with_3() {
        let failure = Failure::from(ConfigError::new("what is wrong"));
        assert_eq!(failure.exit, Exit::Configuration);
        assert_eq!(failure.to_string(), "what is wrong");
    }
}

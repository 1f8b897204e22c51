//! `seawall init`: a configuration to begin with, in which everything is said and nothing is set that was not before.

use std::io::Write as _;
use std::path::Path;

use crate::exit::{Exit, Failure};

/// What is written.
pub(crate) const EXAMPLE: &str = include_str!("init/seawall.toml");

/// Writes the file. One that is there is left alone.
pub(crate) fn run(path: &Path) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| {
        let message = match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                format!("{} is there already, and stays as it is", path.display())
            }
            _ => format!("cannot write {}: {error}", path.display()),
        };
        Failure::new(Exit::Configuration, message)
    };
    let mut file = std::fs::File::create_new(path).map_err(cannot)?;
    file.write_all(EXAMPLE.as_bytes()).map_err(cannot)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Sources};
    use crate::environment::Environment;

    #[test]
    fn what_is_written_is_a_configuration_and_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seawall.toml");
        run(&path).unwrap();
        let sources = Sources {
            file: Some(path.clone()),
            flags: Vec::new(),
        };
        let config = Config::load(sources, &Environment::default()).unwrap();
        assert_eq!(config.upstreams.len(), 1);
        std::fs::write(&path, "mine").unwrap();
        let failure = run(&path).unwrap_err();
        assert_eq!(failure.exit, Exit::Configuration);
        assert!(
            failure
                .message
                .ends_with("is there already, and stays as it is")
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    }
}

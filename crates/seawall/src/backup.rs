//! `seawall backup`: the store as of one moment, in a file of its own, while its server goes on or not.
//!
//! It reads the store's file itself and asks no server: SQLite's write-ahead log lets one process read a moment while
//! another goes on writing, and whoever may read the file needs no key of ours.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use journal::sqlite::ReadOnly;
use serde_json::json;

use crate::cli::BackupArgs;
use crate::config::{Config, Sources};
use crate::environment::Environment;
use crate::exit::{Exit, Failure};
use crate::say;

pub(crate) fn run(
    args: BackupArgs,
    in_json: bool,
    environment: &Environment,
) -> Result<(), Failure> {
    let sources = Sources {
        file: args.config.config,
        flags: Vec::new(),
    };
    let from = Config::load(sources, environment)?.store.path;
    let unread =
        |error: &dyn std::fmt::Display| Failure::new(Exit::Configuration, error.to_string());
    let store = ReadOnly::beside_a_server(&from).map_err(|error| unread(&error))?;
    if args.to.exists() {
        let message = format!(
            "{} is there already; a backup replaces nothing",
            args.to.display()
        );
        return Err(Failure::usage(message));
    }
    let part = Part::new(&args.to)?;
    store
        .copy_into(&part.path)
        .map_err(|error| unread(&error))?;
    let copy = ReadOnly::beside_a_server(&part.path).map_err(|error| unread(&error))?;
    let entries = copy.entries_by_heads().map_err(|error| unread(&error))?;
    drop(copy);
    part.becomes(&args.to)?;
    let (from, to) = (from.display().to_string(), args.to.display().to_string());
    if in_json {
        say::json(
            "backup",
            json!({"from": from, "to": to, "entries": entries}),
        )
    } else {
        say::result(&format!("{to}: {entries} entries of {from}\n"))
    }
}

/// A backup that is not complete. Removed when dropped.
struct Part {
    path: PathBuf,
}

impl Part {
    /// Makes it, for nobody else to read: a backup has all that the store has.
    fn new(to: &Path) -> Result<Self, Failure> {
        let mut name = to.as_os_str().to_owned();
        name.push(".part");
        let path = PathBuf::from(name);
        let made = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path);
        match made {
            Ok(_empty) => Ok(Self { path }),
            Err(error) => Err(cannot_write(&path, &error)),
        }
    }

    /// Gives it its name, once and for all.
    fn becomes(self, to: &Path) -> Result<(), Failure> {
        std::fs::rename(&self.path, to).map_err(|error| cannot_write(to, &error))?;
        let folder = match to.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| cannot_write(to, &error))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Gone already where it became the backup.
        let _removed = std::fs::remove_file(&self.path).is_ok();
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    let message = format!("{} cannot be written: {error}", path.display());
    Failure::new(Exit::Configuration, message)
}

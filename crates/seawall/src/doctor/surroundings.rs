//! What is set around the user's program: the environment of this process, and the `.env` files on the way up from here.
//! Nothing is changed, and of a secret only what the engine may know is handed on.

use std::path::{Path, PathBuf};

use doctor::{Origin, Redactor, Setting, VARIABLES};

use super::dotenv;
use crate::environment::Environment;

/// Names of files that programs read variables from, in a folder.
const FILES: [&str; 2] = [".env.local", ".env"];
/// Folders on the way up that are looked into.
const MOST_FOLDERS: usize = 16;
/// A larger file is none that holds variables, in bytes.
const LARGEST: u64 = 256 * 1024;
/// Words in the name of a variable whose value is a secret.
const SECRET_NAMES: [&str; 8] = [
    "KEY",
    "APIKEY",
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "CREDENTIAL",
    "CREDENTIALS",
];

/// A variable with its value. No `Debug`.
struct Variable {
    name: String,
    value: String,
    origin: Origin,
}

/// All that is set; the process first, then file by file. No `Debug`.
pub(crate) struct Surroundings {
    variables: Vec<Variable>,
}

impl Surroundings {
    pub(crate) fn look(environment: &Environment, folder: &Path) -> Self {
        let mut variables: Vec<Variable> = environment
            .names()
            .filter_map(|name| {
                Some(Variable {
                    name: name.to_owned(),
                    value: environment.get(name)?.to_owned(),
                    origin: Origin::Process,
                })
            })
            .collect();
        for path in files(folder) {
            if let Ok(text) = std::fs::read_to_string(&path) {
                // A file of this very folder is known by its name.
                let shown = path.strip_prefix(folder).unwrap_or(&path);
                let origin = Origin::File(shown.display().to_string());
                variables.extend(dotenv::assignments(&text).map(|(name, value)| Variable {
                    name,
                    value,
                    origin: origin.clone(),
                }));
            }
        }
        let mut around = Self { variables };
        around.resolve();
        around
    }

    /// Puts the values of others in where a file refers to them. A reference to nothing stays as it stands there.
    fn resolve(&mut self) {
        let resolved: Vec<(usize, String)> = self
            .variables
            .iter()
            .enumerate()
            .filter(|(_, one)| matches!(one.origin, Origin::File(_)))
            .filter_map(|(at, one)| {
                let name = dotenv::reference(&one.value)?;
                // A name that refers to itself means that of the process.
                let other = |found: &&Variable| {
                    found.name == name && (name != one.name || found.origin == Origin::Process)
                };
                let value = self.variables.iter().find(other)?.value.trim();
                Some((at, value.to_owned()))
            })
            .collect();
        for (at, value) in resolved {
            if let Some(one) = self.variables.get_mut(at) {
                one.value = value;
            }
        }
    }

    /// What the engine may know of the variables that matter.
    pub(crate) fn settings(&self) -> Vec<Setting> {
        let matters = |name: &str| VARIABLES.iter().any(|(known, _)| *known == name);
        self.variables
            .iter()
            .filter(|variable| matters(&variable.name))
            .filter_map(|one| Setting::of(&one.name, one.origin.clone(), &one.value))
            .collect()
    }

    /// The value in force, and where it comes from: the process wins over files, a nearer file over one further up.
    pub(crate) fn get(&self, name: &str) -> Option<(&str, &Origin)> {
        let found = self.variables.iter().find(|one| one.name == name)?;
        Some((found.value.trim(), &found.origin))
    }

    /// What knows every secret that is set here.
    pub(crate) fn redactor(&self, others: &[&str]) -> Redactor {
        let secret = |one: &&Variable| {
            let name = one.name.to_uppercase();
            name.split('_').any(|word| SECRET_NAMES.contains(&word))
        };
        let own = self.variables.iter().filter(secret);
        let headers = self
            .variables
            .iter()
            .filter(|one| one.name.ends_with("_HEADERS"))
            .flat_map(|one| one.value.lines())
            .filter_map(|line| line.split_once(':'))
            .filter(|(name, _)| !name.trim().to_lowercase().starts_with("openai-"))
            .map(|(_, value)| value);
        let own = own.map(|one| one.value.as_str());
        Redactor::new(own.chain(headers).chain(others.iter().copied()))
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let plausible = |path: &PathBuf| {
        std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= LARGEST)
    };
    folder
        .ancestors()
        .take(MOST_FOLDERS)
        .flat_map(|folder| FILES.map(|name| folder.join(name)))
        .filter(plausible)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_to_another_variable_is_followed_once_and_one_to_nothing_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = "A=${B}\nB=near\nC=$D\nE=${E}\nF=\"${HOME_KEY}\"\nHOME_KEY=$HOME_KEY";
        std::fs::write(folder.path().join(".env"), file).unwrap();
        let environment = Environment::from([("HOME_KEY", "process")]);
        let around = Surroundings::look(&environment, folder.path());
        let of = |name| around.get(name).map(|(value, _)| value);
        assert_eq!(
            [of("A"), of("C"), of("E"), of("F")],
            [Some("near"), Some("$D"), Some("${E}"), Some("process")]
        );
    }

    #[test]
    fn the_process_wins_over_files_and_the_nearer_file_over_the_further() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("app");
        std::fs::create_dir(&inner).unwrap();
        std::fs::write(folder.path().join(".env"), "A=far\nB=far\nC=far").unwrap();
        std::fs::write(inner.join(".env"), "A=near\nB=near").unwrap();
        let around = Surroundings::look(&Environment::from([("A", "process")]), &inner);
        let of = |name| around.get(name).map(|(value, _)| value);
        assert_eq!(
            [of("A"), of("B"), of("C"), of("D")],
            [Some("process"), Some("near"), Some("far"), None]
        );
    }

    #[test]
    fn what_is_secret_is_cleaned_out_of_any_text() {
        let environment = Environment::from([
            ("MY_TOKEN", "planted-without-shape"),
            (
                "OPENAI_CUSTOM_HEADERS",
                "X-Auth: planted-in-a-header\nOpenAI-Project: proj_known",
            ),
        ]);
        let folder = tempfile::tempdir().unwrap();
        let around = Surroundings::look(&environment, folder.path());
        let clean = around
            .redactor(&["planted-elsewhere"])
            .clean("planted-without-shape planted-in-a-header planted-elsewhere proj_known");
        assert!(!clean.contains("planted"), "{clean}");
        assert!(clean.contains("proj_known"));
    }
}

//! `seawall man`: the manual pages, made from the same description as the help.

use std::path::Path;

use clap::{Args, Command};
use clap_mangen::Man;

use crate::exit::{Exit, Failure};
use crate::say;

#[derive(Args, Debug)]
pub(crate) struct ManArgs {
    /// Write a page for each command into this folder, instead of printing the first one
    #[arg(long, value_name = "DIR")]
    dir: Option<std::path::PathBuf>,
}

pub(crate) fn run(args: &ManArgs, command: Command) -> Result<(), Failure> {
    let command = command.disable_help_subcommand(true);
    match &args.dir {
        Some(dir) => write(dir, command),
        None => {
            let page = page(command).map_err(|error| Failure::internal(error.to_string()))?;
            say::result(&String::from_utf8_lossy(&page))
        }
    }
}

fn page(command: Command) -> std::io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(page)
}

/// Pages that are there already are those of another version and are replaced.
fn write(dir: &Path, mut command: Command) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| {
        let message = format!("cannot write into {}: {error}", dir.display());
        Failure::new(Exit::Configuration, message)
    };
    std::fs::create_dir_all(dir).map_err(cannot)?;
    // Gives each command its whole name, which its page is called by.
    command.build();
    let mut waiting = vec![command];
    let mut pages = 0_usize;
    while let Some(command) = waiting.pop() {
        let shown = command.get_subcommands().filter(|one| !one.is_hide_set());
        waiting.extend(shown.cloned());
        Man::new(command).generate_to(dir).map_err(cannot)?;
        pages += 1;
    }
    say::note(format!("{pages} pages are in {}", dir.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;

    fn all(command: Command) -> Vec<Command> {
        let below = command.get_subcommands().cloned();
        let mut found: Vec<Command> = below.flat_map(all).collect();
        found.push(command);
        found
    }

    #[test]
    fn every_command_and_every_option_says_what_it_is() {
        for command in all(Cli::command()) {
            let name = command.get_name();
            assert!(
                command.get_about().is_some(),
                "{name} says nothing of itself"
            );
            for argument in command.get_arguments() {
                let said = argument
                    .get_help()
                    .is_some_and(|help| !help.to_string().is_empty());
                assert!(said, "{name} {}", argument.get_id());
            }
        }
    }

    #[test]
    fn each_command_has_a_page_with_all_its_options() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), Cli::command().disable_help_subcommand(true)).unwrap();
        let read = |page: &str| std::fs::read_to_string(folder.path().join(page)).unwrap();
        assert!(read("seawall.1").contains("A hard stop on what AI APIs can cost"));
        let limit = read("seawall-limit-create.1");
        for option in ["project", "key", "per"] {
            assert!(
                limit.contains(&format!("\\-\\-{option}")),
                "{option} in {limit}"
            );
        }
        let pages = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(pages, all(Cli::command()).len());
    }
}

//! Every command with its options, from the same description that `--help` is made from.

use clap::{Arg, Command, CommandFactory as _};

use crate::cli::Cli;

/// A section for the program itself, and one for every command below it.
pub(super) fn all() -> String {
    let mut program = Cli::command();
    program.build();
    let mut text = String::new();
    section(&mut text, &mut program);
    text
}

fn section(text: &mut String, command: &mut Command) {
    let name = command
        .get_bin_name()
        .unwrap_or(command.get_name())
        .to_owned();
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    text.push_str(&format!("\n## `{name}`\n"));
    if let Some(about) = command.get_about() {
        text.push_str(&format!("{about}.\n"));
    }
    text.push_str(&format!("\n```text\n{usage}\n```\n"));
    let table = options(command);
    if !table.is_empty() {
        text.push_str(&format!(
            "\n| option | default | what it is |\n|---|---|---|\n{table}"
        ));
    }
    let below = command
        .get_subcommands_mut()
        .filter(|command| !command.is_hide_set() && command.get_name() != "help");
    below.for_each(|command| section(text, command));
}

/// The rows of a command's own arguments; what all commands have is with the program.
fn options(command: &Command) -> String {
    let program = command.get_bin_name().unwrap_or("seawall") == "seawall";
    command
        .get_arguments()
        .filter(|argument| !argument.is_hide_set() && (program || !argument.is_global_set()))
        .filter(|argument| !matches!(argument.get_id().as_str(), "help" | "version"))
        .map(row)
        .collect()
}

fn row(argument: &Arg) -> String {
    let value = argument
        .get_value_names()
        .filter(|_| argument.get_action().takes_values())
        .and_then(|names| names.first());
    let name = match (argument.get_long(), value) {
        (Some(long), Some(value)) => format!("--{long} {value}"),
        (Some(long), None) => format!("--{long}"),
        (None, value) => value.map_or_else(
            || argument.get_id().to_string(),
            |value| value.as_str().to_owned(),
        ),
    };
    let default: Vec<_> = argument
        .get_default_values()
        .iter()
        .filter(|_| argument.get_action().takes_values())
        .map(|value| format!("`{}`", value.to_string_lossy()))
        .collect();
    let needed = if argument.is_required_set() {
        "needed"
    } else {
        "–"
    };
    let default = match &*default.join(", ") {
        "" => needed.to_owned(),
        default => default.to_owned(),
    };
    let help = argument
        .get_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut says = help.replace('|', "\\|");
    let values: Vec<_> = argument
        .get_possible_values()
        .iter()
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !values.is_empty() && argument.get_action().takes_values() {
        says.push_str(&format!(": {}", values.join(", ")));
    }
    format!("| `{name}` | {default} | {says} |\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_its_section_and_every_option_its_sentence() {
        let text = all();
        for name in [
            "## `seawall`",
            "## `seawall serve`",
            "## `seawall limit create`",
            "| `--json` |",
        ] {
            assert!(text.contains(name), "{name}");
        }
        assert!(!text.contains("seawall help"), "help describes itself");
        assert!(!text.contains("## `seawall reference`"), "it is hidden");
        let silent: Vec<_> = text.lines().filter(|line| line.ends_with("|  |")).collect();
        assert!(silent.is_empty(), "options without a word: {silent:?}");
    }
}

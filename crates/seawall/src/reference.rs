//! `seawall reference PAGE…`: the parts of the book that say what the program itself knows, written by the program.
//!
//! A page marks such a part by `<!-- generated: NAME -->` and `<!-- end of generated -->`, each on a line of its own. The
//! tests hold the pages against what would be written, so neither can change without the other. The command is hidden: it
//! is for who works on Seawall, and touches nothing but the pages it is given.

mod commands;

use std::path::{Path, PathBuf};

use crate::config::settings::SETTINGS;
use crate::exit::{Exit, Failure};

const BEGIN: &str = "<!-- generated: ";
const END: &str = "<!-- end of generated -->";

/// Renews the marked parts of each page.
pub(crate) fn run(pages: &[PathBuf]) -> Result<(), Failure> {
    for page in pages {
        renew(page)?;
    }
    Ok(())
}

fn renew(page: &Path) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| {
        Failure::new(
            Exit::Configuration,
            format!("cannot renew {}: {error}", page.display()),
        )
    };
    let text = std::fs::read_to_string(page).map_err(cannot)?;
    let renewed = renewed(&text)
        .map_err(|problem| Failure::usage(format!("{}: {problem}", page.display())))?;
    if renewed == text {
        return Ok(());
    }
    std::fs::write(page, renewed).map_err(cannot)
}

/// The page with its marked parts as they have to be.
fn renewed(page: &str) -> Result<String, String> {
    let mut text = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        text.push_str(line);
        text.push('\n');
        let Some(name) = line
            .strip_prefix(BEGIN)
            .and_then(|rest| rest.strip_suffix(" -->"))
        else {
            continue;
        };
        text.push_str(&part(name)?);
        if !lines.any(|line| line == END) {
            return Err(format!("the part `{name}` has no end"));
        }
        text.push_str(END);
        text.push('\n');
    }
    Ok(text)
}

fn part(name: &str) -> Result<String, String> {
    match name {
        "commands" => Ok(commands::all()),
        "settings" => Ok(settings()),
        _ => Err(format!(
            "there is no part `{name}`; there are commands, settings"
        )),
    }
}

/// The table of all settings.
fn settings() -> String {
    let mut text = "| setting | default | what it is |\n|---|---|---|\n".to_owned();
    for setting in SETTINGS {
        let default = match setting.default {
            "" => "–".to_owned(),
            default => format!("`{default}`"),
        };
        text.push_str(&format!(
            "| `{}` | {default} | {} |\n",
            setting.name, setting.says
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_says_what_the_program_knows() {
        for (name, page) in [
            ("cli.md", include_str!("../../../docs/cli.md")),
            (
                "configuration.md",
                include_str!("../../../docs/configuration.md"),
            ),
        ] {
            assert!(page.contains(BEGIN), "docs/{name} has no generated part");
            let renewed = renewed(page).unwrap();
            let line = renewed
                .lines()
                .zip(page.lines())
                .find(|(ours, theirs)| ours != theirs);
            assert!(
                renewed == page,
                "docs/{name} is not up to date; `make reference` renews it. The first difference: {line:?}"
            );
        }
    }

    #[test]
    fn only_what_is_marked_is_written() {
        let page = format!("before\n{BEGIN}settings -->\nold\n{END}\nafter\n");
        let renewed = renewed(&page).unwrap();
        assert!(renewed.starts_with("before\n") && renewed.ends_with("after\n"));
        assert!(renewed.contains("| `server.listen` | `127.0.0.1:8080` |"));
        assert!(!renewed.contains("\nold\n"));
        assert!(super::renewed(&format!("{BEGIN}settings -->\n")).is_err());
        assert!(super::renewed(&format!("{BEGIN}nothing -->\n{END}\n")).is_err());
    }
}

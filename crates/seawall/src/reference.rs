//! The parts of the book that say what the program itself knows: the command line, the settings, the causes. A test makes them anew
//! and holds them against the pages, so neither can change without the other.
//!
//! A page marks such a part by `<!-- generated: NAME -->` and `<!-- end of generated -->`, each on a line of its own. With
//! `SEAWALL_RENEW` in the environment (`make reference`) the test writes the pages.

mod causes;
mod commands;

use std::path::Path;

const PAGES: [&str; 3] = ["cli.md", "configuration.md", "diagnosis.md"];
const BEGIN: &str = "<!-- generated: ";
const END: &str = "<!-- end of generated -->";

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
        "settings" => Ok(crate::config::reference()),
        "causes" => Ok(causes::all()),
        "providers" => Ok(causes::providers()),
        _ => Err(format!(
            "there is no part `{name}`; there are commands, settings, causes, providers"
        )),
    }
}

#[test]
fn the_book_says_what_the_program_knows() {
    let docs = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs"));
    for name in PAGES {
        let page = std::fs::read_to_string(docs.join(name)).unwrap();
        assert!(page.contains(BEGIN), "docs/{name} has no generated part");
        let renewed = renewed(&page).unwrap();
        if std::env::var_os("SEAWALL_RENEW").is_some() {
            std::fs::write(docs.join(name), renewed).unwrap();
            continue;
        }
        let first = renewed
            .lines()
            .zip(page.lines())
            .find(|(ours, theirs)| ours != theirs);
        assert!(
            renewed == page,
            "docs/{name} is not what the program says; `make reference` renews it. The first difference: {first:?}"
        );
    }
}

#[test]
fn only_what_is_marked_is_written() {
    let page = format!("before\n{BEGIN}settings -->\nold\n{END}\nafter\n");
    let text = renewed(&page).unwrap();
    assert!(text.starts_with("before\n") && text.ends_with("after\n"));
    assert!(text.contains("| `server.listen` | `127.0.0.1:8080` |"));
    assert!(!text.contains("\nold\n"));
    assert!(renewed(&format!("{BEGIN}settings -->\n")).is_err());
    assert!(renewed(&format!("{BEGIN}nothing -->\n{END}\n")).is_err());
}

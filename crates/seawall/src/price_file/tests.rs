use clap::Parser;

use super::*;

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: FileCommand,
}

fn run(line: &[&str]) -> Result<Answer, Failure> {
    let words = std::iter::once(&"price").chain(line);
    super::run(&Line::try_parse_from(words).unwrap().command)
}

/// A folder with a price file of LiteLLM's layout, in which gpt-5-mini is dearer and there is one more model.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let row = r#""litellm_provider": "openai", "mode": "chat", "max_input_tokens": 272000, "max_output_tokens": 128000"#;
    let text = format!(
        r#"{{"gpt-5-mini": {{{row}, "input_cost_per_token": 3e-07, "output_cost_per_token": 2e-06, "cost_per_wink": 1}},
             "gpt-99": {{{row}, "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06}}}}"#
    );
    std::fs::write(folder.path().join("theirs.json"), text).unwrap();
    folder
}

#[test]
fn an_import_writes_the_newer_prices_on_top_of_the_older_ones() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (theirs, out) = (path("theirs.json"), path("prices.toml"));
    let imported = run(&[
        "import",
        &theirs,
        "--from",
        "2026-12-01",
        "--as",
        "mine",
        "--out",
        &out,
    ])
    .unwrap();
    assert!(
        imported.text.contains("1 are new, 1 cost something else"),
        "{}",
        imported.text
    );
    assert!(
        imported.text.contains("1 × cost_per_wink (gpt-5-mini)"),
        "{}",
        imported.text
    );
    let catalog = Catalog::parse(&std::fs::read_to_string(&out).unwrap()).unwrap();
    assert_eq!(catalog.version(), "mine");
    let input = |at: &str| {
        let chat = catalog.model("gpt-5-mini").unwrap().chat().unwrap();
        chat.prices_at(at.parse().unwrap())
            .unwrap()
            .rates
            .standard
            .input
            .get()
    };
    assert_eq!(input("2026-11-30T23:59:59Z"), 250_000_000);
    assert_eq!(input("2026-12-01T00:00:00Z"), 300_000_000);
    let lists = run(&["history", "gpt-5-mini", "--file", &out])
        .unwrap()
        .json;
    assert_eq!(lists["lists"].as_array().unwrap().len(), 2);
    assert_eq!(lists["lists"][1]["from_at"], "2026-12-01T00:00:00Z");
    assert_eq!(
        lists["lists"][1]["per_million_usd"]["standard input_tokens"],
        "0.30"
    );
}

#[test]
fn a_file_that_is_there_is_replaced_only_where_its_prices_stay() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (theirs, out) = (path("theirs.json"), path("prices.toml"));
    run(&["import", &theirs, "--from", "2026-12-01", "--out", &out]).unwrap();
    let again = ["import", &theirs, "--from", "2026-12-02", "--out", &out];
    let failure = run(&again).unwrap_err();
    assert!(
        failure.message.contains("is there already"),
        "{}",
        failure.message
    );
    let onto = [&again[..], &["--onto", &out]].concat();
    let done = run(&onto).unwrap();
    assert!(
        done.text.contains("0 are new, 0 cost something else"),
        "{}",
        done.text
    );
    // Something else from a day before would rewrite what was in force.
    let text = std::fs::read_to_string(&theirs).unwrap();
    std::fs::write(&theirs, text.replace("3e-07", "4e-07")).unwrap();
    let earlier = [
        "import",
        &theirs,
        "--from",
        "2025-12-31",
        "--out",
        &out,
        "--onto",
        &out,
    ];
    let failure = run(&earlier).unwrap_err();
    assert!(
        failure.message.contains("give a later day"),
        "{}",
        failure.message
    );
}

#[test]
fn a_dry_run_and_a_difference_write_nothing() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (theirs, out) = (path("theirs.json"), path("prices.toml"));
    let dry = run(&["import", &theirs, "--out", &out, "--dry-run"]).unwrap();
    assert!(dry.text.ends_with("nothing is written\n"), "{}", dry.text);
    assert_eq!(dry.json["written"], serde_json::Value::Null);
    let difference = run(&["diff", &theirs]).unwrap();
    let rows = difference.json["data"].as_array().unwrap();
    let mini = rows
        .iter()
        .find(|row| row["model"] == "gpt-5-mini")
        .unwrap();
    assert_eq!(mini["difference"], "changed");
    assert!(
        rows.iter()
            .any(|row| row["model"] == "gpt-5" && row["difference"] == "gone")
    );
    assert!(!Path::new(&out).exists());
}

#[test]
fn what_cannot_be_read_is_said_with_the_file() {
    let folder = folder();
    let broken = folder.path().join("broken.toml");
    std::fs::write(&broken, "version = 1\n").unwrap();
    for (line, says) in [
        (
            vec!["import", "no-such-file.json"],
            "no-such-file.json cannot be read",
        ),
        (vec!["diff", broken.to_str().unwrap()], "broken.toml:1:11"),
        (
            vec!["history", "gpt-nobody"],
            "`gpt-nobody` has no price there",
        ),
    ] {
        let failure = run(&line).unwrap_err();
        assert!(failure.message.contains(says), "{}", failure.message);
    }
}

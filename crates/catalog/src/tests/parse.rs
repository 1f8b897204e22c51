use crate::Catalog;

const GOOD: &str = r#"version = "1"
[[model]]
names = ["a", "a-1"]
[model.chat]
context = 1000
max_output = 100
bytes_per_token_at_least = 1
[[model.chat.prices]]
from = 2026-01-01
standard = { input = "1", output = "2" }
[[model.chat.prices]]
from = 2026-11-01
standard = { input = "1.5", output = "2" }
[[model]]
names = ["a*"]
[model.image]
[[model.image.prices]]
from = 2026-01-01
per_image = [{ size = "1024x1024", quality = "hd", price = "0.08" }]
"#;

#[test]
fn a_good_file_is_read() {
    let catalog = Catalog::parse(GOOD).unwrap();
    assert_eq!(catalog.version(), "1");
    assert_eq!(catalog.models().count(), 2);
}

#[test]
fn an_exact_name_beats_a_pattern_and_a_long_pattern_a_short_one() {
    let more = GOOD.replace("[\"a*\"]", "[\"a*\", \"ab*\"]");
    let longer = format!("{more}[[model]]\nnames = [\"abc*\"]\n{}", {
        let start = more.rfind("[model.image]").unwrap();
        more.get(start..).unwrap()
    });
    let catalog = Catalog::parse(&longer).unwrap();
    let first = |name| {
        catalog
            .model(name)
            .unwrap()
            .names()
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(first("a-1"), "a");
    assert_eq!(first("ab"), "a*");
    assert_eq!(first("abcd"), "abc*");
    assert!(catalog.model("b").is_none());
}

#[test]
fn the_newest_list_that_has_begun_is_in_force() {
    let catalog = Catalog::parse(GOOD).unwrap();
    let chat = catalog.model("a").unwrap().chat().unwrap();
    for (at, input) in [
        ("2025-12-31T23:59:59Z", None),
        ("2026-01-01T00:00:00Z", Some(1_000_000_000)),
        ("2026-10-31T23:59:59Z", Some(1_000_000_000)),
        ("2026-11-01T00:00:00Z", Some(1_500_000_000)),
        ("2030-01-01T00:00:00Z", Some(1_500_000_000)),
    ] {
        let prices = chat.prices_at(at.parse().unwrap());
        assert_eq!(
            prices.map(|prices| prices.rates.standard.input.get()),
            input,
            "{at}"
        );
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (good, bad, place, says) in [
        ("input = \"1\"", "input = \"-1\"", "10:22", "negative"),
        (
            "input = \"1\"",
            "input = \"1.0000000001\"",
            "10:22",
            "nine decimals",
        ),
        ("input = \"1\"", "input = 1.0", "10:22", "float"),
        (
            "input = \"1\"",
            "cached_input = \"1\"",
            "10:12",
            "missing field `input`",
        ),
        (
            "output = \"2\" }\n[[model.ch",
            "outptu = \"2\" }\n[[model.ch",
            "10:27",
            "unknown field `outptu`",
        ),
        ("\"a-1\"", "\"a\"", "3:15", "twice"),
        ("\"a-1\"", "\"a*1\"", "3:15", "one `*`"),
        ("\"a-1\"", "\"a**\"", "3:15", "one `*`"),
        ("names = [\"a*\"]", "names = []", "15:9", "needs a name"),
        ("from = 2026-11-01", "from = 2025-11-01", "12:8", "sorted"),
        ("from = 2026-11-01", "from = 2026-01-01", "12:8", "sorted"),
        ("from = 2026-11-01", "from = 2026-02-30", "12:", ""),
        (
            "from = 2026-11-01",
            "from = 2026-11-01T00:00:00",
            "12:8",
            "a day",
        ),
        (
            "bytes_per_token_at_least = 1",
            "bytes_per_token_at_least = 0",
            "7:28",
            "nonzero",
        ),
        ("context = 1000", "context = -1", "5:11", "-1"),
        ("version = \"1\"", "version = \"1", "1:13", "string"),
        (
            "per_image = [{",
            "text_input = \"1\"\nper_image = [{",
            "18:8",
            "one of these alone",
        ),
        (
            "per_image = [{ size = \"1024x1024\", quality = \"hd\", price = \"0.08\" }]",
            "",
            "18:8",
            "needs",
        ),
        (
            "[model.image]\n[[model.image.prices]]",
            "",
            "17:1",
            "unknown field",
        ),
    ] {
        let text = GOOD.replacen(good, bad, 1);
        assert_ne!(text, GOOD, "{good}");
        let error = Catalog::parse(&text).unwrap_err();
        let at = format!("{}:{}", error.line(), error.column());
        assert!(at.starts_with(place), "{bad}: {error}, not at {place}");
        assert!(error.message().contains(says), "{bad}: {error}");
        assert!(error.to_string().starts_with("line "), "{error}");
    }
}

proptest::proptest! {
    #[test]
    fn reading_never_panics(cut in 0_usize..700, text in "\\PC{0,20}") {
        let broken = format!("{}{text}{}", GOOD.get(..cut).unwrap_or(""), GOOD.get(cut..).unwrap_or(""));
        let _ignored: Result<Catalog, _> = Catalog::parse(&broken);
    }
}

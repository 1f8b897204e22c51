//! Newer prices on top of older ones.

use crate::{Catalog, Difference};

fn chat(names: &str, from: &str, input: &str) -> String {
    format!(
        "[[model]]\nnames = {names}\n[model.chat]\ncontext = 1000\nmax_output = 100\nbytes_per_token_at_least = 1\n\
         [[model.chat.prices]]\nfrom = {from}\nstandard = {{ input = \"{input}\", output = \"2\" }}\n"
    )
}

fn catalog(version: &str, models: &[String]) -> Catalog {
    Catalog::parse(&format!("version = \"{version}\"\n{}", models.concat())).unwrap()
}

fn input_at(catalog: &Catalog, name: &str, at: &str) -> Option<i64> {
    let prices = catalog
        .model(name)?
        .chat()?
        .prices_at(at.parse().unwrap())?;
    Some(prices.rates.standard.input.get())
}

#[test]
fn what_calls_cost_before_stays_known() {
    let old = catalog(
        "1",
        &[
            chat("[\"a\", \"b\"]", "2026-01-01", "1"),
            chat("[\"gone\"]", "2026-01-01", "7"),
            chat("[\"same\"]", "2026-01-01", "1"),
        ],
    );
    let new = catalog(
        "2",
        &[
            chat("[\"a\"]", "2026-12-01", "3"),
            chat("[\"b\"]", "2026-12-01", "1"),
            chat("[\"same\"]", "2026-12-01", "1"),
            chat("[\"new\"]", "2026-12-01", "5"),
        ],
    );
    let both = old.updated(&new).unwrap();
    assert_eq!(both.version(), "2");
    for (name, before, after) in [
        ("a", Some(1_000_000_000), Some(3_000_000_000)),
        ("b", Some(1_000_000_000), Some(1_000_000_000)),
        ("gone", Some(7_000_000_000), Some(7_000_000_000)),
        ("new", None, Some(5_000_000_000)),
    ] {
        assert_eq!(
            input_at(&both, name, "2026-11-30T23:59:59Z"),
            before,
            "{name}"
        );
        assert_eq!(
            input_at(&both, name, "2026-12-01T00:00:00Z"),
            after,
            "{name}"
        );
    }
    let lists = |name| both.model(name).unwrap().chat().unwrap().prices.len();
    assert_eq!([lists("a"), lists("b"), lists("same")], [2, 1, 1]);
    // Doing it again changes nothing.
    assert!(both.updated(&new).unwrap().models().eq(both.models()));
}

#[test]
fn names_stay_together_as_long_as_they_cost_the_same() {
    let old = catalog("1", &[chat("[\"a\", \"z\"]", "2026-01-01", "1")]);
    let first = |catalog: &Catalog, name| {
        let model = catalog.model(name).unwrap();
        model.names().next().unwrap().to_owned()
    };
    let same = old
        .updated(&catalog("2", &[chat("[\"a\", \"z\"]", "2026-12-01", "3")]))
        .unwrap();
    assert_eq!(first(&same, "z"), "a");
    let apart = old
        .updated(&catalog("2", &[chat("[\"z\"]", "2026-12-01", "3")]))
        .unwrap();
    assert_eq!(
        (first(&apart, "a"), first(&apart, "z")),
        ("a".into(), "z".into())
    );
}

#[test]
fn a_list_that_would_rewrite_what_was_in_force_is_refused() {
    let old = catalog("1", &[chat("[\"a\"]", "2026-11-01", "1")]);
    let new = catalog("2", &[chat("[\"a\"]", "2026-10-01", "3")]);
    let error = old.updated(&new).unwrap_err();
    assert!(error.to_string().contains("sorted by `from`"), "{error}");
}

#[test]
fn a_difference_says_what_of_a_model_costs_something_else() {
    let old = catalog(
        "1",
        &[
            chat("[\"a\"]", "2026-01-01", "1"),
            chat("[\"gone\"]", "2026-01-01", "7"),
            chat("[\"same\"]", "2026-01-01", "1"),
        ],
    );
    let priority = "priority = { input = \"9\", output = \"9\" }\n";
    let new = catalog(
        "2",
        &[
            chat("[\"a\"]", "2026-01-01", "3") + priority,
            chat("[\"new\"]", "2026-01-01", "7"),
            chat("[\"same\"]", "2026-01-01", "1"),
        ],
    );
    let all = old.differences(&new, super::now());
    let names: Vec<_> = all.keys().map(String::as_str).collect();
    assert_eq!(names, ["a", "gone", "new"]);
    assert_eq!(
        (all.get("gone").unwrap(), all.get("new").unwrap()),
        (&Difference::Gone, &Difference::New)
    );
    let Difference::Changed(rows) = all.get("a").unwrap() else {
        panic!("its prices are others");
    };
    let rows: Vec<_> = rows
        .iter()
        .map(|(what, old, new)| {
            (
                &**what,
                old.map(money::Price::get),
                new.map(money::Price::get),
            )
        })
        .collect();
    let expected = [
        ("priority input_tokens", None, Some(9_000_000_000)),
        ("priority output_tokens", None, Some(9_000_000_000)),
        (
            "standard input_tokens",
            Some(1_000_000_000),
            Some(3_000_000_000),
        ),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn the_builtin_catalogue_does_not_differ_from_itself() {
    let builtin = Catalog::builtin();
    assert!(builtin.differences(&builtin, super::now()).is_empty());
    let again = builtin.updated(&builtin).unwrap();
    assert!(builtin.differences(&again, super::now()).is_empty());
    assert_eq!(again.models().count(), builtin.models().count());
}

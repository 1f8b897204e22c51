use serde_json::{Value, json};

use crate::chat::Facts;
use crate::request::BadRequest;

fn tags(metadata: &Value) -> Result<Vec<(String, String)>, BadRequest> {
    let body = json!({"model": "m", "messages": [], "metadata": metadata}).to_string();
    let facts = Facts::read(body.as_bytes())?;
    let pairs = facts.tags.into_iter();
    Ok(pairs.map(|pair| (pair.name, pair.value)).collect())
}

fn many(count: usize) -> Value {
    (0..count).map(|n| (format!("n{n}"), json!("v"))).collect()
}

#[test]
fn as_many_pairs_as_the_provider_takes_are_read_and_one_more_is_refused() {
    for (name, value, fits) in [(64, 512, true), (65, 1, false), (1, 513, false)] {
        // Characters are counted, not bytes.
        for letter in ["a", "\u{fc}"] {
            let (name, value) = (letter.repeat(name), letter.repeat(value));
            let read = tags(&json!({ name.as_str(): value }));
            assert_eq!(read.is_ok_and(|pairs| pairs == [(name, value)]), fits);
        }
    }
    assert_eq!(tags(&many(16)).unwrap().len(), 16);
    let beyond = tags(&many(17)).unwrap_err();
    assert!(
        matches!(
            beyond,
            BadRequest::Invalid {
                param: "metadata",
                ..
            }
        ),
        "{beyond:?}"
    );
}

#[test]
fn what_is_no_text_is_no_pair_and_takes_no_room() {
    for none in [json!(null), json!([["a", "b"]]), json!("a=b"), json!({})] {
        assert_eq!(tags(&none).unwrap(), [], "{none}");
    }
    let texts = (0..16).map(|n| (format!("n{n}"), json!("v")));
    let others = [("a", json!(1)), ("b", json!({"c": "d"}))];
    let others = others.map(|(name, value)| (name.to_owned(), value));
    let mixed: Value = texts.chain(others).collect();
    assert_eq!(tags(&mixed).unwrap().len(), 16);
}

#[test]
fn a_name_that_is_there_twice_is_two_pairs() {
    let body = br#"{"model":"m","messages":[],"metadata":{"team":"red","te\u0061m":"blue"}}"#;
    let facts = Facts::read(body).unwrap();
    let pairs: Vec<(&str, &str)> = facts
        .tags
        .iter()
        .map(|pair| (&*pair.name, &*pair.value))
        .collect();
    assert_eq!(pairs, [("team", "red"), ("team", "blue")]);
}

use crate::depth;
use crate::object::{member_span, members, span};

#[test]
fn depth_counts_brackets_but_not_those_in_strings() {
    let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    assert!(!depth::is_too_deep(nested(100).as_bytes()));
    assert!(depth::is_too_deep(nested(101).as_bytes()));
    assert!(!depth::is_too_deep("[]".repeat(500).as_bytes()));
    let after_a_string = format!("[\"\\\"\",{}]", nested(100));
    assert!(depth::is_too_deep(after_a_string.as_bytes()));
    let quoted = format!("[\"\\\"{}\"]", "{".repeat(500));
    assert!(!depth::is_too_deep(quoted.as_bytes()));
    assert!(depth::is_too_deep("{".repeat(101).as_bytes()));
}

#[test]
fn a_member_is_found_where_it_stands_with_the_comma_that_goes_with_it() {
    for (json, without) in [
        (r#"{"usage":null}"#, "{}"),
        (r#"{"usage":1,"b":2}"#, r#"{"b":2}"#),
        (r#"{"a":1,"usage":{"x":[1,2]}}"#, r#"{"a":1}"#),
        (r#"{"a":1,"usage":2,"b":3}"#, r#"{"a":1,"b":3}"#),
        (
            r#"{ "a" : 1 , "usage" : 2 , "b" : 3 }"#,
            r#"{ "a" : 1  , "b" : 3 }"#,
        ),
        (r#"{ "usage" : 2 , "b" : 3 }"#, r#"{  "b" : 3 }"#),
        (r#"{"b":{"usage":1},"usage":2}"#, r#"{"b":{"usage":1}}"#),
    ] {
        let [usage] = members(json.as_bytes(), &["usage"]).unwrap();
        let value = span(json.as_bytes(), usage.unwrap()).unwrap();
        let cut = member_span(json.as_bytes(), "usage", &value).unwrap();
        let left = format!(
            "{}{}",
            json.get(..cut.start).unwrap(),
            json.get(cut.end..).unwrap()
        );
        assert_eq!(left, without);
    }
}

#[test]
fn the_last_of_two_members_counts_and_what_is_no_object_is_an_error() {
    let [a] = members(br#"{"a":1,"a":2}"#, &["a"]).unwrap();
    assert_eq!(a.unwrap().get(), "2");
    for json in ["", "[]", "null", "{", "{\"a\":1}}", "{\"a\":1} x", "\"{}\""] {
        assert!(members(json.as_bytes(), &["a"]).is_err(), "{json}");
    }
}

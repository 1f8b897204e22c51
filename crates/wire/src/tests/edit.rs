use std::borrow::Cow;

use proptest::prelude::{Strategy, prop};
use serde_json::Value;

use crate::chat::{Edit, Facts, MaxMember, MaxOutput};

fn max(tokens: u64) -> Edit<'static> {
    let member = MaxMember::MaxCompletionTokens;
    Edit {
        max_output: Some(MaxOutput { tokens, member }),
        ..Edit::NONE
    }
}

const USAGE: Edit<'_> = Edit {
    include_usage: true,
    ..Edit::NONE
};

/// One edit a pair of lines, before and after.
fn check(edit: &Edit<'_>, table: &str) {
    let lines: Vec<&str> = table
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    for pair in lines.chunks(2) {
        let [before, after] = pair else {
            panic!("{pair:?}")
        };
        let facts = Facts::read(before.as_bytes()).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&facts.edited(edit)),
            *after,
            "{edit:?}"
        );
    }
}

#[test]
fn max_tokens_are_changed_where_they_stand_or_added() {
    check(
        &max(5),
        r#"
        {"model":"m","messages":[]}
        {"max_completion_tokens":5,"model":"m","messages":[]}

        {"model":"m","messages":[], "max_tokens" : 100 , "x":1.0}
        {"model":"m","messages":[], "max_tokens" : 5 , "x":1.0}

        {"model":"m","max_completion_tokens":1000,"messages":[]}
        {"model":"m","max_completion_tokens":5,"messages":[]}

        {"model":"m","max_tokens":null,"messages":[]}
        {"max_completion_tokens":5,"model":"m","max_tokens":null,"messages":[]}

        {"model":"m","max_completion_tokens":null,"messages":[]}
        {"model":"m","max_completion_tokens":5,"messages":[]}

        {"model":"m","max_tokens":5,"messages":[]}
        {"model":"m","max_tokens":5,"messages":[]}
    "#,
    );
}

#[test]
fn the_newer_name_of_max_tokens_is_replaced_for_who_would_pass_over_it() {
    let only = Edit {
        only_max_tokens: true,
        ..Edit::NONE
    };
    let table = r#"
        {"model":"m","messages":[],"max_completion_tokens": 9 }
        {"max_tokens":9,"model":"m","messages":[] }

        {"max_completion_tokens":9,"model":"m","messages":[]}
        {"max_tokens":9,"model":"m","messages":[]}

        {"model":"m","max_completion_tokens":9,"max_tokens":null,"messages":[]}
        {"model":"m","max_tokens":9,"messages":[]}

        {"model":"m","messages":[],"max_tokens":9}
        {"model":"m","messages":[],"max_tokens":9}

        {"model":"m","messages":[],"max_completion_tokens":null}
        {"model":"m","messages":[],"max_completion_tokens":null}
    "#;
    check(&only, table);
    let lower = Edit {
        only_max_tokens: true,
        ..max(5)
    };
    check(
        &lower,
        r#"
        {"model":"m","messages":[],"max_completion_tokens":9}
        {"max_tokens":5,"model":"m","messages":[]}

        {"model":"m","messages":[],"max_tokens":9}
        {"model":"m","messages":[],"max_tokens":5}
    "#,
    );
}

#[test]
fn the_model_is_changed_and_no_other_byte() {
    check(
        &Edit {
            model: Some("a\"b"),
            ..Edit::NONE
        },
        r#"
        {"x":1.0,"model" : "m" ,"messages":[{"model":"m","content":"\u0061"}]}
        {"x":1.0,"model" : "a\"b" ,"messages":[{"model":"m","content":"\u0061"}]}
    "#,
    );
}

#[test]
fn the_usage_is_asked_for_in_whatever_options_there_are() {
    check(
        &USAGE,
        r#"
        {"model":"m","messages":[]}
        {"stream_options":{"include_usage":true},"model":"m","messages":[]}

        {"model":"m","messages":[],"stream_options":null}
        {"model":"m","messages":[],"stream_options":{"include_usage":true}}

        {"model":"m","messages":[],"stream_options":{ }}
        {"model":"m","messages":[],"stream_options":{"include_usage":true }}

        {"model":"m","messages":[],"stream_options":{"x":1}}
        {"model":"m","messages":[],"stream_options":{"include_usage":true,"x":1}}

        {"model":"m","messages":[],"stream_options":{"include_usage": false}}
        {"model":"m","messages":[],"stream_options":{"include_usage": true}}

        {"model":"m","messages":[],"stream_options":{"include_usage":null}}
        {"model":"m","messages":[],"stream_options":{"include_usage":true}}

        {"model":"m","messages":[],"stream_options":{"include_usage":true}}
        {"model":"m","messages":[],"stream_options":{"include_usage":true}}
    "#,
    );
}

#[test]
fn several_edits_go_together() {
    let body = r#"{"stream":true,"model":"m","messages":[],"max_tokens":900}"#;
    let edit = Edit {
        model: Some("other"),
        include_usage: true,
        ..max(64)
    };
    let facts = Facts::read(body.as_bytes()).unwrap();
    let after = r#"{"stream_options":{"include_usage":true},"stream":true,"model":"other","messages":[],"max_tokens":64}"#;
    assert_eq!(String::from_utf8_lossy(&facts.edited(&edit)), after);
    assert_eq!(facts.max_member(), Some(MaxMember::MaxTokens));
}

#[test]
fn without_an_edit_the_bytes_are_the_very_same() {
    let body = br#"{"model":"m","messages":[]}"#;
    let facts = Facts::read(body).unwrap();
    for edit in [
        Edit::NONE,
        Edit {
            model: Some("m"),
            ..Edit::NONE
        },
    ] {
        let Cow::Borrowed(edited) = facts.edited(&edit) else {
            panic!("copied")
        };
        assert!(std::ptr::eq(edited, &body[..]));
    }
}

/// A body with the members that can be edited, or not, in any order and among others.
fn body() -> impl Strategy<Value = String> {
    let pick = |texts: Vec<&'static str>| prop::sample::select(texts).prop_map(str::to_owned);
    let max = pick(vec![
        "",
        "\"max_tokens\":7",
        "\"max_tokens\" : null",
        "\"max_completion_tokens\":\n9",
    ]);
    let options = pick(vec![
        "",
        "\"stream_options\":null",
        "\"stream_options\":{}",
        "\"stream_options\" :{ \"include_usage\":false , \"x\":{}}",
        "\"stream_options\":{\"include_usage\":true}",
        "\"stream_options\":{\"x\":\"{\"}",
    ]);
    let other = super::json().prop_map(|value| format!("\"other\":{value}"));
    let fixed = pick(vec![
        "\"model\":\"m\",\"messages\":[]",
        "\"messages\" : [ ] ,\t\"model\"  :\"\\u006d\"",
    ]);
    (max, options, other, fixed)
        .prop_map(|(max, options, other, fixed)| vec![max, options, other, fixed])
        .prop_shuffle()
        .prop_map(|members| {
            let members: Vec<_> = members
                .into_iter()
                .filter(|member| !member.is_empty())
                .collect();
            format!(" {{{} }}\n", members.join(" , "))
        })
}

proptest::proptest! {
    #[test]
    fn an_edited_body_reads_like_the_original_with_just_that_changed(
        body in body(), model: Option<String>, tokens in prop::option::of(1_u64..1 << 32), include_usage: bool,
        only_max_tokens: bool,
    ) {
        let facts = Facts::read(body.as_bytes()).unwrap();
        let max_output = tokens.map(|tokens| MaxOutput { tokens, member: MaxMember::MaxTokens });
        let edit = Edit { model: model.as_deref(), max_output, include_usage, only_max_tokens };
        let mut expected: Value = serde_json::from_str(&body).unwrap();
        let object = expected.as_object_mut().unwrap();
        if let Some(model) = &model {
            object.insert("model".to_owned(), Value::from(model.as_str()));
        }
        if only_max_tokens && object.get("max_completion_tokens").is_some_and(Value::is_number) {
            let tokens = object.remove("max_completion_tokens").unwrap();
            object.insert("max_tokens".to_owned(), tokens);
        }
        if let Some(tokens) = tokens {
            let newer = object.get("max_completion_tokens").is_some_and(Value::is_number);
            object.insert(if newer { "max_completion_tokens" } else { "max_tokens" }.to_owned(), tokens.into());
        }
        if include_usage {
            let options = object.entry("stream_options").or_insert(Value::Null);
            if options.is_null() {
                *options = serde_json::json!({});
            }
            options.as_object_mut().unwrap().insert("include_usage".to_owned(), true.into());
        }
        let edited = facts.edited(&edit);
        let read: Value = serde_json::from_slice(&edited).unwrap();
        proptest::prop_assert_eq!(read, expected);
        let again = Facts::read(&edited).unwrap();
        proptest::prop_assert_eq!(again.max_output, tokens.or(facts.max_output));
        proptest::prop_assert_eq!(&again.edited(&edit)[..], &edited[..]);
        proptest::prop_assert_eq!(&facts.edited(&Edit::NONE)[..], body.as_bytes());
    }
}

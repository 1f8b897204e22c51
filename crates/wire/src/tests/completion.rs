use crate::completion::Facts;
use crate::request::BadRequest;

#[test]
fn every_choice_that_is_written_counts() {
    for (rest, choices) in [
        (r#""prompt":"a""#, 1),
        (r#""prompt":"a","n":3"#, 3),
        (r#""prompt":"a","n":2,"best_of":5"#, 5),
        (r#""prompt":["a","b"],"n":3"#, 6),
        (r#""prompt":[1,2,3],"n":3"#, 3),
        (r#""prompt":[[1,2],[3]],"best_of":4"#, 8),
    ] {
        let body = format!(r#"{{"model":"m",{rest}}}"#);
        let facts = Facts::read(body.as_bytes()).unwrap();
        assert_eq!(facts.choices, choices, "{rest}");
    }
}

#[test]
fn max_tokens_are_always_said_because_providers_differ_on_their_default() {
    let body = br#"{"model":"m","prompt":"a"}"#;
    let facts = Facts::read(body).unwrap();
    assert_eq!(facts.max_output, 16);
    assert_eq!(
        &*facts.edited("m", 16, false),
        br#"{"max_tokens":16,"model":"m","prompt":"a"}"#
    );
    let body = br#"{"model":"m","prompt":"a","max_tokens":9}"#;
    let facts = Facts::read(body).unwrap();
    assert_eq!(&*facts.edited("m", 9, false), body);
    assert_eq!(
        &*facts.edited("n", 4, false),
        br#"{"model":"n","prompt":"a","max_tokens":4}"#
    );
}

#[test]
fn a_stream_can_be_asked_for_its_usage() {
    let body = br#"{"model":"m","prompt":"a","max_tokens":9,"stream":true}"#;
    let facts = Facts::read(body).unwrap();
    assert!(facts.stream && !facts.include_usage);
    assert_eq!(
        &*facts.edited("m", 9, true),
        br#"{"stream_options":{"include_usage":true},"model":"m","prompt":"a","max_tokens":9,"stream":true}"#
    );
}

#[test]
fn a_bad_completion_request_says_what_is_bad() {
    for (rest, param) in [
        (r#""n":1"#, "prompt"),
        (r#""prompt":{}"#, "prompt"),
        (r#""prompt":"a","suffix":1"#, "suffix"),
        (r#""prompt":"a","best_of":0"#, "best_of"),
        (r#""prompt":"a","best_of":129"#, "best_of"),
        (r#""prompt":"a","Best_of":9"#, "best_of"),
        (r#""prompt":"a","max_tokens":0"#, "max_tokens"),
    ] {
        let body = format!(r#"{{"model":"m",{rest}}}"#);
        let refused: BadRequest = Facts::read(body.as_bytes()).unwrap_err();
        assert_eq!(refused.param(), Some(param), "{rest}");
    }
}

#[test]
fn a_suffix_is_read_by_the_model_too() {
    let texts = |body: &str| {
        let facts = Facts::read(body.as_bytes()).unwrap();
        let texts = facts.prompt().messages.remove(0).texts;
        texts.into_iter().map(String::from).collect::<Vec<_>>()
    };
    assert_eq!(
        texts(r#"{"model":"m","prompt":"before","suffix":"after"}"#),
        ["before", "after"]
    );
}

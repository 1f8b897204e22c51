use crate::embedding::Facts;
use crate::request::BadRequest;

fn count(body: &str) -> u64 {
    let catalog = catalog::Catalog::builtin();
    let chat = catalog.model("gpt-4o").unwrap().chat().unwrap();
    let facts = Facts::read(body.as_bytes()).unwrap();
    chat.input_by_count(&facts.prompt())
}

#[test]
fn text_is_counted_and_tokens_are_taken_at_their_word() {
    let frame = count(r#"{"model":"m","input":[0]}"#) - 1;
    let long = "x ".repeat(200);
    for (input, tokens) in [
        ("[1,2,3]".to_owned(), 3),
        ("[[1,2,3],[4]]".to_owned(), 4),
        (r#""hello world""#.to_owned(), 2),
        (r#"["hello","hello world"]"#.to_owned(), 3),
    ] {
        // A long name keeps the bound by bytes out of the way.
        let body = format!(r#"{{"model":"{long}","input":{input}}}"#);
        assert_eq!(count(&body), frame + tokens, "{input}");
    }
}

#[test]
fn what_is_neither_text_nor_tokens_is_refused() {
    for input in [
        "1",
        "{}",
        "[]",
        "[1.5]",
        "[-1]",
        r#"[{"image":"x"}]"#,
        r#"["a",1]"#,
        r#"[[1],"a"]"#,
        "[4294967296]",
    ] {
        let body = format!(r#"{{"model":"m","input":{input}}}"#);
        let refused = Facts::read(body.as_bytes()).unwrap_err();
        assert!(
            matches!(refused, BadRequest::Invalid { param: "input", .. }),
            "{input}: {refused:?}"
        );
    }
    assert_eq!(
        Facts::read(br#"{"model":"m","input":null}"#).unwrap_err(),
        BadRequest::Missing("input")
    );
    assert_eq!(
        Facts::read(br#"{"input":"a"}"#).unwrap_err(),
        BadRequest::Missing("model")
    );
}

#[test]
fn the_model_is_changed_and_nothing_else() {
    let body = br#"{"input":"a", "model" : "m","dimensions":8}"#;
    let facts = Facts::read(body).unwrap();
    assert_eq!(&*facts.with_model("m"), body);
    assert_eq!(
        &*facts.with_model("n\""),
        br#"{"input":"a", "model" : "n\"","dimensions":8}"#
    );
}

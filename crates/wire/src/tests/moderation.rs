use crate::moderation::Facts;

#[test]
fn a_request_without_a_model_gets_the_one_that_is_priced() {
    let facts = Facts::read(br#"{"input":"a"}"#).unwrap();
    assert_eq!(facts.model, "omni-moderation-latest");
    assert_eq!(
        &*facts.with_model("omni-moderation-latest"),
        br#"{"model":"omni-moderation-latest","input":"a"}"#
    );
    let null = Facts::read(br#"{"model":null,"input":["a"]}"#).unwrap();
    assert_eq!(&*null.with_model("x"), br#"{"model":"x","input":["a"]}"#);
    let named = Facts::read(br#"{"input":[{"type":"text","text":"a"}],"model":"m"}"#).unwrap();
    assert_eq!(
        &*named.with_model("n"),
        br#"{"input":[{"type":"text","text":"a"}],"model":"n"}"#
    );
    assert_eq!(
        Facts::read(br#"{"model":"m"}"#).unwrap_err().param(),
        Some("input")
    );
}

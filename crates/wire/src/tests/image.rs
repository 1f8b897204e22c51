use crate::image::Facts;
use crate::request::BadRequest;

#[test]
fn what_decides_the_price_of_a_picture_is_read() {
    let body = br#"{"model":"gpt-image-1","prompt":"a \"sea\" otter","size":"1024x1024","quality":"high","n":2,
        "stream":false,"partial_images":0,"output_format":"webp","user":"u","background":"opaque"}"#;
    let facts = Facts::read(body).unwrap();
    assert_eq!(
        (&*facts.model, &*facts.prompt, facts.n),
        ("gpt-image-1", "a \"sea\" otter", 2)
    );
    assert_eq!(
        (facts.shape().size, facts.shape().quality),
        (Some("1024x1024"), Some("high"))
    );
    assert_eq!(facts.end_user.as_deref(), Some("u"));
    let bare = Facts::read(br#"{"prompt":"x","model":"m","size":null}"#).unwrap();
    assert_eq!((bare.n, bare.size, bare.quality), (1, None, None));
}

#[test]
fn a_bad_image_request_says_what_is_bad() {
    for (body, param) in [
        (r#"{"prompt":"x"}"#, "model"),
        (r#"{"model":"m"}"#, "prompt"),
        (r#"{"model":"m","prompt":["x"]}"#, "prompt"),
        (r#"{"model":"m","prompt":"x","n":11}"#, "n"),
        (r#"{"model":"m","prompt":"x","n":0}"#, "n"),
        (r#"{"model":"m","prompt":"x","size":1024}"#, "size"),
        (r#"{"model":"m","prompt":"x","n":1,"n":10}"#, "n"),
    ] {
        assert_eq!(
            Facts::read(body.as_bytes()).unwrap_err().param(),
            Some(param),
            "{body}"
        );
    }
}

#[test]
fn streams_animations_and_drawings_are_not_metered() {
    for (member, param) in [
        (r#""stream":true"#, "stream"),
        (r#""partial_images":2"#, "partial_images"),
        (r#""output_format":"gif""#, "output_format"),
        (r#""output_format":"svg""#, "output_format"),
        (r#""frame_count":8"#, "frame_count"),
        (r#""svg":{"model":"gpt-6-sol"}"#, "svg"),
    ] {
        let body = format!(r#"{{"model":"m","prompt":"x",{member}}}"#);
        let error = Facts::read(body.as_bytes()).unwrap_err();
        assert!(
            matches!(error, BadRequest::NotMetered { .. }),
            "{member}: {error}"
        );
        assert_eq!(error.param(), Some(param));
    }
}

#[test]
fn the_model_is_changed_and_nothing_else() {
    let body = br#"{ "prompt":"\u0061 model", "model" : "a" }"#;
    let facts = Facts::read(body).unwrap();
    assert_eq!(
        &*facts.with_model("b"),
        br#"{ "prompt":"\u0061 model", "model" : "b" }"#
    );
    assert_eq!(&*facts.with_model("a"), body);
}

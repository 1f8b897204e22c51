use crate::speech::Facts;

#[test]
fn characters_are_code_points_of_what_is_spoken() {
    let facts = Facts::read(
        r#"{"model":"tts-1","input":"h\u00e9é😀\ud83d\ude00","voice":"alloy","instructions":"slow"}"#
            .as_bytes(),
    )
    .unwrap();
    assert_eq!(facts.characters(), 5);
    assert!(!facts.events);
    let said = facts.prompt().messages.remove(0);
    assert_eq!(said.texts, ["héé😀😀", "slow"]);
}

#[test]
fn the_kind_of_stream_decides_whether_the_usage_is_told() {
    for (format, events) in [("audio", false), ("sse", true)] {
        let body = format!(r#"{{"model":"m","input":"a","stream_format":"{format}"}}"#);
        assert_eq!(Facts::read(body.as_bytes()).unwrap().events, events);
    }
    let unknown = br#"{"model":"m","input":"a","stream_format":"mp3"}"#;
    assert_eq!(
        Facts::read(unknown).unwrap_err().param(),
        Some("stream_format")
    );
    let silent = br#"{"model":"m","input":["a"]}"#;
    assert_eq!(Facts::read(silent).unwrap_err().param(), Some("input"));
}

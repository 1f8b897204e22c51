use proptest::prelude::{Strategy, any, prop};

use crate::error::ProviderError;
use crate::sse::{ChatEvent, Splitter, TooLong, chat_event, strip_usage};

/// What is left at the end of a stream.
type End = Result<Option<Vec<u8>>, TooLong>;

/// The events of a stream that arrives in these chunks, and what is left at its end.
fn split<'c>(chunks: impl IntoIterator<Item = &'c [u8]>, limit: usize) -> (Vec<Vec<u8>>, End) {
    let mut splitter = Splitter::new(limit);
    let mut events = Vec::new();
    for chunk in chunks {
        if let Err(error) = splitter.push(chunk, |event| events.push(event.to_vec())) {
            return (events, Err(error));
        }
    }
    (events, Ok(splitter.finish()))
}

#[test]
fn an_event_ends_with_its_blank_line() {
    for (stream, events) in [
        ("data: a\n\ndata: b\n\n", "data: a\n\n|data: b\n\n"),
        (
            "data: a\r\n\r\ndata: b\r\n\r\n",
            "data: a\r\n\r\n|data: b\r\n\r\n",
        ),
        ("data: a\r\rdata: b\r\r.", "data: a\r\r|data: b\r\r"),
        ("data: a\n\r\ndata: b\r\n\n", "data: a\n\r\n|data: b\r\n\n"),
        (
            ": ping\n\nevent: x\nid: 1\ndata: a\ndata: b\n\n",
            ": ping\n\n|event: x\nid: 1\ndata: a\ndata: b\n\n",
        ),
        ("data: a\n\u{feff}\n\n", "data: a\n\u{feff}\n\n"),
        ("\n\ndata: a\n\n", "\n|\n|data: a\n\n"),
        ("\u{feff}data: a\n\n", "\u{feff}data: a\n\n"),
        (
            "\u{feff}\ndata: \u{feff}\n\u{feff}\n\n",
            "\u{feff}\n|data: \u{feff}\n\u{feff}\n\n",
        ),
    ] {
        let (found, _) = split([stream.as_bytes()], 100);
        let found: Vec<_> = found
            .iter()
            .map(|event| String::from_utf8_lossy(event))
            .collect();
        assert_eq!(found.join("|"), events);
    }
}

#[test]
fn what_has_no_blank_line_is_left_over() {
    let (events, left) = split([&b"data: a\n\ndata: b\n"[..]], 100);
    assert_eq!(events, [b"data: a\n\n"]);
    assert_eq!(left, Ok(Some(b"data: b\n".to_vec())));
    assert_eq!(split([&b"data: a\n\n"[..]], 100).1, Ok(None));
}

#[test]
fn an_event_beyond_the_bound_breaks_the_stream() {
    let (events, end) = split([&b"data: a\n\ndata: 123456\n\ndata: b\n\n"[..]], 10);
    assert_eq!((events.len(), end), (1, Err(TooLong { limit: 10 })));
    let mut splitter = Splitter::new(10);
    assert!(
        splitter
            .push(b"01234567890", |_| panic!("no event"))
            .is_err()
    );
    assert!(splitter.push(b"\n\n", |_| panic!("no event")).is_err());
    assert_eq!(splitter.finish(), None);
}

#[test]
fn events_that_matter_are_recognised() {
    assert_eq!(chat_event(b"data: [DONE]\n\n"), ChatEvent::Done);
    assert_eq!(chat_event(b"data:[DONE]\r\n\r\n"), ChatEvent::Done);
    for other in [
        ": keep-alive\n\n",
        "\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"[DONE]\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"\\\"usage\\\"\"}}],\"usage\":null}\n\n",
        "data: {\"choices\":[{\"delta\":{\"usage\":{\"prompt_tokens\":1}}}],\"error\":null}\n\n",
        "data: {\"usage\":\n\n",
    ] {
        assert_eq!(chat_event(other.as_bytes()), ChatEvent::Other, "{other}");
    }
    let usage =
        "data: {\"choices\":[ ],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5}}\n\n";
    let ChatEvent::Usage {
        usage: Some(usage),
        choices_empty: true,
    } = chat_event(usage.as_bytes())
    else {
        panic!("{:?}", chat_event(usage.as_bytes()));
    };
    assert_eq!((usage.text_input, usage.output), (3, 5));
    let both = b"data: {\"choices\":[{}],\ndata: \"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5}}\n\n";
    assert!(matches!(
        chat_event(both),
        ChatEvent::Usage {
            usage: Some(_),
            choices_empty: false
        }
    ));
    let lie =
        b"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":-3,\"completion_tokens\":5}}\n\n";
    assert_eq!(
        chat_event(lie),
        ChatEvent::Usage {
            usage: None,
            choices_empty: true
        }
    );
}

#[test]
fn an_error_in_the_middle_is_read() {
    let event = b"data: {\"error\":{\"message\":\"gone\",\"type\":\"server_error\",\"code\":null,\"param\":null}}\n\n";
    let ChatEvent::Error(ProviderError {
        status: 200,
        kind,
        code,
        message,
        ..
    }) = chat_event(event)
    else {
        panic!("{:?}", chat_event(event));
    };
    assert_eq!(
        (kind.as_deref(), code, &*message),
        (Some("server_error"), None, "gone")
    );
}

#[test]
fn errors_without_a_member_for_it_are_known_by_their_type() {
    for (event, code) in [
        (
            "event: error\ndata: {\"type\":\"error\",\"code\":\"billing_not_active\",\"message\":\"m\",\"param\":null}\n\n",
            "billing_not_active",
        ),
        (
            "data: {\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"m\"}}}\n\n",
            "rate_limit_exceeded",
        ),
        (
            "data: {\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}],\"error\":{\"code\":402,\"message\":\"m\"}}\n\n",
            "402",
        ),
    ] {
        let ChatEvent::Error(error) = chat_event(event.as_bytes()) else {
            panic!("{event}");
        };
        assert_eq!(error.code.as_deref(), Some(code), "{event}");
        assert_eq!(error.message, "m", "{event}");
    }
    // Output may speak of errors as it likes.
    let output = b"data: {\"choices\":[{\"delta\":{\"content\":\"\\\"type\\\":\\\"error\\\"\"},\"finish_reason\":\"error\"}]}\n\n";
    assert_eq!(chat_event(output), ChatEvent::Other);
}

#[test]
fn a_stream_with_forced_usage_reads_like_one_without() {
    for (with, without) in [
        (
            "data: {\"id\":1,\"choices\":[],\"usage\":null}\n\n",
            "data: {\"id\":1,\"choices\":[]}\n\n",
        ),
        (
            "data: {\"usage\":null,\"id\":1}\r\n\r\n",
            "data: {\"id\":1}\r\n\r\n",
        ),
        (
            "data: {\"usage\": {\"a\":[{}]}, \"id\":1}\n\n",
            "data: { \"id\":1}\n\n",
        ),
        (
            "id: 7\ndata: {\"id\":1,\ndata: \"usage\":\ndata: null}\n\n",
            "id: 7\ndata: {\"id\":1}\ndata: \ndata: \n\n",
        ),
    ] {
        assert_eq!(
            String::from_utf8(strip_usage(with.as_bytes()).unwrap()).unwrap(),
            without
        );
    }
    for nothing in [
        "data: {\"id\":1}\n\n",
        "data: {\"id\":{\"usage\":1}}\n\n",
        "data: [DONE]\n\n",
        ": \"usage\"\n\n",
        "data: {\"usage\":\n\n",
    ] {
        assert_eq!(strip_usage(nothing.as_bytes()), None, "{nothing}");
    }
}

fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "\n", "\r", "\r\n", "data: x", ":", "\u{feff}", "é", "[DONE]",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest::proptest! {
    #[test]
    fn every_chunking_gives_the_same_events(
        stream in stream(), sizes in prop::collection::vec(1_usize..6, 1..40), limit in 1_usize..60,
    ) {
        let whole = split([&stream[..]], limit);
        let mut chunks = Vec::new();
        let mut rest = &stream[..];
        let mut sizes = sizes.into_iter().cycle();
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(sizes.next().unwrap().min(rest.len()));
            chunks.push(chunk);
            rest = after;
        }
        let parts = split(chunks, limit);
        proptest::prop_assert_eq!(&whole, &parts);
        if let Ok(left) = &whole.1 {
            let mut all = whole.0.concat();
            all.extend_from_slice(left.as_deref().unwrap_or_default());
            proptest::prop_assert_eq!(all, stream);
        }
        for event in &whole.0 {
            proptest::prop_assert!(event.len() <= limit);
        }
    }

    #[test]
    fn stripping_removes_the_usage_and_nothing_else(
        before in super::json(), usage in super::json(), after in super::json(), last: bool,
    ) {
        let tail = if last { String::new() } else { format!(",\"z\":{after}") };
        let event = format!("data: {{\"a\":{before},\"usage\":{usage}{tail}}}\n\n");
        let stripped = strip_usage(event.as_bytes()).unwrap();
        proptest::prop_assert_eq!(String::from_utf8(stripped).unwrap(), format!("data: {{\"a\":{before}{tail}}}\n\n"));
    }

    #[test]
    fn reading_an_event_never_panics(event in any::<Vec<u8>>(), text in "(data: ?|\\{|\\}|\"usage\":|\"error\":|null|,|\n){0,12}") {
        for event in [&event[..], text.as_bytes()] {
            let _ignored: ChatEvent = chat_event(event);
            let _ignored: Option<Vec<u8>> = strip_usage(event);
        }
    }
}

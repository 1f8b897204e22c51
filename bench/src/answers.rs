//! The one request of the measurement and the provider's two answers to it, byte for byte.
//!
//! Both programs read them from here, so the load generator can compare whole bodies: a proxy that lost, repeated or
//! reordered a byte shows as an error and not as speed.

use bytes::Bytes;

/// The model of every call. The catalogue must price it, or the gateway would rightly refuse.
pub const MODEL: &str = "gpt-5-mini";

/// How many HTTP chunks a streamed answer has.
pub const STREAM_CHUNKS: usize = 20;

/// What a call asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One JSON answer.
    Plain,
    /// Server-sent events, [`STREAM_CHUNKS`] HTTP chunks, with the usage the caller asked for.
    Stream,
}

/// The answer to a call that does not stream, about 600 bytes.
const PLAIN: &str = concat!(
    r#"{"id":"chatcmpl-bench0000000000000000000000","object":"chat.completion","created":1763800000,"#,
    r#""model":"gpt-5-mini","choices":[{"index":0,"message":{"role":"assistant","content":"A wall keeps the sea "#,
    r#"out until the tide is higher than the wall; then it keeps the sea in.","refusal":null,"annotations":[]},"#,
    r#""logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":196,"completion_tokens":24,"#,
    r#""total_tokens":220,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"#,
    r#""completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"#,
    r#""rejected_prediction_tokens":0}},"service_tier":"default","system_fingerprint":null}"#,
);

/// The answer to a call that does not stream.
#[must_use]
pub fn plain() -> Bytes {
    Bytes::from_static(PLAIN.as_bytes())
}

/// The answer to a call that streams, as the HTTP chunks the provider writes. The last one carries the end of the
/// answer, the usage and `[DONE]`.
#[must_use]
pub fn stream_chunks() -> Vec<Bytes> {
    let head = concat!(
        r#"{"id":"chatcmpl-bench0000000000000000000000","object":"chat.completion.chunk","created":1763800000,"#,
        r#""model":"gpt-5-mini","service_tier":"default","system_fingerprint":null,"#,
    );
    let delta = |content: &str| {
        format!(
            r#"data: {head}"choices":[{{"index":0,"delta":{{"content":"{content}"}},"logprobs":null,"finish_reason":null}}],"usage":null}}"#
        ) + "\n\n"
    };
    let end = format!(
        r#"data: {head}"choices":[{{"index":0,"delta":{{}},"logprobs":null,"finish_reason":"stop"}}],"usage":null}}"#
    );
    let usage = format!(
        r#"data: {head}"choices":[],"usage":{{"prompt_tokens":196,"completion_tokens":24,"total_tokens":220}}}}"#
    );
    let last = format!("{end}\n\n{usage}\n\ndata: [DONE]\n\n");
    let mut chunks = vec![Bytes::from(delta(" wall")); STREAM_CHUNKS - 1];
    chunks.push(Bytes::from(last));
    chunks
}

/// The body that a caller must have received in the end, whatever lay between.
#[must_use]
pub fn expected(shape: Shape) -> Bytes {
    match shape {
        Shape::Plain => plain(),
        Shape::Stream => Bytes::from(stream_chunks().concat()),
    }
}

/// The body of a call, about 1 KB. It gives max tokens and asks for the usage of a stream, so that a proxy that holds
/// money has no need to change a byte of the answer.
#[must_use]
pub fn request_body(shape: Shape) -> String {
    let question = "Why does a wall on the shore not make the sea any smaller? ".repeat(14);
    let stream = match shape {
        Shape::Plain => "",
        Shape::Stream => r#""stream":true,"stream_options":{"include_usage":true},"#,
    };
    format!(
        r#"{{"model":"{MODEL}",{stream}"max_completion_tokens":64,"messages":[{{"role":"system","content":"Answer in one sentence."}},{{"role":"user","content":"{question}"}}]}}"#
    )
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_body_is_json_of_the_stated_size() {
        for shape in [Shape::Plain, Shape::Stream] {
            let body = request_body(shape);
            assert!((900..1_200).contains(&body.len()), "{} bytes", body.len());
            let value: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(value["stream"] == Value::Bool(true), shape == Shape::Stream);
        }
        let answer: Value = serde_json::from_slice(&plain()).unwrap();
        assert_eq!(answer["usage"]["total_tokens"], 220);
        assert!(
            (550..750).contains(&plain().len()),
            "{} bytes",
            plain().len()
        );
    }

    #[test]
    fn every_event_of_the_stream_is_json_and_the_last_but_one_is_the_usage() {
        let chunks = stream_chunks();
        assert_eq!(chunks.len(), STREAM_CHUNKS);
        let text = String::from_utf8(expected(Shape::Stream).to_vec()).unwrap();
        let events: Vec<&str> = text
            .split_terminator("\n\n")
            .map(|event| event.strip_prefix("data: ").unwrap())
            .collect();
        let (done, events) = events.split_last().unwrap();
        assert_eq!(*done, "[DONE]");
        for event in events {
            serde_json::from_str::<Value>(event).unwrap();
        }
        let usage: Value = serde_json::from_str(events.last().unwrap()).unwrap();
        assert_eq!(usage["choices"], Value::Array(vec![]));
        assert_eq!(usage["usage"]["completion_tokens"], 24);
    }
}

//! A provider that answers garbage, breaks off, goes on for ever or takes its time: the client gets an error or the very
//! bytes, the call is charged what was held or nothing, the memory stays within bounds, and the next call is served.

use std::time::Duration;

use serde_json::Value;

use crate::call::Call;
use crate::http::Answer;
use crate::rogue::{Manner, Rogue, json, ok};
use crate::stage::{Setting, Stage};
use crate::tenant::Tenant;

const DOLLAR: i64 = 1_000_000_000;
/// What a server of a debug build may come to with bounds of a few MiB; an answer without an end would pass it at once.
const MEMORY: u64 = 192 << 20;
const CHUNKED: &str = "content-type: application/json\r\ntransfer-encoding: chunked\r\n";
const EVENTS: &str = "content-type: text/event-stream\r\ntransfer-encoding: chunked\r\n";

/// What becomes of a call.
#[derive(Clone, Copy, Debug)]
struct Expected {
    status: u16,
    /// The code of the error; none where the provider's bytes are passed on.
    code: &'static str,
    presumed: bool,
}

const fn passed_on(status: u16, presumed: bool) -> Expected {
    Expected {
        status,
        code: "",
        presumed,
    }
}

const fn fails(status: u16, code: &'static str) -> Expected {
    Expected {
        status,
        code,
        presumed: true,
    }
}

const CUT: Expected = fails(502, "upstream_disconnected");
const UNUSABLE: Expected = fails(502, "upstream_answer_unusable");
const LATE: Expected = fails(504, "upstream_timeout");
const LARGE: Expected = fails(502, "upstream_answer_too_large");

fn says(bytes: impl Into<Vec<u8>>) -> Manner {
    Manner::Says(bytes.into())
}

/// Bodies that are no answer of a model: what the client asked for is what it gets, and nobody knows the cost.
fn shapes() -> Vec<(&'static str, Manner, Expected)> {
    let served = passed_on(200, true);
    vec![
        ("text", says(ok("content-length: 5\r\n", b"hello")), served),
        ("empty", says(ok("content-length: 0\r\n", b"")), served),
        ("list", says(json("[1, 2]")), served),
        ("usage is a text", says(json(r#"{"usage":"lots"}"#)), served),
        (
            "usage below zero",
            says(json(
                r#"{"usage":{"prompt_tokens":-5,"completion_tokens":-7}}"#,
            )),
            served,
        ),
        (
            "usage of twenty digits",
            says(json(
                r#"{"usage":{"prompt_tokens":99999999999999999999,"completion_tokens":1}}"#,
            )),
            served,
        ),
        (
            "usage with an exponent",
            says(json(
                r#"{"usage":{"prompt_tokens":1e400,"completion_tokens":1e3}}"#,
            )),
            served,
        ),
        (
            "deep",
            says(json(&format!("{{\"usage\":{}", "[".repeat(200_000)))),
            served,
        ),
        (
            "gzip unasked",
            says(ok(
                "content-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n",
                &[0x1f, 0x8b, 0x08, 0x00],
            )),
            served,
        ),
        (
            "more than it said",
            says(ok("content-length: 5\r\n", &[b'x'; 1_000])),
            served,
        ),
    ]
}

/// Answers that are no HTTP, or break its rules.
fn breaches() -> Vec<(&'static str, Manner, Expected)> {
    let many: String = (0..300).map(|n| format!("x-{n}: 1\r\n")).collect();
    let huge = format!("x-huge: {}\r\n", "a".repeat(4 << 20));
    vec![
        ("no http", says("SSH-2.0-OpenSSH_9.2\r\n\r\n"), CUT),
        (
            "less than it said",
            says(ok("content-length: 1000\r\n", b"{}")),
            CUT,
        ),
        ("a bad chunk", says(ok(CHUNKED, b"zz\r\nhello\r\n")), CUT),
        (
            "a chunk beyond all",
            says(ok(CHUNKED, b"FFFFFFFFFFFFFFFFF\r\n")),
            CUT,
        ),
        ("headers without number", says(ok(&many, b"")), CUT),
        ("a huge header", says(ok(&huge, b"")), CUT),
        ("half a head", says("HTTP/1.1 200 OK\r\ncontent-"), CUT),
        (
            "an informational answer first",
            says([b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), json("{}")].concat()),
            passed_on(200, true),
        ),
        (
            "another protocol",
            says("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
            UNUSABLE,
        ),
        (
            "elsewhere",
            says(
                "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
            ),
            UNUSABLE,
        ),
    ]
}

/// What does not come to its end.
fn unending() -> Vec<(&'static str, Manner, Expected)> {
    let kib = "a".repeat(1024);
    let pause = Duration::from_millis(50);
    vec![
        (
            "an endless answer",
            Manner::Endless(ok(CHUNKED, b""), format!("400\r\n{kib}\r\n").into()),
            LARGE,
        ),
        (
            "endless informational answers",
            Manner::Dribbles(Vec::new(), b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), pause),
            LATE,
        ),
        (
            "an answer of drops",
            Manner::Dribbles(ok(CHUNKED, b""), b"1\r\n \r\n".to_vec(), pause),
            LATE,
        ),
        (
            "a head of drops",
            Manner::Dribbles(b"HTTP/1.1 200 OK\r\n".to_vec(), b"x".to_vec(), pause),
            LATE,
        ),
        ("no answer", Manner::Hangs(Vec::new()), LATE),
        ("a head and no more", Manner::Hangs(ok(CHUNKED, b"")), LATE),
    ]
}

/// Streams that do not come to their end.
fn streams() -> Vec<(&'static str, Manner, &'static str)> {
    let kib = "a".repeat(1024);
    let pause = Duration::from_millis(50);
    vec![
        (
            "one endless line",
            Manner::Endless(
                ok(EVENTS, b"6\r\ndata: \r\n"),
                format!("400\r\n{kib}\r\n").into(),
            ),
            "upstream_answer_too_large",
        ),
        (
            "endless comments",
            Manner::Endless(ok(EVENTS, b""), format!("404\r\n: {kib}\n\n\r\n").into()),
            "upstream_answer_too_large",
        ),
        (
            "a comment now and then",
            Manner::Dribbles(ok(EVENTS, b""), b"4\r\n: \n\n\r\n".to_vec(), pause),
            "upstream_timeout",
        ),
        (
            "nothing after the first",
            Manner::Hangs(ok(EVENTS, b"c\r\ndata: {}\n\n\r\n\r\n")),
            "upstream_timeout",
        ),
        (
            "a bad chunk",
            says(ok(EVENTS, b"c\r\ndata: {}\n\n\r\n\r\nzz\r\n")),
            "upstream_disconnected",
        ),
    ]
}

/// A gateway before such a provider, with bounds that are soon reached.
async fn stage(manners: Vec<(&'static str, Manner)>) -> (Rogue, Stage, Tenant) {
    let rogue = Rogue::raise(manners).await;
    let bounds = "[gateway]\nanswer_limit = \"2MiB\"\ncall_timeout = \"2s\"\nidle_timeout = \"1s\"";
    let stage = Setting::default()
        .config(&rogue.config())
        .config(bounds)
        .raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    (rogue, stage, tenant)
}

fn call(name: &str) -> Call {
    Call::chat().model("gpt-5-nano").header("x-rogue", name)
}

fn assert_expected(name: &str, answer: &Answer, expected: Expected) {
    assert_eq!(answer.status, expected.status, "{name}: {answer:?}");
    if !expected.code.is_empty() {
        let error = answer.error();
        assert_eq!(error["code"], expected.code, "{name}: {error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("charged until"), "{name}: {message}");
    }
    assert!(answer.must("x-request-id").starts_with("req_"));
}

/// Everything is accounted for, the server is well and small, and its store is sound.
async fn assert_unharmed(mut stage: Stage, tenant: &Tenant) {
    let good = stage.call(&tenant.secret, &Call::chat()).await;
    assert_eq!(good.status, 200, "{good:?}");
    stage.settled(&tenant.organization).await;
    stage.assert_balanced(&tenant.organization).await;
    let memory = stage.gateway.peak_memory();
    assert!(memory < MEMORY, "{} MiB at its peak", memory >> 20);
    stage.stop_gateway().await;
    crate::file::read(&stage.store()).assert_balanced_and_at_rest();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_answers_garbage_harms_nothing() {
    let cases = [shapes(), breaches(), unending()].concat();
    let manners = cases
        .iter()
        .map(|(name, manner, _)| (*name, manner.clone()));
    let (_rogue, stage, tenant) = stage(manners.collect()).await;
    let mut charged = 0;
    for (name, _, expected) in cases {
        let answer = stage.call(&tenant.secret, &call(name)).await;
        assert_expected(name, &answer, expected);
        let told = stage.told(answer.must("x-request-id")).await;
        assert_eq!(told.presumed, expected.presumed, "{name}: {told:?}");
        assert_eq!(told.charged > 0, expected.presumed, "{name}: {told:?}");
        charged += told.charged;
    }
    let balance = stage.settled(&tenant.organization).await;
    assert_eq!(balance.spent, charged);
    assert_unharmed(stage, &tenant).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_does_not_end_well_ends_with_an_error_and_harms_nothing() {
    let cases = streams();
    let manners = cases
        .iter()
        .map(|(name, manner, _)| (*name, manner.clone()));
    let (_rogue, stage, tenant) = stage(manners.collect()).await;
    for (name, _, code) in cases {
        // With and without events of ours to be taken out.
        for include_usage in [true, false] {
            let call = call(name).with("stream", true.into());
            let options = serde_json::json!({"include_usage": include_usage});
            let answer = stage
                .call(&tenant.secret, &call.with("stream_options", options))
                .await;
            assert_eq!(answer.status, 200, "{name}: {answer:?}");
            let events = answer.events();
            let last: Value = serde_json::from_str(events.last().unwrap()).unwrap();
            assert_eq!(last["error"]["code"], code, "{name}: {last}");
            assert!(answer.body.len() < 4 << 20, "{name}: {}", answer.body.len());
            let told = stage.told(answer.must("x-request-id")).await;
            assert!(told.presumed && told.charged > 0, "{name}: {told:?}");
        }
    }
    assert_unharmed(stage, &tenant).await;
}

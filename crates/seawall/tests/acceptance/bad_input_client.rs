//! Clients that send too much, too slowly or nonsense, and clients that take nothing: each costs no more than its place,
//! and nobody else notices.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::call::Call;
use crate::patience::{eventually, within};
use crate::stage::{ADMIN_KEY, Setting, Stage};
use crate::tenant::Tenant;

const DOLLAR: i64 = 1_000_000_000;
/// What a server of a debug build may come to with bodies of at most 1 MiB.
const MEMORY: u64 = 192 << 20;

async fn connect(stage: &Stage) -> TcpStream {
    TcpStream::connect(stage.gateway.address).await.unwrap()
}

fn head(path: &str, key: &str, lines: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: seawall\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\n{lines}\r\n"
    )
}

/// What is answered, up to where the other end stops or a whole error has come.
async fn answered(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut piece = [0; 4096];
    let reading = async {
        loop {
            match stream.read(&mut piece).await {
                // Closed or reset.
                Ok(0) | Err(_) => break,
                Ok(len) => text.extend_from_slice(&piece[..len]),
            }
            if text.ends_with(b"}") || text.ends_with(b"\r\n\r\n") {
                break;
            }
        }
    };
    within("an answer or an end", reading).await;
    String::from_utf8_lossy(&text).into_owned()
}

/// Nothing is held or spent, the next call is served, and the memory is within bounds.
async fn assert_unharmed(stage: &Stage, tenant: &Tenant) {
    let balance = stage.settled(&tenant.organization).await;
    assert_eq!((balance.spent, balance.held), (0, 0));
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let memory = stage.gateway.peak_memory();
    assert!(memory < MEMORY, "{} MiB at its peak", memory >> 20);
}

#[tokio::test]
async fn a_body_that_says_it_is_huge_is_refused_before_it_is_sent() {
    let stage = Stage::raise();
    let tenant = stage.tenant(DOLLAR).await;
    for (path, key, says) in [
        (
            "/v1/chat/completions",
            &*tenant.secret,
            "gateway.body_limit",
        ),
        (
            "/v1/images/generations",
            &tenant.secret,
            "gateway.body_limit",
        ),
        ("/api/v1/organizations", ADMIN_KEY, "larger than 1 MiB"),
    ] {
        let mut stream = connect(&stage).await;
        let head = head(path, key, "content-length: 99999999999\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let answer = answered(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{path}: {answer}");
        assert!(answer.contains(says), "{path}: {answer}");
    }
    assert_unharmed(&stage, &tenant).await;
}

#[tokio::test]
async fn a_body_without_an_end_is_refused_at_the_bound() {
    let stage = Setting::default()
        .config("[gateway]\nbody_limit = \"1MiB\"")
        .raise();
    let tenant = stage.tenant(DOLLAR).await;
    for (path, key) in [
        ("/v1/chat/completions", &*tenant.secret),
        ("/api/v1/organizations", ADMIN_KEY),
    ] {
        let (mut read, mut write) = connect(&stage).await.into_split();
        let head = head(path, key, "transfer-encoding: chunked\r\n");
        write.write_all(head.as_bytes()).await.unwrap();
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x1_0000));
        let mut begin = [0; 12];
        let (mut sent, mut got) = (0_usize, 0_usize);
        while got < begin.len() {
            tokio::select! {
                len = read.read(&mut begin[got..]) => got += len.unwrap(),
                // Once it is refused the rest may not be taken any more.
                written = write.write_all(chunk.as_bytes()) => sent += written.map_or(0, |()| chunk.len()),
            }
            assert!(sent < 64 << 20, "{path}: {sent} bytes and no answer");
        }
        assert_eq!(&begin, b"HTTP/1.1 413", "{path}");
    }
    assert_unharmed(&stage, &tenant).await;
}

#[tokio::test]
async fn what_is_no_request_is_closed_and_too_many_or_too_long_headers_are_431() {
    let stage = Stage::raise();
    let tenant = stage.tenant(DOLLAR).await;
    let many: String = (0..200).map(|n| format!("x-{n}: 1\r\n")).collect();
    let long = format!("x-long: {}\r\n", "a".repeat(2 << 20));
    let secret = &tenant.secret;
    let path = "/v1/chat/completions";
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        (
            "TLS",
            vec![
                0x16, 0x03, 0x01, 0x02, 0x00, 0x01, b'\r', b'\n', b'\r', b'\n',
            ],
            "HTTP/1.1 400 ",
        ),
        (
            "no method",
            b"\x00\x01\x02\r\n\r\n".to_vec(),
            "HTTP/1.1 400 ",
        ),
        (
            "a method of ours",
            b"BREW /v1/models HTTP/1.1\r\nhost: s\r\n\r\n".to_vec(),
            "HTTP/1.1 404 ",
        ),
        (
            "many headers",
            head(path, secret, &many).into(),
            "HTTP/1.1 431 ",
        ),
        (
            "a long header",
            head(path, secret, &long).into(),
            "HTTP/1.1 431 ",
        ),
        (
            "two lengths",
            head(path, secret, "content-length: 1\r\ncontent-length: 2\r\n").into(),
            "HTTP/1.1 400 ",
        ),
        (
            "no length",
            head(path, secret, "content-length: -1\r\n").into(),
            "HTTP/1.1 400 ",
        ),
        ("no body", head(path, secret, "").into(), "HTTP/1.1 400 "),
        (
            "a key that is no text",
            [
                b"GET /v1/models HTTP/1.1\r\nhost: s\r\nauthorization: Bearer \xff\xfe\r\n\r\n"
                    .as_slice(),
            ]
            .concat(),
            "HTTP/1.1 401 ",
        ),
        (
            "no key",
            b"GET /v1/models HTTP/1.1\r\nhost: s\r\n\r\n".to_vec(),
            "HTTP/1.1 401 ",
        ),
    ];
    for (what, bytes, expected) in cases {
        let mut stream = connect(&stage).await;
        // A refusal may come, and the connection end, before all of it is written.
        let _cut = stream.write_all(&bytes).await.is_err();
        let answer = answered(&mut stream).await;
        assert!(
            answer.starts_with(expected) || (what == "a long header" && answer.is_empty()),
            "{what}: {answer}"
        );
    }
    assert_unharmed(&stage, &tenant).await;
}

#[tokio::test]
async fn hundreds_that_say_nothing_or_little_keep_nobody_out_and_are_closed() {
    let stage = Setting::default()
        .env("SEAWALL_SERVER__HEADER_TIMEOUT", "3s")
        .raise();
    let tenant = stage.tenant(DOLLAR).await;
    let mut idle = Vec::new();
    for number in 0..400 {
        let mut stream = connect(&stage).await;
        if number % 2 == 0 {
            stream
                .write_all(b"POST /v1/chat/completions HTTP/1.1\r\nx-slow:")
                .await
                .unwrap();
        }
        idle.push(stream);
    }
    assert_unharmed(&stage, &tenant).await;
    for mut stream in idle {
        let mut rest = Vec::new();
        let read = timeout(Duration::from_secs(30), stream.read_to_end(&mut rest)).await;
        // An end, or a reset: it is closed.
        let _closed = read.expect("still open").is_ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_takes_nothing_of_its_answer_is_let_go_and_its_call_ends() {
    let bounds = "[gateway]\ndrain_after_disconnect = \"1s\"";
    let stage = Setting::default()
        .env("SEAWALL_SERVER__WRITE_TIMEOUT", "1s")
        .config(bounds)
        .raise();
    let tenant = stage.tenant(DOLLAR).await;
    let call = Call::stream(true).sim("fault", "endless").body.to_string();
    let lines = format!("x-sim-fault: endless\r\ncontent-length: {}\r\n", call.len());
    let mut stream = connect(&stage).await;
    let head = head("/v1/chat/completions", &tenant.secret, &lines);
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(call.as_bytes()).await.unwrap();
    // Not a byte is read. The call ends all the same, charged what it held, as nobody knows its cost.
    let path = format!("requests?organization={}", tenant.organization);
    let row = eventually("the call to end", async || {
        let rows = stage.list(&path).await;
        rows.into_iter().find(crate::books::is_final)
    })
    .await;
    assert_eq!(row["outcome"], "cancelled", "{row}");
    assert_eq!(row["presumed"], true, "{row}");
    let memory = stage.gateway.peak_memory();
    assert!(memory < MEMORY, "{} MiB at its peak", memory >> 20);
    drop(stream);
}

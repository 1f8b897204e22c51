//! Secrets that were planted around the doctor come to light nowhere, and none goes to another host.

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{ADMIN, KEY, Practice};
use crate::process::Start;

/// A secret in every place where people have some.
const PLANTED: [&str; 10] = [
    KEY,
    ADMIN,
    "sk-proj-planted-in-a-file-0123456789abcd8888",
    "planted-webhook-secret-4711",
    "planted-password-of-a-proxy",
    "planted-password-of-an-address",
    "planted-header-value-0815",
    "planted-azure-token-0815",
    "planted-anthropic-key-without-shape",
    "planted-foreign-token-0815",
];

fn planted(start: Start) -> Start {
    start
        .env("OPENAI_ADMIN_KEY", PLANTED[1])
        .env("OPENAI_WEBHOOK_SECRET", PLANTED[3])
        .env(
            "HTTPS_PROXY",
            &format!("http://me:{}@127.0.0.1:3128", PLANTED[4]),
        )
        .env(
            "ANTHROPIC_BASE_URL",
            &format!("http://me:{}@127.0.0.1:1/v1", PLANTED[5]),
        )
        .env("OPENAI_CUSTOM_HEADERS", &format!("X-Auth: {}", PLANTED[6]))
        .env("AZURE_OPENAI_AD_TOKEN", PLANTED[7])
        .env("ANTHROPIC_API_KEY", PLANTED[8])
        .env("SOME_OTHER_TOKEN", PLANTED[9])
}

fn assert_without(what: &str, text: &str) {
    for secret in PLANTED {
        assert!(!text.contains(secret), "{what} holds {secret}:\n{text}");
    }
}

#[tokio::test]
async fn planted_secrets_are_in_no_output_and_no_bundle() {
    let practice = Practice::open();
    practice.account(&json!({"credit_usd": "0"})).await;
    let file = format!("OPENAI_API_KEY={}\n", PLANTED[2]);
    std::fs::write(practice.folder().join(".env"), file).unwrap();
    // Whoever copies an error copies its request as well.
    let error = format!(
        "> authorization: Bearer {KEY}\n> x-auth: {}\n{{\"error\":{{\"message\":\"no credit for {KEY} and {}\",\"code\":\"credit_balance_exhausted\"}}}}",
        PLANTED[6], PLANTED[9]
    );
    std::fs::write(practice.folder().join("error.txt"), error).unwrap();
    let runs: [&[&str]; 4] = [
        &["--probe-images", "--bundle", "a.json"],
        &["--probe-images", "--json"],
        &["--error", "error.txt", "--bundle", "b.json"],
        &["--error", "error.txt", "--json"],
    ];
    for arguments in runs {
        let ended = planted(practice.doctor(arguments)).run(practice.folder());
        assert_eq!(ended.status.code(), Some(10), "{ended:?}");
        assert!(ended.stdout.contains("x9Fq"), "{ended:?}");
        assert_without("stdout", &ended.stdout);
        assert_without("stderr", &ended.stderr);
    }
    for bundle in ["a.json", "b.json"] {
        let text = std::fs::read_to_string(practice.folder().join(bundle)).unwrap();
        assert!(text.contains("D01"), "{text}");
        assert_without(bundle, &text);
    }
}

/// A host that sends everybody to another one; what comes there is answered by the test.
#[tokio::test]
async fn a_key_does_not_follow_a_redirect() {
    let here = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = there.local_addr().unwrap();
    let base = format!("http://{}/v1", here.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let running = tokio::task::spawn_blocking(move || {
        Start::new(&["doctor", "--json"])
            .env("OPENAI_API_KEY", KEY)
            .env("OPENAI_BASE_URL", &base)
            .env("OPENAI_ORG_ID", "org-of-the-user")
            .run(&path)
    });
    let (mut stream, _) = here.accept().await.unwrap();
    let mut head = vec![0; 16_384];
    let read = stream.read(&mut head).await.unwrap();
    let head = String::from_utf8_lossy(&head[..read]);
    for sent in [KEY, "org-of-the-user"] {
        assert!(
            head.contains(sent),
            "what the user's library would send: {head}"
        );
    }
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{elsewhere}/v1/models\r\ncontent-length: 0\r\n\r\n"
    );
    stream.write_all(answer.as_bytes()).await.unwrap();
    let ended = running.await.unwrap();
    assert_eq!(super::found(&ended), ["E02"], "{ended:?}");
    // Nobody has come: a connection would wait in the listener's queue.
    there.into_std().unwrap().accept().unwrap_err();
}

//! Each row of the table of providers, asked over a socket: the path, the header with the credential and no other, and
//! nothing that follows a redirect.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use upstream::{Account, Client, Kind, PROFILES, Place, Profile, Secret, Shows};

const PATIENCE: Duration = Duration::from_secs(60);
const PLANTED: &str = "sk-planted-0123456789abcdef";

/// Sends one call to a provider that answers with these bytes; what it was asked, and the status that came back.
async fn asked(profile: &Profile, api_version: Option<&str>, reply: &str) -> (String, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let path = profile.base_url.and_then(|url| url.splitn(4, '/').nth(3));
    let base = format!(
        "http://{}/{}",
        listener.local_addr().unwrap(),
        path.unwrap_or("v1")
    );
    let place = Place {
        kind: profile.kind,
        provider: profile.provider,
        base_url: &base,
        api_version,
    };
    let account = Account::new("a", place, Some(&Secret::new(PLANTED))).unwrap();
    let mut headers = HeaderMap::new();
    for name in [
        "authorization",
        "api-key",
        "x-api-key",
        "openai-organization",
    ] {
        headers.insert(name, HeaderValue::from_static("the-client-s-own"));
    }
    let provides = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = vec![0; 4096];
        let mut count = 0;
        while !bytes[..count].ends_with(b"\r\n\r\n{}") {
            count += stream.read(&mut bytes[count..]).await.unwrap();
        }
        stream.write_all(reply.as_bytes()).await.unwrap();
        String::from_utf8(bytes[..count].to_vec()).unwrap()
    };
    let client = Client::new().unwrap();
    let call = ("/chat/completions", "my-model");
    let asks = client.post(
        &account,
        call,
        (headers, Bytes::from_static(b"{}")),
        PATIENCE,
    );
    let (asked, answer) = tokio::join!(provides, asks);
    (asked, answer.unwrap().status().as_u16())
}

const FINE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

#[tokio::test]
async fn every_provider_is_shown_the_credential_as_it_wants_and_nothing_of_the_client_s() {
    for profile in &PROFILES {
        let (asked, status) = asked(profile, None, FINE).await;
        assert_eq!(status, 200);
        let path = profile.base_url.and_then(|url| url.splitn(4, '/').nth(3));
        let first = format!(
            "POST /{}/chat/completions HTTP/1.1\r\n",
            path.unwrap_or("v1")
        );
        assert!(asked.starts_with(&first), "{asked}");
        let shown = match profile.shows {
            Shows::Bearer => format!("\r\nauthorization: Bearer {PLANTED}\r\n"),
            Shows::ApiKey => format!("\r\napi-key: {PLANTED}\r\n"),
            Shows::XApiKey => format!("\r\nx-api-key: {PLANTED}\r\n"),
        };
        assert!(asked.contains(&shown), "{asked}");
        assert_eq!(asked.matches(PLANTED).count(), 1, "{asked}");
        assert!(!asked.contains("the-client-s-own"), "{asked}");
        let version = asked.contains("\r\nanthropic-version: 2023-06-01\r\n");
        assert_eq!(version, profile.kind == Kind::Anthropic, "{asked}");
    }
}

#[tokio::test]
async fn azure_s_older_api_names_the_deployment_and_the_version_in_the_path() {
    let azure = Profile::of(Kind::Azure, None).unwrap();
    let (asked, _) = asked(azure, Some("2024-10-21"), FINE).await;
    let first =
        "POST /v1/deployments/my-model/chat/completions?api-version=2024-10-21 HTTP/1.1\r\n";
    assert!(asked.starts_with(first), "{asked}");
}

#[tokio::test]
async fn a_credential_does_not_follow_a_redirect() {
    let trap = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = trap.local_addr().unwrap();
    for status in [301, 302, 303, 307, 308] {
        let reply = format!(
            "HTTP/1.1 {status} Elsewhere\r\nlocation: http://{to}/v1\r\ncontent-length: 0\r\n\r\n"
        );
        let openai = Profile::of(Kind::OpenAi, None).unwrap();
        let (_, answered) = asked(openai, None, &reply).await;
        assert_eq!(answered, status);
    }
    let accepted = std::future::poll_fn(|context| {
        std::task::Poll::Ready(trap.poll_accept(context).is_ready())
    });
    assert!(!accepted.await, "nobody came to the other host");
}

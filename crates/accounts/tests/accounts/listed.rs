//! What a provider lists, asked of a provider that the test plays.

use accounts::{Change, Create, Models};
use ledger::Time;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use upstream::{Client, Kind, Secret};

use crate::office::{NOW, Office, PLANTED, draft, name};

/// Answers one request with these bytes; says what was asked.
async fn answer(listener: &TcpListener, reply: &str) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut asked = vec![0; 4096];
    let count = stream.read(&mut asked).await.unwrap();
    stream.write_all(reply.as_bytes()).await.unwrap();
    asked.truncate(count);
    String::from_utf8(asked).unwrap()
}

fn list(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn a_listed_account_serves_what_its_provider_lists_and_keeps_the_list_that_it_has() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let upstreams = Office::new().open((Some('A'), None)).await;
    let mut listed = draft("listed", Kind::OpenAi, &base);
    listed.models = Models::Listed;
    let wanted = Create {
        draft: listed,
        api_key: Some(Secret::new(PLANTED)),
        admin_key: None,
    };
    upstreams.create(wanted, NOW).await.unwrap();
    let served = || upstreams.entry("listed").unwrap().served.unwrap();
    assert!(served().serves("unheard-of"), "until it is known");

    let asking = accounts::keep_listed(upstreams.clone(), Client::new().unwrap(), || NOW);
    let asked = {
        let body = r#"{"object":"list","data":[{"id":"gpt-5"},{"id":"gpt-5-mini"}]}"#;
        let reply = list(body);
        let known = async {
            let asked = answer(&listener, &reply).await;
            while served().listing().is_none() {
                tokio::task::yield_now().await;
            }
            asked
        };
        tokio::select! {
            () = asking => unreachable!("it works for ever"),
            asked = known => asked,
        }
    };
    assert!(asked.starts_with("GET /v1/models HTTP/1.1\r\n"), "{asked}");
    assert!(
        asked.contains(&format!("authorization: Bearer {PLANTED}\r\n")),
        "{asked}"
    );
    assert!(served().serves("gpt-5") && !served().serves("unheard-of"));
    let first = served().listing().unwrap();
    assert_eq!((first.listed_at, first.problem.clone()), (Some(NOW), None));

    // Ten minutes later the provider fails: the list of before counts.
    let later: Time = NOW.plus_seconds(600);
    let asking = accounts::keep_listed(upstreams.clone(), Client::new().unwrap(), || later);
    let refused = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let known = async {
        answer(&listener, refused).await;
        while served().listing().unwrap().problem.is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = asking => unreachable!("it works for ever"),
        () = known => {}
    }
    let second = served().listing().unwrap();
    assert_eq!(second.listed_at, Some(NOW));
    assert_eq!(second.problem.as_deref(), Some("the provider answered 401"));
    assert!(served().serves("gpt-5") && !served().serves("unheard-of"));

    let change = Change {
        models: Some(Models::Any),
        ..Change::default()
    };
    upstreams
        .change(&name("listed"), (change, later))
        .await
        .unwrap();
    assert!(served().serves("unheard-of"));
}

//! What connections do on a real socket, against a provider that the test plays byte by byte.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body_util::BodyExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use upstream::{Account, Answer, Client, Kind, Place, SendError};

const PATIENCE: Duration = Duration::from_secs(60);
const WHOLE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwhole";
const STREAM: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

/// A provider's listener, and an account there.
async fn provider() -> (TcpListener, Account) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let account = Account::new("test", Place::new(Kind::OpenAi, &base), None).unwrap();
    (listener, account)
}

async fn call(client: &Client, account: &Account) -> Result<Response<Answer>, SendError> {
    let body = Bytes::from_static(b"{}");
    client
        .post(
            account,
            ("/ask", "model"),
            (HeaderMap::new(), body),
            PATIENCE,
        )
        .await
}

async fn said(answer: Response<Answer>) -> Bytes {
    answer.into_body().collect().await.unwrap().to_bytes()
}

async fn accepted(listener: &TcpListener) -> TcpStream {
    timeout(PATIENCE, listener.accept())
        .await
        .unwrap()
        .unwrap()
        .0
}

/// Reads one request, which ends in its body of two bytes.
async fn asked(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    while !text.ends_with("\r\n\r\n{}") {
        let mut bytes = [0; 1024];
        let count = timeout(PATIENCE, stream.read(&mut bytes))
            .await
            .unwrap()
            .unwrap();
        assert!(count > 0, "{text}");
        text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
    }
    text
}

#[tokio::test]
async fn a_connection_is_used_again_after_a_whole_answer() {
    let (listener, account) = provider().await;
    let client = Client::new().unwrap();
    let provides = async {
        let mut stream = accepted(&listener).await;
        for _ in 0..3 {
            let request = asked(&mut stream).await;
            let host = listener.local_addr().unwrap();
            assert!(
                request.starts_with("POST /v1/ask HTTP/1.1\r\n"),
                "{request}"
            );
            assert!(request.contains(&format!("host: {host}\r\n")), "{request}");
            stream.write_all(WHOLE.as_bytes()).await.unwrap();
        }
    };
    let asks = async {
        for _ in 0..3 {
            assert_eq!(said(call(&client, &account).await.unwrap()).await, "whole");
        }
    };
    tokio::join!(provides, asks);
}

#[tokio::test]
async fn a_connection_is_used_again_after_a_stream_that_was_left_at_its_last_event() {
    let (listener, account) = provider().await;
    let client = Client::new().unwrap();
    let provides = async {
        let mut stream = accepted(&listener).await;
        asked(&mut stream).await;
        let last = format!("{STREAM}4\r\nlast\r\n0\r\n\r\n");
        stream.write_all(last.as_bytes()).await.unwrap();
        asked(&mut stream).await;
        stream.write_all(WHOLE.as_bytes()).await.unwrap();
    };
    let asks = async {
        let mut body = call(&client, &account).await.unwrap().into_body();
        let piece = body.frame().await.unwrap().unwrap();
        assert_eq!(piece.into_data().unwrap(), "last");
        drop(body);
        assert_eq!(said(call(&client, &account).await.unwrap()).await, "whole");
    };
    tokio::join!(provides, asks);
}

#[tokio::test]
async fn a_stream_that_is_dropped_in_the_middle_closes_its_connection() {
    let (listener, account) = provider().await;
    let client = Client::new().unwrap();
    let provides = async {
        let mut stream = accepted(&listener).await;
        asked(&mut stream).await;
        let first = format!("{STREAM}5\r\nfirst\r\n");
        stream.write_all(first.as_bytes()).await.unwrap();
        let end = timeout(PATIENCE, stream.read(&mut [0; 1])).await.unwrap();
        assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
    };
    let asks = async {
        let mut body = call(&client, &account).await.unwrap().into_body();
        let piece = body.frame().await.unwrap().unwrap();
        assert_eq!(piece.into_data().unwrap(), "first");
    };
    tokio::join!(provides, asks);
}

#[tokio::test]
async fn a_kept_connection_that_the_provider_closed_costs_no_call() {
    let (listener, account) = provider().await;
    let client = Client::new().unwrap();
    for _ in 0..3 {
        let provides = async {
            let mut stream = accepted(&listener).await;
            asked(&mut stream).await;
            stream.write_all(WHOLE.as_bytes()).await.unwrap();
            // The answer did not say that the connection would end with it.
            drop(stream);
        };
        let asks = async { said(call(&client, &account).await.unwrap()).await };
        let ((), answer) = tokio::join!(provides, asks);
        assert_eq!(answer, "whole");
        // The provider's end has arrived once another connection that was closed after it is seen to be closed.
        let mut other = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        drop(accepted(&listener).await);
        assert_eq!(other.read(&mut [0; 1]).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_an_error_and_one_that_never_began_may_have_cost() {
    let (listener, account) = provider().await;
    let client = Client::new().unwrap();
    let provides = async {
        let mut stream = accepted(&listener).await;
        asked(&mut stream).await;
        let half = format!("{STREAM}ff\r\nhalf");
        stream.write_all(half.as_bytes()).await.unwrap();
        drop(stream);
        let mut stream = accepted(&listener).await;
        asked(&mut stream).await;
    };
    let asks = async {
        let answer = call(&client, &account).await.unwrap();
        assert!(answer.into_body().collect().await.is_err());
        let none = call(&client, &account).await.err();
        assert!(matches!(none, Some(SendError::NoAnswer(_))), "{none:?}");
    };
    tokio::join!(provides, asks);
}

#[tokio::test]
async fn a_provider_that_is_not_there_was_sent_nothing() {
    let (listener, account) = provider().await;
    drop(listener);
    let none = call(&Client::new().unwrap(), &account).await.err();
    assert!(matches!(none, Some(SendError::NotSent(_))), "{none:?}");
}

#[tokio::test]
async fn what_has_arrived_is_handed_over_without_waiting() {
    let (listener, account) = provider().await;
    let client = Client::new().unwrap();
    let provides = async {
        let mut stream = accepted(&listener).await;
        asked(&mut stream).await;
        let three = format!("{STREAM}3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n");
        stream.write_all(three.as_bytes()).await.unwrap();
        stream
    };
    let asks = async {
        let mut body = call(&client, &account).await.unwrap().into_body();
        let first = body.frame().await.unwrap().unwrap();
        assert_eq!(first.into_data().unwrap(), "one");
        // One write, so the others lie in the connection; no other task has to run for them.
        for next in ["two", "three"] {
            let mut pulled = std::pin::pin!(body.frame());
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            let piece = match pulled.as_mut().poll(&mut context) {
                std::task::Poll::Ready(Some(Ok(piece))) => piece.into_data().unwrap(),
                other => panic!("{other:?}"),
            };
            assert_eq!(piece, next);
        }
        body
    };
    let _both = tokio::join!(provides, asks);
}

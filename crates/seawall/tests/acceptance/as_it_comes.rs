//! A provider that the test plays itself. The next piece of a stream is only made when the client has the last one, so
//! whatever were held back would be waited for in vain; and an answer is only made when the client has gone.

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::call::{Call, INPUT, OUTPUT};
use crate::patience::within;
use crate::stage::{Setting, Stage};

const DOLLAR: i64 = 1_000_000_000;
const HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

/// A gateway whose provider is the test itself.
async fn stage() -> (Stage, TcpListener) {
    let provider = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = provider.local_addr().unwrap();
    let config = format!(
        "[[upstream]]\nname = \"test\"\nkind = \"compatible\"\nbase_url = \"http://{address}/v1\"\n\
         [[route]]\nmodels = [\"gpt-5-mini\"]\nupstreams = [\"test\"]"
    );
    (Setting::default().config(&config).raise(), provider)
}

/// Takes a call.
async fn asked(provider: &TcpListener) -> TcpStream {
    let (mut stream, _from) = within("a call", provider.accept()).await.unwrap();
    let mut asked = Vec::new();
    // The question ends in its last brackets.
    while !asked.ends_with(b"}") {
        let read = stream.read_buf(&mut asked);
        assert!(within("the call's bytes", read).await.unwrap() > 0);
    }
    stream
}

/// Takes a call, and begins to answer it.
async fn begun(provider: &TcpListener) -> TcpStream {
    let mut stream = asked(provider).await;
    stream.write_all(HEAD.as_bytes()).await.unwrap();
    stream
}

async fn says(stream: &mut TcpStream, bytes: &str) {
    let chunk = format!("{:x}\r\n{bytes}\r\n", bytes.len());
    stream.write_all(chunk.as_bytes()).await.unwrap();
}

/// Reads until the client has these bytes and not one more.
async fn has(body: &mut Incoming, wanted: &str) {
    let mut had = Vec::new();
    while had.len() < wanted.len() {
        let frame = within("what the provider said", body.frame()).await;
        had.extend_from_slice(&frame.unwrap().unwrap().into_data().unwrap());
    }
    assert_eq!(String::from_utf8(had).unwrap(), wanted);
}

fn event(number: usize) -> String {
    format!(
        "data: {{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{number}\"}}}}],\"usage\":null}}\n\n"
    )
}

#[tokio::test]
async fn every_event_of_a_stream_arrives_before_the_next_one_is_made() {
    let (stage, provider) = stage().await;
    let tenant = stage.tenant(5 * DOLLAR).await;
    let ask = Call::stream(true).ask(&tenant.secret);
    let plays = async {
        let mut stream = begun(&provider).await;
        says(&mut stream, &event(0)).await;
        stream
    };
    let opens = stage.http.open(stage.gateway.address, &ask);
    let (mut stream, answer) = tokio::join!(plays, opens);
    let mut body = answer.unwrap().into_body();
    has(&mut body, &event(0)).await;
    for number in 1..20 {
        says(&mut stream, &event(number)).await;
        has(&mut body, &event(number)).await;
    }
    // Several at once, the last of them by halves: what is no event yet goes out as well.
    let last = event(23);
    let (half, rest) = last.split_at(30);
    let many: String = (20..23).map(event).collect::<String>() + half;
    says(&mut stream, &many).await;
    has(&mut body, &many).await;
    says(&mut stream, rest).await;
    has(&mut body, rest).await;
}

#[tokio::test]
async fn a_stream_whose_usage_is_taken_out_is_not_held_back_either() {
    let (stage, provider) = stage().await;
    let tenant = stage.tenant(5 * DOLLAR).await;
    let ask = Call::stream(false).ask(&tenant.secret);
    let plays = async {
        let mut stream = begun(&provider).await;
        says(&mut stream, &event(0)).await;
        stream
    };
    let opens = stage.http.open(stage.gateway.address, &ask);
    let (mut stream, answer) = tokio::join!(plays, opens);
    let mut body = answer.unwrap().into_body();
    let without = |number| event(number).replace(",\"usage\":null", "");
    has(&mut body, &without(0)).await;
    for number in 1..20 {
        says(&mut stream, &event(number)).await;
        has(&mut body, &without(number)).await;
    }
}

#[tokio::test]
async fn a_call_whose_client_leaves_goes_on_to_its_end_and_costs_what_the_provider_bills() {
    let (stage, provider) = stage().await;
    let tenant = stage.tenant(5 * DOLLAR).await;
    let ask = Call::chat().ask(&tenant.secret);
    let mut stream = tokio::select! {
        answer = stage.http.open(stage.gateway.address, &ask) => panic!("{answer:?}"),
        stream = asked(&provider) => stream,
    };
    // The client has gone: its side of the call was dropped with its connection.
    let body =
        r#"{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}"#;
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await.unwrap();
    let balance = stage.settled(&tenant.organization).await;
    assert_eq!(balance.spent, 10 * INPUT + 5 * OUTPUT);
    let path = format!("requests?organization={}", tenant.organization);
    let calls = stage.list(&path).await;
    let told = stage.told(calls[0]["id"].as_str().unwrap()).await;
    assert_eq!(
        (told.charged, told.presumed),
        (balance.spent, false),
        "{told:?}"
    );
}

//! `bench-provider`: an OpenAI-shaped provider that answers at once with fixed bytes.
//!
//! With `--pause` it waits after the first chunk of a stream, so that many streams can be open at once.
//!
//! It is the floor of every measurement: what it costs is in every line of the table, so it does nothing but read the
//! call and write the answer. It never parses JSON, counts tokens or refuses.

use std::convert::Infallible;
use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use bench::answers;
use bytes::Bytes;
use clap::Parser;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use http_body_util::{BodyExt, Either, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use memchr::memmem;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

/// Answers every `POST` with the same completion, streamed where the body says `"stream":true`.
#[derive(Debug, Parser)]
struct Arguments {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Milliseconds between the first chunk of a stream and the rest.
    #[arg(long, default_value_t = 0)]
    pause: u64,
}

type Chunks = stream::Iter<std::vec::IntoIter<Result<Frame<Bytes>, Infallible>>>;
type Slow = BoxStream<'static, Result<Frame<Bytes>, Infallible>>;
type Body = Either<Full<Bytes>, Either<StreamBody<Chunks>, StreamBody<Slow>>>;

// One thread is enough for over 100,000 answers a second and leaves the cores to what is measured.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let pause = Duration::from_millis(arguments.pause);
    let listener = TcpListener::bind(arguments.listen).await?;
    writeln!(
        std::io::stderr(),
        "listening on http://{}",
        listener.local_addr()?
    )?;
    let streamed = answers::stream_chunks();
    let connections = TaskTracker::new();
    loop {
        let (socket, _from) = listener.accept().await?;
        socket.set_nodelay(true)?;
        let streamed = streamed.clone();
        let service = service_fn(move |request| answer(request, streamed.clone(), pause));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
        // A connection that breaks is the load generator's to report.
        connections.spawn(async move { connection.await.ok() });
    }
}

/// Reads the call to its end and answers it.
async fn answer(
    request: Request<Incoming>,
    streamed: Vec<Bytes>,
    pause: Duration,
) -> Result<Response<Body>, Box<dyn Error + Send + Sync>> {
    let question = request.into_body().collect().await?.to_bytes();
    let (kind, body) = if memmem::find(&question, br#""stream":true"#).is_some() {
        let frames: Vec<_> = streamed
            .into_iter()
            .map(|chunk| Ok(Frame::data(chunk)))
            .collect();
        (
            "text/event-stream; charset=utf-8",
            Either::Right(paced(frames, pause)),
        )
    } else {
        (
            "application/json",
            Either::Left(Full::new(answers::plain())),
        )
    };
    let response = Response::builder()
        .header(http::header::CONTENT_TYPE, kind)
        .header("x-request-id", "req_bench")
        .body(body)?;
    Ok(response)
}

/// The chunks all at once, or with a pause after the first.
fn paced(
    frames: Vec<Result<Frame<Bytes>, Infallible>>,
    pause: Duration,
) -> Either<StreamBody<Chunks>, StreamBody<Slow>> {
    let frames = stream::iter(frames);
    if pause.is_zero() {
        return Either::Left(StreamBody::new(frames));
    }
    let slow = frames.enumerate().then(move |(number, frame)| async move {
        if number == 1 {
            tokio::time::sleep(pause).await;
        }
        frame
    });
    Either::Right(StreamBody::new(slow.boxed()))
}

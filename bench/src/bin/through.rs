//! `bench-through`: the least that a proxy on hyper can be. It passes calls on to one provider and answers back, chunk
//! by chunk, over connections that are kept.
//!
//! What Seawall costs beyond it is what Seawall does; what it costs beyond nginx is what hyper does. It never looks into a
//! body, adds no header and takes none away but those of the hop.

use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;

use clap::Parser;
use http::uri::{Authority, Scheme, Uri};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

/// Connections to the provider that are kept.
const MOST_IDLE: usize = 512;

/// Passes every call on to one provider.
#[derive(Debug, Parser)]
struct Arguments {
    /// Address and port of the provider.
    #[arg(long)]
    provider: SocketAddr,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

type Pool = Client<HttpConnector, Incoming>;

// One thread, as nginx has one worker.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let listener = TcpListener::bind(arguments.listen).await?;
    writeln!(
        std::io::stderr(),
        "listening on http://{}",
        listener.local_addr()?
    )?;
    let provider: Authority = arguments.provider.to_string().parse()?;
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let pool: Pool = Client::builder(TokioExecutor::new())
        .pool_max_idle_per_host(MOST_IDLE)
        .build(connector);
    let connections = TaskTracker::new();
    loop {
        let (socket, _from) = listener.accept().await?;
        socket.set_nodelay(true)?;
        let (pool, provider) = (pool.clone(), provider.clone());
        let service = service_fn(move |call| pass(pool.clone(), provider.clone(), call));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
        // A connection that breaks is the load generator's to report.
        connections.spawn(async move { connection.await.ok() });
    }
}

/// Sends the call on and hands back the answer as it comes.
async fn pass(
    pool: Pool,
    provider: Authority,
    mut call: Request<Incoming>,
) -> Result<Response<Incoming>, Box<dyn Error + Send + Sync>> {
    let mut parts = std::mem::take(call.uri_mut()).into_parts();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(provider);
    *call.uri_mut() = Uri::from_parts(parts)?;
    call.headers_mut().remove(http::header::HOST);
    call.headers_mut().remove(http::header::CONNECTION);
    let mut answer = pool.request(call).await?;
    answer.headers_mut().remove(http::header::CONNECTION);
    Ok(answer)
}

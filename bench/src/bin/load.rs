//! `bench-load`: sends calls to one address for some seconds and prints what came back as one line of JSON.
//!
//! It exits with 1 when no call was answered rightly, so that a script cannot take silence for speed.

use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use bench::answers::Shape;
use bench::load::{self, Plan};
use clap::{Parser, ValueEnum};

/// One JSON answer, or server-sent events.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Plain,
    Stream,
}

/// Sends `POST /v1/chat/completions` over keep-alive connections and checks each answer.
#[derive(Debug, Parser)]
struct Arguments {
    /// Address and port of the target.
    #[arg(long)]
    target: SocketAddr,
    /// Bearer token of every call.
    #[arg(
        long,
        env = "BENCH_KEY",
        hide_env_values = true,
        default_value = "sk-bench"
    )]
    key: String,
    /// What the calls ask for.
    #[arg(long, value_enum, default_value = "plain")]
    shape: Kind,
    /// Connections, each with one call at a time.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Seconds during which calls are started.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Calls a second, due at even distances whatever became of those before. Without it each connection begins its next
    /// call when the last one ended.
    #[arg(long)]
    rate: Option<u32>,
    /// Check the status of an answer and not its bytes, for a proxy that writes it anew.
    #[arg(long)]
    any_body: bool,
}

// One thread: the generator shares its cores with what it measures.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    let report = load::run(Plan {
        target: arguments.target,
        key: arguments.key,
        shape: match arguments.shape {
            Kind::Plain => Shape::Plain,
            Kind::Stream => Shape::Stream,
        },
        connections: arguments.connections,
        duration: Duration::from_secs(arguments.seconds),
        rate: arguments.rate,
        any_body: arguments.any_body,
    })
    .await;
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&report)?)?;
    Ok(if report.calls == 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

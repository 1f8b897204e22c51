//! `seawall serve`: everything put together, started, and stopped in order.
//!
//! **Invariant:** nothing is accepted before the holds of this node's earlier runs were presumed, and nothing is let go
//! of before the calls that use it have ended.

mod accounts;
mod administration;
mod balances;
mod bounds;
mod connections;
mod consult;
mod front;
mod install;
pub(crate) mod listen;
mod log;
mod open;
mod parts;
mod patient;
mod probing;
mod remember;
mod retention;
mod run;
mod scrape;
mod signals;
mod telling;
mod verification;

use std::pin::pin;

use tokio_util::sync::CancellationToken;

pub(crate) use accounts::homes_of;
pub(crate) use bounds::{beside, read_catalog};
pub(crate) use log::start as start_log;
pub(crate) use open::Server;
pub(crate) use signals::Signals;

use crate::cli::ServeArgs;
use crate::config::{Config, Sources};
use crate::environment::Environment;
use crate::exit::Failure;
use crate::say;

pub(crate) async fn run(args: ServeArgs, environment: &Environment) -> Result<(), Failure> {
    let mut signals = Signals::new()?;
    let flag = args
        .listen
        .listen
        .map(|listen| ("server.listen", "--listen", listen));
    let sources = Sources {
        file: args.config,
        flags: flag.into_iter().collect(),
    };
    let config = Config::load(sources, environment)?;
    let server = tokio::select! {
        opened = Server::open(&config, environment) => opened?,
        () = signals.next() => return Ok(()),
    };
    server.warnings().iter().for_each(say::note);
    if let Some(key) = server.fresh_admin_key() {
        say::note(
            "the first admin key, shown this once; keep it, and give it to commands as SEAWALL_ADMIN_KEY:",
        );
        say::note(format!("  {key}"));
    }
    if let Some(address) = server.metrics_address() {
        say::note(format!("metrics on http://{address}/metrics"));
    }
    say::note(format!("listening on http://{}", server.address()));
    until_told(server, &mut signals).await
}

/// Serves until a signal; then lets running calls finish, until a second one.
pub(crate) async fn until_told(server: Server, signals: &mut Signals) -> Result<(), Failure> {
    let stop = CancellationToken::new();
    let seconds = server.stop_within().as_secs();
    let mut serving = pin!(server.serve(stop.clone()));
    tokio::select! {
        () = serving.as_mut() => return Ok(()),
        () = signals.next() => stop.cancel(),
    }
    say::note(format!(
        "stopping: running calls have {seconds} s to finish; a second signal stops at once"
    ));
    tokio::select! {
        () = serving => Ok(()),
        () = signals.second() => Err(Failure::internal(
            "stopped at once; calls that were running are charged what they held at the next start",
        )),
    }
}

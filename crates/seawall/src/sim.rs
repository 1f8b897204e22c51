//! `seawall sim`: the simulated provider as a program of its own.

use tokio::net::TcpListener;

use crate::cli::SimArgs;
use crate::exit::{Exit, Failure};
use crate::serve::{Signals, listen};
use crate::{clock, say};

pub(crate) async fn run(args: SimArgs) -> Result<(), Failure> {
    let mut signals = Signals::new()?;
    let mut options = sim::Options::new(clock::seconds);
    options.latency = args.latency;
    options.chunk_delay = args.chunk_delay;
    options.seed = args.seed;
    options.ledger = args.ledger;
    if let Some(path) = &args.prices {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failure::new(
                Exit::Configuration,
                format!("{} cannot be read: {error}", path.display()),
            )
        })?;
        options.prices = Some(text);
    }
    let provider = provider(options)?;
    let listener: TcpListener = listen::bind(&args.listen, "--listen").await?;
    say::note(format!(
        "listening on http://{}",
        listen::address(&listener)?
    ));
    let stop = async move { signals.next().await };
    provider
        .serve(listener, stop)
        .await
        .map_err(|error| Failure::internal(error.to_string()))
}

/// A simulated provider.
pub(crate) fn provider(options: sim::Options) -> Result<sim::Sim, Failure> {
    sim::Sim::new(options).map_err(|error| Failure::new(Exit::Configuration, error.to_string()))
}

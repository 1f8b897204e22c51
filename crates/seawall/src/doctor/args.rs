//! What `seawall doctor` can be asked.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::civil::Date;
use money::Nanos;

use crate::cli::ConfigArgs;
use crate::config::quantity;

#[derive(Args, Debug)]
pub(crate) struct DoctorArgs {
    /// An upstream of the configuration, or a provider of the environment, by its name [default: all]
    #[arg(value_name = "UPSTREAM")]
    pub(crate) upstream: Option<String>,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// Diagnose an error that was copied into this file, or to stdin with `-`; opens no connection
    #[arg(long, value_name = "FILE", conflicts_with_all = ["probe_chat", "probe_images", "watch"])]
    pub(crate) error: Option<PathBuf>,
    /// The model that is refused
    #[arg(long, value_name = "MODEL")]
    pub(crate) model: Option<String>,
    #[command(flatten)]
    pub(crate) probes: ProbeArgs,
    #[command(flatten)]
    pub(crate) told: ToldArgs,
    #[command(flatten)]
    pub(crate) watch: WatchArgs,
    /// Write a report for support, without secrets, into this file, which must not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) bundle: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct ProbeArgs {
    /// Ask the provider nothing with the API key; only what an admin key may read, which costs nothing
    #[arg(long, conflicts_with_all = ["probe_chat", "probe_images"])]
    pub(crate) no_probe: bool,
    /// Also make one chat call of at most 16 tokens, by which a billing stop shows
    #[arg(long)]
    pub(crate) probe_chat: bool,
    /// Also have one cheapest picture made, and the chat call
    #[arg(long)]
    pub(crate) probe_images: bool,
}

/// What only the user knows.
#[derive(Args, Debug)]
pub(crate) struct ToldArgs {
    /// The organization that has the money
    #[arg(long, value_name = "ORG")]
    pub(crate) organization: Option<String>,
    /// The project that should be billed
    #[arg(long, value_name = "PROJECT")]
    pub(crate) project: Option<String>,
    /// How long ago credit was bought or a limit raised, such as 10m
    #[arg(long, value_name = "AGO", value_parser = quantity::duration)]
    pub(crate) topped_up: Option<Duration>,
    /// The credit balance on the provider's billing page, such as 4.97 or -0.95
    #[arg(long, value_name = "USD", allow_hyphen_values = true, value_parser = amount)]
    pub(crate) balance: Option<Nanos>,
    /// The day the last of that credit ends, such as 2026-12-01
    #[arg(long, value_name = "DAY", requires = "balance")]
    pub(crate) credit_ends: Option<Date>,
    /// The provider's own playground serves what is refused here
    #[arg(long)]
    pub(crate) playground_works: bool,
}

#[derive(Args, Debug)]
pub(crate) struct WatchArgs {
    /// Look again and again until nothing is found, such as while a top-up arrives
    #[arg(long)]
    pub(crate) watch: bool,
    /// How long to wait in between
    #[arg(long, value_name = "DURATION", default_value = "30s", requires = "watch", value_parser = quantity::duration)]
    pub(crate) every: Duration,
    /// How long at most
    #[arg(long = "for", value_name = "DURATION", default_value = "30m", requires = "watch", value_parser = quantity::duration)]
    pub(crate) at_most: Duration,
}

fn amount(text: &str) -> Result<Nanos, String> {
    let digits = text.strip_prefix('$').unwrap_or(text);
    digits
        .parse()
        .map_err(|error: money::ParseUsdError| error.to_string())
}

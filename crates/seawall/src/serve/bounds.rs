//! The configuration's bounds, as the crates below want to be told.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog::Catalog;
use ids::BootId;
use journal::Store;
use journal::sqlite::{OpenError, Sqlite};
use projections::RequestLog;

use super::parts::Told;
use crate::clock::SystemClock;
use crate::config::{Config, Disclosure, RefusalStatus};
use crate::exit::{Exit, Failure};
use crate::random;

/// The prices in force.
pub(crate) fn read_catalog(config: &Config) -> Result<Catalog, Failure> {
    let Some(path) = &config.catalog else {
        return Ok(Catalog::builtin());
    };
    let wrong = |message: String| Failure::new(Exit::Configuration, message);
    let text = std::fs::read_to_string(path)
        .map_err(|error| wrong(format!("{} cannot be read: {error}", path.display())))?;
    Catalog::parse(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        wrong(format!(
            "{}:{line}:{column}: {}",
            path.display(),
            error.message()
        ))
    })
}

/// The store.
pub(super) fn open_store(config: &Config) -> Result<Arc<dyn Store>, Failure> {
    let store = Sqlite::open(&config.store.path, config.store.durability);
    let store = store.map_err(|error| {
        let exit = match error {
            OpenError::InUse(_) => Exit::Unreachable,
            _ => Exit::Configuration,
        };
        Failure::new(exit, error.to_string())
    })?;
    Ok(Arc::new(store))
}

/// The request log, in a file beside the store.
pub(super) fn open_log(config: &Config) -> Result<RequestLog, Failure> {
    let values = config.values();
    let options = projections::Options {
        most_rows: values.count("requests.most_rows")?,
        keep_days: values.count("requests.keep_days")?,
        keep_usage_days: values.count("requests.keep_usage_days")?,
        most_refusals_per_second: values.count("requests.most_refusals_per_second")?,
        ..projections::Options::default()
    };
    let path = beside(&config.store.path);
    RequestLog::open(&path, options)
        .map_err(|error| Failure::new(Exit::Configuration, error.to_string()))
}

/// `seawall-requests.db` for `seawall.db`.
pub(crate) fn beside(store: &Path) -> PathBuf {
    named(store, "requests")
}

/// A file beside the store, with a word more in its name.
pub(super) fn named(store: &Path, word: &str) -> PathBuf {
    let stem = store.file_stem().unwrap_or_default().to_string_lossy();
    let name = match store.extension() {
        Some(extension) => format!("{stem}-{word}.{}", extension.to_string_lossy()),
        None => format!("{stem}-{word}"),
    };
    store.with_file_name(name)
}

/// How tellers behave.
pub(super) fn tellers(config: &Config, told: Told) -> Result<teller::Settings, Failure> {
    let values = config.values();
    Ok(teller::Settings {
        holder: ledger::Holder {
            node: config.server.node.as_str().into(),
            boot: BootId::from_bytes(random::id()),
        },
        run: random::bytes(),
        clock: Arc::new(SystemClock),
        observer: Arc::new(told),
        wait_for_held: values.duration("gateway.wait_for_held")?,
        most_waiting: values.count("gateway.most_waiting")?,
        hold_for: values.duration("gateway.hold_for")?,
        snapshot_every: config.store.snapshot_every,
        idle_after: config.store.idle_after,
    })
}

/// How the gateway behaves.
pub(super) fn gateway(config: &Config, address: SocketAddr) -> Result<gateway::Settings, Failure> {
    let values = config.values();
    let bytes = |name| {
        let size = values.size(name)?;
        usize::try_from(size)
            .map_err(|_too_large| values.wrong(name, "is more than this machine can address"))
    };
    Ok(gateway::Settings {
        refusal_status: match config.errors.refusal_status {
            RefusalStatus::TooManyRequests => gateway::RefusalStatus::TooManyRequests,
            RefusalStatus::PaymentRequired => gateway::RefusalStatus::PaymentRequired,
        },
        disclosure: match config.errors.disclosure {
            Disclosure::Full => gateway::Disclosure::Full,
            Disclosure::CodeOnly => gateway::Disclosure::CodeOnly,
        },
        public_url: public_url(config, address),
        body_limit: bytes("gateway.body_limit")?,
        answer_limit: bytes("gateway.answer_limit")?,
        fit_floor: values.count("gateway.fit_floor")?,
        request_timeout: values.duration("gateway.request_timeout")?,
        call_timeout: values.duration("gateway.call_timeout")?,
        most_attempts: values.count("gateway.most_attempts")?,
        retry_budget: values.duration("gateway.retry_budget")?,
        idle_timeout: values.duration("gateway.idle_timeout")?,
        drain_after_disconnect: values.duration("gateway.drain_after_disconnect")?,
    })
}

/// What links begin with.
pub(super) fn public_url(config: &Config, address: SocketAddr) -> String {
    let given = config.server.public_url.clone();
    given.unwrap_or_else(|| format!("http://{address}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_log_lies_beside_the_store() {
        for (store, log) in [
            ("seawall.db", "seawall-requests.db"),
            ("/var/lib/x.sqlite", "/var/lib/x-requests.sqlite"),
            ("data/store", "data/store-requests"),
        ] {
            assert_eq!(beside(Path::new(store)), Path::new(log));
        }
    }
}

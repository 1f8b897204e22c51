//! The configuration: flag over environment over file over default, read and checked once at the start.
//!
//! What cannot be understood is refused with the place that is to be mended; nothing is passed over. Secrets are only
//! ever named here, and fetched by [`Config::open_upstreams`].

mod error;
mod file;
mod guess;
mod mail;
pub(crate) mod quantity;
pub(crate) mod secret;
mod settings;
mod show;
mod table;
mod upstream;
mod values;
mod vault;

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use accounts::Given;
use money::Nanos;

pub(crate) use error::ConfigError;
#[cfg(test)]
pub(crate) use settings::table as reference;
pub(crate) use upstream::{Route, Upstream};

use crate::environment::Environment;
use values::Values;

/// The file that is read without `--config`, if it is there.
const USUAL_FILE: &str = "seawall.toml";
/// A larger file is none of ours, in bytes.
const LARGEST_FILE: u64 = 4 << 20;

/// Where a configuration comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    /// The file that was asked for. `None`: the usual one, if it is there.
    pub(crate) file: Option<PathBuf>,
    /// Setting, flag and value.
    pub(crate) flags: Vec<(&'static str, &'static str, String)>,
}

/// Where the journals are, and what their promises are worth.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) path: PathBuf,
    pub(crate) durability: journal::sqlite::Durability,
    pub(crate) snapshot_every: u64,
    pub(crate) idle_after: Duration,
    /// 0: never.
    pub(crate) archive_after_days: u32,
}

/// The listener and its bounds.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) listen: SocketAddr,
    /// Where `/metrics` is served beside the listener, with its bounds.
    pub(crate) metrics: Option<(SocketAddr, Connections)>,
    /// `None`: whatever is listened on.
    pub(crate) public_url: Option<String>,
    pub(crate) node: String,
    pub(crate) stop_within: Duration,
    pub(crate) connections: Connections,
}

/// The bounds of connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connections {
    pub(crate) header_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) write_timeout: Duration,
    pub(crate) most_headers: usize,
    pub(crate) most: usize,
}

/// The status of a refusal for want of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefusalStatus {
    TooManyRequests,
    PaymentRequired,
}

/// How much a refusal tells the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disclosure {
    Full,
    CodeOnly,
}

/// What refusals look like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Errors {
    pub(crate) refusal_status: RefusalStatus,
    pub(crate) disclosure: Disclosure,
}

/// A configuration that was read and checked.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) server: Server,
    pub(crate) store: Store,
    pub(crate) errors: Errors,
    /// What a new organization may spend in a minute; `None`: any amount.
    pub(crate) spend_guard: Option<Nanos>,
    /// A price file that replaces the compiled-in one.
    pub(crate) catalog: Option<PathBuf>,
    pub(crate) upstreams: Vec<Upstream>,
    pub(crate) routes: Vec<Route>,
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
    values: Values,
}

impl Config {
    /// Reads and checks everything but the secrets.
    pub(crate) fn load(sources: Sources, environment: &Environment) -> Result<Self, ConfigError> {
        let usual = Path::new(USUAL_FILE);
        let path = sources
            .file
            .or_else(|| usual.exists().then(|| usual.to_owned()));
        let file = match &path {
            Some(path) => {
                let text = read(path)?;
                file::read(file::Source { path, text: &text })?
            }
            None => file::File::default(),
        };
        let values = Values::merge(file.values, environment, &sources.flags)?;
        mail::check(&values)?;
        vault::check(&values)?;
        let upstreams = if file.upstreams.is_empty() {
            upstream::of_environment(environment)
        } else {
            upstream::read(&file.upstreams)?
        };
        Ok(Self {
            server: server(&values)?,
            store: store(&values)?,
            errors: errors(&values),
            spend_guard: values.usd_or_off("organizations.spend_guard_usd_per_minute")?,
            catalog: values.optional("catalog.file").map(PathBuf::from),
            routes: upstream::routes(&file.routes, &upstreams)?,
            upstreams,
            file: path,
            values,
        })
    }

    /// The upstreams with their credentials, and a warning for each that is not called yet.
    pub(crate) fn open_upstreams(
        &self,
        environment: &Environment,
    ) -> Result<(Vec<Given>, Vec<String>), ConfigError> {
        let given: Result<Vec<Given>, _> = self
            .upstreams
            .iter()
            .map(|upstream| upstream.open(environment))
            .collect();
        let uncalled = self
            .upstreams
            .iter()
            .filter(|upstream| !upstream.is_called());
        let warn = |upstream: &Upstream| {
            format!(
                "upstream `{}`: {} is not served yet, so no call is sent there",
                upstream.name(),
                upstream.draft.profile.kind.name()
            )
        };
        Ok((given?, uncalled.map(warn).collect()))
    }

    /// The values of all settings.
    pub(crate) const fn values(&self) -> &Values {
        &self.values
    }

    /// Everything as it is in force, as a configuration file; secrets as references.
    pub(crate) fn to_toml(&self) -> String {
        show::toml(self)
    }

    /// The same as JSON.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        show::json(self)
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    let cannot = |error| ConfigError::at(path.display(), format!("cannot be read: {error}"));
    if std::fs::metadata(path).map_err(cannot)?.len() > LARGEST_FILE {
        return Err(ConfigError::at(
            path.display(),
            "is too large for a configuration",
        ));
    }
    std::fs::read_to_string(path).map_err(cannot)
}

/// Connections at one time of the listener for metrics: a scraper or two, and a person who looks.
const MOST_SCRAPERS: usize = 16;

fn server(values: &Values) -> Result<Server, ConfigError> {
    let address = address(values, "server.listen", values.text("server.listen"))?;
    let metrics = values.optional("server.metrics_listen");
    let metrics = metrics.map(|listen| self::address(values, "server.metrics_listen", listen));
    let metrics = metrics.transpose()?;
    if metrics == Some(address) && address.port() != 0 {
        return Err(values.wrong(
            "server.metrics_listen",
            "is the same as server.listen, which serves /metrics anyway; leave it out or use another port",
        ));
    }
    let public_url = values.optional("server.public_url");
    if let Some(url) =
        public_url.filter(|url| !url.starts_with("http://") && !url.starts_with("https://"))
    {
        return Err(values.wrong(
            "server.public_url",
            format!("`{url}` does not begin with http:// or https://"),
        ));
    }
    let node = values.text("server.node");
    if node.is_empty() || node.len() > 64 || !node.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(values.wrong(
            "server.node",
            "1 to 64 letters, digits and signs, no spaces",
        ));
    }
    let connections = Connections {
        header_timeout: values.duration("server.header_timeout")?,
        idle_timeout: values.duration("server.idle_timeout")?,
        write_timeout: values.duration("server.write_timeout")?,
        most_headers: values.count("server.most_headers")?,
        most: values.count("server.most_connections")?,
    };
    let scrapers = Connections {
        most: MOST_SCRAPERS,
        ..connections
    };
    Ok(Server {
        listen: address,
        metrics: metrics.map(|address| (address, scrapers)),
        public_url: public_url.map(|url| url.trim_end_matches('/').to_owned()),
        node: node.to_owned(),
        stop_within: values.duration("server.stop_within")?,
        connections,
    })
}

fn address(values: &Values, name: &'static str, text: &str) -> Result<SocketAddr, ConfigError> {
    let found = text.to_socket_addrs().ok();
    found.and_then(|mut found| found.next()).ok_or_else(|| {
        let problem = format!("`{text}` is not an address and a port, such as 127.0.0.1:8080");
        values.wrong(name, problem)
    })
}

fn store(values: &Values) -> Result<Store, ConfigError> {
    let url = values.text("store.url");
    let path = match url.split_once(':') {
        Some(("sqlite", path)) => path.strip_prefix("//").unwrap_or(path),
        Some(("postgres" | "postgresql", _)) => {
            let message = "PostgreSQL is not available yet; use sqlite: and a path, such as sqlite:seawall.db";
            return Err(values.wrong("store.url", message));
        }
        _ => "",
    };
    if path.is_empty() {
        // Not repeated: an address of a database may hold a password.
        return Err(values.wrong(
            "store.url",
            "must be sqlite: and a path, such as sqlite:seawall.db",
        ));
    }
    Ok(Store {
        path: PathBuf::from(path),
        durability: match values.text("store.durability") {
            "relaxed" => journal::sqlite::Durability::Relaxed,
            _ => journal::sqlite::Durability::Full,
        },
        snapshot_every: values.count("store.snapshot_every")?,
        idle_after: values.duration("store.idle_after")?,
        archive_after_days: values.count("store.archive_after_days")?,
    })
}

fn errors(values: &Values) -> Errors {
    Errors {
        refusal_status: match values.text("errors.refusal_status") {
            "402" => RefusalStatus::PaymentRequired,
            _ => RefusalStatus::TooManyRequests,
        },
        disclosure: match values.text("errors.disclosure") {
            "code_only" => Disclosure::CodeOnly,
            _ => Disclosure::Full,
        },
    }
}

#[cfg(test)]
mod tests;

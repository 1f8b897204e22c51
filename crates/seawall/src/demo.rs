//! `seawall demo`: the thread Seawall exists because of, replayed: credit in plenty, no other limit near, and a project
//! that may not make two more images.
//!
//! A gateway and a simulated provider in one process, over a store of their own that goes with it. What was spent was
//! really spent: calls through this gateway, settled by the ledger, on the provider's bill.

mod banner;
mod history;

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use teller::Clock as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cli::ListenArgs;
use crate::clock::SystemClock;
use crate::command::Client;
use crate::config::{Config, Sources};
use crate::environment::Environment;
use crate::exit::Failure;
use crate::serve::{Server, Signals, listen, until_told};
use crate::{clock, random, say, sim};

pub(crate) async fn run(args: ListenArgs, environment: &Environment) -> Result<(), Failure> {
    let mut signals = Signals::new()?;
    let folder = Folder::make()?;
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let provider = provide(&tasks, stop.clone()).await?;
    let ended = gateway(&folder.0, &provider, (args, environment), &mut signals).await;
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    ended
}

/// Starts the simulated provider; answers its address.
async fn provide(tasks: &TaskTracker, stop: CancellationToken) -> Result<String, Failure> {
    let provider = sim::provider(::sim::Options::new(clock::seconds))?;
    let listener = listen::bind("127.0.0.1:0", "--listen").await?;
    let address = format!("http://{}", listen::address(&listener)?);
    tasks.spawn(async move {
        if let Err(error) = provider.serve(listener, stop.cancelled_owned()).await {
            tracing::error!(%error, "the simulated provider has ended");
        }
    });
    Ok(address)
}

async fn gateway(
    folder: &Path,
    provider: &str,
    (args, environment): (ListenArgs, &Environment),
    signals: &mut Signals,
) -> Result<(), Failure> {
    let begin = SystemClock.now();
    let mut flags = vec![(
        "store.url",
        "the demo",
        format!("sqlite:{}", folder.join("seawall-demo.db").display()),
    )];
    flags.extend(
        args.listen
            .map(|listen| ("server.listen", "--listen", listen)),
    );
    let file = configure(folder, provider)?;
    let config = Config::load(
        Sources {
            file: Some(file),
            flags,
        },
        environment,
    )?;
    let server = Server::open(&config, environment).await?;
    let reach = history::Reach {
        // An address that stands for all of this machine's is no address to call.
        url: match server.address() {
            address if address.ip().is_unspecified() => {
                format!("http://127.0.0.1:{}", address.port())
            }
            address => format!("http://{address}"),
        },
        admin_key: server
            .fresh_admin_key()
            .or_else(|| environment.get("SEAWALL_ADMIN_KEY"))
            .unwrap_or_default()
            .to_owned(),
    };
    let seeding = async {
        let client = Client::new(&reach.url, &reach.admin_key)?;
        let seeded = history::make(&client, &reach).await?;
        let took = SystemClock.now().micros() - begin.micros();
        say::note(banner::text(&reach, &seeded, (folder, took)));
        std::future::pending::<Result<(), Failure>>().await
    };
    tokio::select! {
        ended = until_told(server, signals) => ended,
        failed = seeding => failed,
    }
}

/// Writes the configuration of the demo; answers where.
fn configure(folder: &Path, provider: &str) -> Result<PathBuf, Failure> {
    let key = folder.join("provider-key");
    let secrets = folder.join("secrets-key");
    let text = format!(
        "[secrets]\nkey = \"file:{}\"\n\
         [[upstream]]\nname = \"simulated\"\nkind = \"openai\"\nbase_url = \"{provider}/v1\"\napi_key = \"file:{}\"\n",
        secrets.display(),
        key.display()
    );
    write(&secrets, &STANDARD.encode(random::bytes::<32>()))?;
    let file = folder.join("seawall.toml");
    write(&key, "any-key-is-good-here")?;
    write(&file, &text)?;
    Ok(file)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text)
        .map_err(|error| Failure::internal(format!("cannot write {}: {error}", path.display())))
}

/// A folder of our own that goes with the program.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Result<Self, Failure> {
        let name: String = random::bytes::<6>()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let path = std::env::temp_dir().join(format!("seawall-demo-{name}"));
        std::fs::create_dir(&path).map_err(|error| {
            Failure::internal(format!("cannot make {}: {error}", path.display()))
        })?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is in a folder for what may be removed.
        let _removed = std::fs::remove_dir_all(&self.0).is_ok();
    }
}

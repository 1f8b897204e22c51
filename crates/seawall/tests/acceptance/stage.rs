//! A gateway in front of the simulated provider, as users run them: two processes, a configuration file, a database in
//! a folder of its own. It speaks our API as an administrator does.

use std::path::{Path, PathBuf};

use http::Method;
use serde_json::Value;
use tempfile::TempDir;

use crate::http::{Answer, Ask, Http};
use crate::process::{Process, Start};

/// The first admin key of every stage.
pub(crate) const ADMIN_KEY: &str = "acceptance-admin-key-0123456789abcdef0123456789";
/// The key of the account at the provider.
pub(crate) const PROVIDER_KEY: &str = "sk-provider-planted-9f8e7d6c5b4a39281706";

/// What a stage is set up with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Setting {
    /// Further tables and members of the configuration file.
    config: String,
    /// Further arguments of the simulator.
    sim: Vec<String>,
    /// Further environment of the gateway.
    environment: Vec<(String, String)>,
    /// Whose language the provider is said to speak; usually `openai`.
    kind: Option<String>,
}

impl Setting {
    pub(crate) fn config(mut self, toml: &str) -> Self {
        self.config.push_str(toml);
        self.config.push('\n');
        self
    }

    pub(crate) fn latency(mut self, latency: &str) -> Self {
        self.sim
            .extend(["--latency".to_owned(), latency.to_owned()]);
        self
    }

    /// What is parked is not probed, so that the providers' bills are those of the calls alone.
    pub(crate) fn unprobed(self) -> Self {
        self.env("SEAWALL_PARKING__PROBE_AFTER", "15m")
    }

    pub(crate) fn kind(mut self, kind: &str) -> Self {
        self.kind = Some(kind.to_owned());
        self
    }

    /// A price table of the provider's in the place of its own.
    pub(crate) fn prices(mut self, file: &Path) -> Self {
        let file = file.to_str().unwrap().to_owned();
        self.sim.extend(["--prices".to_owned(), file]);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts both processes.
    pub(crate) fn raise(self) -> Stage {
        let folder = TempDir::with_prefix("seawall-acceptance-").unwrap();
        let mut arguments = vec!["sim", "--listen", "127.0.0.1:0"];
        arguments.extend(self.sim.iter().map(String::as_str));
        let sim = Start::new(&arguments).serve();
        let config = folder.path().join("seawall.toml");
        std::fs::write(&config, self.file(folder.path(), &sim)).unwrap();
        let mut start = Start::new(&["serve", "--config", config.to_str().unwrap()])
            .env("SEAWALL_ADMIN_KEY", ADMIN_KEY)
            .env("SIM_KEY", PROVIDER_KEY);
        for (name, value) in &self.environment {
            start = start.env(name, value);
        }
        let gateway = start.serve();
        Stage {
            http: Http::new(),
            gateway,
            sim,
            start,
            folder,
        }
    }

    fn file(&self, folder: &Path, sim: &Process) -> String {
        format!(
            r#"[server]
listen = "127.0.0.1:0"
[store]
url = "sqlite:{}/seawall.db"
[[upstream]]
name = "openai"
kind = "{}"
base_url = "http://{}/v1"
api_key = "env:SIM_KEY"
{}"#,
            folder.display(),
            self.kind.as_deref().unwrap_or("openai"),
            sim.address,
            self.config
        )
    }
}

/// Both processes, and a client.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) http: Http,
    pub(crate) gateway: Process,
    pub(crate) sim: Process,
    /// How the gateway was started, and is started again.
    pub(crate) start: Start,
    folder: TempDir,
}

impl Stage {
    /// A gateway with nothing out of the ordinary.
    pub(crate) fn raise() -> Self {
        Setting::default().raise()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The store's file.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("seawall.db")
    }

    /// A gateway's next run on the same store, at another port.
    pub(crate) fn start_again(&mut self) {
        self.gateway = self.start.serve();
    }

    /// Ends the gateway as an operator does, and leaves the files.
    pub(crate) async fn stop_gateway(&mut self) {
        self.gateway.ask_to_end();
        let status = self.gateway.ended().await;
        assert!(status.success(), "{status}:\n{}", self.gateway.said());
    }

    /// A request to the gateway, whose connection must not break before the answer.
    pub(crate) async fn send(&self, ask: &Ask) -> Answer {
        match self.http.send(self.gateway.address, ask).await {
            Ok(answer) => answer,
            Err(broken) => panic!("{} to {ask:?}", broken.0),
        }
    }

    /// A request to our API, whatever becomes of it.
    pub(crate) async fn administer(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let ask = Ask::new(method, &format!("/api/v1/{path}")).bearer(ADMIN_KEY);
        let ask = match body {
            Some(body) => ask.json(body.to_string()),
            None => ask,
        };
        self.send(&ask).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        accepted(&self.administer(Method::GET, path, None).await, 200)
    }

    /// Creates something: 201 and the thing.
    pub(crate) async fn create(&self, path: &str, body: &Value) -> Value {
        accepted(&self.administer(Method::POST, path, Some(body)).await, 201)
    }

    /// Does something to a thing: 200.
    pub(crate) async fn act(&self, path: &str) -> Value {
        let body = Value::Object(serde_json::Map::new());
        accepted(&self.administer(Method::POST, path, Some(&body)).await, 200)
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Value {
        accepted(&self.administer(Method::PATCH, path, Some(body)).await, 200)
    }

    pub(crate) async fn delete(&self, path: &str) {
        let answer = self.administer(Method::DELETE, path, None).await;
        assert_eq!(answer.status, 204, "{path}: {answer:?}");
    }

    /// Everything of a list, page by page.
    pub(crate) async fn list(&self, path: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let joined = if path.contains('?') { '&' } else { '?' };
            let page = match &cursor {
                Some(cursor) => format!("{path}{joined}cursor={cursor}"),
                None => path.to_owned(),
            };
            let page = self.get(&page).await;
            all.extend(page["data"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return all,
            }
        }
    }

    /// What the provider says of itself, such as `/sim/ledger`.
    pub(crate) async fn provider(&self, path: &str) -> Value {
        let answer = self.http.send(self.sim.address, &Ask::get(path)).await;
        accepted(&answer.unwrap(), 200)
    }

    /// The line of the provider's ledger with this tag; none where the call never came to it.
    pub(crate) async fn line(&self, tag: &str) -> Option<Value> {
        let ledger = self.provider("/sim/ledger").await;
        let lines = ledger["data"].as_array().unwrap();
        lines.iter().find(|line| line["tag"] == tag).cloned()
    }
}

fn accepted(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{answer:?}");
    answer.json()
}

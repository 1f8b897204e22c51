//! Further simulated providers beside the stage's own.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::http::{Ask, Http};
use crate::process::{Process, Start};

/// One of them.
pub(super) struct Provider {
    pub(super) sim: Process,
}

impl Provider {
    pub(super) fn raise() -> Self {
        Self {
            sim: Start::new(&["sim", "--listen", "127.0.0.1:0"]).serve(),
        }
    }

    /// The part of a configuration that makes it an account for these models, written as in the file.
    pub(super) fn upstream(&self, name: &str, models: &str) -> String {
        format!(
            "[[upstream]]\nname = \"{name}\"\nkind = \"openai\"\nbase_url = \"http://{}/v1\"\napi_key = \"env:SIM_KEY\"\n\
             models = {models}",
            self.sim.address
        )
    }

    /// The line of its ledger with this tag.
    pub(super) async fn line(&self, http: &Http, tag: &str) -> Value {
        self.line_or_none(http, tag).await.unwrap()
    }

    pub(super) async fn line_or_none(&self, http: &Http, tag: &str) -> Option<Value> {
        let lines = lines(http, self.sim.address).await;
        lines.into_iter().find(|line| line["tag"] == tag)
    }
}

/// All that a provider did.
pub(super) async fn lines(http: &Http, at: SocketAddr) -> Vec<Value> {
    let ledger = http.send(at, &Ask::get("/sim/ledger")).await.unwrap();
    ledger.json()["data"].as_array().unwrap().clone()
}

/// What is so of the account at a provider from now on.
pub(super) async fn account(http: &Http, at: SocketAddr, said: &Value) {
    tell(http, at, ("/sim/account", said)).await;
}

/// What the next so many calls at a provider meet.
pub(super) async fn fault(http: &Http, at: SocketAddr, fault: &str, times: u64) {
    let wanted = json!({"fault": fault, "times": times});
    tell(http, at, ("/sim/faults", &wanted)).await;
}

async fn tell(http: &Http, at: SocketAddr, (path, body): (&str, &Value)) {
    let answer = http.send(at, &Ask::post(path, body)).await.unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
}

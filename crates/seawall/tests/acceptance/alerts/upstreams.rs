//! What becomes of an account at a provider is told as it happens: that it ran dry, and that it serves again.

use http::Method;
use serde_json::json;

use super::receivers::Web;
use crate::call::Call;
use crate::http::Ask;
use crate::stage::{Setting, Stage};

impl Stage {
    /// What is so of the account at the provider from now on.
    async fn at_the_provider(&self, said: serde_json::Value) {
        let ask = Ask::post("/sim/account", &said);
        let answer = self.http.send(self.sim.address, &ask).await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[tokio::test]
async fn an_account_that_runs_dry_and_is_topped_up_is_told_of_twice() {
    let mut web = Web::listen().await;
    let stage = Setting::default()
        .config("[parking]\nprobe_after = \"100ms\"")
        .raise();
    let tenant = stage.tenant(100_000_000_000).await;
    let notify = json!({"notify": [{"kind": "webhook", "url": web.url("/hook")}]});
    let path = format!("organizations/{}/alerts", tenant.organization);
    let set = stage.administer(Method::PUT, &path, Some(&notify)).await;
    assert_eq!(set.status, 200, "{set:?}");

    stage.at_the_provider(json!({"credit_usd": "0"})).await;
    let refused = stage.call(&tenant.secret, &Call::chat()).await;
    assert_eq!(refused.status, 429, "{refused:?}");
    let parked = web.next().await.json();
    assert_eq!(parked["type"], "upstream.parked", "{parked}");
    assert_eq!(parked["data"]["upstream"], "openai", "{parked}");
    assert_eq!(parked["data"]["organization"]["id"], tenant.organization);

    // Nobody calls any more: a probe finds out.
    stage.at_the_provider(json!({"credit_usd": "10"})).await;
    let back = web.next().await.json();
    assert_eq!(back["type"], "upstream.back", "{back}");
    assert_eq!(back["data"]["upstream"], "openai", "{back}");
    assert_eq!(back["data"]["since_at"], parked["data"]["since_at"]);
    let served = stage.call(&tenant.secret, &Call::chat()).await;
    assert_eq!(served.status, 200, "{served:?}");
    stage.gateway.stop().await;
    let further = web.received_so_far();
    assert!(further.is_empty(), "each is told once: {further:?}");
}

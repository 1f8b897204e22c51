//! What becomes of an account at a provider is told: that it ran dry, that it serves again, and that what was bought there is
//! used up.

use http::Method;
use serde_json::json;

use super::receivers::Web;
use crate::call::Call;
use crate::http::Ask;
use crate::stage::Stage;

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
    let stage = Stage::raise();
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

    // Nobody else serves the model, so the next call is sent there all the same, and shows that it serves again.
    stage.at_the_provider(json!({"credit_usd": "10"})).await;
    let served = stage.call(&tenant.secret, &Call::chat()).await;
    assert_eq!(served.status, 200, "{served:?}");
    let back = web.next().await.json();
    assert_eq!(back["type"], "upstream.back", "{back}");
    assert_eq!(back["data"]["upstream"], "openai", "{back}");
    assert_eq!(back["data"]["since_at"], parked["data"]["since_at"]);
    stage.gateway.stop().await;
    let further = web.received_so_far();
    assert!(further.is_empty(), "each is told once: {further:?}");
}

#[tokio::test]
async fn what_was_bought_at_a_provider_and_is_used_up_is_told_once_until_more_is_bought() {
    let mut web = Web::listen().await;
    let mut stage = Stage::raise();
    let tenant = stage.tenant(100_000_000_000).await;
    let notify = json!({"notify": [{"kind": "webhook", "url": web.url("/hook")}]});
    let path = format!("organizations/{}/alerts", tenant.organization);
    let set = stage.administer(Method::PUT, &path, Some(&notify)).await;
    assert_eq!(set.status, 200, "{set:?}");
    let buy = async |stage: &Stage| {
        let body = json!({"amount_usd": "0.10", "bought_at": "2026-01-01T00:00:00Z"});
        stage.create("upstreams/openai/credits", &body).await
    };
    buy(&stage).await;
    let picture = stage.call(&tenant.secret, &Call::image()).await;
    assert_eq!(picture.status, 200, "{picture:?}");
    stage.told(picture.must("x-request-id")).await;

    // It is looked at every hour, and at the start.
    stage.stop_gateway().await;
    stage.start_again();
    let told = web.next().await.json();
    let balance = stage.get("upstreams/openai/balance").await;
    assert_eq!(balance["warning"], "used_up", "{balance}");
    assert_eq!(told["type"], "upstream.balance_low", "{told}");
    for figure in ["bought_usd", "left_usd", "warning"] {
        assert_eq!(told["data"][figure], balance[figure], "{figure}: {told}");
    }

    // Looked at again it is not told again: what comes next is of one more purchase.
    stage.stop_gateway().await;
    stage.start_again();
    buy(&stage).await;
    stage.call(&tenant.secret, &Call::image()).await;
    let second = stage.call(&tenant.secret, &Call::image()).await;
    stage.told(second.must("x-request-id")).await;
    stage.stop_gateway().await;
    stage.start_again();
    let again = web.next().await.json();
    assert_eq!(again["type"], "upstream.balance_low", "{again}");
    assert_eq!(again["data"]["bought_usd"], "0.20", "{again}");
}

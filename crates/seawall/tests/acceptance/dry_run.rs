//! `x-seawall-dry-run: 1` tells a caller what its call would get, and leaves no trace.

use crate::call::Call;
use crate::http::Answer;
use crate::stage::Stage;
use crate::tenant::On;

const DOLLAR: i64 = 1_000_000_000;

async fn dry(stage: &Stage, secret: &str, call: &Call) -> Answer {
    let ask = call.ask(secret).header("x-seawall-dry-run", "1");
    stage.send(&ask).await
}

#[tokio::test]
async fn a_dry_run_gets_the_decision_of_the_call_and_nothing_happens() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let limit = stage.limit(On::Key(&tenant.key), 4 * DOLLAR).await;
    let ledger = format!("organizations/{}/ledger", tenant.organization);
    for (amount, tokens, decision) in [
        (4 * DOLLAR, 100, "served"),
        (DOLLAR / 1_000, 1_000, "fitted"),
        (7, 100, "refused"),
    ] {
        stage.change_limit(&limit, amount).await;
        let call = Call::chat().max(tokens).sim("output-tokens", 1);
        let (entries, billed) = (
            stage.list(&ledger).await.len(),
            stage.provider("/sim/billed").await,
        );
        let dry = dry(&stage, &tenant.secret, &call).await;
        assert_eq!(dry.must("x-seawall-decision"), "dry_run");
        assert_eq!(stage.list(&ledger).await.len(), entries);
        assert_eq!(stage.provider("/sim/billed").await, billed);
        let real = stage.call(&tenant.secret, &call).await;
        assert_eq!(real.must("x-seawall-decision"), decision);
        assert_eq!(dry.status, real.status);
        let id = real.must("x-request-id");
        stage.told(id).await;
        if decision == "refused" {
            for field in ["code", "type"] {
                assert_eq!(dry.error()[field], real.error()[field]);
            }
            assert_eq!(
                dry.error()["details"]["left_usd"],
                real.error()["details"]["left_usd"]
            );
            assert_eq!(
                dry.must("x-seawall-binding"),
                real.must("x-seawall-binding")
            );
            assert_eq!(dry.must("x-should-retry"), "false");
            continue;
        }
        let told = dry.json();
        let row = stage.get(&format!("requests/{id}")).await;
        assert_eq!(told["object"], "seawall.dry_run");
        assert_eq!(told["decision"], decision);
        assert_eq!(told["needed_usd"], row["held_usd"]);
        assert_eq!(
            dry.must("x-seawall-upstream"),
            real.must("x-seawall-upstream")
        );
        if decision == "fitted" {
            assert_eq!(dry.must("x-seawall-fitted"), real.must("x-seawall-fitted"));
        }
    }
    // Only the three calls that were made are in the request log.
    assert_eq!(stage.list("requests").await.len(), 3);
}

#[tokio::test]
async fn a_dry_run_of_a_wrong_key_is_refused_like_its_call() {
    let stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let unknown = tenant.secret.replace(char::is_numeric, "z");
    let refused = dry(&stage, &unknown, &Call::chat()).await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.must("x-seawall-decision"), "dry_run");
    let billed = stage.provider("/sim/billed").await;
    let ask = Call::chat()
        .ask(&tenant.secret)
        .header("x-seawall-dry-run", "yes");
    let unclear = stage.send(&ask).await;
    assert_eq!(
        (unclear.status, unclear.error()["code"].as_str()),
        (400, Some("invalid_request"))
    );
    assert_eq!(stage.provider("/sim/billed").await, billed);
}

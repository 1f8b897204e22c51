//! An application whose provider is Seawall itself.

use super::found;
use crate::process::Start;
use crate::stage::Stage;

#[tokio::test]
async fn a_refusal_of_seawalls_own_is_not_laid_at_the_providers_door() {
    let stage = Stage::raise();
    // A nano-dollar of credit is less than any call may cost.
    let tenant = stage.tenant(1).await;
    let ended = Start::new(&["doctor", "--json", "--probe-chat", "--model", "gpt-5-mini"])
        .env("OPENAI_API_KEY", &tenant.secret)
        .env(
            "OPENAI_BASE_URL",
            &format!("http://{}/v1", stage.gateway.address),
        )
        .run(tempfile::tempdir().unwrap().path());
    assert_eq!(found(&ended), ["E11"], "{ended:?}");
    assert!(ended.stdout.contains("seawall explain req_"), "{ended:?}");
    assert!(!ended.stdout.contains(&tenant.secret));
}

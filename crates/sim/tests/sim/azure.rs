//! Azure's shape of the same provider.

use crate::support::{HELLO, Provider, provider};

const KEY: &str = "api-key: 0123456789abcdef0123456789abcdef";

async fn chat(provider: &Provider, path: &str, headers: &[&str]) -> (u16, String) {
    let answer = provider.send_bare("POST", path, headers, HELLO).await;
    let region = answer.head.to_lowercase().contains("x-ms-region: east us");
    assert!(region, "{answer:?}");
    let code = answer.json()["error"]["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (answer.status, code)
}

#[tokio::test]
async fn a_deployment_is_in_the_path_and_the_key_in_its_own_header() {
    let provider = provider().await;
    let ask = async |path: &str, headers: &[&str]| chat(&provider, path, headers).await;
    let told = |status: u16, code: &str| (status, code.to_owned());
    let version = "api-version=2025-04-01-preview";
    let older = |deployment: &str| format!("/openai/deployments/{deployment}/chat/completions");
    assert_eq!(
        ask(&format!("{}?{version}", older("gpt-5-mini")), &[KEY]).await,
        told(200, "")
    );
    assert_eq!(
        ask("/openai/v1/chat/completions", &[KEY]).await,
        told(200, "")
    );
    let bearer = "authorization: Bearer eyJ0";
    assert_eq!(
        ask("/openai/v1/chat/completions", &[bearer]).await,
        told(200, "")
    );
    for (path, headers, status, code) in [
        (
            format!("{}?{version}", older("nobody-s")),
            vec![KEY],
            404,
            "DeploymentNotFound",
        ),
        (older("gpt-5-mini"), vec![KEY], 404, "404"),
        (
            format!("{}?api-version=", older("gpt-5-mini")),
            vec![KEY],
            404,
            "404",
        ),
        (
            format!("{}?{version}", older("gpt-5-mini")),
            vec![],
            401,
            "401",
        ),
        (
            format!("{}?{version}", older("gpt-5-mini")),
            vec!["api-key: "],
            401,
            "401",
        ),
    ] {
        assert_eq!(ask(&path, &headers).await, told(status, code), "{path}");
    }
    let billed = provider.send("GET", "/sim/billed", &[], "").await.json();
    assert_eq!(billed["calls"], 3);
}

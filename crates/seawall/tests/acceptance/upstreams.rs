//! Accounts made at run time: used at once, there after a restart, their credentials nowhere to be found.

mod overheard;
mod parking;

use std::path::Path;

use serde_json::{Value, json};

use crate::call::Call;
use crate::http::Answer;
use crate::process::{Ended, Start};
use crate::secrets::{assert_files_without, assert_without};
use crate::stage::{ADMIN_KEY, Setting, Stage};
use overheard::Overheard;

const DOLLAR: i64 = 1_000_000_000;
/// The key of an account that is made at run time.
const PLANTED: &str = "sk-proj-planted-3b9d7f1c5e2a8064-made-at-run-time";
const PLANTED_ADMIN: &str = "sk-admin-planted-8c4e6a0b2d1f9753-made-at-run-time";
/// What credentials are sealed with: 32 bytes of one letter, in base64.
const FIRST_KEY: &str = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";
const SECOND_KEY: &str = "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=";

/// A gateway whose configured account makes pictures and nothing else.
fn sealed() -> Setting {
    Setting::default()
        .config("models = [\"gpt-image-1\"]\n[secrets]\nkey = \"env:SECRETS_KEY\"")
        .env("SECRETS_KEY", FIRST_KEY)
}

/// A command of an administrator, with a credential in its environment.
fn command(stage: &Stage, arguments: &[&str]) -> Ended {
    Start::new(arguments)
        .env("SEAWALL_URL", &format!("http://{}", stage.gateway.address))
        .env("SEAWALL_ADMIN_KEY", ADMIN_KEY)
        .env("MY_KEY", PLANTED)
        .run(stage.folder())
}

fn made(stage: &Stage) -> Value {
    json!({
        "name": "made", "kind": "openai", "base_url": format!("http://{}/v1", stage.sim.address), "api_key": PLANTED,
        "admin_key": PLANTED_ADMIN, "models": [{"model": "gpt-5-mini", "as": "gpt-5-nano"}],
    })
}

fn backup(stage: &Stage) -> Vec<u8> {
    let config = stage.folder().join("seawall.toml");
    let to = stage.folder().join("copy.db");
    let (config, to) = (config.display().to_string(), to.display().to_string());
    let ended = stage_command(
        &["backup", "--config", &config, "--to", &to],
        stage.folder(),
    );
    assert!(ended.status.success(), "{ended:?}");
    std::fs::read(to).unwrap()
}

fn stage_command(arguments: &[&str], folder: &Path) -> Ended {
    Start::new(arguments).run(folder)
}

/// Nothing that was answered or printed has any of these.
fn assert_told_without(answers: &[Answer], commands: &[Ended], secrets: &[&str]) {
    for answer in answers {
        let headers = format!("{:?}", answer.headers);
        assert_without("a header", headers.as_bytes(), secrets);
        assert_without("an answer", &answer.body, secrets);
    }
    for ended in commands {
        assert!(ended.status.success(), "{ended:?}");
        assert_without("a command", format!("{ended:?}").as_bytes(), secrets);
    }
}

#[tokio::test]
async fn an_account_serves_the_next_call_and_after_a_restart_and_its_credential_is_nowhere() {
    let mut stage = sealed().env("RUST_LOG", "trace").raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let before = stage.call(&tenant.secret, &Call::chat()).await;
    assert_eq!(before.code(), "model_not_found", "{before:?}");
    let mut answers: Vec<Answer> = vec![before];
    let body = made(&stage);
    let post = stage
        .administer(http::Method::POST, "upstreams", Some(&body))
        .await;
    assert_eq!(post.status, 201, "{post:?}");
    answers.push(post);

    let calls = [
        Call::chat().tag("plain"),
        Call::stream(false).tag("stream"),
        Call::chat()
            .sim("fault", "refuse:invalid_api_key")
            .tag("refused"),
    ];
    for (call, status) in calls.iter().zip([200, 200, 401]) {
        let answer = stage.call(&tenant.secret, call).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.must("x-seawall-upstream"), "made");
        answers.push(answer);
    }
    let line = stage.line("plain").await.unwrap();
    assert_eq!(
        line["model"], "gpt-5-nano",
        "the provider's own name for it: {line}"
    );
    stage.settled(&tenant.organization).await;
    for path in [
        "upstreams",
        "upstreams/made",
        "upstreams/openai",
        "requests",
        "audit",
        "usage",
    ] {
        answers.push(stage.administer(http::Method::GET, path, None).await);
    }
    let commands = [
        command(&stage, &["upstream", "list"]),
        command(&stage, &["upstream", "show", "made", "--json"]),
        command(&stage, &["config", "show", "--config", "seawall.toml"]),
    ];
    let secrets = [PLANTED, PLANTED_ADMIN, FIRST_KEY];
    assert_without("the backup", &backup(&stage), &secrets);
    assert_files_without(stage.folder(), &secrets);

    stage.stop_gateway().await;
    assert_files_without(stage.folder(), &secrets);
    let said = stage.gateway.said();
    assert!(said.contains("an upstream was created"), "{said}");
    assert_without("the log", said.as_bytes(), &secrets);
    stage.start_again();
    let again = stage.call(&tenant.secret, &Call::chat()).await;
    assert_eq!(
        (again.status, again.must("x-seawall-upstream")),
        (200, "made"),
        "{again:?}"
    );
    answers.push(again);
    assert_told_without(&answers, &commands, &secrets);
    stage.assert_balanced(&tenant.organization).await;
}

#[tokio::test]
async fn an_account_can_be_made_changed_and_deleted_at_the_terminal_without_a_secret_in_a_flag() {
    let mut stage = sealed().raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let url = format!("http://{}/v1", stage.sim.address);
    let create = [
        "upstream",
        "create",
        "made",
        "--kind",
        "openai",
        "--base-url",
        &url,
        "--key-from",
        "env:MY_KEY",
    ];
    let ended = command(&stage, &create);
    assert!(
        ended.status.success() && ended.stdout.starts_with("name "),
        "{ended:?}"
    );
    assert_eq!(
        command(&stage, &create).status.code(),
        Some(2),
        "the name is taken"
    );
    let served = stage.call(&tenant.secret, &Call::chat()).await;
    assert_eq!(served.must("x-seawall-upstream"), "made");

    let ended = command(&stage, &["upstream", "set", "made", "--model", "gpt-4*"]);
    assert!(ended.stdout.contains("serves gpt-4*"), "{ended:?}");
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    assert_eq!(answer.code(), "model_not_found", "it binds at once");

    // The key of the installation changes: the one of before opens, and after a rewrap is not needed.
    stage.stop_gateway().await;
    let config = std::fs::read_to_string(stage.folder().join("seawall.toml")).unwrap();
    let both = config.replace("[secrets]", "[secrets]\nold_key = \"env:OLD_KEY\"");
    std::fs::write(stage.folder().join("seawall.toml"), both).unwrap();
    stage.start = stage
        .start
        .clone()
        .env("SECRETS_KEY", SECOND_KEY)
        .env("OLD_KEY", FIRST_KEY);
    stage.start_again();
    let ended = command(&stage, &["upstream", "rewrap", "--json"]);
    assert!(ended.stdout.contains("\"rewrapped\": 1"), "{ended:?}");
    stage.stop_gateway().await;
    std::fs::write(stage.folder().join("seawall.toml"), config).unwrap();
    stage.start_again();
    assert_eq!(stage.get("upstreams/made").await["state"], "serving");

    let ended = command(&stage, &["upstream", "delete", "made"]);
    assert_eq!(
        ended.stdout, "made is deleted, with its credentials\n",
        "{ended:?}"
    );
    assert_eq!(
        command(&stage, &["upstream", "show", "made"]).status.code(),
        Some(5)
    );
    let refused = command(&stage, &["upstream", "delete", "openai"]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(refused.stderr.contains("from_configuration"), "{refused:?}");
}

#[tokio::test]
async fn a_server_that_has_lost_its_key_says_so_and_serves_with_what_it_has() {
    let mut stage = sealed().raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    stage.create("upstreams", &made(&stage)).await;
    stage.stop_gateway().await;
    stage.start = stage.start.clone().env("SECRETS_KEY", SECOND_KEY);
    stage.start_again();
    let said = stage.gateway.said();
    assert!(
        said.contains("upstream `made`: its credential does not open"),
        "{said}"
    );
    assert_eq!(stage.get("upstreams/made").await["state"], "sealed");
    assert_eq!(
        stage.call(&tenant.secret, &Call::chat()).await.code(),
        "model_not_found"
    );
    assert_eq!(stage.call(&tenant.secret, &Call::image()).await.status, 200);
    // It is mended by giving the credential again.
    stage
        .patch("upstreams/made", &json!({"api_key": PLANTED}))
        .await;
    assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
}

#[tokio::test]
async fn who_said_it_has_no_such_model_is_asked_after_others_and_before_nobody() {
    let stage = Setting::default()
        .config("[secrets]\nkey = \"env:SECRETS_KEY\"")
        .env("SECRETS_KEY", FIRST_KEY)
        .raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let lacking = Call::chat().sim("fault", "refuse:model_not_found");
    for _ in 0..2 {
        let answer = stage.call(&tenant.secret, &lacking).await;
        assert_eq!(
            answer.must("x-seawall-upstream"),
            "openai",
            "nobody else is there: {answer:?}"
        );
    }
    let mut second = made(&stage);
    second["models"] = json!([{"model": "gpt-*"}]);
    stage.create("upstreams", &second).await;
    let upstream = async |call: &Call| {
        let answer = stage.call(&tenant.secret, call).await;
        (answer.status, answer.must("x-seawall-upstream").to_owned())
    };
    assert_eq!(upstream(&Call::chat()).await, (200, "made".to_owned()));
    assert_eq!(
        upstream(&Call::chat().model("gpt-5-nano")).await,
        (200, "openai".to_owned())
    );
    let shown = stage.get("upstreams/openai").await;
    assert_eq!(shown["standing_back"][0]["model"], "gpt-5-mini", "{shown}");
}

#[tokio::test]
async fn a_route_may_name_an_account_that_is_made_later() {
    let stage = Setting::default()
        .config("[secrets]\nkey = \"env:SECRETS_KEY\"\n[[route]]\nmodels = [\"gpt-5*\"]\nupstreams = [\"made\", \"openai\"]")
        .env("SECRETS_KEY", FIRST_KEY)
        .raise();
    let said = stage.gateway.said();
    assert!(
        said.contains("a [[route]] names the upstream `made`"),
        "{said}"
    );
    let tenant = stage.tenant(5 * DOLLAR).await;
    for upstream in ["openai", "made"] {
        let answer = stage.call(&tenant.secret, &Call::chat()).await;
        assert_eq!(answer.must("x-seawall-upstream"), upstream);
        if upstream == "openai" {
            stage.create("upstreams", &made(&stage)).await;
        }
    }
    stage.delete("upstreams/made").await;
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    assert_eq!(answer.must("x-seawall-upstream"), "openai");
}

#[tokio::test]
async fn each_provider_gets_calls_in_its_own_form_and_no_more_than_is_held() {
    let stage = sealed().raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let provider = Overheard::raise().await;
    for (body, path, says, lacks) in [
        (
            json!({"kind": "compatible", "provider": "deepseek", "models": [{"model": "gpt-5-mini", "as": "theirs"}]}),
            "/v1/chat/completions",
            vec![
                "\"model\":\"theirs\"",
                "\"max_tokens\":100",
                "\"include_usage\":true",
            ],
            vec!["max_completion_tokens"],
        ),
        (
            json!({"kind": "compatible", "provider": "mistral"}),
            "/v1/chat/completions",
            vec!["\"model\":\"gpt-5-mini\"", "\"max_tokens\":100"],
            vec!["max_completion_tokens", "stream_options"],
        ),
        (
            json!({"kind": "azure", "models": [{"model": "gpt-5-mini", "as": "eu-1"}]}),
            "/v1/chat/completions",
            vec!["\"max_completion_tokens\":100", "api-key: "],
            vec!["authorization:"],
        ),
        (
            json!({"kind": "azure", "api_version": "2024-10-21", "models": [{"model": "gpt-5-mini", "as": "eu-1"}]}),
            "/v1/deployments/eu-1/chat/completions?api-version=2024-10-21",
            vec!["api-key: "],
            vec![],
        ),
    ] {
        let mut body = body;
        body["name"] = json!("theirs");
        body["api_key"] = json!(PLANTED);
        body["base_url"] = json!(format!("http://{}/v1", provider.address));
        stage.create("upstreams", &body).await;
        let answer = stage.call(&tenant.secret, &Call::stream(false)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let asked = provider.last();
        assert!(
            asked.starts_with(&format!("POST {path} HTTP/1.1\r\n")),
            "{asked}"
        );
        assert!(
            says.iter().all(|part| asked.contains(part)),
            "{says:?} in {asked}"
        );
        assert!(
            !lacks.iter().any(|part| asked.contains(part)),
            "{lacks:?} in {asked}"
        );
        stage.delete("upstreams/theirs").await;
    }
    stage.settled(&tenant.organization).await;
    stage.assert_balanced(&tenant.organization).await;
}

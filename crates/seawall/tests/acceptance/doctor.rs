//! `seawall doctor` as a developer runs it: in the folder of an application, with what its environment has, against a
//! provider that refuses.

mod azure;
mod catalogue;
mod gateway;
mod offline;
mod secrets;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::{Ask, Http};
use crate::process::{Ended, Process, Start};

/// The application's key.
pub(crate) const KEY: &str = "sk-proj-planted0123456789T3BlbkFJplantedx9Fq";
/// The organization's admin key.
pub(crate) const ADMIN: &str = "sk-admin-planted0123456789T3BlbkFJplanted7777";

/// A provider, and a folder with an application in it.
pub(crate) struct Practice {
    sim: Process,
    http: Http,
    folder: TempDir,
}

impl Practice {
    pub(crate) fn open() -> Self {
        Self {
            sim: Start::new(&["sim", "--listen", "127.0.0.1:0"]).serve(),
            http: Http::new(),
            folder: TempDir::with_prefix("seawall-doctor-").unwrap(),
        }
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// What is so of the account at the provider.
    pub(crate) async fn account(&self, account: &Value) {
        let ask = Ask::post("/sim/account", account);
        let answer = self.http.send(self.sim.address, &ask).await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    async fn fault(&self, fault: &str, path: &str) {
        let ask = Ask::post("/sim/faults", &json!({"fault": fault, "path": path}));
        let answer = self.http.send(self.sim.address, &ask).await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    async fn billed(&self) -> Value {
        let ask = Ask::get("/sim/billed");
        self.http.send(self.sim.address, &ask).await.unwrap().json()
    }

    /// The doctor in the application's environment.
    pub(crate) fn doctor(&self, arguments: &[&str]) -> Start {
        let all = [&["doctor"], arguments].concat();
        Start::new(&all).env("OPENAI_API_KEY", KEY).env(
            "OPENAI_BASE_URL",
            &format!("http://{}/v1", self.sim.address),
        )
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        self.doctor(arguments).run(self.folder())
    }
}

/// What was found, first things first, from `--json`.
pub(crate) fn found(ended: &Ended) -> Vec<String> {
    let report: Value =
        serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"));
    assert_eq!(report["schema"], "seawall.doctor/1");
    let findings = report["accounts"][0]["findings"].as_array().unwrap();
    let id = |finding: &Value| finding["id"].as_str().unwrap().to_owned();
    let ids: Vec<String> = findings.iter().map(id).collect();
    let code = if ids.is_empty() { 0 } else { 10 };
    assert_eq!(ended.status.code(), Some(code), "{ended:?}");
    ids
}

/// Everything of the organization but what is wrong with it.
fn organization() -> Value {
    json!({"organization": "org-acme", "project": "proj_bot",
        "projects": [{"id": "proj_bot", "name": "image-bot", "spent_usd": "30.02"}]})
}

fn with(mut account: Value, member: &str, value: Value) -> Value {
    account[member] = value;
    account
}

#[tokio::test]
async fn an_account_with_which_nothing_is_wrong_ends_with_0_and_costs_nothing() {
    let practice = Practice::open();
    assert_eq!(found(&practice.run(&["--json"])), [""; 0]);
    assert_eq!(practice.billed().await["calls"], 0);
    let ended = practice.run(&["--json", "--probe-chat"]);
    assert_eq!(found(&ended), [""; 0]);
    assert_eq!(practice.billed().await["calls"], 1);
}

/// The thread this project comes from: credit is used up; the image endpoint speaks of a hard limit, and only the text
/// endpoint says what it is.
#[tokio::test]
async fn the_thread_is_told_its_cause_the_page_and_that_no_limit_is_to_blame() {
    let practice = Practice::open();
    practice
        .account(&with(organization(), "credit_usd", json!("0")))
        .await;
    let ended = practice.run(&["--probe-images"]);
    assert_eq!(ended.status.code(), Some(10), "{ended:?}");
    let (_, verdict) = ended.stdout.split_once("\nVerdict ").unwrap();
    let (verdict, others) = verdict.split_once("\nAlso ").unwrap();
    let [verdict, others] =
        [verdict, others].map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    assert!(
        verdict
            .starts_with("The prepaid credit of your account at OpenAI is used up. (certain, D01)")
    );
    for said in [
        "the call was billed to organization org-acme, project proj_bot",
        "https://platform.openai.com/settings/organization/billing/overview",
    ] {
        assert!(verdict.contains(said), "{verdict}");
    }
    assert!(
        others.contains("only its word for a billing stop"),
        "{others}"
    );
    assert_eq!(practice.billed().await["calls"], 0);
}

#[tokio::test]
async fn with_an_admin_key_the_limit_that_stops_is_named_with_its_figures() {
    let practice = Practice::open();
    let limited = with(
        organization(),
        "spend_limit",
        json!({"threshold_amount": 3000}),
    );
    let limited = with(limited, "alerts", json!([10_000]));
    practice.account(&limited).await;
    // Older bodies do not say which stop it is.
    practice
        .fault("refuse:insufficient_quota", "/v1/chat/completions")
        .await;
    let doctor = practice
        .doctor(&["--json", "--probe-chat"])
        .env("OPENAI_ADMIN_KEY", ADMIN);
    let ended = doctor.run(practice.folder());
    assert_eq!(found(&ended)[0], "D03", "{ended:?}");
    assert!(
        ended.stdout.contains("spent $30.02 is at least $30.00"),
        "{ended:?}"
    );
    assert!(found(&ended).contains(&"D15".to_owned()), "{ended:?}");
    // Without the admin key it stays one of four.
    practice
        .fault("refuse:insufficient_quota", "/v1/chat/completions")
        .await;
    let ended = practice.run(&["--json", "--probe-chat"]);
    assert_eq!(found(&ended), ["D02"], "{ended:?}");
    assert!(ended.stdout.contains("without OPENAI_ADMIN_KEY"));
}

#[tokio::test]
async fn the_project_that_is_really_billed_is_told_and_held_against_the_one_that_should_be() {
    let practice = Practice::open();
    practice.account(&organization()).await;
    let ended = practice.run(&["--json", "--organization", "org-money"]);
    assert_eq!(found(&ended), ["D09"], "{ended:?}");
    assert!(
        ended.stdout.contains("the provider bills org-acme"),
        "{ended:?}"
    );
    assert_eq!(
        found(&practice.run(&["--json", "--organization", "org-acme"])),
        [""; 0]
    );
}

#[tokio::test]
async fn an_inactive_key_a_forbidden_model_and_an_unread_page_are_told_from_the_administration_api()
{
    let practice = Practice::open();
    let key = json!({"name": "bot", "tail": "x9Fq", "owner_active": false});
    let mut account = organization();
    account["projects"][0]["keys"] = json!([key]);
    account["projects"][0]["model_permissions"] =
        json!({"mode": "deny_list", "model_ids": ["gpt-image-2"]});
    practice.account(&account).await;
    practice
        .fault("refuse:server_error", "/v1/organization/spend_alerts")
        .await;
    let doctor = practice
        .doctor(&["--json", "--model", "gpt-image-2"])
        .env("OPENAI_ADMIN_KEY", ADMIN);
    let ended = doctor.run(practice.folder());
    assert_eq!(found(&ended), ["D30", "D08"], "{ended:?}");
    assert!(ended.stdout.contains("HTTP 500"), "{ended:?}");
}

#[tokio::test]
async fn no_probe_opens_no_connection_with_the_api_key() {
    let practice = Practice::open();
    practice.fault("refuse:invalid_api_key", "/v1/models").await;
    let ended = practice.run(&["--json", "--no-probe"]);
    assert_eq!(found(&ended), [""; 0]);
    // The administration API costs nothing: the project is the one that lists the key.
    let key = json!({"name": "bot", "tail": "x9Fq"});
    let mut account = organization();
    account["projects"][0]["keys"] = json!([key]);
    account["projects"][0]["spend_limit"] = json!({"threshold_amount": 3000});
    practice.account(&account).await;
    let doctor = practice
        .doctor(&["--json", "--no-probe"])
        .env("OPENAI_ADMIN_KEY", ADMIN);
    assert_eq!(found(&doctor.run(practice.folder())), ["D04"]);
    // The fault still waits for whoever asks.
    assert_eq!(found(&practice.run(&["--json"])), ["E07"]);
}

#[tokio::test]
async fn a_key_that_may_not_see_the_list_of_models_is_tried_with_one_of_the_catalogue() {
    let practice = Practice::open();
    practice
        .fault("refuse:missing_scope_403", "/v1/models")
        .await;
    let ended = practice.run(&["--json", "--probe-chat"]);
    assert_eq!(found(&ended), ["D24"], "{ended:?}");
    assert!(
        ended.stdout.contains("a text call with it was served"),
        "{ended:?}"
    );
    assert_eq!(practice.billed().await["calls"], 1);
}

#[tokio::test]
async fn watching_ends_by_itself_when_the_top_up_has_arrived() {
    let practice = Practice::open();
    practice
        .account(&with(organization(), "credit_usd", json!("0")))
        .await;
    let arguments = [
        "--json",
        "--probe-chat",
        "--watch",
        "--every",
        "100ms",
        "--topped-up",
        "5m",
    ];
    let doctor = practice.doctor(&arguments);
    let folder = practice.folder().to_owned();
    let watching = tokio::task::spawn_blocking(move || doctor.run(&folder));
    // A first look has been made when the provider has refused a call.
    crate::patience::eventually("a first look", async || {
        let ask = Ask::get("/sim/ledger");
        let lines = practice
            .http
            .send(practice.sim.address, &ask)
            .await
            .unwrap()
            .json();
        lines["data"]
            .as_array()
            .is_some_and(|lines| !lines.is_empty())
            .then_some(())
    })
    .await;
    practice.account(&organization()).await;
    let ended = watching.await.unwrap();
    assert_eq!(found(&ended), [""; 0]);
    assert!(
        ended.stderr.contains("(D01); looking again in"),
        "{ended:?}"
    );
}

#[tokio::test]
async fn watching_ends_after_its_time_with_what_was_found() {
    let practice = Practice::open();
    practice
        .account(&with(organization(), "credit_usd", json!("0")))
        .await;
    let arguments = [
        "--json",
        "--probe-chat",
        "--watch",
        "--every",
        "100ms",
        "--for",
        "250ms",
        "--topped-up",
        "5m",
    ];
    assert_eq!(found(&practice.run(&arguments)), ["D01", "D12"]);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_a_provider_that_is_away_is_told() {
    let practice = Practice::open();
    let away = Start::new(&["doctor", "--json"])
        .env("OPENAI_API_KEY", KEY)
        .env("OPENAI_BASE_URL", "http://127.0.0.1:1/v1");
    assert_eq!(found(&away.run(practice.folder())), ["E08"]);
}

#[tokio::test]
async fn the_upstreams_of_a_configuration_are_looked_at_one_by_one() {
    let practice = Practice::open();
    let config = format!(
        "[[upstream]]\nname = \"main\"\nkind = \"openai\"\nbase_url = \"http://{0}/v1\"\napi_key = \"env:MAIN_KEY\"\n\
         [[upstream]]\nname = \"second\"\nkind = \"openrouter\"\nbase_url = \"http://{0}/v1\"\napi_key = \"env:SECOND_KEY\"\n",
        practice.sim.address
    );
    std::fs::write(practice.folder().join("seawall.toml"), config).unwrap();
    practice
        .account(&json!({"key": {"limit_remaining": 0, "limit_reset": "weekly"}, "credits": {"total_credits": 20, "total_usage": 7.5}}))
        .await;
    let second = "sk-or-v1-0123456789abcdef0123456789abcdef";
    let run = |arguments: &[&str]| {
        Start::new(&[&["doctor", "--json"], arguments].concat())
            .env("MAIN_KEY", KEY)
            .env("SECOND_KEY", second)
            .run(practice.folder())
    };
    let ended = run(&["second"]);
    assert_eq!(found(&ended), ["D23"], "{ended:?}");
    assert!(
        ended.stdout.contains("$12.50 of credit is left"),
        "{ended:?}"
    );
    assert_eq!(found(&run(&["main"])), [""; 0]);
    let both: Value = serde_json::from_str(&run(&[]).stdout).unwrap();
    assert_eq!(both["accounts"].as_array().unwrap().len(), 2);
    // A key that is not there is a finding of its own.
    let alone = Start::new(&["doctor", "--json", "main"]).run(practice.folder());
    assert_eq!(found(&alone), ["E01"], "{alone:?}");
    assert!(
        alone
            .stdout
            .contains("the environment variable MAIN_KEY is not set"),
        "{alone:?}"
    );
    let unknown = run(&["third"]);
    assert_eq!(unknown.status.code(), Some(5), "{unknown:?}");
    assert!(
        unknown.stderr.contains("there is main, second"),
        "{unknown:?}"
    );
}

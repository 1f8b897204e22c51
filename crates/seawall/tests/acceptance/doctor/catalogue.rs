//! For each row of the catalogue a provider, an environment or a pasted error in which the program reaches that verdict, and
//! a neighbouring one in which it does not.

mod further;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{ADMIN, Practice, found, organization, with};
use crate::http::Ask;

const CHAT: &str = "/v1/chat/completions";
const IMAGES: &str = "/v1/images/generations";
const MODELS: &str = "/v1/models";

/// A row of the catalogue, where it is found, and where it is not.
type Row = (&'static str, Case, Case);

/// One run of the program.
#[derive(Clone)]
struct Case {
    arguments: Vec<String>,
    account: Value,
    faults: Vec<(&'static str, &'static str)>,
    environment: Vec<(&'static str, String)>,
    files: Vec<(&'static str, String)>,
    /// Of the configuration, where there is one.
    kind: Option<&'static str>,
}

fn case(arguments: &str) -> Case {
    Case {
        arguments: arguments.split_whitespace().map(str::to_owned).collect(),
        account: organization(),
        faults: Vec::new(),
        environment: Vec::new(),
        files: Vec::new(),
        kind: None,
    }
}

/// A chat is refused so.
fn chat(fault: &'static str) -> Case {
    case("--probe-chat").fault(fault, CHAT)
}

/// A picture is refused so, and a chat is served.
fn image(fault: &'static str) -> Case {
    case("--probe-images").fault(fault, IMAGES)
}

/// The list of models is refused so.
fn models(fault: &'static str) -> Case {
    case("").fault(fault, MODELS)
}

/// An error was pasted.
fn pasted(text: &str) -> Case {
    let mut case = case("--error error.txt");
    case.files.push(("error.txt", text.to_owned()));
    case
}

/// A chat at a provider of this kind is refused so.
fn of_kind(kind: &'static str, fault: &'static str) -> Case {
    let mut case = case("--probe-chat --model gpt-5-nano").fault(fault, CHAT);
    case.kind = Some(kind);
    case
}

impl Case {
    fn fault(mut self, fault: &'static str, path: &'static str) -> Self {
        self.faults.push((fault, path));
        self
    }

    fn and(mut self, arguments: &str) -> Self {
        self.arguments
            .extend(arguments.split_whitespace().map(str::to_owned));
        self
    }

    fn env(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    fn file(mut self, name: &'static str, text: &str) -> Self {
        self.files.push((name, text.to_owned()));
        self
    }

    fn account(mut self, member: &str, value: Value) -> Self {
        self.account = with(self.account, member, value);
        self
    }

    /// Something is so of the project that is billed, as the admin key shows.
    fn project(mut self, member: &str, value: Value) -> Self {
        self.account["projects"][0][member] = value;
        self.admin()
    }

    fn admin(self) -> Self {
        self.env("OPENAI_ADMIN_KEY", ADMIN)
    }

    async fn found(&self, practice: &Practice) -> Vec<String> {
        let reset = Ask::post("/sim/reset", &json!({}));
        practice
            .http
            .send(practice.sim.address, &reset)
            .await
            .unwrap();
        practice.account(&self.account).await;
        for (fault, path) in &self.faults {
            practice.fault(&format!("refuse:{fault}"), path).await;
        }
        let folder = TempDir::with_prefix("seawall-doctor-").unwrap();
        for (name, text) in &self.files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        if let Some(kind) = self.kind {
            let address = practice.sim.address;
            let config = format!(
                "[[upstream]]\nname = \"theirs\"\nkind = \"{kind}\"\nbase_url = \"http://{address}/v1\"\napi_key = \"env:THEIR_KEY\"\n"
            );
            std::fs::write(folder.path().join("seawall.toml"), config).unwrap();
        }
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        let mut start = practice.doctor(&[&["--json"], &*arguments].concat());
        start = start.env("THEIR_KEY", "0123456789abcdef0123");
        for (name, value) in &self.environment {
            start = start.env(name, value);
        }
        found(&start.run(folder.path()))
    }
}

fn stops() -> Vec<Row> {
    let limit = json!({"threshold_amount": 3000});
    vec![
        (
            "D01",
            case("--probe-chat").account("credit_usd", json!("0")),
            case("--probe-chat").account("credit_usd", json!("1")),
        ),
        (
            "D02",
            chat("insufficient_quota"),
            chat("credit_balance_exhausted"),
        ),
        (
            "D03",
            chat("insufficient_quota")
                .account("spend_limit", limit.clone())
                .admin(),
            chat("insufficient_quota")
                .account("spend_limit", json!({"threshold_amount": 4000}))
                .admin(),
        ),
        (
            "D03",
            case("--probe-chat").account("spend_limit", limit.clone()),
            chat("project_spend_limit_exceeded"),
        ),
        (
            "D04",
            chat("insufficient_quota_null").project("spend_limit", limit.clone()),
            chat("insufficient_quota_null").project(
                "spend_limit",
                json!({"threshold_amount": 3000, "enforcing": false}),
            ),
        ),
        (
            "D05",
            chat("organization_usage_limit_exceeded"),
            chat("organization_spend_limit_exceeded"),
        ),
        (
            "D06",
            image("billing_hard_limit_reached_image"),
            chat("credit_balance_exhausted"),
        ),
    ]
}

fn balances_and_budgets() -> Vec<Row> {
    vec![
        (
            "D12",
            chat("insufficient_quota").and("--topped-up 5m"),
            chat("insufficient_quota").and("--topped-up 1d"),
        ),
        (
            "D13",
            chat("insufficient_quota").and("--balance -0.95"),
            chat("insufficient_quota").and("--balance 0.95"),
        ),
        (
            "D14",
            chat("insufficient_quota").and("--balance 5 --credit-ends 2020-01-01"),
            chat("insufficient_quota").and("--balance 5 --credit-ends 2100-01-01"),
        ),
        (
            "D15",
            chat("insufficient_quota")
                .account("alerts", json!([10_000]))
                .admin(),
            case("--probe-chat")
                .account("alerts", json!([10_000]))
                .admin(),
        ),
        (
            "D16",
            case("").account("alerts", json!([3000])).admin(),
            case("")
                .account("alerts", json!([3000]))
                .account("spend_limit", json!({"threshold_amount": 9000}))
                .admin(),
        ),
        (
            "D17",
            chat("billing_not_active_null"),
            chat("insufficient_quota"),
        ),
        (
            "D18",
            models("account_deactivated"),
            models("invalid_api_key"),
        ),
    ]
}

fn keys_and_models() -> Vec<Row> {
    let unknown = |tail: &str| {
        pasted(&format!(
            "Error code: 401 - {{'error': {{'message': 'Incorrect API key provided: sk-proj-****...****{tail}. You can find', 'type': 'invalid_request_error', 'param': None, 'code': 'invalid_api_key'}}}}"
        ))
    };
    vec![
        (
            "D07",
            image("organization_not_verified"),
            image("model_not_found_project"),
        ),
        (
            "D08",
            image("model_not_found_project"),
            image("organization_not_verified"),
        ),
        (
            "D08",
            case("--model gpt-image-1"),
            case("--model gpt-image-2"),
        ),
        (
            "D09",
            case("--organization org-money"),
            case("--organization org-acme"),
        ),
        (
            "D09",
            case("--project proj_money"),
            case("--project proj_bot"),
        ),
        (
            "D10",
            models("mismatched_organization").env("OPENAI_ORG_ID", "org-old"),
            models("missing_scope"),
        ),
        (
            "D10",
            models("invalid_organization"),
            models("ip_not_authorized"),
        ),
        ("D11", unknown("99vW"), unknown("x9Fq")),
    ]
}

fn permissions() -> Vec<Row> {
    let key = |active: bool| json!([{"name": "bot", "tail": "x9Fq", "owner_active": active}]);
    vec![
        ("D24", models("missing_scope"), models("mismatched_project")),
        (
            "D25",
            models("ip_not_authorized"),
            models("invalid_authentication"),
        ),
        (
            "D25",
            chat("unsupported_country_region_territory"),
            chat("model_not_found"),
        ),
        (
            "D29",
            chat("insufficient_quota").and("--playground-works"),
            chat("insufficient_quota"),
        ),
        (
            "D30",
            case("").project("keys", key(false)),
            case("").project("keys", key(true)),
        ),
        (
            "D30",
            case("")
                .project("keys", key(true))
                .project("archived", json!(true)),
            case("")
                .project("keys", json!([]))
                .project("archived", json!(true)),
        ),
    ]
}

fn rates_and_others() -> Vec<Row> {
    let answered = |headers: &str| {
        pasted(&format!(
            "HTTP/1.1 429 Too Many Requests\n{headers}\n\n{{\"error\":{{\"message\":\"m\",\"type\":\"insufficient_quota\",\"param\":null,\"code\":\"insufficient_quota\"}}}}"
        ))
    };
    vec![
        (
            "D19",
            chat("rate_limit_exceeded"),
            chat("insufficient_quota"),
        ),
        ("D19", chat("slow_down"), chat("server_is_overloaded")),
        (
            "D20",
            of_kind("compatible", "gemini_rate"),
            chat("insufficient_quota"),
        ),
        (
            "D20",
            answered("x-ms-region: East US"),
            answered("retry-after: 10"),
        ),
        (
            "D21",
            of_kind("openrouter", "openrouter_in_flight"),
            of_kind("openrouter", "openrouter_weight"),
        ),
        (
            "D22",
            of_kind("openrouter", "openrouter_can_only_afford"),
            of_kind("openrouter", "openrouter_no_credits"),
        ),
        (
            "D23",
            of_kind("openrouter", "openrouter_key_limit_weekly"),
            of_kind("openrouter", "openrouter_no_credits"),
        ),
        (
            "D26",
            chat("service_tier_not_allowed"),
            chat("server_error"),
        ),
        (
            "D27",
            answered("retry-after: 3600\nx-stainless-lang: js"),
            answered("retry-after: 20\nx-stainless-lang: js"),
        ),
        (
            "D28",
            answered("x-stainless-retry-count: 2"),
            answered("x-stainless-retry-count: 0"),
        ),
    ]
}

#[tokio::test]
async fn each_row_is_found_against_the_provider_and_not_in_the_neighbouring_situation() {
    let practice = Practice::open();
    let mut all = stops();
    all.extend(balances_and_budgets());
    all.extend(keys_and_models());
    all.extend(permissions());
    all.extend(rates_and_others());
    all.extend(further::situations());
    for (id, there, beside) in &all {
        let found = there.found(&practice).await;
        assert!(
            found.iter().any(|one| one == id),
            "{id}: {:?} found {found:?}",
            there.arguments
        );
        let found = beside.found(&practice).await;
        assert!(
            found.iter().all(|one| one != id),
            "{id}, beside: {:?} found {found:?}",
            beside.arguments
        );
    }
    for number in 1..=30 {
        let id = format!("D{number:02}");
        assert!(
            all.iter().any(|(row, _, _)| *row == id),
            "{id} has no situation"
        );
    }
    println!("{} situations and as many neighbours", all.len());
}

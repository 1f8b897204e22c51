//! A marked secret in every place that can hold one; then everything that comes out is searched for all of them: the log at
//! its most talkative, each `GET` that `/openapi.json` names, errors, commands, a bundle, a backup, every file.

use http::Method;
use serde_json::{Value, json};

use super::{assert_files_without, assert_without, holds};
use crate::call::Call;
use crate::http::{Answer, Ask};
use crate::patience::eventually;
use crate::process::Ended;
use crate::rogue::{Manner, Rogue, ok};
use crate::stage::{ADMIN_KEY, PROVIDER_KEY, Setting, Stage};
use crate::tenant::{Tenant, id};

const DOLLAR: i64 = 1_000_000_000;
/// 32 bytes of one letter, in base64.
const SEALING_KEY: &str = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";
/// What is set around the server, by reference, and what callers and providers send.
const PLANTED: [(&str, &str); 10] = [
    (
        "OPENAI_ADMIN",
        "sk-admin-planted-of-the-file-1a2b3c4d5e6f7a8b",
    ),
    ("ROGUE_KEY", "sk-rogue-planted-of-the-file-9d8c7b6a5f4e3d2c"),
    ("SMTP_PASSWORD", "planted-mail-password-0c1d2e3f4a5b"),
    (
        "SLACK_URL",
        "http://127.0.0.1:9/services/T0/B0/planted-slack-6e7f8a9b",
    ),
    ("SECRETS_KEY", SEALING_KEY),
    ("MADE_KEY", "sk-proj-planted-made-at-run-time-77aa88bb99cc"),
    (
        "MADE_ADMIN_KEY",
        "sk-admin-planted-made-at-run-time-11dd22ee33ff",
    ),
    ("A_COOKIE", "planted-cookie-4b5a69788796a5b4"),
    ("A_HEADER", "planted-header-c0ffee5a17ed1234"),
    ("A_QUERY", "planted-query-5eedf00d0b5e55ed"),
];

fn planted(name: &str) -> &'static str {
    let found = PLANTED.iter().find(|(known, _)| *known == name);
    found.unwrap().1
}

/// A provider that repeats what it was shown, as some do: in an error, in a header, within an answer, within a stream.
async fn parrot() -> Rogue {
    let key = planted("ROGUE_KEY");
    let error = format!(
        r#"{{"error":{{"message":"Incorrect API key provided: {key}. You can find it at https://example.org.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}}}"#
    );
    let refused = format!(
        "HTTP/1.1 401 Unauthorized\r\nx-echo: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{error}",
        error.len()
    );
    let length = format!(
        "content-type: application/json\r\ncontent-length: {}\r\n",
        error.len()
    );
    let stream = format!("data: {{\"choices\":[]}}\n\ndata: {error}\n\n");
    let says = |bytes: Vec<u8>| Manner::Says(bytes);
    Rogue::raise(vec![
        ("refused", says(refused.into_bytes())),
        ("within", says(ok(&length, error.as_bytes()))),
        ("streamed", says(ok("content-type: text/event-stream\r\n", stream.as_bytes()))),
        ("no http", says(format!("{key}\r\n\r\n").into_bytes())),
        ("elsewhere", says(format!("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/?key={key}\r\ncontent-length: 0\r\n\r\n").into_bytes())),
    ])
    .await
}

fn setting(parrot: &Rogue) -> Setting {
    let config = format!(
        "admin_key = \"env:OPENAI_ADMIN\"\n\
         [[upstream]]\nname = \"parrot\"\nkind = \"compatible\"\nbase_url = \"http://{}/v1\"\napi_key = \"env:ROGUE_KEY\"\n\
         [[route]]\nmodels = [\"gpt-5-nano\"]\nupstreams = [\"parrot\"]\n\
         [secrets]\nkey = \"env:SECRETS_KEY\"\n\
         [alerts.email]\nsmtp = \"smtp://mailer@127.0.0.1:9\"\npassword = \"env:SMTP_PASSWORD\"\nfrom = \"a@example.org\"",
        parrot.address
    );
    let setting = Setting::default().config(&config).env("RUST_LOG", "trace");
    PLANTED
        .iter()
        .fold(setting, |setting, (name, value)| setting.env(name, value))
}

/// Everything that is made with a secret in it; answers what may be shown once.
async fn furnish(stage: &Stage, tenant: &Tenant) -> Vec<String> {
    let made = json!({
        "name": "made", "kind": "openai", "base_url": format!("http://{}/v1", stage.sim.address),
        "api_key": planted("MADE_KEY"), "admin_key": planted("MADE_ADMIN_KEY"), "models": [{"model": "gpt-4o-mini"}],
    });
    stage.create("upstreams", &made).await;
    let notify = json!([
        {"kind": "webhook", "url": "http://127.0.0.1:9/hook"}, {"kind": "slack", "url": "env:SLACK_URL"},
        {"kind": "email", "to": "ops@example.org"},
    ]);
    let budget = stage
        .create(
            "budgets",
            &json!({"scope": {"kind": "project", "id": tenant.project}, "amount_usd": "1.00",
            "window": {"kind": "month"}, "thresholds": [50], "notify": notify}),
        )
        .await;
    let limit = json!({"scope": {"kind": "project", "id": tenant.project}, "amount_usd": "4.00", "measure": "usd",
        "window": {"kind": "month"}, "mode": "enforce"});
    stage.create("limits", &limit).await;
    let rotated = stage
        .administer(
            Method::POST,
            &format!("keys/{}/rotate", tenant.key),
            Some(&json!({"overlap_seconds": 3600})),
        )
        .await;
    let webhook = budget["notify"].as_array().unwrap().iter();
    let webhook = webhook
        .filter_map(|target| target["secret"].as_str())
        .next();
    let fresh = rotated.json()["secret"].as_str().unwrap().to_owned();
    vec![webhook.unwrap().to_owned(), fresh]
}

/// Calls with secrets in all their parts, to all providers.
async fn call_everything(stage: &Stage, tenant: &Tenant) -> Vec<Answer> {
    let with_secrets = |call: Call| {
        call.header("cookie", planted("A_COOKIE"))
            .header("x-their-own", planted("A_HEADER"))
            .header("proxy-authorization", planted("A_HEADER"))
    };
    let nano = || Call::chat().model("gpt-5-nano");
    let mut calls = vec![
        Call::chat(),
        Call::chat().sim("fault", "refuse:invalid_api_key"),
        Call::chat().model("gpt-4o-mini"),
        nano()
            .header("x-rogue", "streamed")
            .with("stream", json!(true)),
    ];
    for manner in ["refused", "within", "no http", "elsewhere"] {
        calls.push(nano().header("x-rogue", manner));
    }
    let mut answers = Vec::new();
    for call in calls {
        let mut ask = with_secrets(call).ask(&tenant.secret);
        ask.path = format!("{}?api_key={}", ask.path, planted("A_QUERY"));
        answers.push(stage.send(&ask).await);
        // Somebody else's key, and a header of another library.
        ask.headers.retain(|(name, _)| name != "authorization");
        let ask = ask.header("x-api-key", planted("MADE_KEY"));
        answers.push(stage.send(&ask).await);
    }
    answers
}

/// Each `GET` of the description with ids of what there is.
async fn read_everything(stage: &Stage, tenant: &Tenant) -> Vec<Answer> {
    let document = stage.send(&Ask::get("/openapi.json")).await;
    let rows = stage
        .list(&format!("requests?organization={}", tenant.organization))
        .await;
    let limits = stage
        .list(&format!("limits?project={}", tenant.project))
        .await;
    let budgets = stage
        .list(&format!("budgets?project={}", tenant.project))
        .await;
    let mut paths = Vec::new();
    for (path, methods) in document.json()["paths"].as_object().unwrap() {
        if methods["get"].is_null() {
            continue;
        }
        let path = path
            .replace("{org}", &tenant.organization)
            .replace("{project}", &tenant.project)
            .replace("{key}", &tenant.key)
            .replace("{limit}", &id(&limits[0]))
            .replace("{budget}", &id(&budgets[0]));
        let one_of = |path: &str| {
            path.replace("{name}", "made")
                .replace("{request}", &id(&rows[0]))
        };
        let names = ["made", "parrot", "openai"].map(|name| path.replace("{name}", name));
        let each = rows.iter().map(|row| path.replace("{request}", &id(row)));
        match path.as_str() {
            path if path.contains("{request}") => paths.extend(each),
            path if path.contains("{name}") => paths.extend(names),
            path => paths.push(one_of(path)),
        }
    }
    paths.extend(["/", "/metrics", "/openapi.json", "/nowhere"].map(str::to_owned));
    let mut answers = vec![document];
    let (mut good, all) = (0, paths.len());
    for path in paths {
        let queried = format!("{path}?organization={}", tenant.organization);
        for path in [&path, &queried] {
            let answer = stage.send(&Ask::get(path).bearer(ADMIN_KEY)).await;
            good += usize::from(answer.status == 200);
            answers.push(answer);
        }
    }
    assert!(good > all / 2, "{good} of {all} paths were readable");
    answers
}

/// What people run beside the server, with the same secrets around them.
fn run_everything(stage: &Stage, tenant: &Tenant, request: &str) -> Vec<Ended> {
    let organization = tenant.organization.as_str();
    let url = format!("http://{}", stage.gateway.address);
    let commands: [&[&str]; 12] = [
        &["config", "show", "--config", "seawall.toml"],
        &["upstream", "list"],
        &["upstream", "show", "parrot", "--json"],
        &["requests", "--json"],
        &["explain", request],
        &["audit", "--json"],
        &["alerts", "list", "--org", organization, "--json"],
        &["budget", "list", "--org", organization, "--json"],
        &[
            "key",
            "list",
            "--project",
            tenant.project.as_str(),
            "--json",
        ],
        &["backup", "--config", "seawall.toml", "--to", "copy.db"],
        &[
            "doctor",
            "--config",
            "seawall.toml",
            "--bundle",
            "bundle.json",
        ],
        &["verify", "--url", &url],
    ];
    let run = |arguments: &&[&str]| {
        let start = crate::process::Start::new(arguments)
            .env("SEAWALL_URL", &format!("http://{}", stage.gateway.address))
            .env("SEAWALL_ADMIN_KEY", ADMIN_KEY)
            .env("SIM_KEY", PROVIDER_KEY)
            .env("RUST_LOG", "trace");
        let start = PLANTED
            .iter()
            .fold(start, |start, (name, value)| start.env(name, value));
        start.run(stage.folder())
    };
    let ended: Vec<Ended> = commands.iter().map(run).collect();
    let good = ended
        .iter()
        .filter(|one| matches!(one.status.code(), Some(0 | 10)));
    assert_eq!(good.count(), commands.len(), "{ended:#?}");
    ended
}

// The parrot answers while commands are waited for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_in_every_place_is_in_nothing_that_comes_out() {
    let parrot = parrot().await;
    let mut stage = setting(&parrot).raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    let once = furnish(&stage, &tenant).await;
    let mut secrets: Vec<&str> = PLANTED.iter().map(|(_, secret)| *secret).collect();
    secrets.extend([PROVIDER_KEY, ADMIN_KEY, &tenant.secret]);
    secrets.extend(once.iter().map(String::as_str));

    let mut answers = call_everything(&stage, &tenant).await;
    let echoed = |answer: &&Answer| answer.text().contains("Incorrect API key provided: …3d2c");
    let kept = answers.iter().filter(echoed).count();
    assert_eq!(
        kept, 3,
        "the error, the answer and the stream say the rest: {answers:#?}"
    );
    stage
        .administer(
            Method::POST,
            "alerts/test",
            Some(&json!({"organization": tenant.organization})),
        )
        .await;
    stage.settled(&tenant.organization).await;
    let rows = stage.list("requests?outcome=provider_refused").await;
    let request = id(&rows[0]);
    eventually("a failed delivery", async || {
        let alerts = stage
            .list(&format!("alerts?organization={}", tenant.organization))
            .await;
        let tried = |alert: &Value| alert["deliveries"].to_string().contains("refused");
        alerts.iter().any(tried).then_some(())
    })
    .await;
    answers.extend(read_everything(&stage, &tenant).await);
    for answer in &answers {
        assert_without(
            "headers",
            format!("{:?}", answer.headers).as_bytes(),
            &secrets,
        );
        assert_without("an answer", &answer.body, &secrets);
        assert_without(
            "trailers",
            format!("{:?}", answer.trailers).as_bytes(),
            &secrets,
        );
    }
    for ended in run_everything(&stage, &tenant, &request) {
        assert_without(
            "a command",
            format!("{}{}", ended.stdout, ended.stderr).as_bytes(),
            &secrets,
        );
    }
    for file in ["copy.db", "bundle.json"] {
        assert!(stage.folder().join(file).exists(), "{file}");
    }
    assert_files_without(stage.folder(), &secrets);
    stage.stop_gateway().await;
    assert_files_without(stage.folder(), &secrets);
    let said = stage.gateway.said();
    assert!(
        said.contains("TRACE"),
        "the log was not at its most talkative"
    );
    assert_without("the log", said.as_bytes(), &secrets);
    // The search finds what is there.
    assert!(
        holds(said.as_bytes(), "TRACE") && holds(said.as_bytes(), &stage.sim.address.to_string())
    );
}

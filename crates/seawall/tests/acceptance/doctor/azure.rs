//! An account of kind azure against a provider of that shape: calls through the gateway, and the doctor on its environment.

use serde_json::json;

use super::{Practice, found};
use crate::call::Call;
use crate::process::Start;
use crate::stage::Setting;

const DOLLAR: i64 = 1_000_000_000;
const KEY: &str = "0123456789abcdef0123456789abcdef";

impl Practice {
    fn azure(&self, endpoint: &str) -> Start {
        Start::new(&["doctor", "--json", "--probe-chat", "--model", "gpt-5-nano"])
            .env("AZURE_OPENAI_API_KEY", KEY)
            .env("AZURE_OPENAI_ENDPOINT", endpoint)
    }
}

#[tokio::test]
async fn calls_go_to_a_deployment_by_the_older_path_and_by_the_newer() {
    for (base, version) in [
        ("/openai/v1", ""),
        ("/openai", "api_version = \"2025-04-01-preview\"\n"),
    ] {
        let practice = Practice::open();
        let config = format!(
            "[[upstream]]\nname = \"azure\"\nkind = \"azure\"\nbase_url = \"http://{}{base}\"\n{version}api_key = \"env:SIM_KEY\"\n\
             models = [{{ model = \"gpt-5-mini\", as = \"gpt-5-nano\" }}]\n[[route]]\nmodels = [\"gpt-5-mini\"]\nupstreams = [\"azure\"]",
            practice.sim.address
        );
        let stage = Setting::default().config(&config).raise();
        let tenant = stage.tenant(5 * DOLLAR).await;
        let answer = stage.call(&tenant.secret, &Call::chat()).await;
        assert_eq!(answer.status, 200, "{base}: {answer:?}");
        assert_eq!(answer.must("x-seawall-upstream"), "azure");
        assert_eq!(
            practice.billed().await["by_model"]["gpt-5-nano"]["calls"],
            1
        );
        let rate = Call::chat().sim("fault", "refuse:azure_insufficient_quota");
        let answer = stage.call(&tenant.secret, &rate).await;
        let diagnosis = answer.error()["details"]["diagnosis"].clone();
        assert_eq!(
            (answer.status, &diagnosis["scope"]),
            (429, &json!("deployment")),
            "{answer:?}"
        );
        assert_eq!(diagnosis["retry"], "after", "a rate, whatever its words");
    }
}

#[tokio::test]
async fn an_account_of_the_environment_is_asked_in_azures_way_and_its_rate_is_told_as_one() {
    let practice = Practice::open();
    let endpoint = format!("http://{}", practice.sim.address);
    for version in [None, Some("2025-04-01-preview")] {
        let doctor = |endpoint: &str| {
            let start = practice.azure(endpoint);
            match version {
                Some(version) => start.env("OPENAI_API_VERSION", version),
                None => start,
            }
        };
        let ended = doctor(&endpoint).run(practice.folder());
        assert_eq!(found(&ended), [""; 0], "{ended:?}");
        practice
            .fault("refuse:azure_rate", "/v1/chat/completions")
            .await;
        assert_eq!(
            found(&doctor(&format!("{endpoint}/")).run(practice.folder())),
            ["D19"]
        );
        practice
            .fault("refuse:azure_insufficient_quota", "/v1/chat/completions")
            .await;
        assert_eq!(found(&doctor(&endpoint).run(practice.folder())), ["D20"]);
    }
}

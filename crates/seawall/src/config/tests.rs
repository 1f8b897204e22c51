//! Whole configurations: what is read, and every sentence about what cannot be.

use accounts::{Models, Offer};

use super::{Config, Sources};
use crate::environment::Environment;

fn load(text: &str, environment: &Environment) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.toml");
    std::fs::write(&path, text).unwrap();
    let sources = Sources {
        file: Some(path),
        flags: Vec::new(),
    };
    let folder = format!("{}/", folder.path().display());
    Config::load(sources, environment).map_err(|error| error.to_string().replace(&folder, ""))
}

fn refused(text: &str) -> String {
    load(text, &Environment::default()).unwrap_err()
}

#[test]
fn the_contracts_example_is_read() {
    let config = load(
        r#"
[server]
listen = "127.0.0.1:8080"          # a non-loopback address refuses to start without an admin key set
public_url = "http://127.0.0.1:8080"   # what links in refusals point to
[store]
url = "sqlite:seawall.db"          # or postgres://…
durability = "full"                # full: fsync before a hold counts; relaxed: process crash safe only
[errors]
refusal_status = 429               # or 402
disclosure = "full"                # or "code_only": no amounts to the caller
[[upstream]]
name = "openai"
kind = "openai"                    # openai | openrouter | anthropic | azure | compatible
base_url = "https://api.openai.com/v1"
api_key = "env:OPENAI_API_KEY"
admin_key = "env:OPENAI_ADMIN_KEY" # optional: lets doctor and reconcile read limits and costs
[[upstream]]
name = "openrouter"
kind = "openrouter"
api_key = "env:OPENROUTER_API_KEY"
[[route]]                          # optional; default: every upstream that serves the model, in file order
models = ["gpt-*"]
upstreams = ["openai", "openrouter"]
"#,
        &Environment::default(),
    )
    .unwrap();
    assert_eq!(config.server.listen.port(), 8080);
    assert_eq!(config.store.path.to_str(), Some("seawall.db"));
    assert_eq!(config.upstreams.len(), 2);
    assert_eq!(config.routes.len(), 1);
}

#[test]
fn nothing_at_all_is_a_configuration() {
    let environment =
        Environment::from([("OPENAI_API_KEY", "sk-1"), ("ANTHROPIC_API_KEY", "sk-2")]);
    let config = load("", &environment).unwrap();
    let (opened, warnings) = config.open_upstreams(&environment).ok().unwrap();
    assert_eq!(opened.len(), 2, "both are shown");
    assert_eq!(opened[0].api_key.as_ref().unwrap().reveal(), "sk-1");
    assert!(
        opened[1].api_key.is_none(),
        "what is not called is not read"
    );
    assert_eq!(
        warnings,
        ["upstream `anthropic`: anthropic is not served yet, so no call is sent there"]
    );
}

#[test]
fn upstreams_of_the_file_keep_those_of_the_environment_out() {
    let environment = Environment::from([("OPENAI_API_KEY", "sk-1")]);
    let text = "[[upstream]]\nname = \"mine\"\nkind = \"compatible\"\nbase_url = \"http://127.0.0.1:1/v1\"\n";
    let config = load(text, &environment).unwrap();
    assert_eq!(config.upstreams.len(), 1);
    assert_eq!(config.upstreams[0].name(), "mine");
}

#[test]
fn what_cannot_be_used_says_where_it_stands() {
    for (text, said) in [
        (
            "[server]\nlisten = \"8080\"",
            "s.toml:2:10: server.listen: `8080` is not an address and a port, such as 127.0.0.1:8080",
        ),
        (
            "[server]\nmetrics_listen = \"127.0.0.1:8080\"",
            "s.toml:2:18: server.metrics_listen: is the same as server.listen, which serves /metrics anyway; leave it out \
             or use another port",
        ),
        (
            "[server]\nmetrics_listen = \"9464\"",
            "s.toml:2:18: server.metrics_listen: `9464` is not an address and a port, such as 127.0.0.1:8080",
        ),
        (
            "[server]\npublic_url = \"example.org\"",
            "s.toml:2:14: server.public_url: `example.org` does not begin with http:// or https://",
        ),
        (
            "[server]\nnode = \"a b\"",
            "s.toml:2:8: server.node: 1 to 64 letters, digits and signs, no spaces",
        ),
        (
            "[store]\nurl = \"postgres://user:secret@db/seawall\"",
            "s.toml:2:7: store.url: PostgreSQL is not available yet; use sqlite: and a path, such as sqlite:seawall.db",
        ),
        (
            "[store]\nurl = \"seawall.db\"",
            "s.toml:2:7: store.url: must be sqlite: and a path, such as sqlite:seawall.db",
        ),
        (
            "[errors]\nrefusal_status = 403",
            "s.toml:2:18: errors.refusal_status: `403` is not one of 429, 402",
        ),
        (
            "[gateway]\nfit_floor = 0",
            "s.toml:2:13: gateway.fit_floor: must be at least 1",
        ),
        (
            "[server]\nmost_headers = 99999999999999999999",
            "s.toml:2:16: server.most_headers: `99999999999999999999` is not a whole number",
        ),
        (
            "[requests]\nkeep_days = 4294967296",
            "s.toml:2:13: requests.keep_days: `4294967296` is too large",
        ),
    ] {
        let said_now = match load(text, &Environment::default()) {
            Err(error) => error,
            // Numbers that only a part of the program bounds are checked when that part is set up.
            Ok(config) => config
                .values()
                .count::<u32>("requests.keep_days")
                .unwrap_err()
                .to_string(),
        };
        assert!(said_now.ends_with(said), "{said_now}");
    }
}

#[test]
fn a_file_that_is_not_there_is_refused_when_it_was_asked_for() {
    let sources = Sources {
        file: Some("/no/such.toml".into()),
        flags: Vec::new(),
    };
    let error = Config::load(sources, &Environment::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "/no/such.toml: cannot be read: No such file or directory (os error 2)"
    );
}

#[test]
fn the_ways_to_write_a_path_name_the_same_file() {
    for (url, path) in [
        ("sqlite:seawall.db", "seawall.db"),
        ("sqlite:data/seawall.db", "data/seawall.db"),
        ("sqlite://seawall.db", "seawall.db"),
        ("sqlite:/var/lib/seawall.db", "/var/lib/seawall.db"),
        ("sqlite:///var/lib/seawall.db", "/var/lib/seawall.db"),
    ] {
        let environment = Environment::from([("SEAWALL_STORE__URL", url)]);
        let config = load("", &environment).unwrap();
        assert_eq!(config.store.path.to_str(), Some(path), "{url}");
    }
}

#[test]
fn what_is_shown_reads_back_and_holds_no_secret() {
    let text = "[[upstream]]\nname = \"a\"\nkind = \"openai\"\napi_key = \"env:K\"\n\
                models = [\"gpt-*\", { model = \"o3\", as = \"mine\" }]\n\
                [[route]]\nmodels = [\"gpt-*\"]\nupstreams = [\"a\"]\n";
    let environment = Environment::from([
        ("K", "sk-very-secret"),
        ("SEAWALL_GATEWAY__FIT_FLOOR", "32"),
    ]);
    let shown = load(text, &environment).unwrap().to_toml();
    assert!(shown.contains("api_key = \"env:K\""), "{shown}");
    assert!(
        shown.contains("fit_floor = 32  # SEAWALL_GATEWAY__FIT_FLOOR"),
        "{shown}"
    );
    assert!(!shown.contains("very-secret"));
    let again = load(&shown, &Environment::default()).unwrap();
    assert_eq!(again.values().text("gateway.fit_floor"), "32");
    let offers = [("gpt-*", None), ("o3", Some("mine"))];
    let offers = offers.map(|(model, to)| Offer::new(model, to).unwrap());
    assert_eq!(
        again.upstreams[0].draft.models,
        Models::Configured(offers.to_vec())
    );
    assert_eq!(again.routes[0].upstreams, ["a"]);
}

#[test]
fn a_typo_is_found_in_any_file() {
    assert_eq!(
        refused("[gateway]\nwait_for_help = \"1s\""),
        "s.toml:2:1: unknown key `gateway.wait_for_help`: did you mean `wait_for_held`?"
    );
}

#[test]
fn the_spend_guard_of_new_organizations_is_an_amount_or_off() {
    let guard = |text: &str| load(text, &Environment::default()).map(|config| config.spend_guard);
    let dollars = |amount: i64| Ok(Some(money::Nanos::new(amount * 1_000_000_000)));
    assert_eq!(guard(""), dollars(5000));
    let set = |value: &str| format!("[organizations]\nspend_guard_usd_per_minute = {value}\n");
    assert_eq!(guard(&set("\"12\"")), dollars(12));
    assert_eq!(guard(&set("\"off\"")), Ok(None));
    assert_eq!(
        guard(&set("\"-1\"")).unwrap_err(),
        "s.toml:2:30: organizations.spend_guard_usd_per_minute: `-1` is not an amount in dollars such as \"5000\" or \
         \"0.50\", or \"off\""
    );
    assert!(
        guard(&set("5000"))
            .unwrap_err()
            .contains("must be an amount in dollars")
    );
}

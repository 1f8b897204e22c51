//! What needs neither a server nor the network.

use serde_json::Value;
use tempfile::TempDir;

use super::{KEY, found};
use crate::process::{Ended, Start};

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::with_prefix("seawall-doctor-").unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Everything here has to work although nothing listens at the address.
fn run(folder: &TempDir, arguments: &[&str]) -> Ended {
    Start::new(&[&["doctor", "--json"], arguments].concat())
        .env("OPENAI_API_KEY", KEY)
        .env("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
        .run(folder.path())
}

#[test]
fn an_error_that_was_copied_is_diagnosed_without_a_connection() {
    let folder = folder(&[
        (
            "python.txt",
            "openai.RateLimitError: Error code: 429 - {'error': {'message': 'You have no credits remaining.', 'type': 'insufficient_quota', 'param': None, 'code': 'credit_balance_exhausted'}}",
        ),
        (
            "curl.txt",
            "HTTP/2 400\r\nopenai-organization: org-x\r\n\r\n{\"error\":{\"code\":\"billing_hard_limit_reached\",\"message\":\"Billing hard limit has been reached\",\"param\":null,\"type\":\"image_generation_user_error\"}}",
        ),
        (
            "gemini.txt",
            "{\"error\":{\"code\":429,\"message\":\"You exceeded your current quota, please check your plan and billing details\",\"status\":\"RESOURCE_EXHAUSTED\"}}",
        ),
    ]);
    assert_eq!(found(&run(&folder, &["--error", "python.txt"])), ["D01"]);
    assert_eq!(found(&run(&folder, &["--error", "curl.txt"])), ["D06"]);
    assert_eq!(found(&run(&folder, &["--error", "gemini.txt"])), ["D20"]);
    let missing = run(&folder, &["--error", "nothing.txt"]);
    assert_eq!(missing.status.code(), Some(5), "{missing:?}");
    std::fs::write(folder.path().join("empty.txt"), " \n").unwrap();
    let empty = run(&folder, &["--error", "empty.txt"]);
    assert_eq!(empty.status.code(), Some(2), "{empty:?}");
    let served = "HTTP/2 200 \n\n{\"id\":\"chatcmpl-1\",\"choices\":[]}";
    std::fs::write(folder.path().join("served.txt"), served).unwrap();
    assert_eq!(found(&run(&folder, &["--error", "served.txt"])), [""; 0]);
}

#[test]
fn the_key_that_the_provider_was_really_given_is_looked_for_in_the_files() {
    let other = "sk-proj-another0123456789T3BlbkFJanother99vW";
    let folder = folder(&[
        (".env", &format!("OPENAI_API_KEY={other}\n")),
        (
            "error.txt",
            "Error code: 401 - {'error': {'message': 'Incorrect API key provided: sk-proj-****...****99vW. You can find your API key at https://platform.openai.com/account/api-keys.', 'type': 'invalid_request_error', 'param': None, 'code': 'invalid_api_key'}}",
        ),
    ]);
    let ended = run(&folder, &["--error", "error.txt"]);
    assert_eq!(found(&ended), ["D11", "E03"], "{ended:?}");
    assert!(ended.stdout.contains("is OPENAI_API_KEY of "), "{ended:?}");
    assert!(ended.stdout.contains(".env"), "{ended:?}");
}

#[test]
fn variables_that_disagree_and_addresses_that_lead_nowhere_are_found() {
    let folder = folder(&[(
        ".env",
        "OPENAI_ORGANIZATION=org-b\nOPENAI_API_BASE='https://api.openai.com'\n",
    )]);
    let ended = Start::new(&["doctor", "--json", "--no-probe"])
        .env("OPENAI_API_KEY", KEY)
        .env("OPENAI_ORG_ID", "org-a")
        .run(folder.path());
    assert_eq!(found(&ended), ["E02", "E04"], "{ended:?}");
}

#[test]
fn without_a_key_it_says_where_it_looked() {
    let folder = folder(&[]);
    let ended = Start::new(&["doctor"]).run(folder.path());
    assert_eq!(ended.status.code(), Some(10), "{ended:?}");
    assert!(
        ended
            .stdout
            .contains("Verdict    There is no API key here. (certain, E01)"),
        "{ended:?}"
    );
}

#[test]
fn a_bundle_is_private_never_replaces_a_file_and_says_what_the_terminal_said() {
    let folder = folder(&[(
        "error.txt",
        "Error code: 429 - {'error': {'message': 'x', 'type': 'insufficient_quota', 'code': 'project_spend_limit_exceeded'}}",
    )]);
    let arguments = ["--error", "error.txt", "--bundle", "bundle.json"];
    assert_eq!(found(&run(&folder, &arguments)), ["D04"]);
    let path = folder.path().join("bundle.json");
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let bundle: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(bundle["schema"], "seawall.doctor_bundle/1");
    assert_eq!(bundle["accounts"][0]["verdict"], "D04");
    let again = run(&folder, &arguments);
    assert_eq!(again.status.code(), Some(2), "{again:?}");
    assert!(again.stderr.contains("is there already"), "{again:?}");
}

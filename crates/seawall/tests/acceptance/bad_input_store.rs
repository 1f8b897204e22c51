//! A store, a port or a configuration that cannot be had: one sentence that says what to do and an exit code for scripts;
//! and a disk that is full while calls run.

use std::process::Command;

use http::Method;
use rusqlite::Connection;
use serde_json::json;

use crate::call::Call;
use crate::patience::eventually;
use crate::process::{Ended, Start};
use crate::stage::{ADMIN_KEY, Stage};

const DOLLAR: i64 = 1_000_000_000;

fn serve(folder: &std::path::Path, toml: &str) -> Ended {
    std::fs::write(folder.join("seawall.toml"), toml).unwrap();
    Start::new(&["serve", "--config", "seawall.toml"])
        .env("SEAWALL_ADMIN_KEY", ADMIN_KEY)
        .env("SEAWALL_SERVER__LISTEN", "127.0.0.1:0")
        .run(folder)
}

fn assert_ends(what: &str, ended: &Ended, code: i32, says: &[&str]) {
    assert_eq!(ended.status.code(), Some(code), "{what}: {ended:?}");
    assert_eq!(ended.stdout, "", "{what}");
    for says in says {
        assert!(ended.stderr.contains(says), "{what}: {}", ended.stderr);
    }
    assert!(
        !ended.stderr.contains("panicked"),
        "{what}: {}",
        ended.stderr
    );
}

#[test]
fn a_store_that_is_none_is_refused_with_what_to_do_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seawall.db");
    let store = "[store]\nurl = \"sqlite:seawall.db\"\n";

    let text = b"This is no database, but somebody's notes of long ago.".repeat(40);
    std::fs::write(&path, &text).unwrap();
    let ended = serve(folder.path(), store);
    assert_ends("text", &ended, 3, &["seawall.db", "not a database"]);
    assert_eq!(std::fs::read(&path).unwrap(), text);

    std::fs::remove_file(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("CREATE TABLE notes (note TEXT)")
        .unwrap();
    drop(other);
    let ended = serve(folder.path(), store);
    assert_ends(
        "another program's",
        &ended,
        3,
        &["seawall.db", "another program"],
    );

    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    let ended = serve(folder.path(), store);
    assert_ends("a folder", &ended, 3, &["cannot open", "seawall.db"]);

    let ended = serve(
        folder.path(),
        "[store]\nurl = \"sqlite:nowhere/at/all/seawall.db\"\n",
    );
    assert_ends("no folder", &ended, 3, &["cannot open", "nowhere/at/all"]);
}

#[tokio::test]
async fn a_store_of_a_later_version_is_refused_and_left_as_it_is() {
    let mut stage = Stage::raise();
    let tenant = stage.tenant(DOLLAR).await;
    stage.stop_gateway().await;
    let file = Connection::open(stage.store()).unwrap();
    let version: i64 = file
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    file.pragma_update(None, "user_version", 99).unwrap();
    let ended = stage.start.run(stage.folder());
    assert_ends(
        "version 99",
        &ended,
        3,
        &["version 99", "use a newer seawall"],
    );
    // As it was, it goes on.
    file.pragma_update(None, "user_version", version).unwrap();
    drop(file);
    stage.start_again();
    assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
}

#[tokio::test]
async fn a_port_in_use_is_named_with_what_to_do() {
    let stage = Stage::raise();
    let folder = tempfile::tempdir().unwrap();
    let taken = stage.gateway.address.to_string();
    let ended = Start::new(&["serve"])
        .env("SEAWALL_ADMIN_KEY", ADMIN_KEY)
        .env("SEAWALL_SERVER__LISTEN", &taken)
        .run(folder.path());
    assert_ends(
        "port",
        &ended,
        4,
        &[&taken, "is in use; stop what listens there", "--listen"],
    );
}

/// Configurations that cannot be used, and what is said of each: where, and what it is about.
fn configurations() -> Vec<(&'static str, &'static str, [&'static str; 2])> {
    vec![
        (
            "a typo",
            "[server]\nlistne = \"127.0.0.1:0\"\n",
            ["seawall.toml:2:1", "did you mean `listen`?"],
        ),
        (
            "a typo in a table",
            "[gatewayy]\nfit_floor = 1\n",
            ["seawall.toml:1:2", "gateway"],
        ),
        (
            "a typo in a row",
            "[[upstream]]\nname = \"a\"\nkidn = \"openai\"\n",
            ["seawall.toml:3:1", "kind"],
        ),
        (
            "no TOML",
            "[server\nlisten = 1\n",
            ["seawall.toml:1:8", "]"],
        ),
        (
            "twice",
            "[server]\nnode = \"a\"\nnode = \"b\"\n",
            ["seawall.toml:3:1", "duplicate"],
        ),
        (
            "a number",
            "[server]\nlisten = 8080\n",
            ["seawall.toml:2:10", "server.listen"],
        ),
        (
            "no address",
            "[server]\nlisten = \"here\"\n",
            ["seawall.toml:2:10", "server.listen"],
        ),
        (
            "below zero",
            "[gateway]\nfit_floor = -1\n",
            ["seawall.toml:2:13", "gateway.fit_floor"],
        ),
        (
            "no duration",
            "[gateway]\nhold_for = \"soon\"\n",
            ["seawall.toml:2:12", "gateway.hold_for"],
        ),
        (
            "no size",
            "[gateway]\nbody_limit = \"1e99GiB\"\n",
            ["seawall.toml:2:14", "gateway.body_limit"],
        ),
        (
            "another status",
            "[errors]\nrefusal_status = 200\n",
            ["seawall.toml:2:18", "402"],
        ),
        (
            "a secret",
            "[[upstream]]\nname = \"a\"\nkind = \"openai\"\napi_key = \"sk-1\"\n",
            ["seawall.toml:4:11", "env:"],
        ),
        (
            "another store",
            "[store]\nurl = \"mysql:x\"\n",
            ["seawall.toml:2:7", "sqlite:"],
        ),
    ]
}

#[test]
fn a_configuration_that_cannot_be_used_is_refused_at_its_place() {
    let folder = tempfile::tempdir().unwrap();
    for (what, toml, says) in configurations() {
        std::fs::write(folder.path().join("seawall.toml"), toml).unwrap();
        let check = Start::new(&["config", "check", "--config", "seawall.toml"]);
        let ended = check.run(folder.path());
        assert_ends(what, &ended, 3, &says);
        assert!(!folder.path().join("seawall.db").exists(), "{what}");
    }
}

/// Bounds how large a file of a process may become from now on, in bytes.
fn bound_files(process: u32, bytes: &str) {
    let bounded = Command::new("prlimit")
        .args(["--pid", &process.to_string(), &format!("--fsize={bytes}:")])
        .status()
        .unwrap();
    assert!(bounded.success());
}

#[tokio::test]
async fn a_full_disk_is_503_nothing_is_half_done_and_it_goes_on_when_there_is_room() {
    let mut stage = Stage::raise();
    let tenant = stage.tenant(5 * DOLLAR).await;
    assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
    let before = stage.settled(&tenant.organization).await;
    let calls = stage.provider("/sim/billed").await["calls"].clone();
    let entries = format!("organizations/{}/ledger?limit=200", tenant.organization);
    let ledger = stage.list(&entries).await;
    // No file may grow beyond where each of them is already.
    bound_files(stage.gateway.id(), "4096");
    for _ in 0..3 {
        let answer = stage.call(&tenant.secret, &Call::chat()).await;
        assert_eq!(answer.status, 503, "{answer:?}");
        let error = answer.error();
        assert_eq!(error["code"], "store_unavailable", "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("Nothing was charged"), "{message}");
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
    let path = format!("organizations/{}/projects", tenant.organization);
    let body = json!({"name": "half"});
    let answer = stage.administer(Method::POST, &path, Some(&body)).await;
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_eq!(stage.provider("/sim/billed").await["calls"], calls);
    bound_files(stage.gateway.id(), "unlimited");
    eventually("a call to be served again", async || {
        let answer = stage.call(&tenant.secret, &Call::chat()).await;
        (answer.status == 200).then_some(())
    })
    .await;
    let after = stage.settled(&tenant.organization).await;
    assert!(after.spent > before.spent);
    stage.assert_balanced(&tenant.organization).await;
    let now = stage.list(&entries).await;
    assert!(now.len() > ledger.len());
    stage.stop_gateway().await;
    crate::file::read(&stage.store()).assert_balanced_and_at_rest();
}

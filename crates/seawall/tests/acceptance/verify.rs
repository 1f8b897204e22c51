//! `seawall verify` and `seawall backup` as an operator runs them: on a stopped store, beside a running server, on a
//! damaged one, and on a backup that is restored.

use rusqlite::Connection;
use serde_json::Value;

use crate::call::Call;
use crate::process::{Ended, Start};
use crate::stage::{ADMIN_KEY, Stage};
use crate::tenant::Tenant;

const DOLLAR: i64 = 1_000_000_000;

/// Runs the program with the stage's configuration.
fn run(stage: &Stage, arguments: &[&str]) -> Ended {
    let mut all = arguments.to_vec();
    if arguments[0] == "backup" || !arguments.contains(&"--store") {
        all.extend(["--config", "seawall.toml"]);
    }
    Start::new(&all).run(stage.folder())
}

async fn called(stage: &Stage) -> Tenant {
    let tenant = stage.tenant(5 * DOLLAR).await;
    for _ in 0..3 {
        assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
    }
    stage.settled(&tenant.organization).await;
    tenant
}

#[tokio::test]
async fn a_stopped_store_is_verified_with_one_line_and_0() {
    let mut stage = Stage::raise();
    called(&stage).await;
    stage.stop_gateway().await;
    let ended = run(&stage, &["verify"]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert!(ended.stdout.starts_with("organizations: 1, entries: "));
    assert!(ended.stdout.contains("with the request log, found: 0"));
    assert_eq!(ended.stdout.lines().count(), 1, "{ended:?}");
    assert_eq!(ended.stderr, "");
}

#[tokio::test]
async fn a_killed_servers_store_is_verified_as_it_lies() {
    let mut stage = Stage::raise();
    called(&stage).await;
    stage.gateway.kill();
    let ended = run(&stage, &["verify", "--json"]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["schema"], "seawall.verify/1");
    assert_eq!(report["found"], 0, "{report}");
}

#[tokio::test]
async fn damage_ends_with_10_and_names_the_organization_and_the_first_bad_entry() {
    let mut stage = Stage::raise();
    let tenant = called(&stage).await;
    stage.stop_gateway().await;
    let store = Connection::open(stage.store()).unwrap();
    store
        .execute("DELETE FROM entry WHERE seq = 5", [])
        .unwrap();
    drop(store);
    let ended = run(&stage, &["verify"]);
    assert_eq!(ended.status.code(), Some(10), "{ended:?}");
    let said = format!("{}: entry 5 is missing\n", tenant.organization);
    assert!(ended.stdout.starts_with(&said), "{ended:?}");
    let ended = run(&stage, &["verify", "--json"]);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    let finding = &report["findings"][0];
    assert_eq!(finding["organization"], tenant.organization.as_str());
    assert_eq!(
        (&finding["part"], &finding["entry"]),
        (&"journal".into(), &5.into())
    );
}

#[tokio::test]
async fn a_running_server_is_not_disturbed_and_the_way_to_look_at_it_is_named() {
    let stage = Stage::raise();
    let tenant = called(&stage).await;
    let ended = run(&stage, &["verify"]);
    assert_eq!(ended.status.code(), Some(4), "{ended:?}");
    assert!(ended.stderr.contains("--url"), "{ended:?}");
    assert!(ended.stderr.contains("seawall backup --to"), "{ended:?}");
    assert_eq!(ended.stdout, "");
    assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
}

#[tokio::test]
async fn a_backup_of_a_running_server_is_whole_private_and_never_replaces_a_file() {
    let stage = Stage::raise();
    called(&stage).await;
    let ended = run(&stage, &["backup", "--to", "copy.db"]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(stage.folder().join("copy.db"))
            .unwrap()
            .permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    assert!(!stage.folder().join("copy.db.part").exists());
    let ended = run(&stage, &["verify", "--store", "copy.db"]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert!(
        ended.stdout.contains("no request log, found: 0"),
        "{ended:?}"
    );
    let ended = run(&stage, &["backup", "--to", "copy.db"]);
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    assert!(ended.stderr.contains("is there already"), "{ended:?}");
}

/// What docs/operating.md says of a restored backup beside which nothing is remembered.
#[tokio::test]
async fn a_backup_restored_without_what_is_remembered_serves_and_has_forgotten_what_came_after_it()
{
    let mut stage = Stage::raise();
    let tenant = called(&stage).await;
    let before = stage.balance(&tenant.organization).await;
    assert_eq!(
        run(&stage, &["backup", "--to", "copy.db"]).status.code(),
        Some(0)
    );
    assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
    assert!(stage.settled(&tenant.organization).await.spent > before.spent);
    stage.stop_gateway().await;

    std::fs::remove_dir_all(stage.folder().join("seawall-acknowledged")).unwrap();
    std::fs::rename(stage.folder().join("copy.db"), stage.store()).unwrap();
    for left in ["seawall.db-wal", "seawall.db-shm"] {
        std::fs::remove_file(stage.folder().join(left)).ok();
    }
    let ended = run(&stage, &["verify"]);
    assert_eq!(ended.status.code(), Some(10), "{ended:?}");
    assert!(
        ended.stdout.contains("the request log has read entry"),
        "{ended:?}"
    );

    stage.start_again();
    assert_eq!(stage.balance(&tenant.organization).await, before);
    assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
    stage.settled(&tenant.organization).await;
    stage.stop_gateway().await;
    let ended = run(&stage, &["verify"]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
}

#[tokio::test]
async fn a_running_server_looks_at_its_own_store_and_answers_as_a_stopped_one_would() {
    let stage = Stage::raise();
    let tenant = called(&stage).await;
    let url = format!("http://{}", stage.gateway.address);
    let ask = |more: &[&str]| {
        let arguments = [&["verify", "--url", &url], more].concat();
        Start::new(&arguments)
            .env("SEAWALL_ADMIN_KEY", ADMIN_KEY)
            .run(stage.folder())
    };
    let ended = ask(&[]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert!(ended.stdout.starts_with("organizations: 1, entries: "));
    assert!(ended.stdout.contains("with the request log, found: 0"));
    assert_eq!(ended.stdout.lines().count(), 1, "{ended:?}");
    let ended = ask(&["--json"]);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["schema"], "seawall.verify/1");
    assert_eq!(report["found"], 0, "{report}");

    // Behind the server's back.
    let store = Connection::open(stage.store()).unwrap();
    store
        .execute("DELETE FROM entry WHERE seq = 5", [])
        .unwrap();
    drop(store);
    let ended = ask(&[]);
    assert_eq!(ended.status.code(), Some(10), "{ended:?}");
    let said = format!("{}: entry 5 is missing\n", tenant.organization);
    assert!(ended.stdout.starts_with(&said), "{ended:?}");
    let all = stage.list("verifications").await;
    assert_eq!(
        (all.len(), &all[0]["state"]),
        (1, &"finished".into()),
        "{all:?}"
    );
    let wrong = Start::new(&["verify", "--url", &url])
        .env("SEAWALL_ADMIN_KEY", &"x".repeat(40))
        .run(stage.folder());
    assert_eq!(wrong.status.code(), Some(6), "{wrong:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_being_appended_to_is_found_sound_each_time() {
    let stage = Stage::raise();
    let tenant = called(&stage).await;
    let url = format!("http://{}", stage.gateway.address);
    let verify = Start::new(&["verify", "--url", &url]).env("SEAWALL_ADMIN_KEY", ADMIN_KEY);
    let folder = stage.folder().to_owned();
    let looking = tokio::task::spawn_blocking(move || {
        let ended: Vec<Ended> = (0..5).map(|_| verify.run(&folder)).collect();
        ended
    });
    let mut calls = 0;
    while !looking.is_finished() {
        assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
        calls += 1;
    }
    println!("{calls} calls meanwhile");
    for ended in looking.await.unwrap() {
        assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    }
}

//! `seawall verify` and `seawall backup` as an operator runs them: on a stopped store, beside a running server, on a
//! damaged one, and on a backup that is restored.

use rusqlite::Connection;
use serde_json::Value;

use crate::call::Call;
use crate::process::{Ended, Start};
use crate::stage::Stage;
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

/// What docs/operating.md says of a restored backup.
#[tokio::test]
async fn a_restored_backup_serves_and_has_forgotten_what_came_after_it() {
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

//! A store that has rolled back: a backup restored after `kill -9`, beside what the server remembers of what it had
//! acknowledged since.

use std::path::PathBuf;

use http::Method;
use serde_json::{Value, json};

use crate::call::Call;
use crate::http::Ask;
use crate::process::{Ended, Start};
use crate::stage::{ADMIN_KEY, Stage};
use crate::tenant::{Key, On, Tenant};

const DOLLAR: i64 = 1_000_000_000;

/// An organization with a limit, two keys and some calls, as the backup has it.
struct Before {
    tenant: Tenant,
    leaked: Key,
    limit: String,
}

fn run(stage: &Stage, arguments: &[&str]) -> Ended {
    Start::new(arguments).run(stage.folder())
}

/// A command that asks the running server.
fn ask(stage: &Stage, arguments: &[&str]) -> Ended {
    Start::new(arguments)
        .env("SEAWALL_ADMIN_KEY", ADMIN_KEY)
        .env("SEAWALL_URL", &format!("http://{}", stage.gateway.address))
        .run(stage.folder())
}

async fn backed_up(stage: &Stage) -> Before {
    let tenant = stage.tenant(5 * DOLLAR).await;
    let leaked = stage.key(&tenant.project, json!({"name": "leaked"})).await;
    let limit = stage.limit(On::Project(&tenant.project), 4 * DOLLAR).await;
    assert_eq!(stage.call(&leaked.secret, &Call::chat()).await.status, 200);
    stage.settled(&tenant.organization).await;
    let arguments = ["backup", "--to", "copy.db", "--config", "seawall.toml"];
    assert_eq!(run(stage, &arguments).status.code(), Some(0));
    Before {
        tenant,
        leaked,
        limit,
    }
}

/// What the backup does not have: calls, a key revoked, credit added, the limit lowered to what is spent.
async fn much_happens(stage: &Stage, before: &Before) {
    let tenant = &before.tenant;
    for _ in 0..5 {
        assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
    }
    stage.delete(&format!("keys/{}", before.leaked.id)).await;
    stage.credit(&tenant.organization, 7 * DOLLAR).await;
    let spent = stage.settled(&tenant.organization).await.spent;
    stage.change_limit(&before.limit, spent).await;
    let answer = stage.call(&tenant.secret, &Call::chat()).await;
    assert_eq!(answer.code(), "project_spend_limit_exceeded", "{answer:?}");
}

/// The backup in the place of the store, as docs/operating.md has it.
fn restore(stage: &Stage) {
    for left in ["seawall.db-wal", "seawall.db-shm"] {
        std::fs::remove_file(stage.folder().join(left)).ok();
    }
    std::fs::copy(stage.folder().join("copy.db"), stage.store()).unwrap();
}

/// What is remembered beside the store.
fn remembered(stage: &Stage) -> Vec<PathBuf> {
    let stores = std::fs::read_dir(stage.folder().join("seawall-acknowledged")).unwrap();
    let files = stores.flat_map(|store| std::fs::read_dir(store.unwrap().path()).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

async fn is_as_it_was(stage: &Stage, before: &Before, spent: i64) {
    // The very first thing that is asked.
    let answer = stage.call(&before.leaked.secret, &Call::chat()).await;
    assert_eq!((answer.status, &*answer.code()), (401, "invalid_api_key"));
    let answer = stage.call(&before.tenant.secret, &Call::chat()).await;
    assert_eq!(answer.code(), "project_spend_limit_exceeded", "{answer:?}");
    let limit = stage.get(&format!("limits/{}", before.limit)).await;
    assert_eq!(crate::usd::of(&limit, "amount_usd"), spent, "{limit}");
    let balance = stage.balance(&before.tenant.organization).await;
    assert_eq!((balance.spent, balance.held), (spent, 0), "{balance:?}");
}

async fn is_sound(stage: &mut Stage) {
    stage.stop_gateway().await;
    let ended = run(stage, &["verify", "--config", "seawall.toml"]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert!(ended.stdout.contains("found: 0"), "{ended:?}");
}

async fn audited(stage: &Stage, action: &str) -> Value {
    let all = stage.list("audit").await;
    let found = all.iter().find(|row| row["action"] == action).cloned();
    found.unwrap_or_else(|| panic!("{action} is not in {all:?}"))
}

#[tokio::test]
async fn everything_acknowledged_is_back_when_a_backup_is_restored_after_kill_9() {
    let mut stage = Stage::raise();
    let before = backed_up(&stage).await;
    much_happens(&stage, &before).await;
    let balance = stage.balance(&before.tenant.organization).await;
    let ledger = format!("organizations/{}/ledger", before.tenant.organization);
    let entries = stage.list(&ledger).await;
    stage.gateway.kill();
    restore(&stage);

    stage.start_again();
    is_as_it_was(&stage, &before, balance.spent).await;
    assert_eq!(stage.balance(&before.tenant.organization).await, balance);
    assert_eq!(
        stage.list(&ledger).await,
        entries,
        "bit for bit, by the hashes"
    );
    let row = audited(&stage, "entries_restored").await;
    assert_eq!(row["seq"], entries.len(), "{row}");
    assert_eq!(row["changes"]["restored_entries"]["to"], entries.len());
    let metrics = stage.send(&Ask::get("/metrics")).await;
    let metrics = String::from_utf8_lossy(&metrics.body).into_owned();
    assert!(
        metrics.contains("seawall_store_rollbacks_total 1\n"),
        "{metrics}"
    );
    assert!(stage.gateway.said().contains("had rolled back"));
    is_sound(&mut stage).await;
    // And nothing of it again.
    stage.start_again();
    assert_eq!(stage.list(&ledger).await, entries);
}

#[tokio::test]
async fn an_organization_that_was_made_after_the_backup_is_back_with_its_key() {
    let mut stage = Stage::raise();
    backed_up(&stage).await;
    let tenant = stage.tenant(DOLLAR).await;
    assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
    let balance = stage.settled(&tenant.organization).await;
    stage.gateway.kill();
    restore(&stage);
    stage.start_again();
    assert_eq!(stage.balance(&tenant.organization).await, balance);
    assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
    stage.settled(&tenant.organization).await;
    is_sound(&mut stage).await;
}

/// What was remembered until now is lost, and much happens after.
async fn behind_a_gap(stage: &mut Stage) -> (Before, Tenant, i64) {
    let other = stage.tenant(DOLLAR).await;
    let before = backed_up(stage).await;
    let credit = stage.credit(&before.tenant.organization, DOLLAR).await;
    assert!(credit.starts_with("lot_"));
    stage.stop_gateway().await;
    for file in remembered(stage) {
        std::fs::remove_file(file).unwrap();
    }
    stage.start_again();
    much_happens(stage, &before).await;
    let spent = stage.balance(&before.tenant.organization).await.spent;
    stage.gateway.kill();
    restore(stage);
    stage.start_again();
    (before, other, spent)
}

/// What a gap costs is shown before it is accepted.
async fn shown_and_accepted(stage: &Stage, organization: &str) {
    let ended = ask(stage, &["org", "rollback", organization]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    for said in [
        "key revoked",
        "limit changed",
        "credit added",
        "calls charged",
    ] {
        assert!(ended.stdout.contains(said), "{said}: {ended:?}");
    }
    let seen = stage
        .get(&format!("organizations/{organization}/rollback"))
        .await;
    let entry = seen["acknowledged_entry"].to_string();
    let ended = ask(
        stage,
        &["org", "accept-rollback", organization, "--entry", "1"],
    );
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    let ended = ask(
        stage,
        &["org", "accept-rollback", organization, "--entry", &entry],
    );
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
}

#[tokio::test]
async fn a_gap_stops_one_organization_until_a_person_goes_on_and_the_others_do_not_notice() {
    let mut stage = Stage::raise();
    let (before, other, spent) = behind_a_gap(&mut stage).await;
    let organization = &before.tenant.organization;
    let answer = stage.call(&before.tenant.secret, &Call::chat()).await;
    assert_eq!((answer.status, &*answer.code()), (503, "store_rolled_back"));
    assert_eq!(answer.must("x-should-retry"), "false");
    assert_eq!(stage.call(&other.secret, &Call::chat()).await.status, 200);
    let balance = format!("organizations/{organization}/balance");
    let answer = stage.administer(Method::GET, &balance, None).await;
    assert_eq!((answer.status, &*answer.code()), (503, "store_rolled_back"));
    assert!(
        answer.json()["error"]["message"]
            .as_str()
            .unwrap()
            .contains("are remembered nowhere")
    );
    let ready = stage.send(&Ask::get("/readyz")).await;
    assert_eq!(
        (ready.status, &ready.json()["stopped_organizations"]),
        (200, &json!(1))
    );
    let ended = ask(&stage, &["status"]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert!(
        ended
            .stdout
            .contains("is stopped: the store has rolled back"),
        "{ended:?}"
    );

    shown_and_accepted(&stage, organization).await;

    is_as_it_was(&stage, &before, spent).await;
    let row = audited(&stage, "rollback_accepted").await;
    assert_eq!(row["actor"], "admin", "{row}");
    let revoked = audited(&stage, "key_revoked").await;
    assert!(
        revoked["actor"]
            .as_str()
            .unwrap()
            .contains("restored from entry")
    );
    let kept = remembered(&stage).into_iter();
    let kept = kept.filter(|file| file.extension().is_some_and(|kind| kind == "entries"));
    assert_eq!(kept.count(), 1);
    let ended = ask(&stage, &["org", "rollback", organization]);
    assert_eq!(ended.status.code(), Some(5), "{ended:?}");
    is_sound(&mut stage).await;
    stage.start_again();
    is_as_it_was(&stage, &before, spent).await;
}

#[tokio::test]
async fn a_journal_that_went_on_by_itself_stops_and_the_stricter_state_wins() {
    let mut stage = Stage::raise();
    let before = backed_up(&stage).await;
    much_happens(&stage, &before).await;
    let spent = stage.balance(&before.tenant.organization).await.spent;
    stage.stop_gateway().await;
    restore(&stage);
    // Somebody started it elsewhere, without what is remembered.
    let memory = stage.folder().join("seawall-acknowledged");
    let aside = stage.folder().join("aside");
    std::fs::rename(&memory, &aside).unwrap();
    stage.start_again();
    stage.change_limit(&before.limit, 3 * DOLLAR).await;
    assert_eq!(
        stage
            .call(&before.leaked.secret, &Call::chat())
            .await
            .status,
        200
    );
    let elsewhere = stage.settled(&before.tenant.organization).await.spent;
    stage.stop_gateway().await;
    std::fs::remove_dir_all(&memory).unwrap();
    std::fs::rename(&aside, &memory).unwrap();

    stage.start_again();
    let answer = stage.call(&before.tenant.secret, &Call::chat()).await;
    assert_eq!((answer.status, &*answer.code()), (503, "store_rolled_back"));
    let organization = &before.tenant.organization;
    let path = format!("organizations/{organization}/rollback");
    let seen = stage.get(&path).await;
    assert!(
        seen["problem"]
            .as_str()
            .unwrap()
            .contains("in the place of entry"),
        "{seen}"
    );
    let entry = seen["acknowledged_entry"].to_string();
    let ended = ask(
        &stage,
        &["org", "accept-rollback", organization, "--entry", &entry],
    );
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let answer = stage.call(&before.leaked.secret, &Call::chat()).await;
    assert_eq!((answer.status, &*answer.code()), (401, "invalid_api_key"));
    let limit = stage.get(&format!("limits/{}", before.limit)).await;
    assert_eq!(crate::usd::of(&limit, "amount_usd"), spent, "{limit}");
    let sum = stage.balance(organization).await.spent;
    assert!(
        sum > spent && sum > elsewhere,
        "{sum} of {spent} and {elsewhere}"
    );
    let answer = stage.call(&before.tenant.secret, &Call::chat()).await;
    assert_eq!(answer.code(), "project_spend_limit_exceeded", "{answer:?}");
    is_sound(&mut stage).await;
}

#[tokio::test]
async fn what_is_remembered_may_be_torn_or_flipped_and_a_sound_store_starts_and_stays_sound() {
    let mut stage = Stage::raise();
    let before = backed_up(&stage).await;
    much_happens(&stage, &before).await;
    let spent = stage.balance(&before.tenant.organization).await.spent;
    stage.gateway.kill();
    let store = std::fs::read(stage.store()).unwrap();
    let log = std::fs::read(stage.folder().join("seawall.db-wal")).unwrap();
    let file = remembered(&stage).into_iter().max().unwrap();
    let whole = std::fs::read(&file).unwrap();
    for part in [3, 2, 1] {
        let place = whole.len() * part / 4;
        for damage in [whole[..place].to_vec(), {
            let mut flipped = whole.clone();
            flipped[place] ^= 1;
            flipped
        }] {
            for newer in remembered(&stage) {
                std::fs::remove_file(newer).unwrap();
            }
            std::fs::write(&file, damage).unwrap();
            std::fs::write(stage.store(), &store).unwrap();
            std::fs::write(stage.folder().join("seawall.db-wal"), &log).unwrap();
            std::fs::remove_file(stage.folder().join("seawall.db-shm")).ok();
            stage.start_again();
            is_as_it_was(&stage, &before, spent).await;
            is_sound(&mut stage).await;
        }
    }
}

#[tokio::test]
async fn another_store_in_the_place_of_this_one_has_lost_nothing() {
    let mut stage = Stage::raise();
    backed_up(&stage).await;
    stage.stop_gateway().await;
    for gone in [
        "seawall.db",
        "seawall.db-wal",
        "seawall.db-shm",
        "seawall-requests.db",
    ] {
        std::fs::remove_file(stage.folder().join(gone)).ok();
    }
    stage.start_again();
    assert!(stage.list("organizations").await.is_empty());
    let tenant = stage.tenant(DOLLAR).await;
    assert_eq!(stage.call(&tenant.secret, &Call::chat()).await.status, 200);
}

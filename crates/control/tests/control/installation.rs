//! The installation's secrets at the first start and later.

use control::{AdminSecret, FirstKey, Installation, InstallationError};
use journal::Store as _;
use journal::memory::Memory;

use crate::house::Counting;

fn secret(text: &str) -> Option<AdminSecret> {
    AdminSecret::parse(text.to_owned()).ok()
}

const GIVEN: &str = "a-key-of-mine-with-32-characters!";
const OTHER: &str = "another-key-with-32-characters!!!";

#[tokio::test]
async fn a_key_made_at_the_first_start_is_told_once() {
    let (store, random) = (Memory::new(), Counting::default());
    let first = Installation::open(&store, None, &random).await.unwrap();
    let FirstKey::Made(made) = first.first else {
        panic!("{first:?}")
    };
    assert!(made.reveal().starts_with("sk-sw-admin-"));
    let later = Installation::open(&store, None, &random).await.unwrap();
    assert!(matches!(later.first, FirstKey::Kept));
    assert_eq!(later.pepper.to_bytes(), first.pepper.to_bytes());
    // The one who was told may give it later, as SEAWALL_ADMIN_KEY.
    let again = Installation::open(&store, secret(made.reveal()), &random)
        .await
        .unwrap();
    assert!(matches!(again.first, FirstKey::Given));
    for name in ["pepper", "admin_keys"] {
        let kept = store.record(name).await.unwrap().unwrap().bytes;
        assert!(
            !String::from_utf8_lossy(&kept).contains(made.reveal()),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_key_given_later_neither_opens_a_door_nor_shuts_the_owner_out() {
    let (store, random) = (Memory::new(), Counting::default());
    let first = Installation::open(&store, secret(GIVEN), &random)
        .await
        .unwrap();
    assert!(matches!(first.first, FirstKey::Given));
    let before = store.record("admin_keys").await.unwrap();
    let later = Installation::open(&store, secret(OTHER), &random)
        .await
        .unwrap();
    assert!(matches!(later.first, FirstKey::NotKnown));
    assert_eq!(store.record("admin_keys").await.unwrap(), before);
    let owner = Installation::open(&store, secret(GIVEN), &random)
        .await
        .unwrap();
    assert!(matches!(owner.first, FirstKey::Given));
}

#[tokio::test]
async fn servers_that_start_at_once_agree_on_one_installation() {
    let (store, random) = (Memory::new(), Counting::default());
    let opened =
        futures_util::future::join_all((0..8).map(|_| Installation::open(&store, None, &random)))
            .await;
    let opened: Vec<Installation> = opened.into_iter().map(Result::unwrap).collect();
    let made = opened
        .iter()
        .filter(|one| matches!(one.first, FirstKey::Made(_)));
    assert_eq!(made.count(), 1);
    for one in &opened {
        assert_eq!(one.pepper.to_bytes(), opened[0].pepper.to_bytes());
    }
}

#[tokio::test]
async fn a_damaged_record_stops_the_start() {
    let random = Counting::default();
    for (name, bytes) in [
        ("pepper", b"short".to_vec()),
        ("admin_keys", b"{}".to_vec()),
    ] {
        let store = Memory::new();
        assert!(store.put_record(name, 0, bytes).await.unwrap());
        let opened = Installation::open(&store, secret(GIVEN), &random).await;
        assert!(matches!(opened, Err(InstallationError::Damaged(damaged)) if damaged == name));
    }
}

#[test]
fn nothing_of_an_installation_prints_a_secret() {
    let made = FirstKey::Made(AdminSecret::from_random([7; 32]));
    assert_eq!(format!("{made:?}"), "Made(…)");
}

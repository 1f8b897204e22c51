//! What may be known without asking: a yes from memory, never a no.

use ids::ShortId;
use ledger::{ChangeOrganization, DirectoryCommand};

use crate::calls::{is_granted, refused};
use crate::world::{KEY, KEY_HASH, Node, ORGANIZATION, PROJECT, as_usual, dollars, key};

fn knows(node: &Node) -> bool {
    let view = node.teller.view().unwrap();
    view.key(KEY_HASH).is_some()
}

#[tokio::test(start_paused = true)]
async fn before_the_book_was_read_there_is_no_view() {
    let node = Node::alone(as_usual);
    assert!(node.teller.view().is_none());
    node.book().await;
    let view = node.teller.view().unwrap();
    assert_eq!(view.organization, None);
}

#[tokio::test(start_paused = true)]
async fn a_key_is_in_the_view_once_its_making_was_answered() {
    let node = Node::with_credit(dollars(1)).await;
    let view = node.teller.view().unwrap();
    assert_eq!(view.organization, Some(ORGANIZATION));
    let known = view.key(KEY_HASH).unwrap();
    assert_eq!((known.key, known.project), (KEY, PROJECT));
    let names = (
        &*known.names.key,
        &*known.names.project,
        &*known.names.organization,
    );
    assert_eq!(names, ("production", "web", "Acme"));
    assert!(view.key(key(9).hash).is_none());
    node.does(DirectoryCommand::CreateKey(key(9))).await;
    assert!(node.teller.view().unwrap().key(key(9).hash).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_frozen_key_is_not_in_the_view() {
    let node = Node::with_credit(dollars(1)).await;
    let freeze = DirectoryCommand::FreezeKey {
        id: KEY,
        reason: "leaked".into(),
    };
    node.does(freeze).await;
    assert!(!knows(&node));
    node.does(DirectoryCommand::UnfreezeKey { id: KEY }).await;
    assert!(knows(&node));
}

#[tokio::test(start_paused = true)]
async fn a_revoked_key_is_not_in_the_view() {
    let node = Node::with_credit(dollars(1)).await;
    node.does(DirectoryCommand::RevokeKey { id: KEY }).await;
    assert!(!knows(&node));
}

#[tokio::test(start_paused = true)]
async fn a_key_of_an_archived_project_is_not_in_the_view() {
    let node = Node::with_credit(dollars(1)).await;
    node.does(DirectoryCommand::ArchiveProject { id: PROJECT })
        .await;
    assert!(!knows(&node));
}

#[tokio::test(start_paused = true)]
async fn a_stale_yes_does_not_reach_the_money() {
    let node = Node::with_credit(dollars(1)).await;
    let other = node.other("b", 1);
    other.does(DirectoryCommand::RevokeKey { id: KEY }).await;
    assert!(knows(&node), "a moment ago it was usable");
    refused(node.asks_for(1, dollars(1))).await;
    assert!(!knows(&node));
}

#[tokio::test(start_paused = true)]
async fn a_new_name_of_the_organization_is_in_the_view() {
    let node = Node::with_credit(dollars(1)).await;
    let rename = ChangeOrganization {
        name: Some("Apex".into()),
        time_zone: None,
    };
    node.does(DirectoryCommand::ChangeOrganization(rename))
        .await;
    let view = node.teller.view().unwrap();
    assert_eq!(&*view.key(KEY_HASH).unwrap().names.organization, "Apex");
}

#[tokio::test(start_paused = true)]
async fn a_teller_is_found_by_the_short_id_in_its_keys() {
    let node = Node::with_credit(dollars(1)).await;
    let short = ShortId::from(ORGANIZATION);
    let other = node.other("b", 1);
    let found = other.tellers.by_short(short).await.unwrap().unwrap();
    assert_eq!(found.organization(), ORGANIZATION);
    assert_eq!(other.tellers.organizations().await.unwrap(), [ORGANIZATION]);
    let unknown = "0000000000".parse().unwrap();
    assert!(other.tellers.by_short(unknown).await.unwrap().is_none());
    is_granted(other.asks_for(1, dollars(1))).await;
}

//! The log and the journal: told or read, once or twice, today or after a restart, the rows are the same.

use ids::OrganizationId;
use ledger::{HoldFact, PresumeReason, ReleaseReason};
use projections::{
    AuditFilter, Happened, LogError, OpenError, Options, Outcome, RequestLog, Waiting,
};

use crate::world::{Call, Journal, World, refused, remark, request, second};

/// Five calls that differ in everything.
fn story() -> Vec<HoldFact> {
    vec![
        Call(1, 1).taken(),
        Call(2, 1).taken_with(2, "other"),
        Call(1, 1).settled(700),
        Call(3, 1).taken(),
        Call(2, 1).presumed(PresumeReason::CutOff),
        Call(3, 1).released(ReleaseReason::ProviderRefused),
        Call(3, 2).taken(),
        Call(4, 1).taken(),
        Call(3, 2).settled(9),
        Call(2, 1).corrected(5),
        Call(5, 1).taken(),
        Call(5, 1).released(ReleaseReason::NotSent),
    ]
}

fn cramped() -> Options {
    let waiting = Waiting {
        entries: 4,
        ..Waiting::default()
    };
    Options {
        waiting,
        ..Options::default()
    }
}

#[tokio::test]
async fn what_was_read_is_what_would_have_been_told() {
    let mut told = World::new(Options::default());
    told.tell(1, story()).await;
    let mut read = World::new(Options::default());
    read.happen(1, story()).await;
    assert_eq!(read.everything().await, []);
    read.log.catch_up(read.store()).await.unwrap();
    let rows = read.everything().await;
    assert_eq!(rows.len(), 5);
    assert_eq!(rows, told.everything().await);
}

#[tokio::test]
async fn entries_told_twice_change_nothing() {
    let mut world = World::new(Options::default());
    let entries = world.happen(1, story()).await;
    let organization = world.journal.organization;
    world.log.appended(organization, entries.clone());
    let rows = world.everything().await;
    for part in [&entries[..], &entries[3..7], &entries[11..]] {
        world.log.appended(organization, part.to_vec());
    }
    world.log.catch_up(world.store()).await.unwrap();
    assert_eq!(world.everything().await, rows);
    assert!(!world.log.is_behind());
}

#[tokio::test]
async fn overlapping_entries_are_taken_up_from_where_they_are_new() {
    let mut world = World::new(Options::default());
    let entries = world.happen(1, story()).await;
    let organization = world.journal.organization;
    world.log.appended(organization, entries[..5].to_vec());
    world.log.appended(organization, entries[2..].to_vec());
    let rows = world.everything().await;
    world.log.rebuild(world.store()).await.unwrap();
    assert_eq!(rows.len(), 5);
    assert_eq!(world.everything().await, rows);
}

#[tokio::test]
async fn a_gap_is_read_from_the_store() {
    let mut world = World::new(Options::default());
    let entries = world.happen(1, story()).await;
    let organization = world.journal.organization;
    world.log.appended(organization, entries[..2].to_vec());
    world.log.appended(organization, entries[3..].to_vec());
    assert_eq!(
        world.outcome(1).await,
        None,
        "the entry that settles it was not told"
    );
    assert!(world.log.is_behind());
    world.log.catch_up(world.store()).await.unwrap();
    assert_eq!(world.outcome(1).await, Some(Outcome::Served));
    assert_eq!(world.everything().await.len(), 5);
    assert!(!world.log.is_behind());
}

#[tokio::test]
async fn what_there_was_no_room_for_is_read_from_the_store() {
    let mut world = World::new(cramped());
    world.tell(1, story()).await;
    assert!(world.log.is_behind());
    assert_eq!(world.everything().await, []);
    world.tell(20, [Call(6, 1).taken()]).await;
    world.log.catch_up(world.store()).await.unwrap();
    assert_eq!(world.everything().await.len(), 6);
    world.tell(21, [Call(6, 1).settled(1)]).await;
    assert_eq!(world.outcome(6).await, Some(Outcome::Served));
    assert!(!world.log.is_behind());
}

#[tokio::test]
async fn following_reads_at_once_and_whenever_the_log_falls_behind() {
    let mut world = World::new(cramped());
    world.happen(1, [Call(9, 1).taken()]).await;
    let (log, store) = (world.log.clone(), world.store());
    let seen = async {
        while world.get(9).await.is_none() {}
        world.tell(2, story()).await;
        while world.get(5).await.is_none_or(|row| row.outcome.is_none()) {}
    };
    tokio::select! {
        () = log.follow(store) => unreachable!("it follows for ever"),
        () = seen => {}
    }
    assert_eq!(world.everything().await.len(), 6);
}

#[tokio::test]
async fn a_restart_goes_on_where_the_log_was() {
    let whole = {
        let mut world = World::new(Options::default());
        world.tell(1, story()).await;
        world.everything().await
    };
    for cut in 0..story().len() {
        let mut world = World::new(Options::default());
        let entries = world.happen(1, story()).await;
        let organization = world.journal.organization;
        world.log.appended(organization, entries[..cut].to_vec());
        let mut world = world.reopen().await;
        world.log.appended(organization, entries[cut..].to_vec());
        assert_eq!(world.everything().await, whole, "cut after {cut}");
        world = world.reopen().await;
        world.log.catch_up(world.store()).await.unwrap();
        assert_eq!(
            world.everything().await,
            whole,
            "cut after {cut}, read again"
        );
    }
}

#[tokio::test]
async fn a_rebuilt_log_is_the_one_that_was_there() {
    let mut world = World::new(Options::default());
    world.tell(1, story()).await;
    world.log.refused(refused(7, second(3)));
    // A call that was refused on its second attempt, and one with a remark.
    world
        .tell(
            20,
            [
                Call(8, 1).taken(),
                Call(8, 1).released(ReleaseReason::ProviderRefused),
            ],
        )
        .await;
    world.log.refused(refused(8, second(22)));
    let mut said = remark(3, 9);
    (said.outcome, said.http_status) = (Some(Outcome::Cancelled), Some(499));
    world.log.remark(said);
    let mut other = Journal::new(2, 1);
    let entries = other
        .add_all(
            &world.store,
            4,
            [Call(11, 1).taken(), Call(11, 1).settled(3)],
        )
        .await;
    world.log.appended(other.organization, entries);

    let rows = world.everything().await;
    assert_eq!(rows.len(), 8);
    world.log.rebuild(world.store()).await.unwrap();
    assert_eq!(world.everything().await, rows);
    let world = world.reopen().await;
    assert_eq!(world.everything().await, rows);
}

#[tokio::test]
async fn calls_told_while_the_log_is_rebuilt_are_not_missing() {
    let mut world = World::new(Options::default());
    world.tell(1, story()).await;
    let (log, store) = (world.log.clone(), world.store());
    let rebuilt = async { log.rebuild(store).await.unwrap() };
    let told = async {
        for number in 20..40 {
            world
                .tell(100, [Call(number, 1).taken(), Call(number, 1).settled(1)])
                .await;
        }
    };
    tokio::join!(rebuilt, told);
    world.log.catch_up(world.store()).await.unwrap();
    assert_eq!(world.everything().await.len(), 25);
}

#[tokio::test]
async fn a_journal_that_lost_its_end_is_read_anew() {
    let mut world = World::new(Options::default());
    world.tell(1, story()).await;
    world.log.flush().await.unwrap();
    // Another store, in which the organization went another way from the beginning.
    let other = World::new(Options::default());
    let mut journal = Journal::new(1, 2);
    journal
        .add_all(
            &other.store,
            1,
            [Call(30, 1).taken(), Call(30, 1).settled(1)],
        )
        .await;
    world.log.catch_up(other.store()).await.unwrap();
    let rows = world.everything().await;
    assert_eq!(
        rows.iter().map(|row| row.request).collect::<Vec<_>>(),
        [request(30)]
    );
}

#[tokio::test]
async fn another_entry_of_the_same_number_is_noticed() {
    let mut world = World::new(Options::default());
    world.tell(1, [Call(1, 1).taken()]).await;
    let other = World::new(Options::default());
    let mut journal = Journal::new(1, 2);
    let entries = journal.add_all(&other.store, 1, [Call(2, 1).taken()]).await;
    world.log.appended(journal.organization, entries);
    world.log.flush().await.unwrap();
    assert!(world.log.is_behind());
    world.log.catch_up(other.store()).await.unwrap();
    assert_eq!(world.get(1).await, None);
    assert_eq!(world.outcome(2).await, None);
}

#[tokio::test]
async fn a_file_is_one_server_s_and_of_its_kind() {
    let world = World::new(Options::default());
    let again = RequestLog::open(&world.path(), Options::default());
    assert!(matches!(again, Err(OpenError::InUse(_))), "{again:?}");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("other.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE t (x)").unwrap();
    let opened = RequestLog::open(&path, Options::default());
    assert!(matches!(opened, Err(OpenError::NotOurs(_))), "{opened:?}");
    drop(other);
    let path = world.path();
    let log = world.log.clone();
    log.close().await;
    rusqlite::Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let opened = RequestLog::open(&path, Options::default());
    assert!(
        matches!(opened, Err(OpenError::TooNew { found: 99, .. })),
        "{opened:?}"
    );
}

#[tokio::test]
async fn a_file_of_the_first_version_keeps_its_refusals() {
    let world = World::new(Options::default());
    world.log.refused(refused(1, second(1)));
    let world = world.reopen_as_first_version().await;
    let row = world.log.get(request(1)).await.unwrap().unwrap();
    let refusal = row.refusal.unwrap();
    assert!(refusal.details_json.is_some());
    assert_eq!(refusal.decided, None);
}

#[tokio::test]
async fn a_file_of_the_second_version_keeps_everything_and_goes_on() {
    let mut world = World::new(Options::default());
    world.log.refused(refused(1, second(1)));
    world
        .tell(2, [Call(2, 1).taken(), Call(2, 1).settled(700)])
        .await;
    let before = world.everything().await;
    let mut world = world.reopen_as_second_version().await;
    assert_eq!(world.everything().await, before);
    world.tell(3, [Call(3, 1).taken()]).await;
    assert_eq!(world.everything().await.len(), 3);
}

#[tokio::test]
async fn a_file_of_the_third_version_keeps_everything_and_takes_what_attempts_met() {
    let world = World::new(Options::default());
    world.log.refused(refused(1, second(1)));
    let before = world.everything().await;
    let world = world.reopen_as_third_version().await;
    assert_eq!(world.everything().await, before);
    let tried = vec![projections::Tried {
        number: 1,
        status: None,
        code: Some("upstream_disconnected".into()),
        cause: None,
    }];
    world.log.remark(projections::Remark {
        tried: tried.clone(),
        ..remark(1, 2)
    });
    world.log.flush().await.unwrap();
    assert_eq!(world.get(1).await.unwrap().tried, tried);
}

#[tokio::test]
async fn a_closed_log_says_so_and_takes_nothing() {
    let world = World::new(Options::default());
    world.log.clone().close().await;
    world.log.clone().close().await;
    world.log.remark(remark(1, 1));
    assert_eq!(world.log.lost().remarks, 1);
    assert!(matches!(
        world.log.flush().await,
        Err(LogError::Unavailable(_))
    ));
    world
        .log
        .appended(OrganizationId::from_bytes([1; 16]), Vec::new());
}

#[tokio::test]
async fn a_log_that_cannot_be_written_loses_no_call() {
    let mut world = World::new(Options::default());
    world.log.flush().await.unwrap();
    let spoiler = rusqlite::Connection::open(world.path()).unwrap();
    spoiler
        .execute_batch("ALTER TABLE call RENAME TO gone")
        .unwrap();
    world.tell(1, story()).await;
    world.log.remark(remark(1, 1));
    assert!(world.log.flush().await.is_err());
    assert!(world.log.is_behind());
    assert_eq!(world.log.lost().remarks, 1);
    spoiler
        .execute_batch("ALTER TABLE gone RENAME TO call")
        .unwrap();
    world.log.catch_up(world.store()).await.unwrap();
    assert_eq!(world.everything().await.len(), 5);
}

#[tokio::test]
async fn a_damaged_row_is_made_anew() {
    let mut world = World::new(Options::default());
    world
        .tell(1, [Call(1, 1).taken(), Call(1, 1).settled(7)])
        .await;
    world.log.remark(remark(1, 3));
    let row = world.get(1).await.unwrap();
    let spoiler = rusqlite::Connection::open(world.path()).unwrap();
    spoiler
        .execute("UPDATE call SET said_outcome = 77", [])
        .unwrap();
    let damaged = world.log.get(request(1)).await;
    assert!(matches!(damaged, Err(LogError::Damaged(_))), "{damaged:?}");
    world.log.rebuild(world.store()).await.unwrap();
    assert_eq!(world.everything().await, [row]);
}

#[tokio::test]
async fn what_happened_to_a_journal_itself_outlives_the_log_being_made_anew() {
    let mut world = World::new(Options::default());
    world.tell(1, story()).await;
    let organization = world.journal.organization;
    world.log.happened(Happened {
        organization,
        at: second(9),
        seq: 12,
        actor: "seawall".into(),
        action: "entries_restored",
        changes_json: r#"{"restored_entries":{"from":3,"to":12}}"#.into(),
    });
    world.log.rebuild(world.store()).await.unwrap();
    let world = world.reopen().await;
    let all = world.log.audit(AuditFilter::default()).await.unwrap().rows;
    let row = all.iter().find(|row| &*row.action == "entries_restored");
    let row = row.unwrap();
    assert_eq!((row.seq, row.at), (12, second(9)));
    assert_eq!(
        (&*row.kind, &*row.object),
        ("store", &*organization.to_string())
    );
}

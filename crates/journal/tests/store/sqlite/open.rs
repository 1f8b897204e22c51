//! Files that are opened, and files that are refused.

use std::path::Path;

use journal::conformance::{Author, replay};
use journal::sqlite::{Durability, OpenError, Sqlite};
use journal::{AppendError, Store, StoreError};
use rusqlite::Connection;

use super::behind;

fn refused(path: &Path) -> OpenError {
    match Sqlite::open(path, Durability::Full) {
        Ok(_opened) => panic!("{} was opened", path.display()),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_file_in_use_is_refused_by_name_until_it_is_free() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("seawall.db");
    let mut author = Author::new(1);
    let first = Sqlite::open(&path, Durability::Full).unwrap();
    let error = refused(&path);
    assert!(
        matches!(&error, OpenError::InUse(named) if *named == path),
        "{error:?}"
    );
    assert!(
        error.to_string().contains(path.to_str().unwrap()),
        "{error}"
    );
    first.append(author.batch(2)).await.unwrap();
    drop(first);
    let second = Sqlite::open(&path, Durability::Full).unwrap();
    assert_eq!(replay(&second, author.organization()).await, *author.book());
}

#[cfg(unix)]
#[test]
fn a_file_in_use_is_refused_under_another_name_too() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("seawall.db");
    let other = directory.path().join("link.db");
    let _opened = Sqlite::open(&path, Durability::Full).unwrap();
    std::os::unix::fs::symlink(&path, &other).unwrap();
    let error = refused(&other);
    assert!(
        matches!(&error, OpenError::InUse(named) if *named == other),
        "{error:?}"
    );
}

#[test]
fn a_file_of_another_program_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    for (name, contents) in [
        ("tables", "CREATE TABLE theirs (x);"),
        (
            "version",
            "CREATE TABLE theirs (x); PRAGMA user_version = 9;",
        ),
        ("mark", "PRAGMA application_id = 77;"),
    ] {
        let path = directory.path().join(name);
        behind(&path).execute_batch(contents).unwrap();
        let before = std::fs::read(&path).unwrap();
        let error = refused(&path);
        assert!(
            matches!(&error, OpenError::NotOurs(named) if *named == path),
            "{name}: {error:?}"
        );
        assert!(
            std::fs::read(&path).unwrap() == before,
            "{name} was changed"
        );
    }
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("letter.txt");
    let text = "Dear Sir or Madam, ".repeat(100);
    std::fs::write(&path, &text).unwrap();
    let error = refused(&path);
    assert!(matches!(error, OpenError::Sqlite { .. }), "{error:?}");
    assert!(error.to_string().contains("letter.txt"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_file_of_a_later_version_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("seawall.db");
    drop(Sqlite::open(&path, Durability::Full).unwrap());
    let connection = behind(&path);
    let version: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    connection
        .pragma_update(None, "user_version", version + 1)
        .unwrap();
    let error = refused(&path);
    assert!(
        matches!(error, OpenError::TooNew { found, .. } if found == version + 1),
        "{error:?}"
    );
}

#[test]
fn a_directory_that_does_not_exist_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("nowhere").join("seawall.db");
    let error = refused(&path);
    assert!(matches!(error, OpenError::File { .. }), "{error:?}");
    assert!(
        error.to_string().contains(path.to_str().unwrap()),
        "{error}"
    );
}

#[test]
fn a_directory_in_the_place_of_the_file_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("seawall.db");
    std::fs::create_dir(&path).unwrap();
    let error = refused(&path);
    assert!(matches!(error, OpenError::Sqlite { .. }), "{error:?}");
    assert!(
        error.to_string().contains(path.to_str().unwrap()),
        "{error}"
    );
}

/// Permissions do not bind everybody (root writes wherever it likes), so what the system lets us do decides what is
/// expected.
#[cfg(unix)]
#[test]
fn a_directory_that_cannot_be_written_is_refused_and_any_other_is_not() {
    use std::fs::{File, Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    let directory = tempfile::tempdir().unwrap();
    set_permissions(directory.path(), Permissions::from_mode(0o555)).unwrap();
    let writable = File::create(directory.path().join("probe")).is_ok();
    let path = directory.path().join("seawall.db");
    let opened = Sqlite::open(&path, Durability::Full);
    assert_eq!(opened.is_ok(), writable, "{opened:?}");
    if let Err(error) = opened {
        assert!(
            error.to_string().contains(path.to_str().unwrap()),
            "{error}"
        );
    }
    set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
}

/// The same for a file that may be read and not written: at once, and not at the first append.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_refused_and_any_other_is_not() {
    use std::fs::{File, Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("seawall.db");
    drop(Sqlite::open(&path, Durability::Full).unwrap());
    set_permissions(&path, Permissions::from_mode(0o444)).unwrap();
    let writable = File::options().append(true).open(&path).is_ok();
    let opened = Sqlite::open(&path, Durability::Full);
    assert_eq!(opened.is_ok(), writable, "{opened:?}");
    if let Err(error) = opened {
        assert!(matches!(error, OpenError::ReadOnly(_)), "{error:?}");
    }
}

/// One journal that is damaged must not stop the others, although their appends share a commit.
#[tokio::test]
async fn a_damaged_head_is_one_journals_trouble() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("seawall.db");
    let store = Sqlite::open(&path, Durability::Full).unwrap();
    let (mut damaged, mut whole) = (Author::new(1), Author::new(2));
    store.append(damaged.batch(1)).await.unwrap();
    store.append(whole.batch(1)).await.unwrap();
    let connection: Connection = behind(&path);
    let changed = connection.execute(
        "UPDATE head SET hash = x'00' WHERE organization = ?1",
        [damaged.organization().to_bytes()],
    );
    assert_eq!(changed.unwrap(), 1);
    let (refused, appended, head) = tokio::join!(
        store.append(damaged.batch(1)),
        store.append(whole.batch(1)),
        store.head(damaged.organization()),
    );
    assert!(
        matches!(refused, Err(AppendError::Unavailable(_))),
        "{refused:?}"
    );
    assert!(matches!(head, Err(StoreError::Damaged(_))), "{head:?}");
    appended.unwrap();
    assert_eq!(replay(&store, whole.organization()).await, *whole.book());
}

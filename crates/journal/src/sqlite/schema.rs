//! The tables. What is made here is read by every later version.

/// The version of these tables, kept in the file's `user_version`.
pub(super) const VERSION: i64 = 2;

/// Since which version a file has segments.
pub(super) const WITH_SEGMENTS: i64 = 2;

/// Marks a file as ours (`application_id`): "Swal".
pub(super) const APPLICATION: i64 = 0x5377_616c;

pub(super) const TABLES: &str = "
    CREATE TABLE entry (
        organization BLOB NOT NULL,
        seq INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        PRIMARY KEY (organization, seq)
    ) WITHOUT ROWID;
    CREATE TABLE head (
        organization BLOB NOT NULL PRIMARY KEY,
        short TEXT NOT NULL UNIQUE,
        seq INTEGER NOT NULL,
        hash BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE snapshot (
        organization BLOB NOT NULL PRIMARY KEY,
        seq INTEGER NOT NULL,
        bytes BLOB NOT NULL
    );
    CREATE TABLE record (
        name TEXT NOT NULL PRIMARY KEY,
        version INTEGER NOT NULL,
        bytes BLOB NOT NULL
    );
";

/// What version 2 added: old entries, many in a row.
pub(super) const TABLES_OF_2: &str = "
    CREATE TABLE segment (
        organization BLOB NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        PRIMARY KEY (organization, last)
    );
";

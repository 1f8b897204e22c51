//! The tables.
//!
//! `call.at` is when a call began, and with the request's id the order of everything that is listed. A call of which only
//! remarks are known has no outcome and is not shown. The refusals' details stand apart, so that a row stays small.

/// The version of these tables, kept in the file's `user_version`.
pub(crate) const VERSION: i64 = 2;

/// Marks a file as ours (`application_id`): "Swrq".
pub(crate) const APPLICATION: i64 = 0x5377_7271;

/// What makes a file of version 1 one of version 2: since then a refusal is kept with how it was decided. Nothing is read
/// anew for it, because refusals are in no journal.
pub(crate) const FROM_1: &str = "ALTER TABLE refusal ADD COLUMN decided TEXT;";

pub(crate) const TABLES: &str = "
    CREATE TABLE call (
        id INTEGER PRIMARY KEY,
        request BLOB NOT NULL,
        organization BLOB NOT NULL,
        project BLOB,
        key BLOB,
        at INTEGER NOT NULL,
        outcome INTEGER,
        route TEXT NOT NULL,
        model TEXT,
        attempts TEXT NOT NULL,
        said_at INTEGER,
        said_outcome INTEGER,
        http_status INTEGER,
        error_code TEXT,
        provider_request_id TEXT,
        duration_ms INTEGER,
        refused INTEGER NOT NULL,
        needed INTEGER,
        decision_seq INTEGER
    );
    CREATE UNIQUE INDEX call_request ON call (request);
    CREATE INDEX call_at ON call (at, request);
    CREATE INDEX call_organization ON call (organization, at, request);
    CREATE INDEX call_project ON call (project, at, request);
    CREATE INDEX call_key ON call (key, at, request);
    -- What is looked for when something is wrong, and costs nothing while nothing is.
    CREATE INDEX call_trouble ON call (outcome, at, request) WHERE outcome > 1;
    CREATE TABLE refusal (
        request BLOB NOT NULL PRIMARY KEY,
        details TEXT NOT NULL,
        decided TEXT
    );
    CREATE TABLE suppressed (
        organization BLOB NOT NULL,
        key BLOB NOT NULL,
        code TEXT NOT NULL,
        hour INTEGER NOT NULL,
        count INTEGER NOT NULL,
        first_at INTEGER NOT NULL,
        last_at INTEGER NOT NULL,
        PRIMARY KEY (organization, key, code, hour)
    ) WITHOUT ROWID;
    -- How far each journal was read: the number and the id of the last entry that is in the rows.
    CREATE TABLE journal_offset (
        organization BLOB NOT NULL PRIMARY KEY,
        seq INTEGER NOT NULL,
        last BLOB NOT NULL
    ) WITHOUT ROWID;
";

//! The tables.
//!
//! `call.at` is when a call began, and with the request's id the order of everything that is listed. A call of which only
//! remarks are known has no outcome and is not shown. The errors that were told stand apart, so that a row stays small.

/// The version of these tables, kept in the file's `user_version`.
pub(crate) const VERSION: i64 = 4;

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
        decision_seq INTEGER,
        left_over INTEGER,
        binding TEXT,
        tried TEXT
    );
    CREATE UNIQUE INDEX call_request ON call (request);
    CREATE INDEX call_at ON call (at, request);
    CREATE INDEX call_organization ON call (organization, at, request);
    CREATE INDEX call_project ON call (project, at, request);
    CREATE INDEX call_key ON call (key, at, request);
    -- What is looked for when something is wrong, and costs nothing while nothing is.
    CREATE INDEX call_trouble ON call (outcome, at, request) WHERE outcome > 1;
    -- The errors that clients were told: Seawall's refusals, with how they were decided, and everybody else's.
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

/// What version 2 added: sums of calls by the hour, and who changed what.
///
/// The tables are strict, so that a sum beyond 64 bits is an error and never becomes a float. Absent ids are empty.
pub(crate) const TABLES_OF_2: &str = "
    CREATE TABLE usage (
        hour INTEGER NOT NULL,
        organization BLOB NOT NULL,
        project BLOB NOT NULL,
        key BLOB NOT NULL,
        model TEXT NOT NULL,
        upstream TEXT NOT NULL,
        served INTEGER NOT NULL,
        refused INTEGER NOT NULL,
        provider_refused INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        cancelled INTEGER NOT NULL,
        cost INTEGER NOT NULL,
        PRIMARY KEY (hour, organization, project, key, model, upstream)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE usage_unit (
        hour INTEGER NOT NULL,
        organization BLOB NOT NULL,
        project BLOB NOT NULL,
        key BLOB NOT NULL,
        model TEXT NOT NULL,
        upstream TEXT NOT NULL,
        unit INTEGER NOT NULL,
        quantity INTEGER NOT NULL,
        PRIMARY KEY (hour, organization, project, key, model, upstream, unit)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE audit (
        at INTEGER NOT NULL,
        organization BLOB NOT NULL,
        seq INTEGER NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        kind TEXT NOT NULL,
        object TEXT NOT NULL,
        name TEXT,
        changes TEXT NOT NULL,
        PRIMARY KEY (at, organization, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX audit_organization ON audit (organization, at, seq);
    CREATE INDEX audit_actor ON audit (actor, at, organization, seq);
    -- What each object is like after the last entry read, to tell what the next one changes.
    CREATE TABLE audited (
        organization BLOB NOT NULL,
        object TEXT NOT NULL,
        fields TEXT NOT NULL,
        PRIMARY KEY (organization, object)
    ) STRICT, WITHOUT ROWID;
";

/// Makes a file of version 1 one of version 2: what follows from the journals goes, and is read again from their beginning
/// as after [`crate::RequestLog::rebuild`]. What the gateway said stays.
pub(crate) const FROM_1_TO_2: &str = "
    DELETE FROM call WHERE said_at IS NULL;
    UPDATE call SET attempts = '[]', at = said_at, outcome = CASE WHEN refused THEN said_outcome END
    WHERE attempts <> '[]';
    DELETE FROM journal_offset;
";

/// Makes a file of version 2 one of version 3: since then a call is kept with what its client was told is left. Of earlier
/// calls nobody knows it any more.
pub(crate) const FROM_2_TO_3: &str = "
    ALTER TABLE call ADD COLUMN left_over INTEGER;
    ALTER TABLE call ADD COLUMN binding TEXT;
";

/// Makes a file of version 3 one of version 4: since then a call is kept with what came of its attempts that failed.
pub(crate) const FROM_3_TO_4: &str = "ALTER TABLE call ADD COLUMN tried TEXT;";

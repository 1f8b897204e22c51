//! The tables.
//!
//! `told.once` is what an alert is told once for. It stays much longer than the alert, so that what is still so is not told
//! again because the list was cleared.

use journal::sqlite::file::Form;

/// Marks a file as ours: "Swlt".
const APPLICATION: i64 = 0x5377_6c74;

pub(super) const FORM: Form = Form {
    application: APPLICATION,
    version: 1,
    tables: &[TABLES],
    // There is no earlier version.
    raise: |_connection, _found| Ok(()),
    otherwise: "",
};

const TABLES: &str = "
    CREATE TABLE organization (
        organization BLOB NOT NULL PRIMARY KEY,
        seq INTEGER NOT NULL,
        last BLOB NOT NULL,
        state TEXT NOT NULL,
        balance_low INTEGER,
        lapse_days INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    -- Those with an empty budget are the organization's own.
    CREATE TABLE target (
        id BLOB NOT NULL PRIMARY KEY,
        organization BLOB NOT NULL,
        budget BLOB NOT NULL,
        channel TEXT NOT NULL,
        address TEXT NOT NULL,
        disabled TEXT,
        UNIQUE (organization, budget, channel, address)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE told (
        organization BLOB NOT NULL,
        once TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (organization, once)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX told_at ON told (at);
    CREATE TABLE alert (
        id BLOB NOT NULL PRIMARY KEY,
        organization BLOB NOT NULL,
        kind TEXT NOT NULL,
        seq INTEGER NOT NULL,
        at INTEGER NOT NULL,
        made_at INTEGER NOT NULL,
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        payload TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX alert_organization ON alert (organization, made_at, id);
    CREATE INDEX alert_made ON alert (made_at);
    -- state 0: waits; 1: delivered; 2: failed. Channel and address are those of then: a target may go.
    CREATE TABLE delivery (
        alert BLOB NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
        target BLOB NOT NULL,
        channel TEXT NOT NULL,
        shown TEXT NOT NULL,
        state INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        next_at INTEGER NOT NULL,
        done_at INTEGER,
        error TEXT,
        PRIMARY KEY (alert, target)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX delivery_waiting ON delivery (target, next_at) WHERE state = 0;
";

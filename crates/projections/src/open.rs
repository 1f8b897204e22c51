//! Opening the request log's file.

use std::path::Path;

use journal::sqlite::OpenError;
use journal::sqlite::file::{self, Form};
use ledger::Time;
use rusqlite::Connection;

use crate::schema;
use crate::writer::tally;

/// What the file is.
pub(crate) const FORM: Form = Form {
    application: schema::APPLICATION,
    version: schema::VERSION,
    tables: &[schema::TABLES, schema::TABLES_OF_2],
    raise,
    otherwise: ", or move the file away and its calls are read from the journal again",
};

/// Opens the file and makes its tables where it is new.
pub(crate) fn connect(path: &Path) -> Result<Connection, OpenError> {
    let connection = file::connect(path, &FORM)?;
    // A power loss may take the last seconds, rows and offset together: the journal still has them.
    connection
        .execute_batch(
            "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY;",
        )
        .map_err(|source| OpenError::Sqlite {
            path: path.to_owned(),
            source,
        })?;
    Ok(connection)
}

/// Makes a file of an earlier version one of this one.
fn raise(connection: &Connection, from: i64) -> rusqlite::Result<()> {
    if from == 1 {
        connection.execute_batch(&format!(
            "{} {} {}",
            schema::FROM_1,
            schema::TABLES_OF_2,
            schema::FROM_1_TO_2
        ))?;
    }
    if from < 3 {
        connection.execute_batch(schema::FROM_2_TO_3)?;
    }
    connection.execute_batch(schema::FROM_3_TO_4)?;
    if from == 1 {
        tally::add_remaining(connection, None, Time::EARLIEST)?;
    }
    Ok(())
}

//! The connection to a library, and its schema.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use super::LibraryError;
use crate::Scanner;
use crate::bindings::exports::mt::scanner::library::{Migration, Statement};

/// How long to wait for another writer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the component says of a library.
pub(super) struct Schema {
    version: u32,
    migrations: Vec<Migration>,
    statements: Vec<Statement>,
}

impl Schema {
    /// Asks the component.
    pub fn of(scanner: &Scanner) -> Result<Self, LibraryError> {
        Ok(scanner.ask(&[], "the schema", |exports, store| {
            let library = exports.mt_scanner_library();
            Ok(Self {
                version: library.call_schema_version(&mut *store)?,
                migrations: library.call_migrations(&mut *store)?,
                statements: library.call_statements(store)?,
            })
        })?)
    }

    pub fn statement(&self, name: &'static str) -> Result<&Statement, LibraryError> {
        self.statements.iter().find(|statement| statement.name == name).ok_or(LibraryError::NoStatement { name })
    }
}

/// Opens a library, new or old, and brings it to the present version.
pub(super) fn open(path: &Path, schema: &Schema) -> Result<Connection, LibraryError> {
    if !path.parent().is_some_and(Path::is_dir) {
        return Err(LibraryError::NoFolder { path: path.to_owned() });
    }
    let failed = |source| LibraryError::Database { path: path.to_owned(), source };
    let connection = Connection::open(path).map_err(failed)?;
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(failed)?;
    let version = user_version(&connection).map_err(failed)?;
    if version > schema.version {
        return Err(LibraryError::Newer { path: path.to_owned(), version, known: schema.version });
    }
    for migration in schema.migrations.iter().filter(|migration| migration.version > version) {
        migrate(&connection, migration).map_err(failed)?;
    }
    // Readers, the player for one, go on while a scan writes.
    connection.pragma_update(None, "journal_mode", "wal").map_err(failed)?;
    connection.pragma_update(None, "synchronous", "normal").map_err(failed)?;
    Ok(connection)
}

fn user_version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn migrate(connection: &Connection, migration: &Migration) -> rusqlite::Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    // Another process may have been quicker.
    let done = match user_version(connection) {
        Ok(version) if version >= migration.version => Ok(()),
        Ok(_) => connection
            .execute_batch(&migration.sql)
            .and_then(|()| connection.pragma_update(None, "user_version", migration.version)),
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => connection.execute_batch("COMMIT"),
        Err(error) => {
            let _ = connection.execute_batch("ROLLBACK");
            Err(error)
        }
    }
}

//! The connection to a library, its schema, and the lock that keeps syncs apart.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row, params_from_iter};
use serde_json::Value;

use super::bind;
use super::error::{LibraryError, Unwritten};
use crate::runtime::bindings::exports::mt::scanner::library::{Migration, Statement};
use crate::scan::schema::Schema;

/// How long to wait for another writer or another sync.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How often to see whether who waits for another sync is to go on.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

impl Schema {
    /// The statement of this name.
    pub(super) fn statement(&self, name: &'static str) -> Result<&Statement, LibraryError> {
        self.statements.iter().find(|statement| statement.name == name).ok_or(LibraryError::NoStatement { name })
    }

    /// The statement of this name, which is a single one.
    pub(super) fn single(&self, name: &'static str) -> Result<&str, LibraryError> {
        match self.statement(name)?.sql.as_slice() {
            [sql] => Ok(sql),
            _ => Err(LibraryError::NoStatement { name }),
        }
    }

    /// Runs every part of a statement.
    pub(super) fn run(
        &self,
        connection: &Connection,
        name: &'static str,
        parameters: &[&str],
    ) -> Result<(), Unwritten> {
        for sql in &self.statement(name)?.sql {
            connection.execute(sql, params_from_iter(parameters))?;
        }
        Ok(())
    }

    /// Runs every part of a statement with values by their names.
    pub(super) fn execute(
        &self,
        connection: &Connection,
        name: &'static str,
        values: &[(&str, Value)],
    ) -> Result<(), Unwritten> {
        let statement = self.statement(name)?;
        let row = row_of(statement, values);
        for sql in &statement.sql {
            let mut part = connection.prepare_cached(sql)?;
            bind::row(&mut part, &row)?;
            part.raw_execute()?;
        }
        Ok(())
    }

    /// The only row that a statement answers with.
    pub(super) fn first<T>(
        &self,
        connection: &Connection,
        name: &'static str,
        values: &[(&str, Value)],
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Unwritten> {
        let mut statement = connection.prepare_cached(self.single(name)?)?;
        bind::row(&mut statement, &row_of(self.statement(name)?, values))?;
        let mut rows = statement.raw_query();
        let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        Ok(read(row)?)
    }

    /// Each row that a statement answers with, as a JSON array.
    pub(super) fn each(
        &self,
        connection: &Connection,
        name: &'static str,
        values: &[(&str, Value)],
        mut each: impl FnMut(Value) -> Result<(), Unwritten>,
    ) -> Result<(), Unwritten> {
        let mut statement = connection.prepare_cached(self.single(name)?)?;
        bind::row(&mut statement, &row_of(self.statement(name)?, values))?;
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let cell = |place| Ok(cell(row.get_ref(place)?));
            each((0..columns).map(cell).collect::<rusqlite::Result<_>>()?)?;
        }
        Ok(())
    }
}

/// Values by their names as a row for a statement: a JSON array in the order of its parameters.
pub(super) fn row_of(statement: &Statement, values: &[(&str, Value)]) -> String {
    let value = |name: &String| values.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    Value::from_iter(statement.parameters.iter().map(|name| value(name).cloned())).to_string()
}

/// A cell as JSON. The tables have no bytes.
fn cell(cell: ValueRef<'_>) -> Value {
    match cell {
        ValueRef::Null | ValueRef::Blob(_) => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
    }
}

/// Keeps other syncs away from a library, or other analyses, whatever host they run in, for as long
/// as it lives. Readers and other writers go on.
///
/// The lock is SQLite's own, on an empty database beside the library: it works alike on every
/// system, and ends with its process, however that ends.
pub(super) struct Lock(#[expect(dead_code, reason = "the connection holds the lock")] Connection);

impl Lock {
    /// Waits for another sync, unless `is_cancelled`.
    pub fn take(path: &Path, patience: Duration, is_cancelled: impl FnMut() -> bool) -> Result<Self, LibraryError> {
        Self::take_beside(path, "-sync", patience, is_cancelled)
    }

    /// Waits for whoever has the lock whose name ends in `ending`, unless `is_cancelled`.
    pub fn take_beside(
        path: &Path,
        ending: &str,
        patience: Duration,
        mut is_cancelled: impl FnMut() -> bool,
    ) -> Result<Self, LibraryError> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        let failed = |source| LibraryError::Lock { path: beside.clone().into(), source };
        let connection = Connection::open(&beside).map_err(failed)?;
        connection.busy_timeout(BETWEEN_LOOKS.min(patience)).map_err(failed)?;
        let until = Instant::now() + patience;
        loop {
            match connection.execute_batch("BEGIN EXCLUSIVE") {
                Ok(()) => return Ok(Self(connection)),
                Err(error) if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) => return Err(failed(error)),
                Err(_) if is_cancelled() => return Err(LibraryError::Cancelled),
                Err(_) if Instant::now() >= until => return Err(LibraryError::Busy { path: path.to_owned() }),
                Err(_) => {}
            }
        }
    }
}

/// Copies a library, as it is at this moment. No library, no copy.
pub(super) fn copy(path: &Path, to: &Path) -> Result<(), LibraryError> {
    if !path.exists() {
        return Ok(());
    }
    let copied = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .and_then(|connection| connection.execute("VACUUM INTO ?1", [to.to_string_lossy()]));
    copied.map(|_| ()).map_err(|source| LibraryError::Database { path: path.to_owned(), source })
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

//! The library's knowledge of folders, for the workers of a sync.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Params};

use super::database::PATIENCE;
use super::error::{LibraryError, Unwritten};
use crate::runtime::error::{Error, Source};
use crate::scan::schema::Schema;
use crate::work::door::sync::{Knowledge, SyncWork, named};

/// Reads a library beside its writer. It sees whole transactions only.
pub(super) struct Reader {
    path: PathBuf,
    known: String,
    /// Connections that no worker uses at the moment: at most as many as there are workers. None
    /// once the sync is over, whoever still holds the reader.
    idle: Mutex<Option<Vec<Connection>>>,
}

/// The workers' side of a reader. A worker that hangs in a call to the filesystem may keep it.
pub(super) struct Asking(pub Arc<Reader>);

impl Reader {
    pub fn new(path: PathBuf, schema: &Schema) -> Result<Self, LibraryError> {
        Ok(Self { path, known: schema.single("known")?.to_owned(), idle: Mutex::new(Some(Vec::new())) })
    }

    /// Closes the connections.
    pub fn close(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn with<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = idle().as_mut().and_then(Vec::pop);
        let connection = match waiting {
            Some(connection) => connection,
            None => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let connection = Connection::open_with_flags(&self.path, flags)?;
                connection.busy_timeout(PATIENCE)?;
                // Else every new value of a parameter compiles the statement anew, for statistics
                // that are not kept.
                connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
                connection
            }
        };
        let result = read(&connection);
        if let Some(idle) = idle().as_mut() {
            idle.push(connection);
        }
        result
    }
}

impl Knowledge for Asking {
    fn known(&self, root: &str, folders: &[(&str, Option<&str>)]) -> Result<Vec<String>, Source> {
        let known = self.0.with(|connection| {
            // To begin and end a transaction for each folder is a tenth of the time.
            let transaction = connection.unchecked_transaction()?;
            let mut statement = transaction.prepare_cached(&self.0.known)?;
            let mut known = |&(folder, after)| statement.query_row((root, folder, after), |row| row.get(0));
            folders.iter().map(&mut known).collect()
        });
        known.map_err(Source::from)
    }
}

/// Every folder of a root that the library knows, as work; the root itself if there is none.
pub(super) fn folders(connection: &Connection, schema: &Schema, root: &str) -> Result<Vec<SyncWork>, Unwritten> {
    let folders = work(connection, schema.single("folders")?, [root])?;
    Ok(if folders.is_empty() { vec![named(String::new())] } else { folders })
}

/// Files of a root that somebody has named, as work.
pub(super) fn files(
    connection: &Connection,
    schema: &Schema,
    root: &str,
    files: &[String],
) -> Result<Vec<SyncWork>, Unwritten> {
    let files = serde_json::to_string(files).map_err(unclear)?;
    work(connection, schema.single("files")?, [root, &files])
}

/// The rows of a statement, each an item of work.
fn work(connection: &Connection, sql: &str, parameters: impl Params) -> Result<Vec<SyncWork>, Unwritten> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut work = Vec::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        work.push(serde_json::from_str(&text).map_err(unclear)?);
    }
    Ok(work)
}

fn unclear(error: serde_json::Error) -> LibraryError {
    Error::InvalidAnswer { source: error.into() }.into()
}

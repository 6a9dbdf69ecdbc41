//! The schema of a library, as the component tells it.

use super::scanner::Scanner;
use crate::runtime::bindings::exports::mt::scanner::library::{Migration, Statement};
use crate::runtime::error::Error;

/// The tables of a library, and the statements that it is kept by. Hosts bind rows to them, and
/// know no column.
#[derive(Clone)]
pub struct Schema {
    /// The version that the migrations lead to: the database's `user_version`.
    pub version: u32,
    /// In the order in which they are run.
    pub migrations: Vec<Migration>,
    /// In the order in which the rows of a sync are written.
    pub statements: Vec<Statement>,
}

impl Scanner {
    /// The tables and statements of a library, as the component tells them.
    ///
    /// # Errors
    ///
    /// [`Error::Ended`] and [`Error::NoInstance`] if it cannot be asked.
    pub fn schema(&self) -> Result<Schema, Error> {
        self.ask("the schema", |exports, store| {
            let library = exports.mt_scanner_library();
            Ok(Schema {
                version: library.call_schema_version(&mut *store)?,
                migrations: library.call_migrations(&mut *store)?,
                statements: library.call_statements(store)?,
            })
        })
    }

    /// The names of a row's columns.
    ///
    /// # Errors
    ///
    /// [`Error::Ended`] if the component traps.
    pub fn columns(&self) -> Result<Vec<String>, Error> {
        let statements =
            self.ask("statements", |exports, store| exports.mt_scanner_library().call_statements(store))?;
        let track = statements.into_iter().find(|statement| statement.name == "track");
        Ok(track.map(|track| track.parameters).unwrap_or_default())
    }
}

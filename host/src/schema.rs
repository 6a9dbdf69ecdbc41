//! What a component says of a library.

use crate::bindings::exports::mt::scanner::library::{Migration, Statement};
use crate::{Error, Scanner};

/// The tables of a library, and the statements that it is kept by. Hosts bind rows to them, and know no column.
pub struct Schema {
    /// The version that the migrations lead to: the database's `user_version`.
    pub version: u32,
    /// In the order in which they are run.
    pub migrations: Vec<Migration>,
    /// In the order in which the rows of a sync are written.
    pub statements: Vec<Statement>,
}

impl Schema {
    /// Asks the component.
    pub(crate) fn of(scanner: &Scanner) -> Result<Self, Error> {
        scanner.ask(&[], "the schema", |exports, store| {
            let library = exports.mt_scanner_library();
            Ok(Self {
                version: library.call_schema_version(&mut *store)?,
                migrations: library.call_migrations(&mut *store)?,
                statements: library.call_statements(store)?,
            })
        })
    }
}

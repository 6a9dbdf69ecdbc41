//! The one writer of a library.

use rusqlite::{Connection, Statement, Transaction, TransactionBehavior};

use super::database::Schema;
use super::{LibraryError, bind};
use crate::{Problem, Rows};

/// Writes what a scan brings, in transactions. What is not committed when it is dropped is taken back.
pub(super) struct Writer<'a> {
    connection: &'a Connection,
    schema: &'a Schema,
    roots: &'a [String],
    track: Statement<'a>,
    transaction: Option<Transaction<'a>>,
    /// Rows since the last commit.
    pending: usize,
}

/// Why something was not written.
pub(super) enum Unwritten {
    Database(rusqlite::Error),
    Other(LibraryError),
}

impl From<rusqlite::Error> for Unwritten {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<LibraryError> for Unwritten {
    fn from(error: LibraryError) -> Self {
        Self::Other(error)
    }
}

impl<'a> Writer<'a> {
    pub fn new(connection: &'a Connection, schema: &'a Schema, roots: &'a [String]) -> Result<Self, Unwritten> {
        let track = connection.prepare(&schema.statement("track")?.sql)?;
        Ok(Self { connection, schema, roots, track, transaction: None, pending: 0 })
    }

    /// Writes tracks; gives how many of them the library had not, or had otherwise.
    pub fn tracks(&mut self, rows: &Rows) -> Result<u64, Unwritten> {
        self.begin()?;
        let mut written = 0;
        for row in rows.iter() {
            bind::row(&mut self.track, row)?;
            written += self.track.raw_execute()? as u64;
        }
        self.pending += rows.len();
        if self.pending >= super::ROWS {
            self.commit()?;
        }
        Ok(written)
    }

    /// Puts problems in the place of those that the roots had, and commits.
    pub fn finish(mut self, problems: &[Problem]) -> Result<(), Unwritten> {
        self.begin()?;
        self.for_each_root("forget_problems")?;
        let statement = self.schema.statement("problem")?;
        let mut insert = self.connection.prepare(&statement.sql)?;
        for problem in problems {
            let value = |name: &String| match name.as_str() {
                "root" => Some(problem.root.as_str()),
                "path" => Some(problem.path.as_str()),
                "outcome" => Some(problem.outcome.name()),
                "detail" => Some(problem.detail.as_str()),
                _ => None,
            };
            insert.execute(rusqlite::params_from_iter(statement.parameters.iter().map(value)))?;
        }
        self.commit()
    }

    fn begin(&mut self) -> Result<(), Unwritten> {
        if self.transaction.is_none() {
            let immediate = TransactionBehavior::Immediate;
            self.transaction = Some(Transaction::new_unchecked(self.connection, immediate)?);
            self.for_each_root("root")?;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Unwritten> {
        self.pending = 0;
        self.transaction.take().map_or(Ok(()), Transaction::commit)?;
        Ok(())
    }

    fn for_each_root(&self, name: &'static str) -> Result<(), Unwritten> {
        let mut statement = self.connection.prepare(&self.schema.statement(name)?.sql)?;
        for root in self.roots {
            statement.execute([root])?;
        }
        Ok(())
    }
}

//! The one writer of a library.

use std::time::Instant;

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
    problem: Statement<'a>,
    /// What the parameters of `problem` mean.
    columns: &'a [String],
    transaction: Option<Transaction<'a>>,
    /// When the transaction began.
    since: Instant,
    /// Whether the roots are known, and their old problems forgotten.
    begun: bool,
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
        let problem = schema.statement("problem")?;
        let (problem, columns) = (connection.prepare(&problem.sql)?, &problem.parameters);
        Ok(Self {
            connection,
            schema,
            roots,
            track,
            problem,
            columns,
            transaction: None,
            since: Instant::now(),
            begun: false,
        })
    }

    /// Writes tracks and problems; gives how many of the tracks the library had not, or had otherwise.
    pub fn write(&mut self, rows: &Rows, problems: &[Problem]) -> Result<u64, Unwritten> {
        self.begin()?;
        let mut written = 0;
        for row in rows.iter() {
            bind::row(&mut self.track, row)?;
            written += self.track.raw_execute()? as u64;
        }
        for problem in problems {
            self.problem.execute(rusqlite::params_from_iter(self.columns.iter().map(|name| cell(problem, name))))?;
        }
        if self.since.elapsed() >= super::TRANSACTION {
            self.commit()?;
        }
        Ok(written)
    }

    /// Commits what is pending.
    pub fn finish(mut self) -> Result<(), Unwritten> {
        self.begin()?;
        self.commit()
    }

    fn begin(&mut self) -> Result<(), Unwritten> {
        if self.transaction.is_none() {
            self.since = Instant::now();
            let immediate = TransactionBehavior::Immediate;
            self.transaction = Some(Transaction::new_unchecked(self.connection, immediate)?);
        }
        if !self.begun {
            self.for_each_root("root")?;
            self.for_each_root("forget_problems")?;
            self.begun = true;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Unwritten> {
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

/// The problem's field of this name.
fn cell<'a>(problem: &'a Problem, name: &str) -> Option<&'a str> {
    match name {
        "root" => Some(&problem.root),
        "path" => Some(&problem.path),
        "outcome" => Some(problem.outcome.name()),
        "detail" => Some(&problem.detail),
        _ => None,
    }
}

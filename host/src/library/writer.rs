//! The one writer of a library.

use std::time::{Duration, Instant};

use rusqlite::{Connection, Statement, Transaction, TransactionBehavior};
use serde_json::Value;

use super::bind;
use super::database::row_of;
use super::error::{LibraryError, Unwritten};
use crate::scan::schema::Schema;
use crate::work::door::sync::Changes;
use mt_scanner_contract::Problem;

/// Time of one transaction: rows are in the library within a second. They come in no order, so
/// every transaction touches most pages of an index: few are far cheaper than many.
const TRANSACTION: Duration = Duration::from_millis(900);

/// Writes what a sync or an analysis brings, in transactions. What is not committed when it is
/// dropped is taken back.
pub(super) struct Writer<'a> {
    connection: &'a Connection,
    schema: &'a Schema,
    /// Statements that were needed so far, in the places of the schema's.
    prepared: Vec<Option<Vec<Statement<'a>>>>,
    transaction: Option<Transaction<'a>>,
    /// When the transaction began.
    since: Instant,
}

impl<'a> Writer<'a> {
    pub fn new(connection: &'a Connection, schema: &'a Schema) -> Self {
        let prepared = schema.statements.iter().map(|_| None).collect();
        Self { connection, schema, prepared, transaction: None, since: Instant::now() }
    }

    /// Writes what one step has found.
    pub fn write(&mut self, changes: &Changes, problems: &[Problem]) -> Result<(), Unwritten> {
        if !changes.is_empty() || !problems.is_empty() {
            self.begin()?;
            for place in 0..self.prepared.len() {
                self.write_rows(place, changes)?;
            }
            self.write_problems(problems)?;
        }
        Ok(())
    }

    /// Runs a statement with values by their names.
    pub fn execute(&mut self, name: &'static str, values: &[(&str, Value)]) -> Result<(), Unwritten> {
        let schema = self.schema;
        let named = schema.statements.iter().position(|statement| statement.name == name);
        let place = named.ok_or(LibraryError::NoStatement { name })?;
        let row = row_of(&schema.statements[place], values);
        self.begin()?;
        for part in self.prepared(place)? {
            bind::row(part, &row)?;
            part.raw_execute()?;
        }
        Ok(())
    }

    /// Commits what is pending if it has been for long. To be called often, whether there was
    /// something to write or not.
    pub fn commit_in_time(&mut self) -> Result<(), Unwritten> {
        if self.transaction.is_some() && self.since.elapsed() >= TRANSACTION {
            self.commit()?;
        }
        Ok(())
    }

    /// Commits what is pending.
    pub fn finish(mut self) -> Result<(), Unwritten> {
        self.commit()
    }

    fn write_rows(&mut self, place: usize, changes: &Changes) -> Result<(), Unwritten> {
        let schema = self.schema;
        let mut rows = changes.rows(&schema.statements[place].name).peekable();
        if rows.peek().is_none() {
            return Ok(());
        }
        let parts = self.prepared(place)?;
        for row in rows {
            for part in &mut *parts {
                bind::row(part, row)?;
                part.raw_execute()?;
            }
        }
        Ok(())
    }

    fn write_problems(&mut self, problems: &[Problem]) -> Result<(), Unwritten> {
        let schema = self.schema;
        let named = schema.statements.iter().position(|statement| statement.name == "problem");
        let Some(place) = named.filter(|_| !problems.is_empty()) else { return Ok(()) };
        let columns = &schema.statements[place].parameters;
        for part in self.prepared(place)? {
            for problem in problems {
                part.execute(rusqlite::params_from_iter(columns.iter().map(|name| cell(problem, name))))?;
            }
        }
        Ok(())
    }

    fn prepared(&mut self, place: usize) -> rusqlite::Result<&mut Vec<Statement<'a>>> {
        let prepared = &mut self.prepared[place];
        if prepared.is_none() {
            let sql = &self.schema.statements[place].sql;
            *prepared = Some(sql.iter().map(|sql| self.connection.prepare(sql)).collect::<Result<_, _>>()?);
        }
        Ok(prepared.get_or_insert_default())
    }

    fn begin(&mut self) -> Result<(), Unwritten> {
        if self.transaction.is_none() {
            self.since = Instant::now();
            let immediate = TransactionBehavior::Immediate;
            self.transaction = Some(Transaction::new_unchecked(self.connection, immediate)?);
        }
        Ok(())
    }

    /// Commits what is pending, whatever the time.
    pub fn commit(&mut self) -> Result<(), Unwritten> {
        self.transaction.take().map_or(Ok(()), Transaction::commit)?;
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

//! What syncs have changed, for those who were not there to be told.

use std::path::Path;

use rusqlite::{Connection, Row};

use super::error::{LibraryError, Unwritten};
use super::report::Change;
use crate::scan::schema::Schema;

/// Tells of the changes after a sync, or of all that are kept; gives the number of the latest sync.
pub(super) fn since(
    (path, connection, schema): (&Path, &Connection, &Schema),
    since: Option<i64>,
    each: &mut dyn FnMut(Change<'_>),
) -> Result<i64, Unwritten> {
    // One look at the library: a sync may end meanwhile.
    let transaction = connection.unchecked_transaction()?;
    let ask = |name| -> Result<_, Unwritten> { Ok(transaction.prepare(schema.single(name)?)?) };
    if let Some(scan) = ask("forgotten")?.query_row([since], |row| row.get(0))? {
        return Err(LibraryError::Forgotten { path: path.to_owned(), scan }.into());
    }
    let mut history = ask("history")?;
    let mut rows = history.query([since])?;
    while let Some(row) = rows.next()? {
        tell(row, each)?;
    }
    Ok(ask("latest")?.query_row([], |row| row.get(0))?)
}

/// Tells of a row of the statements `changes` and `history`.
pub(super) fn tell(row: &Row<'_>, each: &mut dyn FnMut(Change<'_>)) -> rusqlite::Result<()> {
    let text = |name| row.get_ref(name)?.as_str().map_err(rusqlite::Error::from);
    let optional = |name| row.get_ref(name)?.as_str_or_null().map_err(rusqlite::Error::from);
    each(Change {
        scan: row.get("scan")?,
        id: row.get("id")?,
        change: text("change")?,
        root: text("root")?,
        path: text("path")?,
        former_root: optional("former_root")?,
        former_path: optional("former_path")?,
        json: text("line")?,
    });
    Ok(())
}

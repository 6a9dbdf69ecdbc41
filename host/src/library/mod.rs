//! The library: an SQLite database of what scans have found. Its tables, columns and statements are the component's.

mod bind;
mod database;
mod error;
mod writer;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::{Problem, Progress, Rows, Scanner};
use database::Schema;
use writer::{Unwritten, Writer};

pub use error::LibraryError;

/// Time of one transaction. Rows come in no order, so every transaction touches most pages of an index: few are far cheaper
/// than many.
const TRANSACTION: Duration = Duration::from_secs(1);
/// Least time between two reports of progress.
const BETWEEN_REPORTS: Duration = Duration::from_millis(100);

/// An SQLite library, made if there is none. Other programs may read it at any time; its tracks are the table `tracks`.
pub struct Library {
    path: PathBuf,
    connection: Connection,
    schema: Schema,
}

/// What a sync did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SyncReport {
    /// Tracks that the library did not have.
    pub added: u64,
    /// Tracks that it had otherwise.
    pub modified: u64,
    /// Tracks that it had as they are.
    pub unchanged: u64,
    /// Counts and time of the scan.
    pub progress: Progress,
}

/// Watches a sync. Every method may stay as it is.
pub trait Observer {
    /// How far the scan is; at most ten times a second, and at the end.
    fn progress(&mut self, _progress: &Progress) {}

    /// What did not go in the ordinary way, as it is written.
    fn problems(&mut self, _problems: &[Problem]) {}

    /// Whether [`rows`](Self::rows) is to be called.
    fn wants_rows(&self) -> bool {
        false
    }

    /// What was found, before it is written. Lists are lists in it.
    fn rows(&mut self, _rows: &Rows) {}
}

/// Watches nothing.
impl Observer for () {}

impl Library {
    /// Opens a library, new or old, and brings it to the version that the scanner's component knows.
    ///
    /// # Errors
    ///
    /// [`LibraryError::Newer`] if it has a newer one, [`LibraryError::Database`] if it cannot be opened or used, and
    /// [`LibraryError::Scan`] if the component cannot be asked for its schema.
    pub fn open(path: impl AsRef<Path>, scanner: &Scanner) -> Result<Self, LibraryError> {
        let path = std::path::absolute(path.as_ref()).unwrap_or_else(|_| path.as_ref().to_owned());
        let schema = Schema::of(scanner)?;
        let connection = database::open(&path, &schema)?;
        Ok(Self { path, connection, schema })
    }

    /// The database, as an absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The connection, for reading.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The statement of this name, as SQL.
    ///
    /// # Errors
    ///
    /// [`LibraryError::NoStatement`] if the component has none.
    pub fn statement(&self, name: &'static str) -> Result<&str, LibraryError> {
        Ok(&self.schema.statement(name)?.sql)
    }

    /// Scans the scanner's roots and brings what is found into the library, in a transaction every second, while the scan
    /// goes on.
    ///
    /// No track is ever deleted: those of files that are gone stay. Problems take the place of those that the roots had.
    ///
    /// # Errors
    ///
    /// [`LibraryError::Scan`] as [`Scanner::scan`], before anything is written; [`LibraryError::Database`] if the database
    /// cannot be written.
    pub fn sync(&self, scanner: &Scanner, observer: &mut impl Observer) -> Result<SyncReport, LibraryError> {
        let wants_rows = observer.wants_rows();
        let mut scan = scanner.rows(!wants_rows)?;
        let before = self.count_tracks()?;
        let roots: Vec<String> = scanner.roots().map(|root| root.to_string_lossy().into_owned()).collect();
        let mut written = 0;
        let mut reported = Instant::now();
        let mut writer = Writer::new(&self.connection, &self.schema, &roots).map_err(|error| self.unwritten(error))?;
        while let Some(rows) = scan.next() {
            let (rows, problems) = (rows?, scan.problems());
            if wants_rows {
                observer.rows(&rows);
            }
            observer.problems(&problems);
            written += writer.write(&rows, &problems).map_err(|error| self.unwritten(error))?;
            if reported.elapsed() >= BETWEEN_REPORTS {
                reported = Instant::now();
                observer.progress(&scan.progress());
            }
        }
        writer.finish().map_err(|error| self.unwritten(error))?;
        let progress = scan.progress();
        observer.progress(&progress);
        let added = self.count_tracks()?.saturating_sub(before);
        let modified = written.saturating_sub(added);
        Ok(SyncReport { added, modified, unchanged: progress.tracks.saturating_sub(written), progress })
    }

    fn count_tracks(&self) -> Result<u64, LibraryError> {
        let sql = self.statement("count_tracks")?;
        let count: i64 = self.connection.query_row(sql, [], |row| row.get(0)).map_err(|error| self.failed(error))?;
        Ok(count.unsigned_abs())
    }

    fn unwritten(&self, error: Unwritten) -> LibraryError {
        match error {
            Unwritten::Database(source) => self.failed(source),
            Unwritten::Other(error) => error,
        }
    }

    fn failed(&self, source: rusqlite::Error) -> LibraryError {
        LibraryError::Database { path: self.path.clone(), source }
    }
}

//! The library: an SQLite database that stays true to the disk. Its tables, columns and statements
//! are the component's.

pub(crate) mod analysis;
mod attended;
mod bind;
mod database;
pub(crate) mod error;
mod history;
pub(crate) mod job;
mod knowledge;
pub(crate) mod options;
pub(crate) mod report;
mod roots;
mod sync;
#[cfg(test)]
mod tests;
pub(crate) mod watch;
mod writer;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::scan::scanner::Scanner;
use crate::scan::schema::Schema;
use database::{Lock, PATIENCE};
use error::{LibraryError, Unwritten};
use report::Change;

/// An SQLite library, made if there is none. Other programs may read it at any time; its tracks are
/// the table `tracks`, and for people the view `songs`. A track whose file is gone is kept, with
/// `missing_since`; its id is its own for ever.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let music = folder.path().join("Music");
/// # std::fs::create_dir_all(music.join("Artist/Album"))?;
/// # std::fs::write(music.join("Artist/Album/1.mp3"), b"")?;
/// use mt_scanner::{Library, Scanner, SyncOptions};
///
/// let scanner = Scanner::new(&music)?;
/// let library = Library::open(folder.path().join("library.db"), &scanner)?;
/// let report = library.sync(&scanner, &SyncOptions::full(), &mut ())?;
/// assert_eq!((report.added, report.missing), (1, 0));
///
/// std::fs::write(music.join("Artist/Album/2.mp3"), b"more")?;
/// let report = library.sync(&scanner, &SyncOptions::full(), &mut ())?;
/// assert_eq!((report.added, report.unchanged), (1, 1));
/// # Ok(())
/// # }
/// ```
pub struct Library {
    path: PathBuf,
    connection: Connection,
    schema: Schema,
    /// How long to wait for another sync.
    patience: Duration,
}

impl Library {
    /// Opens a library, new or old, and brings it to the version that the scanner's component
    /// knows.
    ///
    /// # Errors
    ///
    /// [`LibraryError::Newer`] if it has a newer one, [`LibraryError::Database`] if it cannot be
    /// opened or used, and [`LibraryError::Scan`] if the component cannot be asked for its schema.
    pub fn open(path: impl AsRef<Path>, scanner: &Scanner) -> Result<Self, LibraryError> {
        let path = std::path::absolute(path.as_ref()).unwrap_or_else(|_| path.as_ref().to_owned());
        let schema = scanner.schema()?;
        let connection = database::open(&path, &schema)?;
        Ok(Self { path, connection, schema, patience: PATIENCE })
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
        self.schema.single(name)
    }

    /// Tells what was changed by the syncs after the one with the number `since`, sync by sync and
    /// then by the tracks' ids, with the tracks as they are now. Gives the number of the latest
    /// sync, to go on from. `None`: all that is kept, which is what the last 100 syncs that changed
    /// something did. Tracks that were forgotten since are left out.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let music = folder.path().join("Music");
    /// # std::fs::create_dir_all(&music)?;
    /// # std::fs::write(music.join("1.mp3"), b"")?;
    /// use mt_scanner::{Library, Scanner, SyncOptions};
    ///
    /// let scanner = Scanner::new(&music)?;
    /// let library = Library::open(folder.path().join("library.db"), &scanner)?;
    /// let first = library.sync(&scanner, &SyncOptions::full(), &mut ())?.scan;
    /// std::fs::remove_file(music.join("1.mp3"))?;
    /// std::fs::write(music.join("2.mp3"), b"more")?;
    /// library.sync(&scanner, &SyncOptions::full(), &mut ())?;
    ///
    /// let mut changes = Vec::new();
    /// let latest = library.changes(Some(first), |change| changes.push(format!("{} {}", change.change, change.path)))?;
    /// assert_eq!(changes, ["missing 1.mp3", "added 2.mp3"]);
    /// assert_eq!(library.changes(Some(latest), |_| unreachable!())?, latest);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`LibraryError::Forgotten`] if what a sync after `since` has changed is not kept any more,
    /// and [`LibraryError::Database`] if the library cannot be read.
    pub fn changes(&self, since: Option<i64>, mut each: impl FnMut(Change<'_>)) -> Result<i64, LibraryError> {
        history::since((&self.path, &self.connection, &self.schema), since, &mut each)
            .map_err(|error| self.unwritten(error))
    }

    /// Forgets tracks that have been missing for `missing_for` or longer, and gives their number.
    /// Waits for a sync that is under way, which relies on the rows that it has seen.
    ///
    /// # Errors
    ///
    /// [`LibraryError::Busy`] if a sync does not end within 30 s, [`LibraryError::Lock`] if it
    /// cannot be found out whether there is one, and [`LibraryError::Database`] if the database
    /// cannot be written.
    pub fn purge(&self, missing_for: Duration) -> Result<u64, LibraryError> {
        let _alone = Lock::take(&self.path, self.patience, || false)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let until = i64::try_from(now.saturating_sub(missing_for).as_secs()).unwrap_or(i64::MAX);
        let purged = || -> Result<u64, Unwritten> {
            let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
            let purged = transaction.execute(self.schema.single("purge")?, [until])?;
            self.schema.run(&transaction, "prune", &[])?;
            transaction.commit()?;
            Ok(purged as u64)
        };
        purged().map_err(|error| self.unwritten(error))
    }

    fn unwritten(&self, error: Unwritten) -> LibraryError {
        match error {
            Unwritten::Database(source) => LibraryError::Database { path: self.path.clone(), source },
            Unwritten::Other(error) => error,
        }
    }
}

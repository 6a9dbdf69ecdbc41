//! A sync for hosts that keep a library by themselves.

use super::Scan;
use super::scanner::Scanner;
use crate::runtime::error::Error;
use crate::work::door::sync::{Changes, Knowledge, SyncDoor, SyncWork};

/// A sync of a library that the caller keeps: the component compares its roots with what the library knows of them, and the caller
/// runs the library's statements with the rows that come out ([`Scanner::schema`](crate::Scanner::schema), `wit/library.wit`).
///
/// For who has a database connection already, of an SQLite of their own: two copies of SQLite in one process do not see each other's
/// locks. Others have [`Library`](crate::Library).
pub struct Comparison<K: Knowledge> {
    /// What the library knows.
    pub knowledge: K,
    /// Whether folders that the library knows are entered from the folder above, as in a full sync.
    pub deep: bool,
    /// What the sync begins with, for each root: rows of the statement `folders`, or other items of `work` (`step-json` in
    /// `wit/scan.wit`) as JSON text.
    pub begin: Vec<Vec<String>>,
}

impl Scanner {
    /// What differs from a library that the caller keeps, step by step.
    ///
    /// # Errors
    ///
    /// As [`scan`](Self::scan), and [`Error::InvalidRequest`] if what the sync begins with is no work, or not for every root.
    pub fn compare<K: Knowledge>(&self, comparison: Comparison<K>) -> Result<Scan<Changes>, Error> {
        let Comparison { knowledge, deep, begin } = comparison;
        let parsed = |texts: Vec<String>| texts.iter().map(|text| serde_json::from_str(text)).collect();
        let begin: Result<Vec<Vec<SyncWork>>, _> = begin.into_iter().map(parsed).collect();
        let begin = begin.map_err(|error| Error::InvalidRequest { reason: error.to_string() })?;
        if begin.len() != self.roots().len() {
            return Err(Error::InvalidRequest { reason: "a sync begins with work for each of its roots".into() });
        }
        self.sync(SyncDoor { knowledge, deep, begin })
    }

    /// What differs from a library.
    pub(crate) fn sync<K: Knowledge>(&self, door: SyncDoor<K>) -> Result<Scan<Changes>, Error> {
        Scan::start(self.checked()?, door, |_, _, changes| vec![changes])
    }
}

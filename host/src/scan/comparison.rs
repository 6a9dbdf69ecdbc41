//! A sync for hosts that keep a library by themselves.

use std::sync::Arc;

use super::Scan;
use super::scanner::Scanner;
use crate::runtime::error::Error;
use crate::runtime::opened::Opened;
use crate::work::door::sync::{Changes, Knowledge, SyncDoor, SyncWork};
use crate::work::plan::Plan;

/// A sync of a library that the caller keeps: the component compares its roots with what the
/// library knows of them, and the caller runs the library's statements with the rows that come out
/// ([`Scanner::schema`](crate::Scanner::schema), `wit/library.wit`).
///
/// For callers that bring their own SQLite connection: two copies of SQLite in one process do not
/// see each other's locks. Others have [`Library`](crate::Library).
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let music = folder.path().join("Music");
/// # std::fs::create_dir_all(music.join("Artist/Album"))?;
/// # std::fs::write(music.join("Artist/Album/1.mp3"), b"")?;
/// use mt_scanner::{Comparison, Knowledge, Scanner, Source};
///
/// /// The knowledge of a library that is empty: its statement `known` would answer the same.
/// struct Empty;
///
/// impl Knowledge for Empty {
///     fn known(&self, _root: &str, folders: &[(&str, Option<&str>)]) -> Result<Vec<String>, Source> {
///         Ok(vec![r#"{"new":true}"#.to_owned(); folders.len()])
///     }
/// }
///
/// let root = r#"{"folder":"","files":null,"ignored_by":null}"#.to_owned();
/// let comparison = Comparison { knowledge: Empty, deep: true, begin: vec![vec![root]] };
/// let mut added = 0;
/// for changes in Scanner::new(&music)?.compare(comparison)? {
///     added += changes?.rows("added").count();
/// }
/// assert_eq!(added, 1);
/// # Ok(())
/// # }
/// ```
pub struct Comparison<K: Knowledge> {
    /// The knowledge of the library.
    pub knowledge: K,
    /// Whether folders that the library knows are entered from the folder above, as in a full sync.
    pub deep: bool,
    /// The work that the sync begins with, for each root: rows of the statement `folders`, or other
    /// items of `work` (`step-json` in `wit/scan.wit`) as JSON text.
    pub begin: Vec<Vec<String>>,
}

impl Scanner {
    /// The differences from a library that the caller keeps, step by step.
    ///
    /// # Errors
    ///
    /// As [`scan`](Self::scan), and [`Error::InvalidRequest`] if what the sync begins with is no
    /// work, or not for every root.
    pub fn compare<K: Knowledge>(&self, comparison: Comparison<K>) -> Result<Scan<Changes>, Error> {
        let Comparison { knowledge, deep, begin } = comparison;
        let parsed = |texts: Vec<String>| texts.iter().map(|text| serde_json::from_str(text)).collect();
        let begin: Result<Vec<Vec<SyncWork>>, _> = begin.into_iter().map(parsed).collect();
        let begin = begin.map_err(|error| Error::InvalidRequest { reason: error.to_string() })?;
        if begin.len() != self.roots().len() {
            return Err(Error::InvalidRequest { reason: "a sync begins with work for each of its roots".into() });
        }
        Self::sync(self.checked()?, SyncDoor { knowledge, deep, begin })
    }

    /// The differences from a library, of roots that were looked at.
    pub(crate) fn sync<K: Knowledge>(checked: (Plan, Arc<Opened>), door: SyncDoor<K>) -> Result<Scan<Changes>, Error> {
        Scan::start(checked, door, |_, _, changes| vec![changes])
    }
}

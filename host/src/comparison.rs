//! A sync for hosts that keep a library by themselves.

pub use crate::door::{Changes, Knowledge};

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

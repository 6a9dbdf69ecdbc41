//! The roots of a sync, as the library knows them.

use std::path::{Path, PathBuf};

use mt_scanner_contract::roots::{Adopted, Arrangement, Naming, Place};
use rusqlite::Connection;

use super::error::{LibraryError, Unwritten};
use crate::runtime::error::Error;
use crate::runtime::place;
use crate::runtime::root::Root;
use crate::scan::arranged::with_paths;
use crate::scan::scanner::Scanner;
use crate::scan::schema::Schema;
use mt_scanner_contract::roots::RootNotice;

/// The roots of a sync.
pub(super) struct Roots {
    /// The scanner of these roots.
    pub scanner: Scanner,
    /// What of other roots becomes theirs.
    pub adopted: Vec<Adopted>,
    /// What people should know.
    pub notices: Vec<RootNotice>,
}

impl Roots {
    /// The roots of a scanner by the names that the library has for them, with those of the library
    /// that lie inside them. `goes_on` is asked while storage does not answer.
    pub fn of(
        scanner: &Scanner,
        (connection, schema): (&Connection, &Schema),
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<Self, Unwritten> {
        let known = known(connection, schema)?;
        let given = scanner.places(goes_on)?;
        let there = there(&known, &given, goes_on);
        let Arrangement { roots, adopted, notices, strangers } = Naming { given, known: Some(there) }.arranged();
        if let Some((folder, file)) = strangers.into_iter().next() {
            let path = Path::new(&folder).join(file);
            let was_root = known.iter().any(|root| root.path == path);
            return Err(match was_root {
                true => Error::RootNotAFolder { path }.into(),
                false => LibraryError::InNoRoot { path }.into(),
            });
        }
        let roots = with_paths(roots).map_err(LibraryError::from)?;
        Ok(Self { scanner: scanner.of(roots.into()), adopted, notices })
    }

    /// The roots of a scanner whose roots were arranged before.
    pub fn as_they_are(scanner: &Scanner) -> Self {
        Self { scanner: scanner.clone(), adopted: Vec::new(), notices: Vec::new() }
    }
}

/// Where the roots of the library are. Nothing is looked at twice: storage may take its time.
fn there(known: &[Root], given: &[Place], goes_on: &mut dyn FnMut() -> bool) -> Vec<Place> {
    let seen = |root: &Root| given.iter().find(|place| place.files.is_none() && place.name == root.name);
    let others = known.iter().filter(|root| seen(root).is_none()).cloned().collect();
    let mut looked = place::of(others, goes_on).into_iter();
    known.iter().filter_map(|root| seen(root).cloned().or_else(|| looked.next())).collect()
}

/// The roots that the library has, oldest first.
pub(super) fn known(connection: &Connection, schema: &Schema) -> Result<Vec<Root>, Unwritten> {
    let mut statement = connection.prepare(schema.single("roots")?)?;
    let mut rows = statement.query([])?;
    let mut roots = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        roots.push(Root { path: PathBuf::from(&name), name, files: None, inside: Vec::new() });
    }
    Ok(roots)
}

/// Whether two paths are names of one folder.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

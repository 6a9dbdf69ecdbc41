//! The roots of an analysis: those of the library that are meant, and are there.

use std::sync::Arc;

use mt_scanner_contract::{Outcome, Problem, words};

use super::super::Library;
use super::super::error::{LibraryError, Unwritten};
use super::super::roots;
use crate::analysis::analyser::Analyser;
use crate::runtime::error::Error;
use crate::runtime::opened::Opened;
use crate::runtime::root::Root;
use crate::scan::scanner::Scanner;

/// Roots of the library.
pub(super) struct Roots {
    /// Those that are meant, by name.
    pub meant: Vec<String>,
    /// Those of them that can be read.
    pub there: Arc<[Root]>,
    pub opened: Arc<Opened>,
    /// Those that cannot.
    pub problems: Vec<Problem>,
}

impl Roots {
    /// Those that the analyser's scanner names, with those of the library inside them; or all of
    /// the library. A disk that is not there is a problem, unless somebody has named it. `goes_on`
    /// is asked while storage does not answer.
    pub fn of(library: &Library, analyser: &Analyser, goes_on: &mut dyn FnMut() -> bool) -> Result<Self, Unwritten> {
        let given = analyser.scanner();
        let is_named = !given.has_no_root();
        let known = roots::known(&library.connection, &library.schema)?;
        let roots = if is_named { named(library, given, &known, goes_on)? } else { known };
        let meant = roots.iter().map(|root| root.name.clone()).collect();
        let (opened, failed) = Opened::those_there(&roots.into(), goes_on);
        let mut problems = Vec::new();
        for (root, error) in failed {
            if is_named {
                return Err(error.into());
            }
            problems.push(problem(root, error)?);
        }
        Ok(Self { meant, there: opened.roots().clone(), opened, problems })
    }

    /// The names of those that are meant, as statements have them.
    pub fn as_json(&self) -> String {
        serde_json::json!(self.meant).to_string()
    }
}

/// The roots of the library that somebody has named.
fn named(
    library: &Library,
    given: &Scanner,
    known: &[Root],
    goes_on: &mut dyn FnMut() -> bool,
) -> Result<Vec<Root>, Unwritten> {
    let strange = |root: &Root| LibraryError::NotARoot {
        path: root.files.iter().flatten().next().map_or_else(|| root.path.clone(), |file| root.native(file)),
    };
    if let Some(file) = given.all_of_roots_while(goes_on)?.iter().find(|root| root.files.is_some()) {
        return Err(strange(file).into());
    }
    let arranged = roots::Roots::of(given, (&library.connection, &library.schema), goes_on)?;
    let roots = arranged.scanner.all_of_roots();
    match roots.iter().find(|root| known.iter().all(|known| known.name != root.name)) {
        Some(root) => Err(strange(root).into()),
        None => Ok(roots.to_vec()),
    }
}

/// A root that cannot be read.
fn problem(root: Root, error: Error) -> Result<Problem, Error> {
    let (outcome, detail) = match error {
        Error::RootNotFound { .. } => (Outcome::Vanished, words::ROOT_NOT_FOUND),
        Error::RootNotAFolder { .. } => (Outcome::Vanished, words::ROOT_NOT_A_FOLDER),
        Error::RootUnreadable { .. } => (Outcome::Unreadable, words::ROOT_UNREADABLE),
        error => return Err(error),
    };
    Ok(Problem { root: root.name, path: String::new(), outcome, detail: detail.to_owned() })
}

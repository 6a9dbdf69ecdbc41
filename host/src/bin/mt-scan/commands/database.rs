//! The file of a library.

use std::path::Path;

use mt_scanner::words;

use crate::failure::Failure;

/// A library that is there: none is made just to find it empty.
pub fn existing(db: &Path) -> Result<&Path, Failure> {
    match db.exists() {
        true => Ok(db),
        false => Err(Failure::Work(format!("{}: {}", db.display(), words::NO_LIBRARY).into())),
    }
}

//! Reasons for a library not to be opened or brought up to date.

use std::path::PathBuf;

use mt_scanner_contract::words::{self, filled};

use crate::runtime::error::Error;

/// Why a library could not be opened or brought up to date.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LibraryError {
    /// The folder that the library is to be in does not exist.
    #[error("{}: {}", path.display(), words::LIBRARY_WITHOUT_FOLDER)]
    NoFolder {
        /// The library.
        path: PathBuf,
    },
    /// SQLite cannot open, read or write it.
    #[error("{}: the library cannot be used: {source}", path.display())]
    Database {
        /// The library.
        path: PathBuf,
        /// SQLite's reason.
        source: rusqlite::Error,
    },
    /// SQLite cannot open or lock the file beside it that keeps syncs apart, or that for analyses.
    #[error("{}: the lock beside the library cannot be used: {source}. It holds nothing, and may be deleted", path.display())]
    Lock {
        /// The lock: the library's path and `-sync` or `-analysis`.
        path: PathBuf,
        /// SQLite's reason.
        source: rusqlite::Error,
    },
    /// Its schema is newer than the component. It was not touched.
    #[error("{}: {}", path.display(), newer(*version, *known))]
    Newer {
        /// The library.
        path: PathBuf,
        /// The schema of the library.
        version: u32,
        /// The newest schema that the component knows.
        known: u32,
    },
    /// Another sync of it did not end within 30 s.
    #[error("{}: {}", path.display(), words::LIBRARY_BUSY)]
    Busy {
        /// The library.
        path: PathBuf,
    },
    /// A root holds no music any more, and the library has tracks of it. Nothing was marked
    /// missing.
    #[error("{root}: {}", words::ROOT_EMPTIED)]
    RootEmptied {
        /// The root.
        root: String,
    },
    /// What was changed since a sync is not kept any more. All tracks tell as much.
    #[error("{}: {}", path.display(), filled(words::CHANGES_FORGOTTEN, &[("scan", &scan.to_string())]))]
    Forgotten {
        /// The library.
        path: PathBuf,
        /// The latest sync that is not kept.
        scan: i64,
    },
    /// Another analysis of it is under way.
    #[error("{}: {}", path.display(), words::ANALYSIS_BUSY)]
    BeingAnalysed {
        /// The library.
        path: PathBuf,
    },
    /// A folder that was named is no root of the library. Nothing was written.
    #[error("{}: {}", path.display(), words::NOT_A_ROOT)]
    NotARoot {
        /// The folder.
        path: PathBuf,
    },
    /// A file that was named is in no root of the library. Nothing was written.
    #[error("{}: {}", path.display(), words::IN_NO_ROOT)]
    InNoRoot {
        /// The file.
        path: PathBuf,
    },
    /// The observer of a sync or an analysis has ended it.
    #[error("it was cancelled")]
    Cancelled,
    /// A copy to rehearse on cannot be made.
    #[error("no temporary folder can be made")]
    NoCopy {
        /// The system's reason.
        source: std::io::Error,
    },
    /// The component has no statement of this name: it is made for another contract.
    #[error("the component has no statement `{name}`")]
    NoStatement {
        /// The name.
        name: &'static str,
    },
    /// The scan could not begin or go on.
    #[error(transparent)]
    Scan(#[from] Error),
}

/// Why a sync did not write: an error of the database has yet to learn the path of the library.
pub(super) enum Unwritten {
    Database(rusqlite::Error),
    Other(LibraryError),
}

impl From<rusqlite::Error> for Unwritten {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<LibraryError> for Unwritten {
    fn from(error: LibraryError) -> Self {
        Self::Other(error)
    }
}

impl From<Error> for Unwritten {
    fn from(error: Error) -> Self {
        match error {
            Error::Knowledge { source } => match source.downcast() {
                Ok(error) => Self::Database(*error),
                Err(source) => Self::Other(Error::Knowledge { source }.into()),
            },
            error => Self::Other(error.into()),
        }
    }
}

fn newer(version: u32, known: u32) -> String {
    filled(words::LIBRARY_NEWER, &[("version", &version.to_string()), ("known", &known.to_string())])
}

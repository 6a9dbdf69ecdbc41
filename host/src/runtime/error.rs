//! Errors: reasons for a call not to begin or go on. Trouble with one file is never an error: it is
//! a [`Problem`].
//!
//! [`Problem`]: crate::Problem

use std::io;
use std::path::PathBuf;

use super::bindings::analyser::exports::mt::scanner::types as analyser_types;
use super::bindings::exports::mt::scanner::types;
use mt_scanner_contract::{Outcome, words};

/// An error of another library, kept as a source.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a scan, a count or an inspection could not begin or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No folder is at the root's path.
    #[error("{}: {}", path.display(), words::ROOT_NOT_FOUND)]
    RootNotFound {
        /// The root.
        path: PathBuf,
        /// The system's reason.
        source: Option<io::Error>,
    },
    /// The root is a file.
    #[error("{}: {}", path.display(), words::ROOT_NOT_A_FOLDER)]
    RootNotAFolder {
        /// The root.
        path: PathBuf,
    },
    /// The root may not be opened or listed.
    #[error("{}: {}", path.display(), words::ROOT_UNREADABLE)]
    RootUnreadable {
        /// The root.
        path: PathBuf,
        /// The system's reason.
        source: Option<io::Error>,
    },
    /// The root's name is not UTF-8, and no path of the sandbox can express it.
    #[error("{}: {}", path.display(), words::ROOT_NOT_UTF8)]
    RootNotUtf8 {
        /// The root.
        path: PathBuf,
    },
    /// A file's name is not UTF-8 ([`Scanner::inspect`](crate::Scanner::inspect) and
    /// [`Scanner::artwork`](crate::Scanner::artwork) only).
    #[error("{}: the file's name is not valid UTF-8, which no sandbox path can express", path.display())]
    PathNotUtf8 {
        /// The file.
        path: PathBuf,
    },
    /// The path leads out of the root, by `..`, by a leading `/`, or by a symbolic link.
    #[error("{path}: {}", words::ESCAPES_ROOT)]
    EscapesRoot {
        /// The path.
        path: String,
    },
    /// No file is at this path ([`Scanner::inspect`](crate::Scanner::inspect) and
    /// [`Scanner::artwork`](crate::Scanner::artwork) only).
    #[error("{path}: {}", words::FILE_NOT_FOUND)]
    FileNotFound {
        /// The path.
        path: String,
    },
    /// No charset has this name ([`legacy_charset`](crate::ScannerBuilder::legacy_charset)).
    #[error("{name}: {}", words::UNKNOWN_CHARSET)]
    UnknownCharset {
        /// The name.
        name: String,
    },
    /// A text is no extension of files.
    #[error("{reason}")]
    NoExtension {
        /// The text, and why it is none.
        reason: String,
    },
    /// The component does not understand the host: it is made for another contract.
    #[error("the component does not understand a request: {reason}")]
    InvalidRequest {
        /// Where the request is not of the documented form.
        reason: String,
    },
    /// The component's answer cannot be understood: it is made for another contract.
    #[error("the component's answer cannot be understood")]
    InvalidAnswer {
        /// Where the answer is not of the documented form.
        source: Source,
    },
    /// A call ended the component, and it was not about a file of a scan, which would make it a
    /// problem.
    #[error("{call}: {detail}")]
    Ended {
        /// The call that did.
        call: String,
        /// How it ended.
        outcome: Outcome,
        /// The same in words.
        detail: String,
        /// The trap.
        source: Source,
    },
    /// The library's knowledge of a folder cannot be read.
    #[error("what the library knows cannot be read")]
    Knowledge {
        /// The database's reason.
        source: Source,
    },
    /// The component cannot be used.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The system has no thread or memory for an instance.
    #[error("no instance of the component can be made")]
    NoInstance {
        /// The refusal.
        source: Source,
    },
}

/// Why a component cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file cannot be read.
    #[error("{}: the component cannot be read", path.display())]
    Unreadable {
        /// The component.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// It is not a component, or one that this version cannot compile.
    #[error("{component}: the component cannot be compiled")]
    Invalid {
        /// The component.
        component: String,
        /// The compiler's reason.
        source: Source,
    },
    /// It imports more than scanners are given. Nothing of it has run.
    #[error("{component}: {}", words::filled(words::IMPORT_REFUSED, &[("import", import.as_str())]))]
    ImportRefused {
        /// The component.
        component: String,
        /// The import.
        import: String,
    },
    /// It does not export the world `mt:scanner/analyser`.
    #[error("{component}: the component is not an analyser")]
    NotAnAnalyser {
        /// The component.
        component: String,
        /// The export that is missing.
        source: Source,
    },
    /// It does not export the world `mt:scanner/scanner`.
    #[error("{component}: the component is not a scanner")]
    NotAScanner {
        /// The component.
        component: String,
        /// The export that is missing.
        source: Source,
    },
}

/// The same variant of the contract has a type of its own in the bindings of each world.
macro_rules! from_scan_error {
    ($($types:ident)::+) => {
        impl From<$($types)::+::ScanError> for Error {
            fn from(error: $($types)::+::ScanError) -> Self {
                use $($types)::+::ScanError;
                match error {
                    ScanError::RootNotFound(path) => Self::RootNotFound { path: path.into(), source: None },
                    ScanError::RootNotAFolder(path) => Self::RootNotAFolder { path: path.into() },
                    ScanError::RootUnreadable(path) => Self::RootUnreadable { path: path.into(), source: None },
                    ScanError::EscapesRoot(path) => Self::EscapesRoot { path },
                    ScanError::FileNotFound(path) => Self::FileNotFound { path },
                    ScanError::UnknownCharset(name) => Self::UnknownCharset { name },
                    ScanError::InvalidRequest(reason) => Self::InvalidRequest { reason },
                }
            }
        }
    };
}

from_scan_error!(types);
from_scan_error!(analyser_types);

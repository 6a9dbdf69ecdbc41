//! Generated from `wit/`. Nothing else is written here but how errors become those of these
//! bindings.
#![allow(missing_docs)]

use mt_scanner_contract::ScanError;

wit_bindgen::generate!({
    path: "../../wit",
    world: "analyser",
    pub_export_macro: true,
});

pub use exports::mt::scanner::types;

impl From<ScanError> for types::ScanError {
    fn from(error: ScanError) -> Self {
        match error {
            ScanError::RootNotFound(name) => Self::RootNotFound(name),
            ScanError::RootNotAFolder(name) => Self::RootNotAFolder(name),
            ScanError::RootUnreadable(name) => Self::RootUnreadable(name),
            ScanError::EscapesRoot(path) => Self::EscapesRoot(path),
            ScanError::FileNotFound(path) => Self::FileNotFound(path),
            ScanError::UnknownCharset(name) => Self::UnknownCharset(name),
            ScanError::InvalidRequest(text) => Self::InvalidRequest(text),
        }
    }
}

//! Errors of the host, taken apart for Python, which makes exceptions of its own of them.

use std::error::Error as _;
use std::path::Path;

use mt_scanner::{Error, LoadError};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

pyo3::create_exception!(
    mt_scanner_native,
    Failure,
    PyException,
    "What kept a call from doing its work: `args` are its kind, the path that it is about, and the reason in words."
);

/// The exception for an error. Kinds are the names of the contract's `scan-error`, outcomes of
/// files that ended the component, and `component` where that is what is wrong.
pub(crate) fn raised(error: Error) -> PyErr {
    let (kind, path) = about(&error);
    let said = error.to_string();
    let mut reason = said.strip_prefix(&format!("{path}: ")).unwrap_or(&said).to_owned();
    // Of a call that ended the component all is said already.
    let mut source = if matches!(error, Error::Ended { .. }) { None } else { error.source() };
    while let Some(cause) = source {
        reason.push_str(": ");
        reason.push_str(cause.to_string().lines().next().unwrap_or_default());
        source = cause.source();
    }
    Failure::new_err((kind, path, reason))
}

/// The kind of an error, and the path that it begins with.
fn about(error: &Error) -> (&'static str, String) {
    let shown = |path: &Path| path.display().to_string();
    match error {
        Error::RootNotFound { path, .. } => ("root-not-found", shown(path)),
        Error::RootNotAFolder { path } => ("root-not-a-folder", shown(path)),
        Error::RootUnreadable { path, .. } | Error::RootNotUtf8 { path } | Error::PathNotUtf8 { path } => {
            ("root-unreadable", shown(path))
        }
        Error::EscapesRoot { path } => ("escapes-root", path.clone()),
        Error::UnknownCharset { name } => ("unknown-charset", name.clone()),
        Error::FileNotFound { path } => ("file-not-found", path.clone()),
        Error::Ended { call, outcome, .. } => (outcome.name(), call.clone()),
        Error::Load(LoadError::Unreadable { path, .. }) => ("component", shown(path)),
        Error::Load(
            LoadError::Invalid { component, .. }
            | LoadError::ImportRefused { component, .. }
            | LoadError::NotAScanner { component, .. },
        ) => ("component", component.clone()),
        _ => ("component", String::new()),
    }
}

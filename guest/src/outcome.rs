//! How errors of the filesystem become outcomes.

use mt_scanner_contract::{Outcome, Problem};

use crate::tree::ErrorCode;

/// The problem of a file or folder that the filesystem refused: `tried` says what was tried on it.
pub fn refused(root: &str, path: &str, tried: &str, code: ErrorCode) -> Problem {
    let outcome = match code {
        ErrorCode::NoEntry => Outcome::Vanished,
        ErrorCode::Loop => Outcome::LinkLoop,
        // What a sandbox answers on the way out of a root; a file without permission is `access`.
        ErrorCode::NotPermitted => Outcome::EscapesRoot,
        _ => Outcome::Unreadable,
    };
    problem(root, path, outcome, format!("{tried}: {}", code.name()))
}

/// A problem, from borrowed parts.
pub fn problem(root: &str, path: &str, outcome: Outcome, detail: impl Into<String>) -> Problem {
    Problem { root: root.to_owned(), path: path.to_owned(), outcome, detail: detail.into() }
}

//! How errors of the filesystem become outcomes.

use mt_scanner_contract::{Outcome, Problem};

use mt_scanner_archives::{Trouble, TroubleKind};

use crate::tree::{ErrorCode, Refusal, join};

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

/// The problem of a file that cannot be read.
pub fn unread(root: &str, path: &str, refusal: Refusal) -> Problem {
    match refusal {
        Refusal::System(code) => refused(root, path, "opening the file", code),
        Refusal::Archive(trouble) => problem(root, path, outcome(trouble.kind), trouble.detail),
    }
}

/// The problem of an archive, or of a member that is named there.
pub fn in_archive(root: &str, path: &str, trouble: &Trouble) -> Problem {
    let member = trouble.entry.as_deref().map(|entry| join(path, entry));
    problem(root, member.as_deref().unwrap_or(path), outcome(trouble.kind), trouble.detail.clone())
}

/// What becomes of what an archive holds.
pub fn outcome(kind: TroubleKind) -> Outcome {
    match kind {
        TroubleKind::Encrypted | TroubleKind::Unsupported => Outcome::Unsupported,
        TroubleKind::Damaged => Outcome::Malformed,
        TroubleKind::Limit => Outcome::ArchiveLimit,
        TroubleKind::Unreadable => Outcome::Unreadable,
    }
}

/// A problem, from borrowed parts.
pub fn problem(root: &str, path: &str, outcome: Outcome, detail: impl Into<String>) -> Problem {
    Problem { root: root.to_owned(), path: path.to_owned(), outcome, detail: detail.into() }
}

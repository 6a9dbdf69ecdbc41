//! The names of outcomes, as they appear in rows and JSON lines, and how errors of the filesystem become outcomes.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use wasip2::filesystem::types::ErrorCode;

use crate::bindings::exports::mt::scanner::types::{Outcome, Problem};

/// Every outcome with its name in the contract.
const NAMES: [(Outcome, &str); 11] = [
    (Outcome::Unreadable, "unreadable"),
    (Outcome::Vanished, "vanished"),
    (Outcome::Malformed, "malformed"),
    (Outcome::Unsupported, "unsupported"),
    (Outcome::WrongExtension, "wrong-extension"),
    (Outcome::EscapesRoot, "escapes-root"),
    (Outcome::LinkLoop, "link-loop"),
    (Outcome::NameNotUtf8, "name-not-utf8"),
    (Outcome::Timeout, "timeout"),
    (Outcome::Memory, "memory"),
    (Outcome::Trap, "trap"),
];

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = NAMES.iter().find(|(outcome, _)| outcome == self).map_or("", |(_, name)| name);
        serializer.serialize_str(name)
    }
}

impl<'de> Deserialize<'de> for Outcome {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let found = NAMES.iter().find(|(_, known)| *known == name).map(|(outcome, _)| *outcome);
        found.ok_or_else(|| de::Error::custom(format!("no outcome is called {name:?}")))
    }
}

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

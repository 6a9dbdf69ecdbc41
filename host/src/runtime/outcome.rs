//! The contract's names of outcomes.

use std::fmt;
use std::str::FromStr;

use super::bindings::exports::mt::scanner::types::Outcome;

impl Outcome {
    /// Every outcome, in the order of the contract.
    pub const ALL: [Self; 11] = [
        Self::Unreadable,
        Self::Vanished,
        Self::Malformed,
        Self::Unsupported,
        Self::WrongExtension,
        Self::EscapesRoot,
        Self::LinkLoop,
        Self::NameNotUtf8,
        Self::Timeout,
        Self::Memory,
        Self::Trap,
    ];

    /// The name in the contract: `unreadable`, `wrong-extension`, ...
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Vanished => "vanished",
            Self::Malformed => "malformed",
            Self::Unsupported => "unsupported",
            Self::WrongExtension => "wrong-extension",
            Self::EscapesRoot => "escapes-root",
            Self::LinkLoop => "link-loop",
            Self::NameNotUtf8 => "name-not-utf8",
            Self::Timeout => "timeout",
            Self::Memory => "memory",
            Self::Trap => "trap",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// The text is no outcome of the contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no outcome")]
pub struct UnknownOutcome(String);

impl FromStr for Outcome {
    type Err = UnknownOutcome;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name).ok_or_else(|| UnknownOutcome(name.to_owned()))
    }
}

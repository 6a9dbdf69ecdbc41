//! The verdicts of the analyser.

/// The judgement of a file, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// A changed byte of the audio would have been seen.
    Intact,
    /// No damage was found, and a changed byte could have gone unseen.
    Unchecked,
    /// Something is as no encoder leaves it, and the audio may be whole all the same.
    Suspicious,
    /// The end is missing.
    Truncated,
    /// Bytes are not as they were written.
    Damaged,
}

impl Verdict {
    /// All of them, from the best to the worst.
    pub const ALL: [Self; 5] = [Self::Intact, Self::Unchecked, Self::Suspicious, Self::Truncated, Self::Damaged];

    /// The name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Unchecked => "unchecked",
            Self::Suspicious => "suspicious",
            Self::Truncated => "truncated",
            Self::Damaged => "damaged",
        }
    }
}

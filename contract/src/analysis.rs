//! Reports about what the analyser has found, for machines.

use serde::{Deserialize, Serialize};

use crate::report::Reached;

/// Files by their verdict, the worst first.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdicts {
    /// Bytes are not as they were written.
    pub damaged: u64,
    /// The end is missing.
    pub truncated: u64,
    /// Something is as no encoder leaves it.
    pub suspicious: u64,
    /// No damage was found, and a changed byte could have gone unseen.
    pub unchecked: u64,
    /// A changed byte would have been seen.
    pub intact: u64,
}

impl Verdicts {
    /// Each with its name.
    pub fn named(self) -> [(&'static str, u64); 5] {
        let Self { damaged, truncated, suspicious, unchecked, intact } = self;
        [
            ("damaged", damaged),
            ("truncated", truncated),
            ("suspicious", suspicious),
            ("unchecked", unchecked),
            ("intact", intact),
        ]
    }

    /// Whether audio is lost.
    pub fn any_bad(self) -> bool {
        self.damaged + self.truncated > 0
    }
}

/// What is known of a library's audio: the row of the statement `analysis-report`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Its files by their verdict.
    #[serde(flatten)]
    pub verdicts: Verdicts,
    /// Files that could not be analysed.
    pub unreported: u64,
    /// Files whose turn has not come.
    pub left: u64,
}

/// The report of a look at files: the last event.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Examined {
    /// Files that have a report.
    pub files: u64,
    /// Problems.
    pub problems: u64,
    /// The files by their verdict, where damage was looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdicts: Option<Verdicts>,
    /// Counts and time.
    pub progress: Reached,
}

/// The report of an analysis of a library.
///
/// ```
/// use mt_scanner_contract::analysis::{Analysed, AnalysedLine, Health};
///
/// let health = Health { left: 3, ..Health::default() };
/// let report = Analysed { analysed: 2, albums: 1, problems: 0, health, progress: Default::default() };
/// let text = serde_json::to_string(&AnalysedLine { report }).unwrap();
/// assert!(text.starts_with(r#"{"report":{"analysed":2,"albums":1,"problems":0,"damaged":0,"#));
/// assert!(text.contains(r#""unreported":0,"left":3,"progress":{"#));
/// ```
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Analysed {
    /// Files that got a report.
    pub analysed: u64,
    /// Albums whose loudness was reckoned.
    pub albums: u64,
    /// Problems.
    pub problems: u64,
    /// What is known of the library now, each a key of its own.
    #[serde(flatten)]
    pub health: Health,
    /// Counts and time.
    pub progress: Reached,
}

/// The same as a JSON line.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct AnalysedLine {
    /// The report.
    pub report: Analysed,
}

//! What an analysis has done, and what is known of the library's audio.

use mt_scanner_contract::analysis::Verdicts;

use crate::work::progress::Progress;

/// What an analysis has done, and what is known of the library now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnalysisReport {
    /// Files that got a report.
    pub analysed: u64,
    /// Albums whose loudness was reckoned.
    pub albums: u64,
    /// Files and roots that could not be read, or that ended the component.
    pub problems: u64,
    /// The library's files by their verdict.
    pub verdicts: Verdicts,
    /// The library's files that could not be analysed.
    pub unreported: u64,
    /// Files that are to be analysed still.
    pub left: u64,
    /// Counts and time.
    pub progress: Progress,
}

//! The answer of `step-json`.

use serde::{Deserialize, Serialize};

use crate::{Outcome, Problem};

/// What a step did, as JSON. `T` is the tracks, `C` the changes, `P` the paths, `W` an item of
/// work, each as the side that reads or writes has it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answer<P, T, C, R, W> {
    /// Folders that were listed, or are as they were.
    pub folders: u64,
    /// Audio files that were found in them.
    pub files: u64,
    /// Files that were passed over for their extension, though it is one of audio too.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub passed_over: u64,
    /// Playlists in these folders.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub playlists: u64,
    /// Files that were opened and parsed.
    pub read: u64,
    /// Files whose turn has come: they were read, or are as the library has them, or could not be
    /// read.
    #[serde(default)]
    pub done: u64,
    /// Paths of audio files, in mode `paths`: an array.
    pub paths: P,
    /// Tracks that were read, in mode `tracks`: rows in the order of the record's fields.
    pub tracks: T,
    /// Of a sync: files that are as the library has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unchanged: Option<u64>,
    /// Of a sync: an object of rows for the statements that its keys name, ready to be bound.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub changes: Option<C>,
    /// Problems: rows in the order of the record's fields.
    pub problems: R,
    /// The work that was handed in or found, and not done.
    pub work: W,
    /// The places that links have led to, if this step changed them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered: Option<String>,
}

/// A problem as a row: an array in the order of the record's fields.
#[derive(Debug, Serialize, Deserialize)]
pub struct ProblemRow(String, String, Outcome, String);

/// The columns of a problem's row.
impl ProblemRow {
    /// Their names, in order.
    pub const COLUMNS: [&'static str; 4] = ["root", "path", "outcome", "detail"];
}

impl From<ProblemRow> for Problem {
    fn from(ProblemRow(root, path, outcome, detail): ProblemRow) -> Self {
        Self { root, path, outcome, detail }
    }
}

impl From<&Problem> for ProblemRow {
    fn from(problem: &Problem) -> Self {
        let Problem { root, path, outcome, detail } = problem.clone();
        Self(root, path, outcome, detail)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands in a reference; how large one is differs by target")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

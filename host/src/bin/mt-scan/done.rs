//! How a command ended.

use crate::arguments::Output;

/// How a command ended that could run.
pub enum Done {
    Clean,
    /// There were problems, and the user wants to know by the exit code; or audio is lost.
    WithProblems,
    /// Some of it could not be done, and that was said.
    InPart,
}

impl Done {
    /// The ending of a command that has met `problems`.
    pub fn with(output: &Output, problems: bool) -> Self {
        if output.strict && problems { Self::WithProblems } else { Self::Clean }
    }
}

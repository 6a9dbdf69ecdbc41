//! Results as JSON text.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::rows::{ProblemRow, TrackRow};
use crate::step::{ChangesOf, Found, Mode, Rows, Step};

/// The answer of `step-json`.
pub struct StepAnswer<'a> {
    /// What was asked.
    pub step: &'a Step<'a>,
    /// What the step did.
    pub found: &'a Found,
}

impl Serialize for StepAnswer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Found { folders, files, read, paths, tracks, problems, changes, work } = self.found;
        let mut answer = serializer.serialize_struct("step", 9)?;
        answer.serialize_field("folders", folders)?;
        answer.serialize_field("files", files)?;
        answer.serialize_field("read", read)?;
        answer.serialize_field("paths", &Paths(paths))?;
        answer.serialize_field("tracks", &Rows(tracks, TrackRow))?;
        if matches!(self.step.mode, Mode::Sync { .. }) {
            answer.serialize_field("unchanged", &changes.unchanged)?;
            answer.serialize_field("changes", &ChangesOf(self.step.root, changes))?;
        }
        answer.serialize_field("problems", &Rows(problems, ProblemRow))?;
        answer.serialize_field("work", work)?;
        answer.end()
    }
}

/// Paths that are ended by a NUL each, as an array.
struct Paths<'a>(&'a str);

impl Serialize for Paths<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.split_terminator('\0'))
    }
}

/// JSON text of something that cannot fail to serialise: its maps have text for keys and its numbers are finite.
pub fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

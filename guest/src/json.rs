//! Results as JSON text.

use serde::ser::{Serialize, SerializeSeq, SerializeStruct, Serializer};

use crate::bindings::exports::mt::scanner::scan::StepResult;
use crate::rows::{ProblemRow, TrackRow};

/// The answer of `step-json`.
pub struct StepAnswer<'a> {
    /// What the step did.
    pub result: &'a StepResult,
    /// Whether list-valued columns become JSON text.
    pub text_lists: bool,
}

impl Serialize for StepAnswer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let StepResult { folders, files, paths, tracks, problems, work } = self.result;
        let text_lists = self.text_lists;
        let mut answer = serializer.serialize_struct("step", 6)?;
        answer.serialize_field("folders", folders)?;
        answer.serialize_field("files", files)?;
        answer.serialize_field("paths", paths)?;
        answer.serialize_field("tracks", &Rows(tracks, |track| TrackRow { track, text_lists }))?;
        answer.serialize_field("problems", &Rows(problems, ProblemRow))?;
        answer.serialize_field("work", work)?;
        answer.end()
    }
}

/// Records, each as the row that a function makes of it.
struct Rows<'a, T, F>(&'a [T], F);

impl<'a, T, R: Serialize, F: Fn(&'a T) -> R> Serialize for Rows<'a, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.0.len()))?;
        for record in self.0 {
            rows.serialize_element(&self.1(record))?;
        }
        rows.end()
    }
}

/// JSON text of something that cannot fail to serialise: its maps have text for keys and its numbers are finite.
pub fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

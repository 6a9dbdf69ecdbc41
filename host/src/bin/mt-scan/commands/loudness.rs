//! What `mt-scan loudness` tells people: a table.

use mt_scanner::report::Report;
use mt_scanner::{Analyser, FileReport, Scanner};
use serde_json::Value;

use super::examine::Telling;
use crate::failure::Failure;
use crate::summary::path;

/// Files by path with their loudness.
#[derive(Default)]
pub struct Measuring {
    files: Vec<(String, Option<Value>)>,
}

impl Telling for Measuring {
    fn of_file(&mut self, report: &FileReport) -> Option<String> {
        let json: Value = serde_json::from_str(&report.json).unwrap_or_default();
        let loudness = json.get("loudness").filter(|loudness| !loudness.is_null());
        self.files.push((path(report), loudness.cloned()));
        None
    }

    fn at_the_end(&mut self, _analyser: &Analyser) -> Result<String, Failure> {
        let mut tracks = std::mem::take(&mut self.files);
        if tracks.is_empty() {
            return Ok(String::new());
        }
        tracks.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        Ok(Scanner::in_words(&Report::Loudness { tracks, albums: Vec::new() })?)
    }
}

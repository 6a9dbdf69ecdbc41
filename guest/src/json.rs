//! Results as JSON text.

use mt_scanner_contract::{Answer, ProblemRow};
use serde::ser::{Serialize, Serializer};

use crate::rows::TrackRow;
use crate::step::{ChangesOf, Found, Mode, Rows, Step};

/// The answer of `step-json`.
pub fn answer(step: &Step<'_>, found: &Found) -> String {
    let Found { folders, files, passed_over, playlists, read, done, paths, tracks, problems, changes, work, entered } =
        found;
    let is_sync = matches!(step.mode, Mode::Sync { .. });
    text(&Answer {
        folders: *folders,
        files: *files,
        passed_over: *passed_over,
        playlists: *playlists,
        read: *read,
        done: *done,
        paths: Paths(paths),
        tracks: Rows(tracks, TrackRow),
        unchanged: is_sync.then_some(changes.unchanged),
        changes: is_sync.then_some(ChangesOf(step.root, changes)),
        problems: Rows(problems, ProblemRow::from),
        work,
        entered: entered.clone(),
    })
}

/// Paths that are ended by a NUL each, as an array.
struct Paths<'a>(&'a str);

impl Serialize for Paths<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.split_terminator('\0'))
    }
}

/// JSON text of something that cannot fail to serialise: its maps have text for keys and its
/// numbers are finite.
pub fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

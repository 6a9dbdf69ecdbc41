//! What a sync found to differ from the library: rows for the library's statements, under their
//! names.

use mt_scanner_contract::Track;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::rows::{AddedRow, ModifiedRow};
use crate::walk::split;

/// The rows, each field under the name of its statement. Paths are relative to the root.
#[derive(Default)]
pub struct Changes {
    /// Folders that are there.
    pub folder: Vec<String>,
    /// Their time of last change, where it can be trusted.
    pub listed: Vec<(String, i64)>,
    /// Folders whose own problems are told anew.
    pub forget_folder_problems: Vec<String>,
    /// Files whose problems are told anew.
    pub forget_file_problems: Vec<String>,
    /// Tracks whose place has other audio now.
    pub replaced: Vec<i64>,
    /// Missing tracks that are back as they were.
    pub restored: Vec<i64>,
    /// Files in places where no track was.
    pub added: Vec<Added>,
    /// Tracks whose files are as they were, and were read again by another reader.
    pub reread: Vec<i64>,
    /// Tracks of another reader whose files could not be read: what it has found stays.
    pub unreadable: Vec<i64>,
    /// Tracks that were read again, for whatever reason.
    pub modified: Vec<(Track, i64)>,
    /// Whether their fingerprints can be trusted.
    pub settled: Vec<(i64, bool)>,
    /// Tracks whose file is not there.
    pub gone: Vec<i64>,
    /// Folders that are not there, or are skipped now.
    pub gone_folder: Vec<String>,
    /// Files that are as the library has them: counted, not listed.
    pub unchanged: u64,
}

/// A track for a row of its own.
pub struct Added {
    /// The track.
    pub track: Track,
    /// Whether its fingerprint can be trusted.
    pub settled: bool,
}

impl Changes {
    /// A folder's row, if it is not among these already.
    pub fn need_folder(&mut self, folder: &str) {
        if self.folder.last().is_none_or(|last| last != folder) {
            self.folder.push(folder.to_owned());
        }
    }
}

/// Changes below a root, as JSON.
pub struct ChangesOf<'a>(pub &'a str, pub &'a Changes);

impl Serialize for ChangesOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(root, changes) = self;
        let mut map = serializer.serialize_map(None)?;
        rows(&mut map, "folder", &changes.folder, |path| (root, path, (!path.is_empty()).then(|| split(path).0)))?;
        rows(&mut map, "listed", &changes.listed, |(path, mtime)| (root, path, mtime))?;
        rows(&mut map, "forget_folder_problems", &changes.forget_folder_problems, |path| (root, path))?;
        rows(&mut map, "forget_file_problems", &changes.forget_file_problems, |path| (root, path))?;
        rows(&mut map, "replaced", &changes.replaced, |id| (id,))?;
        rows(&mut map, "restored", &changes.restored, |id| (id,))?;
        rows(&mut map, "added", &changes.added, |added| AddedRow {
            track: &added.track,
            // A track of a sheet is in the folder of its file.
            folder: split(added.track.audio_file.as_deref().unwrap_or(&added.track.path)).0,
            settled: added.settled,
        })?;
        rows(&mut map, "reread", &changes.reread, |id| (id,))?;
        rows(&mut map, "unreadable", &changes.unreadable, |id| (id,))?;
        rows(&mut map, "modified", &changes.modified, |(track, id)| ModifiedRow { track, id: *id })?;
        rows(&mut map, "settled", &changes.settled, |(id, settled)| (id, u8::from(*settled)))?;
        rows(&mut map, "gone", &changes.gone, |id| (id,))?;
        rows(&mut map, "gone_folder", &changes.gone_folder, |path| (root, path))?;
        map.end()
    }
}

/// Rows under the name of their statement; none are left out.
fn rows<'a, M: SerializeMap, T, R: Serialize>(
    map: &mut M,
    name: &'static str,
    things: &'a [T],
    row: impl Fn(&'a T) -> R,
) -> Result<(), M::Error> {
    if things.is_empty() { Ok(()) } else { map.serialize_entry(name, &Rows(things, row)) }
}

/// Things, each as the row that a function makes of it.
pub struct Rows<'a, T, F>(pub &'a [T], pub F);

impl<'a, T, R: Serialize, F: Fn(&'a T) -> R> Serialize for Rows<'a, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(&self.1))
    }
}

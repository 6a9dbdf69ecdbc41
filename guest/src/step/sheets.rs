//! Cue sheets in a step: found when a folder is listed, and at hand when its files are read.

use std::collections::HashMap;
use std::rc::Rc;

use mt_scanner_contract::{Fingerprint, KnownFile, Names, Slice, Track};
use mt_scanner_formats::cue::Sheet;

use super::changes::Added;
use super::sync::{is_same_audio, now};
use super::{Mode, Run};
use crate::sheets::{Applied, Shelf, Stamped, pairs};
use crate::tree::Place;

/// Files, each with its sheet: names.
pub type Pairs = Vec<(String, String)>;

/// The sheets of the last folder whose files sheets divide, so that one is read once in a step.
#[derive(Default)]
pub struct Shelved {
    folder: String,
    sheets: HashMap<String, Option<Rc<Stamped>>>,
}

impl Run<'_> {
    /// Whether sheets are looked for.
    pub(super) fn wants_sheets(&self) -> bool {
        self.cue && matches!(self.mode, Mode::Tracks | Mode::Sync { .. })
    }

    /// Reads the sheets of a folder, and gives the files that they divide. What is wrong with them
    /// is told with the first page of the folder.
    pub(super) fn find_sheets<'n>(
        &mut self,
        path: &str,
        place: &Place,
        mut names: Vec<String>,
        audio: impl Iterator<Item = &'n str>,
        is_first: bool,
    ) -> Pairs {
        if names.is_empty() || !self.wants_sheets() {
            return Vec::new();
        }
        let shelf = Shelf { root: &self.root, place, at: path, charset: self.charset };
        let (sheets, problems) = shelf.read_all(&mut names);
        names.iter().for_each(|_| self.meter.count());
        if is_first {
            self.found.problems.extend(problems);
        }
        let pairs = pairs(&sheets, audio);
        let sheets = sheets.into_iter().map(|(name, stamped)| (name, Some(Rc::new(stamped))));
        self.shelved = Shelved { folder: path.to_owned(), sheets: sheets.collect() };
        pairs
    }

    /// Reads the sheet of a file, unless it was read with the last one.
    pub(super) fn sheet_of(&mut self, path: &str, place: &Place, name: &str) -> Option<Rc<Stamped>> {
        if self.shelved.folder != path {
            self.shelved = Shelved { folder: path.to_owned(), sheets: HashMap::new() };
        }
        let shelf = Shelf { root: &self.root, place, at: path, charset: self.charset };
        let read = || shelf.read(name).ok().map(Rc::new);
        self.shelved.sheets.entry(name.to_owned()).or_insert_with(read).clone()
    }

    /// The tracks of a file that was read, by the sheet beside it, else by the one in it.
    pub(super) fn tracks_of(
        &self,
        beside: Option<&Applied<'_>>,
        inside: Option<&Sheet>,
        whole: &mut Track,
    ) -> Vec<Track> {
        if !self.cue {
            return Vec::new();
        }
        let inside = inside.and_then(Applied::embedded);
        beside.or(inside.as_ref()).map_or_else(Vec::new, |sheet| sheet.rows(whole))
    }

    /// Compares the tracks of a file that was read with those that the library knows. `keeps`: the
    /// row of the file stays, so an edited sheet has the tracks of the same numbers.
    pub(super) fn sync_tracks(&mut self, rows: Vec<Track>, known: &[KnownFile], folder: &str, keeps: bool) {
        let changes = &mut self.found.changes;
        let is_there = |known: &&KnownFile| !known.is_file() && !known.is_missing();
        let numbers: Vec<_> = rows.iter().filter_map(|row| row.track_number).collect();
        let gone = known.iter().filter(is_there).filter(|known| !numbers.contains(&known.cue));
        changes.gone.extend(gone.map(|known| known.id));
        for row in rows {
            let of_number: Vec<_> = known.iter().filter(|known| Some(known.cue) == row.track_number).collect();
            let (fingerprint, there) = (Fingerprint::from(&row), of_number.iter().find(|known| !known.is_missing()));
            let settled = fingerprint.is_settled(now());
            let as_it_was =
                |known: &&&KnownFile| known.is(&fingerprint) && is_same_audio(&known.audio_key, &row.audio_key);
            let back = of_number.iter().find(as_it_was).filter(|_| there.is_none());
            changes.restored.extend(back.map(|known| known.id));
            match there.or(back) {
                Some(known) if keeps || is_same_audio(&known.audio_key, &row.audio_key) => {
                    if known.is_of_another_reader() && known.fingerprint.is_like(&fingerprint) {
                        changes.reread.push(known.id);
                    }
                    changes.settled.push((known.id, settled));
                    changes.modified.push((row, known.id));
                }
                other => {
                    changes.replaced.extend(other.map(|known| known.id));
                    changes.need_folder(folder);
                    changes.added.push(Added { track: row, folder: folder.len(), settled });
                }
            }
        }
    }
}

/// The tracks of a file that are missing and are back, if the file is as it was, and so are its
/// tracks. `None`: they differ, and the file has to be read to tell how.
pub fn back(file: &KnownFile, known: &[KnownFile], seen: Fingerprint, sheet: Option<&Applied<'_>>) -> Option<Vec<i64>> {
    let of_sheet = || known.iter().filter(|known| !known.is_file());
    let there = || of_sheet().filter(|known| !known.is_missing());
    let Some(sheet) = sheet else {
        // Nothing beside the file divides it. If the sheet is in it, its tracks are as it is.
        let are_inside = there().all(|known| known.is(&seen) && !known.is_of_another_reader());
        let back = of_sheet().filter(|known| file.is_missing() && known.is_missing() && known.is(&seen));
        return are_inside.then(|| back.map(|known| known.id).collect());
    };
    let (stamp, keys) = (sheet.stamp(seen), sheet.keys());
    let is_as_it_was = |known: &KnownFile, (number, key): &(u32, String)| {
        let is_same = known.audio_key.as_ref().is_none_or(|own| own == key);
        known.cue == *number && is_same && known.is(&stamp) && !known.is_of_another_reader()
    };
    let mut back = Vec::new();
    for track in &keys {
        if there().any(|known| is_as_it_was(known, track)) {
            continue;
        }
        // Of a file that was there meanwhile the row lacks its mark.
        if !file.is_missing() || there().any(|known| known.cue == track.0) {
            return None;
        }
        back.push(of_sheet().find(|known| is_as_it_was(known, track))?.id);
    }
    (there().count() + back.len() == keys.len()).then_some(back)
}

/// How many tracks of a sheet are known in a file.
pub fn divided(known: &[KnownFile]) -> usize {
    known.iter().filter(|known| !known.is_file() && !known.is_missing()).count()
}

/// Of some pairs those of the files of a slice.
pub fn of_slice(pairs: &[(String, String)], slice: &Slice) -> Pairs {
    if pairs.is_empty() {
        return Vec::new();
    }
    let sheet = |name: &str| pairs.binary_search_by(|(audio, _)| audio.as_str().cmp(name)).ok();
    slice.iter().filter_map(|(name, _)| sheet(name)).map(|place| pairs[place].clone()).collect()
}

/// Names of files and links that a listing has found.
pub fn names<'n>(files: &'n Names, links: &'n Names) -> impl Iterator<Item = &'n str> {
    files.iter().chain(links.iter())
}

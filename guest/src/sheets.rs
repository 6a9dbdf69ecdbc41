//! Cue sheets of a folder: read, and brought together with the files that they divide into tracks.

use std::collections::BTreeMap;

use mt_scanner_contract::{Fingerprint, Outcome, Problem, Track};
use mt_scanner_formats::LegacyCharset;
use mt_scanner_formats::cue::{LARGEST, Named, Sheet, belongings};
use mt_scanner_formats::extension::Extensions;
use mt_scanner_formats::reader::ReadAt;

use crate::outcome::{problem, refused, unread};
use crate::tree::{ErrorCode, Place, Root, join, split};
use crate::walk::{MOST_SHEETS, is_sheet, is_track};

/// A sheet that was read.
pub struct Stamped {
    /// What it says.
    pub sheet: Sheet,
    /// What its file is like.
    fingerprint: Fingerprint,
}

/// A sheet for a file of audio.
pub struct Applied<'s> {
    /// The sheet.
    sheet: &'s Sheet,
    /// Which of its files it is.
    file: usize,
    /// That of the sheet's own file; `None` if it is in the file of audio.
    fingerprint: Option<Fingerprint>,
}

impl Stamped {
    /// The sheet for a file of audio; `None` if it is about others. `name`: its own.
    pub fn applied(&self, name: &str, audio: &str) -> Option<Applied<'_>> {
        let file = Named { name: split(name).1, sheet: &self.sheet }.file_for(split(audio).1)?;
        Some(Applied { sheet: &self.sheet, file, fingerprint: Some(self.fingerprint) })
    }
}

impl<'s> Applied<'s> {
    /// The sheet that is in a file of audio.
    pub fn embedded(sheet: &'s Sheet) -> Option<Self> {
        Some(Self { sheet, file: sheet.own_file()?, fingerprint: None })
    }

    /// The fingerprint of the tracks in a file of audio that is like this: it changes with the file
    /// and with the sheet. The time of the last change of status is that of the file alone, since
    /// hosts see to it.
    pub fn stamp(&self, audio: Fingerprint) -> Fingerprint {
        match self.fingerprint {
            Some(sheet) => Fingerprint {
                size: audio.size.saturating_add(sheet.size),
                mtime_ns: audio.mtime_ns.max(sheet.mtime_ns),
                ctime_ns: audio.ctime_ns,
            },
            None => audio,
        }
    }

    /// The numbers of the tracks, and their likenesses.
    pub fn keys(&self) -> Vec<(u32, String)> {
        self.sheet.keys(self.file)
    }

    /// The rows of the tracks. `whole` is that of the file, and gets its mark.
    pub fn rows(&self, whole: &mut Track) -> Vec<Track> {
        let stamp = self.stamp(Fingerprint::from(&*whole));
        self.sheet.rows(self.file, whole, stamp)
    }
}

/// A folder whose sheets are read.
pub struct Shelf<'a> {
    /// Its root.
    pub root: &'a Root,
    /// The folder, or the archive.
    pub place: &'a Place,
    /// Its path.
    pub at: &'a str,
    /// What texts are in whose charset nothing says.
    pub charset: LegacyCharset,
}

impl Shelf<'_> {
    /// Reads a sheet. `Err(None)`: there is none, which is not worth a word.
    pub fn read(&self, name: &str) -> Result<Stamped, Option<Problem>> {
        let problem = |detail: &str| Some(problem(&self.root.name, &join(self.at, name), Outcome::Malformed, detail));
        let fingerprint = match self.root.stat_in(self.place, self.at, name) {
            // What is a link to elsewhere, and what is no file, is no sheet.
            Err(ErrorCode::NoEntry | ErrorCode::NotPermitted | ErrorCode::Loop) => return Err(None),
            Ok(stat) => stat.of_file().ok_or(None)?,
            Err(code) => return Err(Some(self.refused(name, code))),
        };
        if fingerprint.size > LARGEST {
            return Err(problem("the cue sheet is larger than 1 MiB"));
        }
        let opened = self.root.open_in(self.place, self.at, name, Some(fingerprint));
        let (content, _) = opened.map_err(|refusal| unread(&self.root.name, &join(self.at, name), refusal))?;
        let bytes = content.read_at(0, LARGEST).map_err(|error| {
            let (outcome, detail) = crate::inspect::unreadable(&error);
            Some(crate::outcome::problem(&self.root.name, &join(self.at, name), outcome, detail))
        })?;
        match Sheet::read(&bytes, self.charset) {
            Some(sheet) => Ok(Stamped { sheet, fingerprint }),
            None => Err(problem("no track is in the cue sheet")),
        }
    }

    /// Reads the sheets of these names, which are put in order, the first [`MOST_SHEETS`] of them.
    pub fn read_all(&self, names: &mut Vec<String>) -> (Vec<(String, Stamped)>, Vec<Problem>) {
        names.sort_unstable();
        names.truncate(MOST_SHEETS);
        let (mut sheets, mut problems) = (Vec::new(), Vec::new());
        for name in names {
            match self.read(name) {
                Ok(sheet) => sheets.push((name.clone(), sheet)),
                Err(problem) => problems.extend(problem),
            }
        }
        (sheets, problems)
    }

    /// The names of sheets in the folder, and of files that may be tracks. `folder` can be listed.
    pub fn list(place: &Place, extensions: &Extensions) -> Result<(Vec<String>, Vec<String>), ErrorCode> {
        let (mut sheets, mut audio) = (Vec::new(), Vec::new());
        let mut take = |name: String| match split(&name).1 {
            file if is_sheet(file) => sheets.push(name),
            file if is_track(extensions, file) => audio.push(name),
            _ => {}
        };
        match place {
            Place::Archive(archive) => archive.names().map(str::to_owned).for_each(take),
            Place::Folder(folder) => {
                let mut entries = folder.entries()?;
                loop {
                    match entries.next() {
                        Ok(Some((name, _))) => take(name),
                        Ok(None) => break,
                        Err(ErrorCode::IllegalByteSequence) => {}
                        Err(code) => return Err(code),
                    }
                }
            }
        }
        Ok((sheets, audio))
    }

    /// The tracks of one file of the folder, by the sheet beside it, else by the one in it, and
    /// what is wrong with the sheet beside it. `whole` is the row of the file, and gets its mark.
    pub fn tracks(&self, name: &str, inside: Option<&Sheet>, whole: &mut Track) -> (Vec<Track>, Vec<Problem>) {
        // Any file may be inspected.
        if is_sheet(name) {
            return (Vec::new(), Vec::new());
        }
        let listed = self.root.place_to_list(None, self.at, None);
        let (mut names, mut audio) =
            listed.and_then(|place| Self::list(&place, &Extensions::default())).unwrap_or_default();
        if !audio.iter().any(|other| other == name) {
            audio.push(name.to_owned());
        }
        let (sheets, mut problems) = self.read_all(&mut names);
        // Those of other files are not asked for.
        let own = join(self.at, &format!("{}.cue", name.rsplit_once('.').map_or(name, |(stem, _)| stem)));
        problems.retain(|problem| problem.path.eq_ignore_ascii_case(&own));
        let pairs = pairs(&sheets, audio.iter().map(String::as_str));
        let beside = pairs.iter().find(|(audio, _)| audio == name).and_then(|(_, own)| {
            let (own, stamped) = sheets.iter().find(|(sheet, _)| sheet == own)?;
            stamped.applied(own, name)
        });
        let sheet = beside.or(inside.and_then(Applied::embedded));
        (sheet.map_or_else(Vec::new, |sheet| sheet.rows(whole)), problems)
    }

    fn refused(&self, name: &str, code: ErrorCode) -> Problem {
        refused(&self.root.name, &join(self.at, name), "reading the cue sheet", code)
    }
}

/// The file and the number of a track of a cue sheet, by the path of its row: `Album.flac!/03`.
pub fn track_at(path: &str) -> Option<(&str, u32)> {
    let (file, number) = path.rsplit_once("!/")?;
    let is_number = number.len() >= 2 && number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse().ok().filter(|_| is_number && !file.is_empty()).map(|number| (file, number))
}

/// The files of audio that sheets divide into tracks, in the order of their names, each with the
/// name of its sheet.
pub fn pairs<'a>(sheets: &[(String, Stamped)], audio: impl Iterator<Item = &'a str>) -> Vec<(String, String)> {
    // An archive has folders, and a sheet is about the files in its own.
    let folders = sheets.iter().map(|(name, _)| (split(name).0, Vec::new()));
    let mut by_folder: BTreeMap<&str, Vec<&str>> = folders.collect();
    for (folder, name) in audio.map(split) {
        if let Some(files) = by_folder.get_mut(folder) {
            files.push(name);
        }
    }
    let mut found: Vec<(String, String)> = Vec::new();
    for (folder, audio) in by_folder {
        let own: Vec<&(String, Stamped)> = sheets.iter().filter(|(name, _)| split(name).0 == folder).collect();
        let named: Vec<Named<'_>> =
            own.iter().map(|(name, stamped)| Named { name: split(name).1, sheet: &stamped.sheet }).collect();
        let belonging = belongings(&named, audio.into_iter());
        found.extend(belonging.into_iter().map(|(audio, sheet)| (join(folder, audio), own[sheet].0.clone())));
    }
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_of_a_sheet_is_known_by_its_path() {
        for (path, expected) in [
            ("a/Album.flac!/03", Some(("a/Album.flac", 3))),
            ("Album.flac!/100", Some(("Album.flac", 100))),
            ("Wham!/Wham!/03", Some(("Wham!/Wham", 3))),
            ("Album.flac!/3", None),
            ("Album.flac!/0x", None),
            ("Album.flac!/", None),
            ("!/03", None),
            ("Album.flac/03", None),
            ("Album.flac!/99999999999", None),
        ] {
            assert_eq!(track_at(path), expected, "{path}");
        }
    }
}

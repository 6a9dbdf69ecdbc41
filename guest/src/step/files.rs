//! Files of a folder, one by one.

use std::rc::Rc;

use mt_scanner_contract::{Fingerprint, Inspection, Problem};

use super::{Item, Open, Run, Work};
use crate::inspect::{Inspected, Read};
use crate::sheets::Applied;
use crate::tree::{Archive, ErrorCode, join};

/// A file whose turn has come.
pub struct File<'a> {
    /// Its folder.
    pub open: &'a Open,
    /// The folder's path.
    pub folder: &'a str,
    /// Its name.
    pub name: &'a str,
    /// What the host has seen of it, if it has.
    pub seen: Option<Fingerprint>,
    /// Do not open it.
    pub blind: bool,
}

impl Run<'_> {
    /// Reads files of a folder as far as the budget goes; the rest is work again.
    pub fn files(&mut self, item: Item) {
        let Item { work, open } = item;
        let open = match open {
            Some(open) => open,
            None => match self.place_of(&work) {
                Ok(open) => open,
                Err(ErrorCode::NoEntry | ErrorCode::NotDirectory) if self.is_sync() => {
                    self.meter.count();
                    let files = work.files.unwrap_or_default();
                    let known = files.iter().flat_map(|(_, known)| known).filter(|known| !known.is_missing());
                    self.found.changes.gone.extend(known.map(|known| known.id));
                    return;
                }
                Err(code) => {
                    self.meter.count();
                    self.refuse(&work.folder, "opening the folder for its files", code);
                    return;
                }
            },
        };
        self.last = Some((work.folder.clone(), open.clone()));
        let Work { folder, files, mut seen, blind, sheets, .. } = work;
        // Each step would begin a solid archive anew.
        let whole = open.place.archive().is_some_and(Archive::is_solid);
        let mut files = files.unwrap_or_default();
        let mut done = 0;
        for (name, known) in files.iter() {
            // Of a member the archive was seen.
            let seen = seen.get(done).copied().flatten().filter(|_| open.place.archive().is_none());
            let mut sheet = None;
            if let Some((_, own)) = sheets.iter().find(|(audio, _)| audio == name) {
                sheet = self.sheet_of(&folder, &open.place, own).map(|stamped| (own.as_str(), stamped));
            }
            let file = File { open: &open, folder: &folder, name, seen, blind };
            let sheet = sheet.as_ref().and_then(|(own, stamped)| stamped.applied(own, name));
            if self.is_sync() {
                self.sync_file(&file, known, sheet.as_ref());
            } else {
                self.read_file(&file, sheet.as_ref());
            }
            done += 1;
            self.meter.count();
            if self.meter.is_spent() && !whole {
                break;
            }
        }
        self.found.done += done as u64;
        let rest = files.split_off(done);
        if !rest.is_empty() {
            seen.drain(..done.min(seen.len()));
            let work = Work { seen, blind, sheets, ..Work::files(folder, rest) };
            self.stack.push(Item { work, open: Some(open) });
        }
    }

    /// The open place of files, which may be that of the files before.
    fn place_of(&self, work: &Work) -> Result<Rc<Open>, ErrorCode> {
        let again = self.last.as_ref().filter(|(path, open)| *path == work.folder && open.place.archive().is_some());
        if let Some((_, open)) = again {
            return Ok(open.clone());
        }
        let seen = work.seen.first().copied().flatten();
        let place = self.root.place(self.last_above(&work.folder), &work.folder, seen)?;
        Ok(Rc::new(Open { place, _counted: self.open.clone() }))
    }

    fn read_file(&mut self, file: &File<'_>, sheet: Option<&Applied<'_>>) {
        match self.read(file) {
            Ok(Inspected { found: Inspection { mut track, problems, .. }, sheet: inside, .. }) => {
                let rows = self.tracks_of(sheet, inside.as_ref(), &mut track);
                self.found.read += 1;
                self.found.tracks.push(track);
                self.found.tracks.extend(rows);
                self.found.problems.extend(problems);
            }
            Err(problem) => self.found.problems.push(problem),
        }
    }

    /// Opens and parses a file, and gives its row its path.
    pub(super) fn read(&self, file: &File<'_>) -> Result<Inspected, Problem> {
        let &File { open, folder, name, seen, blind } = file;
        let read = Read {
            root: &self.root,
            place: &open.place,
            at: folder,
            seen,
            listing: false,
            charset: self.charset,
            blind,
        };
        let mut inspected = read.file(name)?;
        inspected.found.track.path = join(folder, name);
        Ok(inspected)
    }
}

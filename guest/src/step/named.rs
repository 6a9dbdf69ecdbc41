//! Files that somebody has named.

use std::collections::HashMap;

use mt_scanner_contract::{Names, Outcome, Slice};

use super::sheets::Pairs;
use super::{Item, Run, Work};
use crate::outcome::problem;
use crate::sheets::Shelf;
use crate::tree::{folder_of_archive, join};
use crate::walk::is_track;

impl Run<'_> {
    /// Takes on files that no listing has found, as a listing would. They are the first that is
    /// heard of their folder, so a sync notes it, and the folders above.
    pub fn named(&mut self, item: Item) {
        self.meter.count();
        let Work { folder, files, .. } = item.work;
        let (mut names, mut known, mut archives) = (Names::default(), HashMap::new(), Vec::new());
        let files = files.unwrap_or_default();
        for (name, of_library) in files.iter() {
            if is_track(&self.extensions, name) {
                names.push(name);
                known.insert(name, of_library.to_vec());
            } else if let Some(archive) = folder_of_archive(name).filter(|_| self.walking.archives) {
                archives.push(archive);
            } else {
                let detail = match folder_of_archive(name) {
                    Some(_) => "it is an archive, and archives are not looked into unless asked for",
                    None => "its extension is none of an audio file that is looked for",
                };
                self.found.problems.push(problem(&self.root.name, &join(&folder, name), Outcome::Unsupported, detail));
            }
        }
        for name in archives {
            let work = Work::folder(join(&folder, &self.root.name_for_archive(&folder, name)), Some(Vec::new()));
            if self.is_sync() {
                self.for_the_host.push(work);
            } else {
                self.stack.push(Item { work, open: None });
            }
        }
        self.found.files += names.len() as u64;
        if self.is_sync() && known.values().any(Vec::is_empty) {
            let ends = folder.match_indices('/').map(|(end, _)| end).chain([0, folder.len()]);
            ends.for_each(|end| self.found.changes.need_folder(&folder[..end]));
        }
        let sheets = self.sheets_beside(&folder, &names);
        let slices = Slice::of(names, |name| known.remove(name).unwrap_or_default());
        self.push_files(&folder, slices, &sheets, item.open.as_ref());
    }

    /// The sheets for some files of a folder, which is listed for them. One that cannot be listed
    /// has none: opening it for its files says why.
    fn sheets_beside(&mut self, path: &str, files: &Names) -> Pairs {
        if files.is_empty() || !self.wants_sheets() {
            return Vec::new();
        }
        let Ok(place) = self.root.place_to_list(self.last_above(path), path, None) else { return Vec::new() };
        let Ok((sheets, audio)) = Shelf::list(&place, &self.extensions) else { return Vec::new() };
        self.find_sheets(path, &place, sheets, audio.iter().map(String::as_str), true)
    }
}

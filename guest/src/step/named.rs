//! Files that somebody has named.

use std::collections::HashMap;

use mt_scanner_contract::{Names, Outcome, Slice};

use super::sheets::Pairs;
use super::{Item, Run, Work};
use crate::outcome::problem;
use crate::sheets::Shelf;
use crate::walk::{is_track, join};

impl Run<'_> {
    /// Takes on files that no listing has found, as a listing would. They are the first that is
    /// heard of their folder, so a sync notes it, and the folders above.
    pub fn named(&mut self, item: Item) {
        self.meter.count();
        let Work { folder, files, .. } = item.work;
        let (mut names, mut known) = (Names::default(), HashMap::new());
        let files = files.unwrap_or_default();
        for (name, of_library) in files.iter() {
            if is_track(&self.extensions, name) {
                names.push(name);
                known.insert(name, of_library.to_vec());
            } else {
                let detail = "its extension is none of an audio file that is looked for";
                self.found.problems.push(problem(&self.root.name, &join(&folder, name), Outcome::Unsupported, detail));
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
        let Ok(folder) = self.open_listing(path) else { return Vec::new() };
        let Ok((sheets, audio)) = Shelf::list(&folder, &self.extensions) else { return Vec::new() };
        self.find_sheets(path, &folder, sheets, audio.iter().map(String::as_str), true)
    }
}

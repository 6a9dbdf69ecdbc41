//! Files of a folder, one by one.

use std::rc::Rc;

use super::work::File;
use super::{Fingerprint, Item, Open, Run, Work};
use crate::inspect::Read;
use crate::walk::join;

impl Run<'_> {
    /// Reads files of a folder as far as the budget goes; the rest is work again.
    pub fn files(&mut self, item: Item) {
        let Item { work, open } = item;
        let open = match open {
            Some(open) => open,
            None => match self.root.open_folder(&work.folder) {
                Ok(opened) => Rc::new(Open { folder: opened, _counted: self.open.clone() }),
                Err(code) => {
                    self.meter.count();
                    self.refuse(&work.folder, "opening the folder for its files", code);
                    return;
                }
            },
        };
        let Work { folder, files, mut seen, blind, .. } = work;
        let mut files = files.unwrap_or_default().into_iter();
        seen.resize(files.len(), None);
        let mut seen = seen.into_iter();
        for (file, seen) in files.by_ref().zip(seen.by_ref()) {
            if self.is_sync() {
                self.sync_file(&open, &folder, file, seen, blind);
            } else {
                self.read_file(&open, &folder, file, seen, blind);
            }
            self.meter.count();
            if self.meter.is_spent() {
                break;
            }
        }
        if files.len() > 0 {
            let work = Work { seen: seen.collect(), blind, ..Work::files(folder, files.collect()) };
            self.stack.push(Item { work, open: Some(open) });
        }
    }

    fn read_file(&mut self, open: &Open, folder: &str, file: File, seen: Option<Fingerprint>, blind: bool) {
        let read = Read { root: &self.root, folder: &open.folder, seen, listing: false, blind };
        match read.file(&file.name, join(folder, &file.name)) {
            Ok(inspected) => {
                self.found.read += 1;
                self.found.tracks.push(inspected.found.track);
                self.found.problems.extend(inspected.found.problems);
            }
            Err(problem) => self.found.problems.push(problem),
        }
    }
}

//! Files of a folder, one by one.

use std::rc::Rc;

use super::{Item, Open, Run, Work};
use crate::inspect::read_file;
use crate::walk::join;

impl Run<'_> {
    /// Reads files of a folder as far as the budget goes; the rest is work again.
    pub fn files(&mut self, item: Item) {
        let Item { work: Work { folder, files, ignored_by }, open } = item;
        let open = match open {
            Some(open) => open,
            None => match self.root.open_folder(&folder) {
                Ok(opened) => Rc::new(Open { folder: opened, _counted: self.open.clone() }),
                Err(code) => {
                    self.meter.count();
                    self.refuse(&folder, "opening the folder for its files", code);
                    return;
                }
            },
        };
        let mut names = files.unwrap_or_default().into_iter();
        for name in names.by_ref() {
            let found = read_file(&self.root, &open.folder, &name, join(&folder, &name), false);
            self.meter.count();
            match found {
                Ok(inspection) => {
                    self.result.tracks.push(inspection.track);
                    self.result.problems.extend(inspection.problems);
                }
                Err(problem) => self.result.problems.push(problem),
            }
            if self.meter.is_spent() {
                break;
            }
        }
        if names.len() > 0 {
            let work = Work { folder, files: Some(names.collect()), ignored_by };
            self.stack.push(Item { work, open: Some(open) });
        }
    }
}

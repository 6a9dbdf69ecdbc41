//! Places that a walk comes to by their own names.

use std::collections::HashMap;

use mt_scanner_contract::Walking;

use super::ignored::Ignored;
use super::names::is_hidden_folder;
use crate::tree::{Root, join, split};

/// Finds out whether a walk comes to a path: no folder on the way is hidden or ignored. Remembers
/// it for each folder.
pub struct Reach {
    hidden_folders: bool,
    ignored_folders: bool,
    /// Of folders the patterns that hold in them; `None` for one that is not entered.
    folders: HashMap<String, Option<Ignored>>,
}

impl Reach {
    /// Under these rules.
    pub fn new(walking: &Walking) -> Self {
        let Walking { hidden_folders, ignored_folders, .. } = *walking;
        Self { hidden_folders, ignored_folders, folders: HashMap::new() }
    }

    /// The walk is in this folder, where these patterns hold. So it has been in those above.
    pub fn note(&mut self, folder: &str, patterns: &Ignored) {
        let mut above = folder;
        while !above.is_empty() {
            above = split(above).0;
            if self.folders.contains_key(above) {
                break;
            }
            self.folders.insert(above.to_owned(), Some(patterns.above(above)));
        }
        self.folders.insert(folder.to_owned(), Some(patterns.clone()));
    }

    /// Whether the walk comes to the file or folder at `path`.
    pub fn comes_to(&mut self, root: &Root, path: &str, is_folder: bool) -> bool {
        path.is_empty() || self.patterns_above(root, path, is_folder).is_some()
    }

    /// The patterns that hold where `path` is; `None` if the walk does not come to it.
    pub fn patterns_above(&mut self, root: &Root, path: &str, is_folder: bool) -> Option<Ignored> {
        let (folder, name) = split(path);
        let patterns = self.patterns_in(root, folder)?;
        let hidden = is_folder && !self.hidden_folders && is_hidden_folder(name);
        (!hidden && !patterns.covers(folder, name, is_folder)).then_some(patterns)
    }

    /// The patterns that hold in a folder; `None` if the walk does not list its entries.
    fn patterns_in(&mut self, root: &Root, folder: &str) -> Option<Ignored> {
        // The nearest folder above of which it is known, and then down again.
        let mut known = folder;
        while !known.is_empty() && !self.folders.contains_key(known) {
            known = split(known).0;
        }
        if !self.folders.contains_key(known) {
            let patterns = self.enter(root, "", Ignored::default());
            self.folders.insert(String::new(), patterns);
        }
        while known.len() < folder.len() {
            let from = known.len() + usize::from(!known.is_empty());
            let end = folder[from..].find('/').map_or(folder.len(), |slash| from + slash);
            let path = &folder[..end];
            let patterns = match self.patterns_above(root, path, true) {
                Some(patterns) => self.enter(root, path, patterns),
                None => None,
            };
            self.folders.insert(path.to_owned(), patterns);
            known = path;
        }
        self.folders.get(folder).cloned().flatten()
    }

    /// The patterns in a folder, from those above it.
    fn enter(&self, root: &Root, folder: &str, above: Ignored) -> Option<Ignored> {
        if self.ignored_folders {
            return Some(above);
        }
        if root.has(&join(folder, ".nomedia")) {
            return None;
        }
        // Patterns that cannot be read are reported where their folder is listed.
        Some(above.clone().with(root, folder).unwrap_or(above))
    }
}

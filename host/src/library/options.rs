//! How a sync is to be done.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// How to bring a library up to date.
#[derive(Debug, Clone, Default)]
#[must_use = "options are of no use before `sync`"]
pub struct SyncOptions {
    pub(super) quick: bool,
    pub(super) confirm_empty: bool,
    /// Only these folders of each root, relative to it.
    pub(super) folders: Option<HashMap<PathBuf, Vec<String>>>,
}

impl SyncOptions {
    /// Looks at every file: the default.
    pub fn full() -> Self {
        Self::default()
    }

    /// Trusts every folder whose time of last change is as it was. Made for the start of a player: it does not see files that
    /// were changed in place, nor a `.mtignore` that was.
    pub fn quick() -> Self {
        Self { quick: true, ..Self::default() }
    }

    /// Looks at these folders alone, given with their root and relative to it, and at what is new below them.
    pub fn folders(folders: impl IntoIterator<Item = (impl AsRef<Path>, String)>) -> Self {
        let mut by_root: HashMap<PathBuf, Vec<String>> = HashMap::new();
        for (root, folder) in folders {
            by_root.entry(root.as_ref().to_owned()).or_default().push(folder);
        }
        Self { folders: Some(by_root), ..Self::default() }
    }

    /// Whether roots may have lost all their tracks. By default that is an error: a disk may not be mounted.
    pub fn confirm_empty(mut self, confirm: bool) -> Self {
        self.confirm_empty = confirm;
        self
    }

    /// What the library calls it.
    pub(super) fn mode(&self) -> &'static str {
        match (&self.folders, self.quick) {
            (Some(_), _) => "folders",
            (None, true) => "quick",
            (None, false) => "full",
        }
    }
}

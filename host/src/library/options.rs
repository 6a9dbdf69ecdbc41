//! How a sync is to be done.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// How to bring a library up to date: by default a full sync, which looks at every file.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let music = folder.path().join("Music");
/// # std::fs::create_dir_all(music.join("Artist/Album"))?;
/// # std::fs::write(music.join("Artist/Album/1.mp3"), b"")?;
/// use mt_scanner::{Library, Scanner, SyncOptions};
///
/// let scanner = Scanner::new(&music)?;
/// let library = Library::open(folder.path().join("library.db"), &scanner)?;
/// assert_eq!(library.sync(&scanner, &SyncOptions::full(), &mut ())?.added, 1);
/// assert_eq!(library.sync(&scanner, &SyncOptions::quick(), &mut ())?.unchanged, 1);
/// let only = SyncOptions::folders([(&music, "Artist/Album".to_owned())]);
/// assert_eq!(library.sync(&scanner, &only, &mut ())?.unchanged, 1);
///
/// // A root without any music left may be a disk that is not mounted: the next sync wants to know.
/// std::fs::remove_dir_all(music.join("Artist"))?;
/// assert!(library.sync(&scanner, &SyncOptions::full(), &mut ()).is_err());
/// let report = library.sync(&scanner, &SyncOptions::full().confirm_empty(true), &mut ())?;
/// assert_eq!(report.missing, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "options are of no use before `sync`"]
pub struct SyncOptions {
    pub(super) quick: bool,
    pub(super) confirm_empty: bool,
    /// Only these folders of each root, relative to it.
    pub(super) folders: Option<HashMap<PathBuf, Vec<String>>>,
    /// The scanner's roots have the library's names already.
    pub(super) arranged: bool,
}

impl SyncOptions {
    /// Looks at every file: the default.
    pub fn full() -> Self {
        Self::default()
    }

    /// Trusts every folder whose time of last change is as it was. Made for the start of a player:
    /// it does not see files that were changed in place, nor a `.mtignore` that was.
    pub fn quick() -> Self {
        Self { quick: true, ..Self::default() }
    }

    /// Looks at these folders alone, given with their root and relative to it, and at what is new
    /// below them.
    pub fn folders(folders: impl IntoIterator<Item = (impl AsRef<Path>, String)>) -> Self {
        let mut by_root: HashMap<PathBuf, Vec<String>> = HashMap::new();
        for (root, folder) in folders {
            by_root.entry(root.as_ref().to_owned()).or_default().push(folder);
        }
        Self { folders: Some(by_root), ..Self::default() }
    }

    /// Whether roots may have lost all their tracks. By default that is an error: a disk may not be
    /// mounted.
    pub fn confirm_empty(mut self, confirm: bool) -> Self {
        self.confirm_empty = confirm;
        self
    }

    /// Says that the scanner's roots have the library's names already.
    pub(super) fn arranged(self) -> Self {
        Self { arranged: true, ..self }
    }

    /// The library's word for the mode.
    pub(super) fn mode(&self) -> &'static str {
        match (&self.folders, self.quick) {
            (Some(_), _) => "folders",
            (None, true) => "quick",
            (None, false) => "full",
        }
    }
}

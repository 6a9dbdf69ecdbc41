//! Numbers for paths.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use fuse3::Inode;

/// Numbers the paths below the folder, from 1 for the folder itself. Each path is an inode of its
/// own, hard links too: the kernel's cache of one file must not serve another. No number is
/// forgotten, because a mount lives for one measurement.
pub struct Inodes(Mutex<Known>);

struct Known {
    paths: Vec<Arc<Path>>,
    numbers: HashMap<Arc<Path>, Inode>,
}

impl Inodes {
    /// The folder alone.
    pub fn new() -> Self {
        let inodes = Self(Mutex::new(Known { paths: Vec::new(), numbers: HashMap::new() }));
        inodes.number(Path::new(""));
        inodes
    }

    /// The path below the folder of a number that was given out.
    pub fn path(&self, inode: Inode) -> Option<Arc<Path>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.paths.get(usize::try_from(inode).ok()?.checked_sub(1)?).cloned()
    }

    /// The number of a path, a new one if it has none.
    pub fn number(&self, path: &Path) -> Inode {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = known.numbers.get(path) {
            return *number;
        }
        let path: Arc<Path> = path.into();
        known.paths.push(path.clone());
        let number = known.paths.len() as Inode;
        known.numbers.insert(path, number);
        number
    }

    /// The path of a name in a folder.
    pub fn child(&self, parent: Inode, name: &OsStr) -> Option<Arc<Path>> {
        Some(self.path(parent)?.join(name).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_keeps_its_number() {
        let inodes = Inodes::new();
        let number = inodes.number(Path::new("a"));
        assert_ne!(number, inodes.number(Path::new("b")));
        assert_eq!(number, inodes.number(Path::new("a")));
        assert_eq!(inodes.path(number).as_deref(), Some(Path::new("a")));
    }

    #[test]
    fn one_is_the_folder_itself() {
        assert_eq!(Inodes::new().path(1).as_deref(), Some(Path::new("")));
    }

    #[test]
    fn a_number_that_was_not_given_out_has_no_path() {
        assert!(Inodes::new().path(0).is_none());
        assert!(Inodes::new().path(2).is_none());
    }
}

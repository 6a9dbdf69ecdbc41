//! The `.mtignore` files that apply in a folder.

use super::patterns::Patterns;
use crate::tree::{ErrorCode, Root, join};

/// The most bytes of a `.mtignore` that are read.
const LONGEST: u64 = 64 * 1024;

/// The patterns that apply in a folder, the outermost first.
#[derive(Clone, Default)]
pub struct Ignored {
    folders: Vec<std::rc::Rc<(String, Patterns)>>,
}

impl Ignored {
    /// The patterns of the `.mtignore` in each of `folders`. One that is gone by now has no
    /// patterns.
    pub fn read(root: &Root, folders: &[String]) -> Result<Self, (String, ErrorCode)> {
        let mut ignored = Self::default();
        for folder in folders {
            ignored = ignored.with(root, folder).map_err(|code| (folder.clone(), code))?;
        }
        Ok(ignored)
    }

    /// These patterns and those of the `.mtignore` in `folder`.
    pub fn with(mut self, root: &Root, folder: &str) -> Result<Self, ErrorCode> {
        let text = match read(root, folder) {
            Ok(text) => text,
            Err(ErrorCode::NoEntry) => return Ok(self),
            Err(code) => return Err(code),
        };
        self.folders.push(std::rc::Rc::new((folder.to_owned(), Patterns::parse(&text))));
        Ok(self)
    }

    /// The folders whose patterns these are.
    pub fn folders(&self) -> Vec<String> {
        self.folders.iter().map(|entry| entry.0.clone()).collect()
    }

    /// Those of them that hold in a folder above.
    pub fn above(&self, folder: &str) -> Self {
        let is_above = |base: &str| {
            folder.strip_prefix(base).is_some_and(|rest| base.is_empty() || rest.is_empty() || rest.starts_with('/'))
        };
        Self { folders: self.folders.iter().filter(|entry| is_above(&entry.0)).cloned().collect() }
    }

    /// Whether a file of a folder is left out: for its own sake or, as a member of an archive, for
    /// that of a folder on its way.
    pub fn covers_file(&self, folder: &str, name: &str) -> bool {
        let is_left_out = |end: usize| self.covers(folder, &name[..end], true);
        self.covers(folder, name, false) || name.match_indices('/').any(|(end, _)| is_left_out(end))
    }

    /// Whether an entry of a folder is left out. As in git, the innermost file that has a say
    /// decides.
    pub fn covers(&self, folder: &str, name: &str, is_folder: bool) -> bool {
        if self.folders.is_empty() {
            return false;
        }
        let path = join(folder, name);
        let says = |(base, patterns): &(String, Patterns)| {
            let below = path[base.len()..].trim_start_matches('/');
            patterns.ignores(below, is_folder)
        };
        self.folders.iter().rev().find_map(|entry| says(entry)).unwrap_or(false)
    }
}

fn read(root: &Root, folder: &str) -> Result<String, ErrorCode> {
    let bytes = root.beginning_of(folder, ".mtignore", LONGEST)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignored(files: &[(&str, &str)]) -> Ignored {
        let folders =
            files.iter().map(|(folder, text)| std::rc::Rc::new((folder.to_string(), Patterns::parse(text)))).collect();
        Ignored { folders }
    }

    #[test]
    fn patterns_hold_for_the_folder_and_below() {
        let ignored = ignored(&[("", "Podcasts/\n*.wma\n# comment\n")]);
        assert!(ignored.covers("", "Podcasts", true));
        assert!(!ignored.covers("", "Podcasts", false));
        assert!(ignored.covers("a/b", "x.wma", false));
        assert!(!ignored.covers("a/b", "x.mp3", false));
    }

    #[test]
    fn an_anchored_pattern_is_relative_to_its_own_file() {
        let ignored = ignored(&[("Artist", "/Demos\n")]);
        assert!(ignored.covers("Artist", "Demos", true));
        assert!(!ignored.covers("Artist/Album", "Demos", true));
    }

    #[test]
    fn the_innermost_file_decides() {
        assert!(ignored(&[("", "*.mp3")]).covers("keep", "x.mp3", false));
        assert!(!ignored(&[("", "*.mp3"), ("keep", "!*.mp3")]).covers("keep", "x.mp3", false));
        assert!(ignored(&[("", "!*.mp3"), ("drop", "*.mp3")]).covers("drop/a", "x.mp3", false));
    }
}

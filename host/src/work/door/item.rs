//! Work, as far as a pool has to understand it.

use mt_scanner_contract::defaults::ARCHIVE_MARK;

use crate::runtime::bindings::exports::mt::scanner::scan::Work;

/// A folder, or some files of a folder.
pub(crate) trait Item: Clone + Send + Sync + 'static {
    /// A root's own folder.
    fn whole() -> Self;
    /// Files of the root's own folder that somebody has named.
    fn named(files: &[String]) -> Self;
    /// The folder, relative to the root.
    fn folder(&self) -> &str;
    /// Whether it is files, and not a folder to list.
    fn is_files(&self) -> bool;
    /// Whether it is an archive to list, as far as its name tells. Some are read to their ends for
    /// that, so that listing one and reading what is in it are best done in one go.
    fn is_archive(&self) -> bool {
        !self.is_files() && self.has_mark()
    }
    /// Whether the folder is an archive, as far as its name tells.
    fn has_mark(&self) -> bool {
        self.folder().ends_with(ARCHIVE_MARK)
    }
    /// Whether it is a folder of very many names, of which some were listed already.
    fn is_page(&self) -> bool;
    /// The number of symbolic links that lead to it.
    fn links(&self) -> u32;
    /// Whether it is a link that waits until all else of its root is done.
    fn is_held(&self) -> bool;
    /// The name of the first file.
    fn first_file(&self) -> String;
    /// Takes all files but the first off, and gives them as work of their own.
    fn take_rest(&mut self) -> Option<Self>;
}

impl Item for Work {
    fn whole() -> Self {
        Self {
            folder: String::new(),
            files: None,
            after: None,
            ignored_by: Vec::new(),
            links: 0,
            place: None,
            held: false,
            named: false,
            sheets: Vec::new(),
        }
    }

    fn named(files: &[String]) -> Self {
        let files = files.iter().flat_map(|name| [name, "\0"]).collect();
        Self { files: Some(files), named: true, ..Self::whole() }
    }

    fn folder(&self) -> &str {
        &self.folder
    }

    fn is_files(&self) -> bool {
        self.files.is_some()
    }

    fn is_page(&self) -> bool {
        self.files.is_none() && self.after.is_some()
    }

    fn links(&self) -> u32 {
        self.links
    }

    fn is_held(&self) -> bool {
        self.held
    }

    fn first_file(&self) -> String {
        self.files.iter().flat_map(|files| files.split_terminator('\0')).next().unwrap_or_default().to_owned()
    }

    fn take_rest(&mut self) -> Option<Self> {
        let files = self.files.as_mut()?;
        let first = files.find('\0').map_or(files.len(), |end| end + 1);
        let rest = files.split_off(first);
        if rest.is_empty() {
            return None;
        }
        Some(Self { files: Some(rest), ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_is_taken_apart_name_by_name() {
        for names in ["a.mp3\0b.mp3\0c.mp3\0", "a.mp3\0b.mp3\0c.mp3"] {
            let mut rest = Some(Work { folder: "x".into(), files: Some(names.into()), ..Work::whole() });
            let mut taken = Vec::new();
            while let Some(mut work) = rest {
                rest = work.take_rest();
                assert!(work.is_files() && work.folder() == "x");
                taken.push(work.first_file());
            }
            assert_eq!(taken, ["a.mp3", "b.mp3", "c.mp3"]);
        }
    }
}

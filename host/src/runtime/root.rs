//! Roots: the folders that a scan is given.

use std::io;
use std::path::{Component, Path, PathBuf};

use super::error::Error;

/// A folder that instances may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Root {
    /// The absolute path.
    pub path: PathBuf,
    /// The same as the component sees it, and as rows have it.
    pub name: String,
    /// The files that are meant, by their paths in it; `None`: all that is there.
    pub files: Option<Vec<String>>,
    /// The folders in it that are roots of their own.
    pub inside: Vec<String>,
}

impl Root {
    /// The root at `path`, made absolute without following symbolic links.
    pub fn new(path: &Path) -> Result<Self, Error> {
        let absolute = std::path::absolute(path)
            .map_err(|source| Error::RootNotFound { path: path.to_owned(), source: Some(source) })?;
        let path = without_dots(&absolute);
        match path.to_str() {
            Some(name) => Ok(Self { name: name.to_owned(), path, files: None, inside: Vec::new() }),
            None => Err(Error::RootNotUtf8 { path }),
        }
    }

    /// The path of this system for a path of the contract.
    pub fn native(&self, path: &str) -> PathBuf {
        if cfg!(windows) { self.path.join(path.replace('/', "\\")) } else { self.path.join(path) }
    }

    /// Fails unless the root is a folder that can be opened and listed.
    pub fn check(&self) -> Result<(), Error> {
        let path = || self.path.clone();
        let refused = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                Error::RootNotFound { path: path(), source: Some(error) }
            }
            _ => Error::RootUnreadable { path: path(), source: Some(error) },
        };
        if !self.path.metadata().map_err(refused)?.is_dir() {
            return Err(Error::RootNotAFolder { path: path() });
        }
        self.path.read_dir().map_err(refused)?;
        Ok(())
    }
}

/// The path with `..` taken as the folder above in the text, as shells show it.
fn without_dots(absolute: &Path) -> PathBuf {
    let mut path = PathBuf::new();
    for component in absolute.components() {
        match component {
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir => {}
            component => path.push(component),
        }
    }
    path
}

#[cfg(all(test, windows))]
mod tests {
    use super::*;

    #[test]
    fn a_root_has_one_name_however_it_is_written() {
        for (written, name) in [
            ("C:/Music/", r"C:\Music"),
            (r"C:\Music\Artist\..", r"C:\Music"),
            ("C:/", r"C:\"),
            (r"\\nas\music", r"\\nas\music\"),
            ("//nas/music/", r"\\nas\music\"),
            (r"\\nas\music\Artist\", r"\\nas\music\Artist"),
        ] {
            let root = Root::new(Path::new(written)).unwrap();
            assert_eq!(root.name, name, "{written}");
            assert_eq!(root.native("A/b.mp3"), Path::new(name).join("A").join("b.mp3"), "{written}");
        }
    }
}

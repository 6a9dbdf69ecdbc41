//! Roots as they are scanned: each folder once, and none inside another twice.

#[cfg(feature = "library")]
use std::collections::HashMap;
#[cfg(feature = "library")]
use std::path::Path;
#[cfg(feature = "library")]
use std::path::PathBuf;
use std::sync::Arc;

use mt_scanner_contract::roots::{ArrangedRoot, Arrangement, Naming, Place, RootNotice};

use crate::runtime::error::Error;
use crate::runtime::root::Root;

/// Roots, and what people should know of them.
#[derive(Clone)]
pub(crate) struct Arranged {
    pub roots: Arc<[Root]>,
    pub notices: Arc<[RootNotice]>,
}

impl Arranged {
    /// Roots of which there is nothing to be known.
    pub fn of(roots: impl Into<Arc<[Root]>>) -> Self {
        Self { roots: roots.into(), notices: Arc::default() }
    }

    /// The roots for folders and files at these places.
    pub fn at(given: Vec<Place>) -> Result<Self, Error> {
        let Arrangement { roots, notices, .. } = Naming { given, known: None }.arranged();
        Ok(Self { roots: with_paths(roots)?.into(), notices: notices.into() })
    }
}

/// The folders of files, whether they are there or not.
#[cfg(feature = "library")]
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<Root>, Error> {
    let mut roots: Vec<Root> = Vec::new();
    let mut places: HashMap<PathBuf, usize> = HashMap::new();
    for path in paths {
        let (folder, name) = parted(path)?;
        let place = *places.entry(folder.path.clone()).or_insert(roots.len());
        if place == roots.len() {
            roots.push(folder);
        }
        roots[place].files.get_or_insert_default().push(name);
    }
    Ok(roots)
}

/// The folder of a file, and its name there.
#[cfg(feature = "library")]
fn parted(path: &Path) -> Result<(Root, String), Error> {
    let not_utf8 = |error| match error {
        Error::RootNotUtf8 { path } => Error::PathNotUtf8 { path },
        error => error,
    };
    let Root { path, .. } = Root::new(path).map_err(not_utf8)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok((Root::new(path.parent().unwrap_or(&path))?, name))
}

/// Arranged roots with their paths.
pub(crate) fn with_paths(roots: Vec<ArrangedRoot>) -> Result<Vec<Root>, Error> {
    let with_path =
        |ArrangedRoot { name, files, inside }: ArrangedRoot| Ok(Root { files, inside, ..Root::new(name.as_ref())? });
    roots.into_iter().map(with_path).collect()
}

//! A look at folders and files that somebody has named: where they are, links followed.

use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mt_scanner_contract::roots::Place;

use super::apart::of_each;
use super::error::Error;
use super::root::Root;

/// Storage that does not answer for so long is taken by its name alone.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is at a path.
enum Look {
    Folder {
        /// The path's components, links followed.
        way: Vec<String>,
        identity: Option<String>,
        is_there: bool,
    },
    /// A regular file; where a link leads to one, that.
    File(PathBuf),
}

/// Folders, and the files of each folder, in the order in which they were first named. `goes_on` is
/// asked whether to wait any longer for storage that does not answer.
///
/// # Errors
///
/// [`Error::RootNotUtf8`] and [`Error::PathNotUtf8`] if the sandbox cannot express a name.
pub(crate) fn places(named: &[Root], goes_on: &mut dyn FnMut() -> bool) -> Result<Vec<Place>, Error> {
    let mut found: Vec<(Root, Option<Look>)> = Vec::new();
    let mut with_files: HashMap<PathBuf, usize> = HashMap::new();
    for (root, look) in named.iter().zip(looks(named, goes_on)) {
        let Some(Look::File(file)) = look else {
            found.push((root.clone(), look));
            continue;
        };
        let not_utf8 = || Error::PathNotUtf8 { path: file.clone() };
        let name = file.file_name().and_then(|name| name.to_str()).ok_or_else(not_utf8)?;
        let folder = file.parent().unwrap_or(&file);
        let place = *with_files.entry(folder.to_owned()).or_insert(found.len());
        if place == found.len() {
            found.push((Root { files: Some(Vec::new()), ..Root::new(folder)? }, None));
        }
        found[place].0.files.get_or_insert_default().push(name.to_owned());
    }
    let (roots, known): (Vec<Root>, Vec<Option<Look>>) = found.into_iter().unzip();
    let around: Vec<Root> = roots.iter().filter(|root| root.files.is_some()).cloned().collect();
    let mut around = looks(&around, goes_on).into_iter();
    let placed_at = |(root, look): (Root, Option<Look>)| {
        let look = if root.files.is_some() { around.next().flatten() } else { look };
        placed(root, look)
    };
    Ok(roots.into_iter().zip(known).map(placed_at).collect())
}

/// Where these roots are now. `goes_on` is asked whether to wait any longer for storage that does
/// not answer.
#[cfg(feature = "library")]
pub(crate) fn of(roots: Vec<Root>, goes_on: &mut dyn FnMut() -> bool) -> Vec<Place> {
    let looks = looks(&roots, goes_on);
    roots.into_iter().zip(looks).map(|(root, look)| placed(root, look)).collect()
}

fn placed(Root { name, path, files, .. }: Root, look: Option<Look>) -> Place {
    let (way, identity, is_there) = match look {
        Some(Look::Folder { way, identity, is_there }) => (way, identity, is_there),
        _ => (components(&path), None, false),
    };
    Place { name, way, identity, is_there, files }
}

/// A look at each root, several at a time; `None` where storage does not answer.
fn looks(roots: &[Root], goes_on: &mut dyn FnMut() -> bool) -> Vec<Option<Look>> {
    let paths: Vec<PathBuf> = roots.iter().map(|root| root.path.clone()).collect();
    of_each(paths.len(), PATIENCE, move |at| look(&paths[at]), goes_on)
}

fn look(path: &Path) -> Look {
    match path.metadata() {
        Ok(found) if found.is_file() => {
            let is_link = path.symlink_metadata().is_ok_and(|found| found.is_symlink());
            let file = if is_link { path.canonicalize().ok() } else { None };
            Look::File(file.unwrap_or_else(|| path.to_owned()))
        }
        Ok(found) => {
            let real = path.canonicalize();
            let way = components(real.as_deref().unwrap_or(path));
            Look::Folder { way, identity: identity(&found), is_there: found.is_dir() }
        }
        Err(_) => Look::Folder { way: components(path), identity: None, is_there: false },
    }
}

fn components(path: &Path) -> Vec<String> {
    path.components().map(|component| component.as_os_str().to_string_lossy().into_owned()).collect()
}

/// The device and the number of a folder. Some filesystems number nothing.
#[cfg(unix)]
fn identity(found: &Metadata) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;

    (found.ino() != 0).then(|| format!("{}:{}", found.dev(), found.ino()))
}

/// A canonical path tells folders apart: it has the case of the name on the disk.
#[cfg(not(unix))]
fn identity(_found: &Metadata) -> Option<String> {
    None
}

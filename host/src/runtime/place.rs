//! A look at folders and files that somebody has named: where they are, links followed.

use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use mt_scanner_contract::roots::Place;

use super::error::Error;
use super::root::Root;

/// Storage that does not answer for so long is taken by its name alone.
const PATIENCE: Duration = Duration::from_secs(1);
/// Looks at a time. One that hangs keeps its thread.
const LOOKS: usize = 16;

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

/// Folders, and the files of each folder, in the order in which they were first named.
///
/// # Errors
///
/// [`Error::RootNotUtf8`] and [`Error::PathNotUtf8`] if the sandbox cannot express a name.
pub(crate) fn places(named: &[PathBuf]) -> Result<Vec<Place>, Error> {
    let named: Vec<Root> = named.iter().map(|path| Root::new(path)).collect::<Result<_, _>>()?;
    let mut found: Vec<(Root, Option<Look>)> = Vec::new();
    let mut with_files: HashMap<PathBuf, usize> = HashMap::new();
    let looks = looks(&named);
    for (root, look) in named.into_iter().zip(looks) {
        let Some(Look::File(file)) = look else {
            found.push((root, look));
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
    let mut around = self::looks(&around).into_iter();
    let placed_at = |(root, look): (Root, Option<Look>)| {
        let look = if root.files.is_some() { around.next().flatten() } else { look };
        placed(root, look)
    };
    Ok(roots.into_iter().zip(known).map(placed_at).collect())
}

/// Where these roots are now.
#[cfg(feature = "library")]
pub(crate) fn of(roots: Vec<Root>) -> Vec<Place> {
    let looks = looks(&roots);
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
fn looks(roots: &[Root]) -> Vec<Option<Look>> {
    let mut looks: Vec<Option<Look>> = roots.iter().map(|_| None).collect();
    let paths: Arc<[PathBuf]> = roots.iter().map(|root| root.path.clone()).collect();
    let next = Arc::new(AtomicUsize::new(0));
    let (told, answers) = channel();
    for _ in 0..paths.len().min(LOOKS) {
        let (told, paths, next) = (told.clone(), paths.clone(), next.clone());
        // Left alone if it hangs: it holds nothing but paths.
        thread::spawn(move || {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(path) = paths.get(at) else { break };
                if told.send((at, look(path))).is_err() {
                    break;
                }
            }
        });
    }
    drop(told);
    while let Ok((at, look)) = answers.recv_timeout(PATIENCE) {
        looks[at] = Some(look);
    }
    looks
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

//! The folders of a batch, as the library knows them.

use std::collections::BTreeSet;

use super::inbox::Pending;

/// The folders in which something has changed. What the library does not know is found from the folder above that it does.
///
/// `known`: the folders that the library knows. `is_folder`: whether one of them is there.
pub(super) fn folders(
    pending: &Pending,
    known: &BTreeSet<String>,
    is_folder: impl Fn(&str) -> bool,
) -> BTreeSet<String> {
    let mut folders = BTreeSet::new();
    let mut add = |folder: &str, below: bool| {
        if below && folder.is_empty() {
            folders.extend(known.iter().cloned());
        } else if below {
            // `0` is the character after `/`.
            folders.extend(known.range(format!("{folder}/")..format!("{folder}0")).cloned());
        }
        folders.insert(folder.to_owned());
    };
    for (folder, &below) in &pending.folders {
        let nearest = nearest(folder, known);
        add(nearest, below && nearest == folder);
    }
    for (path, &below) in &pending.candidates {
        if known.contains(path) && is_folder(path) {
            add(path, below);
        }
    }
    folders
}

/// The folder itself, or the nearest above it that is known.
fn nearest<'a>(folder: &'a str, known: &BTreeSet<String>) -> &'a str {
    let mut folder = folder;
    while !folder.is_empty() && !known.contains(folder) {
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
    }
    folder
}

//! Events of a batch, put together to folders that the library knows.

use std::collections::BTreeSet;

use mt_scanner_contract::{Event, Events, ScanError};

use crate::json;
use crate::step::Work;
use crate::tree::{Kind, Root, another, folder_of_archive, split};

/// The folders in which something has changed, as a JSON array. See `folders-of-events` in
/// `wit/library.wit`.
///
/// # Errors
///
/// [`ScanError::InvalidRequest`] if the text is no request.
pub fn folders_of_events(request: &str) -> Result<String, ScanError> {
    let Events::<Work> { root, known, events } =
        serde_json::from_str(request).map_err(|error| ScanError::InvalidRequest(error.to_string()))?;
    let known = known.into_iter().map(|work| work.folder).chain([String::new()]).collect();
    // A root that is away has no folder.
    let root = Root::open(&root, true).ok();
    let is_folder = |path: &str| {
        let stat = root.as_ref().and_then(|root| root.stat(path).ok());
        path.is_empty() || stat.is_some_and(|stat| stat.kind == Kind::Folder)
    };
    Ok(json::text(&folders(&events, &known, is_folder)))
}

/// `known`: the folders that the library knows. `is_folder`: whether one of them is there.
fn folders(events: &[(String, Event)], known: &BTreeSet<String>, is_folder: impl Fn(&str) -> bool) -> BTreeSet<String> {
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
    for (path, event) in events {
        if path.is_empty() {
            add("", *event == Event::Made);
            continue;
        }
        let (folder, name) = split(path);
        let nearest = nearest(folder, known);
        // A hidden file may say what is to be skipped, in its folder and below.
        add(nearest, name.starts_with('.') && nearest == folder);
        // An archive is a folder.
        known_archives(path, known).for_each(|archive| add(archive, false));
        // A folder that has got this name may have brought others.
        if *event != Event::Written && known.contains(path) && is_folder(path) {
            add(path, *event == Event::Made);
        }
    }
    folders
}

/// The known folders that the archive at a path may be: one, or one more for a name that is taken.
fn known_archives<'k>(path: &str, known: &'k BTreeSet<String>) -> impl Iterator<Item = &'k str> {
    let first = folder_of_archive(path);
    let second = first.as_deref().map(another);
    first.into_iter().chain(second).filter_map(|name| known.get(&name)).map(String::as_str)
}

/// The folder itself, or the nearest above it that is known.
fn nearest<'a>(folder: &'a str, known: &BTreeSet<String>) -> &'a str {
    let mut folder = folder;
    while !folder.is_empty() && !known.contains(folder) {
        folder = split(folder).0;
    }
    folder
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde::Deserialize;

    use super::*;

    /// The hosts run these, too: with events of their own systems.
    const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cases/watch-batches/batches.json");

    #[derive(Deserialize)]
    struct Cases {
        known: BTreeSet<String>,
        gone: BTreeSet<String>,
        batches: Vec<Batch>,
    }

    #[derive(Deserialize)]
    struct Batch {
        about: String,
        events: Vec<(String, String)>,
        folders: BTreeSet<String>,
    }

    #[test]
    fn every_batch_comes_to_the_folders_that_its_case_expects() {
        let Cases { known, gone, batches } = serde_json::from_slice(&fs::read(CASES).unwrap()).unwrap();
        assert!(!batches.is_empty());
        for Batch { about, events, folders: expected } in batches {
            let events: Vec<(String, Event)> = events
                .iter()
                .filter_map(|(what, path)| {
                    let path = if path == "music" { "" } else { path.strip_prefix("music/")? };
                    let event = match what.as_str() {
                        "made" | "renamed from" | "renamed to" => Event::Made,
                        "written" => Event::Written,
                        _ => Event::Changed,
                    };
                    Some((path.to_owned(), event))
                })
                .collect();
            assert_eq!(folders(&events, &known, |path| !gone.contains(path)), expected, "{about}");
        }
    }

    #[test]
    fn something_without_a_name_is_in_its_folder() {
        let known = ["", "a"].map(str::to_owned).into();
        let events = [("a/b/".to_owned(), Event::Made), ("".to_owned(), Event::Written)];
        assert_eq!(folders(&events, &known, |_| true), ["", "a"].map(str::to_owned).into());
    }
}

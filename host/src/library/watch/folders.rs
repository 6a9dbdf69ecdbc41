//! The folders of a batch, as the library knows them.

use std::collections::BTreeSet;

use super::inbox::Pending;

/// The folders in which something has changed. What the library does not know is found from the
/// folder above that it does.
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use notify::Event;
    use notify::event::{CreateKind, DataChange, EventKind, MetadataKind, ModifyKind, RemoveKind, RenameMode};
    use serde::Deserialize;

    use super::*;

    /// The other hosts run these, too.
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

    fn event(what: &str, path: &str) -> Event {
        let kind = match what {
            "made" => EventKind::Create(CreateKind::Any),
            "written" => EventKind::Modify(ModifyKind::Data(DataChange::Any)),
            "permitted" => EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any)),
            "renamed from" => EventKind::Modify(ModifyKind::Name(RenameMode::From)),
            "renamed to" => EventKind::Modify(ModifyKind::Name(RenameMode::To)),
            "removed" => EventKind::Remove(RemoveKind::Any),
            _ => panic!("{what} is no event"),
        };
        Event::new(kind).add_path(Path::new("/place").join(path))
    }

    #[test]
    fn every_batch_comes_to_the_folders_that_its_case_expects() {
        let Cases { known, gone, batches } = serde_json::from_slice(&fs::read(CASES).unwrap()).unwrap();
        assert!(!batches.is_empty());
        for Batch { about, events, folders: expected } in batches {
            let mut pending = Pending::default();
            for (what, path) in events {
                pending.note(Path::new("/place/music"), Ok(event(&what, &path)));
            }
            assert_eq!(folders(&pending, &known, |path| !gone.contains(path)), expected, "{about}");
        }
    }
}

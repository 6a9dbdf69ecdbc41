//! The files of a root: folders and archives, what is in them, and the bytes of files.
//!
//! The only user of `wasi:filesystem`. Whoever walks or reads does not know whether a place is on a
//! disk or in an archive. A link that climbs by `..` leaves its folder and may still be
//! inside the root; whoever asks for a file of a folder does not know of that.

mod archive;
mod content;
mod folder;
mod link;
mod path;
mod place;
mod root;
mod stat;

pub use archive::{Archive, Refusal, another, archive_of_folder, folder_of_archive, is_streamed};
pub use content::Content;
pub use folder::{Folder, Kind};
pub use link::{Link, Target};
pub use path::{append, join, leaves_root, split};
pub use place::Place;
pub use root::{Root, root_error};
pub use stat::Stat;
pub use wasip2::filesystem::types::ErrorCode;

/// The names of the roots that the host lets in.
pub fn root_names() -> impl Iterator<Item = String> {
    wasip2::filesystem::preopens::get_directories().into_iter().map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn nobody_else_uses_the_filesystem() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let uses = |path: &PathBuf| fs::read_to_string(path).unwrap().contains("wasip2::filesystem::");
        let users: Vec<PathBuf> = sources(&source).into_iter().filter(uses).collect();
        assert!(users.len() > 3);
        assert!(users.iter().all(|path| path.starts_with(source.join("tree"))), "{users:?}");
    }
}

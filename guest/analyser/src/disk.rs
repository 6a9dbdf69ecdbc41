//! Files as the host has opened them: the only part that uses `wasi:filesystem`.

use std::io;

use mt_scanner_contract::ScanError;
use mt_scanner_formats::extension::is_audio_file;
use mt_scanner_formats::reader::ReadAt;
use wasip2::filesystem::preopens::get_directories;
use wasip2::filesystem::types::{Descriptor, DescriptorFlags, DescriptorType, ErrorCode, OpenFlags, PathFlags};

use crate::input::Source;

/// An open file.
pub struct File {
    /// Its bytes.
    pub source: Source,
    /// Its size in bytes.
    pub size: u64,
}

/// Opens the file at `path` under `root`, which is a preopen or a folder below one.
pub fn open(root: &str, path: &str) -> Result<File, ScanError> {
    let (folder, below) = preopened(root).ok_or_else(|| ScanError::RootNotFound(root.to_owned()))?;
    if leaves(path) || leaves(&below) {
        return Err(ScanError::EscapesRoot(path.to_owned()));
    }
    let folder = match below.as_str() {
        "" => folder,
        below => open_folder(&folder, below).map_err(|code| root_error(root, code))?,
    };
    let links = PathFlags::SYMLINK_FOLLOW;
    let missing = |code| match code {
        ErrorCode::NotPermitted => ScanError::EscapesRoot(path.to_owned()),
        ErrorCode::NoEntry | ErrorCode::NotDirectory | ErrorCode::Loop => ScanError::FileNotFound(path.to_owned()),
        _ => ScanError::RootUnreadable(path.to_owned()),
    };
    // To open a pipe may take for ever.
    let stat = folder.stat_at(links, path).map_err(missing)?;
    if stat.type_ != DescriptorType::RegularFile {
        return Err(ScanError::FileNotFound(path.to_owned()));
    }
    let file = folder.open_at(links, path, OpenFlags::empty(), DescriptorFlags::READ).map_err(missing)?;
    Ok(File { source: Source::new(Content(file)), size: stat.size })
}

/// The audio files at a path: itself, or those in the folder, in the order of their bytes. Hidden
/// files and folders, folders with a `.nomedia`, and symbolic links are passed over. What a scan
/// passes over besides, the scanner knows: hosts ask it.
pub fn files(path: &str) -> Result<Vec<(String, String)>, ScanError> {
    let (folder, below) = preopened(path).ok_or_else(|| ScanError::RootNotFound(path.to_owned()))?;
    let root = path[..path.len() - below.len()].trim_end_matches('/').to_owned();
    if leaves(&below) {
        return Err(ScanError::EscapesRoot(path.to_owned()));
    }
    if !below.is_empty() {
        let links = PathFlags::SYMLINK_FOLLOW;
        let stat = folder.stat_at(links, &below).map_err(|code| root_error(path, code))?;
        if stat.type_ == DescriptorType::RegularFile {
            return Ok(vec![(root, below)]);
        }
    }
    let mut found = Vec::new();
    let mut folders = vec![below];
    while let Some(at) = folders.pop() {
        let opened =
            if at.is_empty() { list(&folder) } else { open_folder(&folder, &at).and_then(|folder| list(&folder)) };
        let entries = opened.map_err(|code| root_error(&at, code))?;
        for (name, kind) in entries {
            let place = if at.is_empty() { name } else { format!("{at}/{name}") };
            match kind {
                DescriptorType::Directory => folders.push(place),
                DescriptorType::RegularFile if is_audio_file(&place) => found.push((root.clone(), place)),
                _ => {}
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

fn list(folder: &Descriptor) -> Result<Vec<(String, DescriptorType)>, ErrorCode> {
    let entries = folder.read_directory()?;
    let mut found = Vec::new();
    loop {
        match entries.read_directory_entry() {
            Ok(Some(entry)) if entry.name == ".nomedia" && entry.type_ == DescriptorType::RegularFile => {
                return Ok(Vec::new());
            }
            Ok(Some(entry)) if entry.name.starts_with('.') => {}
            Ok(Some(entry)) => found.push((entry.name, entry.type_)),
            Ok(None) => return Ok(found),
            // A name that is not UTF-8 is lost, and the next call goes on.
            Err(ErrorCode::IllegalByteSequence) => {}
            Err(code) => return Err(code),
        }
    }
}

fn open_folder(from: &Descriptor, path: &str) -> Result<Descriptor, ErrorCode> {
    from.open_at(PathFlags::SYMLINK_FOLLOW, path, OpenFlags::DIRECTORY, DescriptorFlags::READ)
}

fn root_error(name: &str, code: ErrorCode) -> ScanError {
    let name = name.to_owned();
    match code {
        ErrorCode::NoEntry => ScanError::RootNotFound(name),
        ErrorCode::NotDirectory => ScanError::RootNotAFolder(name),
        ErrorCode::NotPermitted => ScanError::EscapesRoot(name),
        _ => ScanError::RootUnreadable(name),
    }
}

/// The preopen that a path begins with, the longest if there are several, and the path below it.
fn preopened(path: &str) -> Option<(Descriptor, String)> {
    let below = |root: &str| match path.strip_prefix(root)? {
        "" => Some(String::new()),
        rest if root.ends_with('/') => Some(rest.to_owned()),
        rest => rest.strip_prefix('/').map(str::to_owned),
    };
    get_directories()
        .into_iter()
        .filter_map(|(folder, root)| Some((root.len(), folder, below(&root)?.trim_end_matches('/').to_owned())))
        .max_by_key(|(len, ..)| *len)
        .map(|(_, folder, below)| (folder, below))
}

/// Whether a path leads out of where it begins.
fn leaves(path: &str) -> bool {
    let mut depth = 0_i32;
    path.starts_with('/')
        || path.split('/').any(|part| {
            depth += match part {
                ".." => -1,
                "" | "." => 0,
                _ => 1,
            };
            depth < 0
        })
}

/// The content of an open file.
struct Content(Descriptor);

impl ReadAt for Content {
    fn read_at(&self, offset: u64, len: u64) -> io::Result<Vec<u8>> {
        let read = |offset, len| self.0.read(len, offset).map_err(|code| io::Error::other(code.name()));
        let (mut bytes, mut end) = read(offset, len)?;
        // Hosts may give less than there is.
        while !end && (bytes.len() as u64) < len {
            let (more, ended) = read(offset + bytes.len() as u64, len - bytes.len() as u64)?;
            end = ended || more.is_empty();
            bytes.extend(more);
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_climbs_out_is_told_from_one_that_does_not() {
        for path in ["..", "/a", "a/../..", "./../a"] {
            assert!(leaves(path), "{path}");
        }
        for path in ["", "a/..", "a/../b", "...and more/..a"] {
            assert!(!leaves(path), "{path}");
        }
    }
}

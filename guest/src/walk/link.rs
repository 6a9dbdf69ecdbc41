//! Symbolic links inside a root.

use mt_scanner_formats::extension::is_audio_file;
use wasip2::filesystem::types::{DescriptorType, ErrorCode, PathFlags};

use super::path;
use super::root::{Folder, Root};

/// What a link leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Target {
    /// An audio file, by the name of the file that is reached in the end.
    AudioFile,
    /// A folder that is not around the link.
    Folder,
    /// A folder that contains the link.
    Loop,
    /// Nothing but other links.
    Endless,
    /// Something outside the root.
    Outside,
    /// Nothing.
    Broken,
    /// A file that is no audio file, a device, ...
    Other,
}

/// The most links in a chain; Linux follows 40.
const CHAIN: usize = 40;

impl Root {
    /// Follows the link at `path`, which is in the open `folder`, and says what is there.
    pub fn target_of(&self, folder: &Folder, path: &str) -> Result<Target, ErrorCode> {
        // From its folder, as its path may be longer than a path can be; a link that climbs by `..` only goes from the root.
        let from_folder = folder.0.stat_at(PathFlags::SYMLINK_FOLLOW, path::split(path).1);
        let stat = match from_folder {
            Err(ErrorCode::NotPermitted) => self.descriptor().stat_at(PathFlags::SYMLINK_FOLLOW, path),
            stat => stat,
        };
        match stat {
            Ok(stat) => match stat.type_ {
                DescriptorType::RegularFile if is_audio_file(&self.last_name(folder, path)) => Ok(Target::AudioFile),
                DescriptorType::Directory if self.is_around(path)? => Ok(Target::Loop),
                DescriptorType::Directory => Ok(Target::Folder),
                _ => Ok(Target::Other),
            },
            Err(ErrorCode::NotPermitted) => Ok(Target::Outside),
            Err(ErrorCode::NoEntry | ErrorCode::NotDirectory) => Ok(Target::Broken),
            Err(ErrorCode::Loop) => Ok(Target::Endless),
            Err(code) => Err(code),
        }
    }

    /// The name of the file that the link leads to.
    fn last_name(&self, folder: &Folder, path: &str) -> String {
        // Mostly the target is a plain file beside the link, and one look tells.
        if let Ok(target) = folder.0.readlink_at(path::split(path).1)
            && !target.contains('/')
            && folder.0.readlink_at(&target) == Err(ErrorCode::Invalid)
        {
            return target;
        }
        path::split(&self.real_path(path)).1.to_owned()
    }

    /// The path with every link in it followed, as the filesystem does: `..` is the parent of where a link led, not of the link.
    fn real_path(&self, path: &str) -> String {
        let mut real = String::new();
        let mut ahead: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
        let mut links = 0;
        while let Some(component) = ahead.pop() {
            match component.as_str() {
                "" | "." => {}
                ".." => real.truncate(path::split(&real).0.len()),
                name => {
                    let at = path::join(&real, name);
                    match self.descriptor().readlink_at(&at) {
                        Ok(target) if links < CHAIN => {
                            links += 1;
                            ahead.extend(target.split('/').rev().map(str::to_owned));
                        }
                        _ => real = at,
                    }
                }
            }
        }
        real
    }

    /// Whether the folder at `path` is, by its identity, one of the folders that the path goes through.
    fn is_around(&self, path: &str) -> Result<bool, ErrorCode> {
        let identity = |path: &str| {
            let path = if path.is_empty() { "." } else { path };
            let hash = self.descriptor().metadata_hash_at(PathFlags::SYMLINK_FOLLOW, path)?;
            Ok((hash.lower, hash.upper))
        };
        let target = identity(path)?;
        let mut folder = path;
        while !folder.is_empty() {
            folder = path::split(folder).0;
            if identity(folder)? == target {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

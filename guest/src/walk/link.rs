//! Symbolic links inside a root.

use wasip2::filesystem::types::{DescriptorType, ErrorCode, PathFlags};

use super::{path, root::Root};

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
    /// Follows the link at `path` and says what is there.
    pub fn target_of(&self, path: &str) -> Result<Target, ErrorCode> {
        match self.descriptor().stat_at(PathFlags::SYMLINK_FOLLOW, path) {
            Ok(stat) => match stat.type_ {
                DescriptorType::RegularFile
                    if crate::extension::is_audio_file(path::split(&self.real_path(path)).1) =>
                {
                    Ok(Target::AudioFile)
                }
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

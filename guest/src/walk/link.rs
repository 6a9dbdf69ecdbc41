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
                DescriptorType::RegularFile if crate::extension::is_audio_file(&self.last_name(path)) => {
                    Ok(Target::AudioFile)
                }
                DescriptorType::Directory if self.is_around(path)? => Ok(Target::Loop),
                DescriptorType::Directory => Ok(Target::Folder),
                _ => Ok(Target::Other),
            },
            Err(ErrorCode::NotPermitted) => Ok(Target::Outside),
            Err(ErrorCode::NoEntry | ErrorCode::NotDirectory) => Ok(Target::Broken),
            Err(ErrorCode::Loop) => Ok(Target::Loop),
            Err(code) => Err(code),
        }
    }

    /// The name at the end of a chain of links.
    fn last_name(&self, path: &str) -> String {
        let mut at = path.to_owned();
        for _ in 0..CHAIN {
            let Ok(text) = self.descriptor().readlink_at(&at) else { break };
            match path::resolve(&at, &text) {
                Some(next) => at = next,
                None => return path::split(&text).1.to_owned(),
            }
        }
        path::split(&at).1.to_owned()
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

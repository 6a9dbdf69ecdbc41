//! A folder, as a descriptor.

use wasip2::filesystem::types::{
    Descriptor, DescriptorFlags, DescriptorType, DirectoryEntryStream, ErrorCode, OpenFlags, PathFlags,
};

use super::Stat;

/// The most bytes of a path in one call; PATH_MAX is 4,096 on Linux, 1,024 on macOS.
const LONGEST: usize = 1_000;

/// An open folder.
pub struct Folder(pub(super) Descriptor);

/// The entries of a folder, in the order of the filesystem.
pub struct Entries(DirectoryEntryStream);

/// What an entry of a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, or something of which the filesystem does not say what it is: a look at
    /// the target tells.
    Link,
    /// A pipe, a device, ...
    Other,
}

impl From<DescriptorType> for Kind {
    fn from(kind: DescriptorType) -> Self {
        match kind {
            DescriptorType::RegularFile => Self::File,
            DescriptorType::Directory => Self::Folder,
            DescriptorType::SymbolicLink | DescriptorType::Unknown => Self::Link,
            _ => Self::Other,
        }
    }
}

impl Folder {
    /// What it is like itself.
    pub fn stat(&self) -> Result<Stat, ErrorCode> {
        self.0.stat().map(Stat::from)
    }

    /// Its entries, if it was opened to be listed.
    pub fn entries(&self) -> Result<Entries, ErrorCode> {
        self.0.read_directory().map(Entries)
    }

    /// Opens a folder below this one by its path from here, for what is in it. It cannot be listed.
    pub(super) fn child(&self, links: PathFlags, path: &str) -> Result<Self, ErrorCode> {
        self.below(links, path, DescriptorFlags::empty())
    }

    /// Opens a folder below this one by its path from here, to be listed. Storage that is far away
    /// is asked once more for that.
    pub(super) fn listing(&self, links: PathFlags, path: &str) -> Result<Self, ErrorCode> {
        self.below(links, path, DescriptorFlags::READ)
    }

    /// Opens a path whole where the platform can take it, else through its parents.
    fn below(&self, links: PathFlags, path: &str, flags: DescriptorFlags) -> Result<Self, ErrorCode> {
        let mut rest = if path.is_empty() { "." } else { path };
        let mut folder: Option<Self> = None;
        loop {
            let (step, left) = rest.split_at(longest(rest));
            let from = folder.as_ref().unwrap_or(self);
            rest = left.trim_start_matches('/');
            let flags = if rest.is_empty() { flags } else { DescriptorFlags::empty() };
            let opened = from.0.open_at(links, step, OpenFlags::DIRECTORY, flags).map(Self)?;
            if rest.is_empty() {
                return Ok(opened);
            }
            folder = Some(opened);
        }
    }
}

impl Entries {
    /// The next entry; `None` at the end. After the error that a name is not UTF-8
    /// (`IllegalByteSequence`) the one behind it follows.
    pub fn next(&mut self) -> Result<Option<(String, Kind)>, ErrorCode> {
        Ok(self.0.read_directory_entry()?.map(|entry| (entry.name, entry.type_.into())))
    }
}

/// How much of a path goes into one call: whole components.
fn longest(path: &str) -> usize {
    if path.len() <= LONGEST {
        return path.len();
    }
    path[..path.floor_char_boundary(LONGEST)].rfind('/').or(path.find('/')).unwrap_or(path.len())
}

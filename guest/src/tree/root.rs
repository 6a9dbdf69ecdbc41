//! A root, and files and folders in it.

use mt_scanner_contract::{Fingerprint, ScanError};
use wasip2::filesystem::preopens::get_directories;
use wasip2::filesystem::types::{Descriptor, DescriptorFlags, DescriptorType, ErrorCode, OpenFlags, PathFlags};

use super::path::{join, leaves_root};
use super::{Content, Folder, Stat};

/// What a sandbox answers on the way out of the folder that a path begins in.
const CLIMBS: ErrorCode = ErrorCode::NotPermitted;

/// One of the ways of a folder to open one below it.
type Opening = fn(&Folder, PathFlags, &str) -> Result<Folder, ErrorCode>;

/// An open root.
pub struct Root {
    /// The name that the host knows it by.
    pub name: String,
    folder: Folder,
    links: PathFlags,
    /// The places of folders that are roots of their own.
    inside: Vec<String>,
    /// Whether an archive is a folder.
    archives: bool,
}

impl Root {
    /// Opens a preopen, or a folder below one.
    pub fn open(name: &str, follow_links: bool) -> Result<Self, ScanError> {
        let links = if follow_links { PathFlags::SYMLINK_FOLLOW } else { PathFlags::empty() };
        let (folder, below) = preopened(name).ok_or_else(|| ScanError::RootNotFound(name.to_owned()))?;
        if leaves_root(&below) {
            return Err(ScanError::EscapesRoot(name.to_owned()));
        }
        let top = Self { name: name.to_owned(), folder, links, inside: Vec::new(), archives: false };
        if below.is_empty() {
            return Ok(top);
        }
        let folder = top.open_folder(&below).map_err(|code| root_error(name, code))?;
        Ok(Self { folder, ..top })
    }

    /// Whether an absolute path is in a root of the scan other than this one. Hosts name each root
    /// by its absolute path.
    pub fn is_in_another(&self, path: &str) -> bool {
        let roots: Vec<String> = get_directories().into_iter().map(|(_, root)| root).collect();
        let own = roots.iter().filter(|root| below(&self.name, root).is_some()).max_by_key(|root| root.len());
        roots.iter().any(|root| Some(root) != own && below(path, root).is_some())
    }

    /// The same root, where an archive is a folder, or is not.
    pub fn with_archives(self, archives: bool) -> Self {
        Self { archives, ..self }
    }

    /// Whether an archive is a folder.
    pub(super) fn has_archives(&self) -> bool {
        self.archives
    }

    /// The same root, where these places are roots of their own.
    pub fn without(self, inside: &[String]) -> Self {
        Self { inside: inside.to_vec(), ..self }
    }

    /// Whether folders of it are roots of their own.
    pub fn has_roots_inside(&self) -> bool {
        !self.inside.is_empty()
    }

    /// Whether a place is in a folder that is a root of its own, or is such a folder.
    pub fn is_in_inner(&self, place: &str) -> bool {
        self.inside.iter().any(|inner| below(place, inner).is_some())
    }

    /// Opens a folder by its path, for what is in it.
    pub fn open_folder(&self, path: &str) -> Result<Folder, ErrorCode> {
        self.folder.child(self.links, path)
    }

    /// Opens a folder for what is in it: from a folder that is open if it is below that, as the way
    /// from the root may be long. With that folder come its path and the path from there.
    pub fn open_below(&self, from: Option<(&Folder, &str)>, path: &str) -> Result<Folder, ErrorCode> {
        self.below(from, path, Folder::child)
    }

    /// As [`Self::open_below`], to be listed.
    pub fn list_below(&self, from: Option<(&Folder, &str)>, path: &str) -> Result<Folder, ErrorCode> {
        self.below(from, path, Folder::listing)
    }

    fn below(&self, from: Option<(&Folder, &str)>, path: &str, open: Opening) -> Result<Folder, ErrorCode> {
        match from.map(|(folder, below)| open(folder, self.links, below)) {
            None | Some(Err(CLIMBS)) => open(&self.folder, self.links, path),
            Some(opened) => opened,
        }
    }

    /// What is at a path.
    pub fn stat(&self, path: &str) -> Result<Stat, ErrorCode> {
        let place = if path.is_empty() { "." } else { path };
        match self.descriptor().stat_at(self.links, place) {
            // A path that is longer than the platform takes.
            Err(ErrorCode::NameTooLong | ErrorCode::Invalid) => self.open_folder(path)?.stat(),
            stat => stat.map(Stat::from),
        }
    }

    /// Whether something is at a path, a link that leads nowhere too.
    pub fn has(&self, path: &str) -> bool {
        self.descriptor().stat_at(PathFlags::empty(), path).is_ok()
    }

    /// What a file of a folder is like. `at`: the folder's path.
    pub(super) fn stat_of(&self, folder: &Folder, at: &str, name: &str) -> Result<Stat, ErrorCode> {
        self.nearest(folder, at, name, |from, path| from.stat_at(self.links, path)).map(Stat::from)
    }

    /// Opens a file of a folder; gives its content, and its fingerprint unless it is no regular
    /// file. `at`: the folder's path; `seen`: its fingerprint, if somebody has looked.
    pub(super) fn open_file(
        &self,
        folder: &Folder,
        at: &str,
        name: &str,
        seen: Option<Fingerprint>,
    ) -> Result<(Content, Option<Fingerprint>), ErrorCode> {
        self.nearest(folder, at, name, |from, path| {
            let file = from.open_at(self.links, path, OpenFlags::empty(), DescriptorFlags::READ)?;
            let fingerprint = match seen {
                Some(seen) => Some(seen),
                None => Stat::from(file.stat()?).of_file(),
            };
            Ok((Content::File(file), fingerprint))
        })
    }

    /// Does something with an entry of a folder: from there, as its path may be longer than a path
    /// can be. A link that climbs by `..` only goes from the root.
    pub(super) fn nearest<T>(
        &self,
        folder: &Folder,
        at: &str,
        name: &str,
        act: impl Fn(&Descriptor, &str) -> Result<T, ErrorCode>,
    ) -> Result<T, ErrorCode> {
        match act(&folder.0, name) {
            Err(CLIMBS) => act(self.descriptor(), &join(at, name)),
            result => result,
        }
    }

    /// The first bytes of a file of a folder, as many as one read gives.
    pub fn beginning_of(&self, folder: &str, name: &str, len: u64) -> Result<Vec<u8>, ErrorCode> {
        let folder = self.open_folder(folder)?;
        let file = folder.0.open_at(self.links, name, OpenFlags::empty(), DescriptorFlags::READ)?;
        Ok(file.read(len, 0)?.0)
    }

    /// Whether a symbolic link is at a path.
    pub fn is_link(&self, path: &str) -> bool {
        let stat = self.descriptor().stat_at(PathFlags::empty(), path);
        stat.is_ok_and(|stat| stat.type_ == DescriptorType::SymbolicLink)
    }

    /// How links are treated on opening.
    pub(super) fn links(&self) -> PathFlags {
        self.links
    }

    /// The root's own descriptor.
    pub(super) fn descriptor(&self) -> &Descriptor {
        &self.folder.0
    }
}

/// The preopen that a root's name begins with, the longest if there are several, and the path below
/// it.
fn preopened(name: &str) -> Option<(Folder, String)> {
    get_directories()
        .into_iter()
        .filter_map(|(descriptor, preopen)| {
            let below = below(name, &preopen)?;
            Some((preopen.len(), descriptor, below.trim_end_matches('/').to_owned()))
        })
        .max_by_key(|(len, ..)| *len)
        .map(|(_, descriptor, below)| (Folder(descriptor), below))
}

/// The part of a path that is below a root, without the slash before it; `None` if it is elsewhere.
fn below<'a>(path: &'a str, root: &str) -> Option<&'a str> {
    match path.strip_prefix(root)? {
        "" => Some(""),
        rest if root.ends_with('/') => Some(rest),
        rest => rest.strip_prefix('/'),
    }
}

/// Why a root cannot be scanned.
pub fn root_error(name: &str, code: ErrorCode) -> ScanError {
    let name = name.to_owned();
    match code {
        ErrorCode::NoEntry => ScanError::RootNotFound(name),
        ErrorCode::NotDirectory => ScanError::RootNotAFolder(name),
        ErrorCode::NotPermitted => ScanError::EscapesRoot(name),
        _ => ScanError::RootUnreadable(name),
    }
}

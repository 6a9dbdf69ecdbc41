//! A root, and folders in it, as descriptors.

use mt_scanner_contract::ScanError;
use wasip2::filesystem::preopens::get_directories;
use wasip2::filesystem::types::{Descriptor, DescriptorFlags, ErrorCode, OpenFlags, PathFlags};

use super::path;

/// The most bytes of a path in one call; PATH_MAX is 4,096 on Linux, 1,024 on macOS.
const LONGEST: usize = 1_000;

/// An open root.
pub struct Root {
    /// The name that the host knows it by.
    pub name: String,
    folder: Folder,
    links: PathFlags,
    /// The places of folders that are roots of their own.
    inside: Vec<String>,
}

/// An open folder.
pub struct Folder(pub Descriptor);

impl Root {
    /// Opens a preopen, or a folder below one.
    pub fn open(name: &str, follow_links: bool) -> Result<Self, ScanError> {
        let links = if follow_links { PathFlags::SYMLINK_FOLLOW } else { PathFlags::empty() };
        let (folder, below) = preopened(name).ok_or_else(|| ScanError::RootNotFound(name.to_owned()))?;
        if path::leaves_root(&below) {
            return Err(ScanError::EscapesRoot(name.to_owned()));
        }
        let top = Self { name: name.to_owned(), folder, links, inside: Vec::new() };
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

    /// How links are treated on opening.
    pub fn links(&self) -> PathFlags {
        self.links
    }

    /// Opens a folder by its path, for what is in it.
    pub fn open_folder(&self, path: &str) -> Result<Folder, ErrorCode> {
        self.folder.child(self.links, path)
    }

    /// The root's own folder.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The root's own descriptor. Links that climb by `..` can only be resolved from here.
    pub fn descriptor(&self) -> &Descriptor {
        &self.folder.0
    }
}

impl Folder {
    /// Opens a folder below this one by its path from here, for what is in it. It cannot be listed.
    pub fn child(&self, links: PathFlags, path: &str) -> Result<Self, ErrorCode> {
        self.below(links, path, DescriptorFlags::empty())
    }

    /// Opens a folder below this one by its path from here, to be listed. Storage that is far away
    /// is asked once more for that.
    pub fn listing(&self, links: PathFlags, path: &str) -> Result<Self, ErrorCode> {
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

/// How much of a path goes into one call: whole components.
fn longest(path: &str) -> usize {
    if path.len() <= LONGEST {
        return path.len();
    }
    path[..path.floor_char_boundary(LONGEST)].rfind('/').or(path.find('/')).unwrap_or(path.len())
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

//! Whether a folder is still the one that it was.

use std::path::Path;

/// A device and the number of a file there. What is mounted over a folder shows in it.
pub(crate) type Identity = (u64, u64);

/// That of a folder; `None` if none is there.
#[cfg(unix)]
pub(crate) fn identity(folder: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;

    let folder = folder.metadata().ok().filter(|folder| folder.is_dir())?;
    Some((folder.dev(), folder.ino()))
}

#[cfg(windows)]
pub(crate) fn identity(folder: &Path) -> Option<Identity> {
    use winapi_util::{Handle, file};

    let folder = folder.is_dir().then(|| Handle::from_path_any(folder))?.ok()?;
    let folder = file::information(folder).ok()?;
    Some((folder.volume_serial_number(), folder.file_index()))
}

#[cfg(not(any(unix, windows)))]
pub(crate) fn identity(folder: &Path) -> Option<Identity> {
    folder.is_dir().then_some((0, 0))
}

//! The calls that happen for every file, through wasmtime-wasi, on any system.
//!
//! Its functions are asynchronous and never wait: blocking the calling thread is allowed. So one
//! poll ends them, which is cheaper than a turn of its runtime.

use std::pin::pin;

use wasmtime_wasi::p2::FsResult;
use wasmtime_wasi::p2::bindings::filesystem::types as wasi;
use wasmtime_wasi::p2::bindings::sync::filesystem::types::{DescriptorFlags, DescriptorStat, OpenFlags, PathFlags};
use wasmtime_wasi::runtime::{in_tokio, poll_noop};

use super::files::{Descriptor, Files};

/// The outcome of a future that never waits.
fn now<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    match poll_noop(future.as_mut()) {
        Some(outcome) => outcome,
        None => in_tokio(future),
    }
}

pub fn open_at(
    files: &mut Files<'_>,
    folder: Descriptor,
    how: PathFlags,
    path: String,
    open: OpenFlags,
    flags: DescriptorFlags,
) -> FsResult<Descriptor> {
    now(wasi::HostDescriptor::open_at(&mut files.wasi, folder, how.into(), path, open.into(), flags.into()))
}

pub fn stat_at(files: &mut Files<'_>, folder: Descriptor, how: PathFlags, path: String) -> FsResult<DescriptorStat> {
    let status_change_timestamp = changed::at(files, &folder, how, &path);
    let stat: DescriptorStat = now(wasi::HostDescriptor::stat_at(&mut files.wasi, folder, how.into(), path))?.into();
    Ok(DescriptorStat { status_change_timestamp, ..stat })
}

/// Times of the last change of status. wasmtime-wasi gives the time of birth in their place, which
/// says nothing of changes.
#[cfg(unix)]
mod changed {
    use rustix::fs::{AtFlags, FileType, Stat};
    use wasmtime_wasi::filesystem::Descriptor as Opened;
    use wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime;

    use super::super::files::is_plain_name;
    use super::{Descriptor, Files, PathFlags};

    /// The time of an entry of the folder itself. Other paths have none: the system is not to
    /// resolve them.
    pub fn at(files: &Files<'_>, folder: &Descriptor, how: PathFlags, path: &str) -> Option<Datetime> {
        let Ok(Opened::Dir(folder)) = files.wasi.table.get(folder) else { return None };
        if !is_plain_name(path) {
            return None;
        }
        let stat = rustix::fs::statat(&*folder.dir, path, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        let follows = how.contains(PathFlags::SYMLINK_FOLLOW) && FileType::from_raw_mode(stat.st_mode).is_symlink();
        (!follows).then(|| time(&stat))
    }

    #[cfg(not(target_os = "linux"))]
    pub fn of(files: &Files<'_>, descriptor: &Descriptor) -> Option<Datetime> {
        let stat = match files.wasi.table.get(descriptor).ok()? {
            Opened::Dir(folder) => rustix::fs::fstat(&*folder.dir),
            Opened::File(file) => rustix::fs::fstat(&*file.file),
        };
        stat.ok().as_ref().map(time)
    }

    fn time(stat: &Stat) -> Datetime {
        // Times before 1970 are huge unsigned seconds: the interface has no others.
        Datetime { seconds: stat.st_ctime as u64, nanoseconds: u32::try_from(stat.st_ctime_nsec).unwrap_or_default() }
    }
}

/// Windows has no such times.
#[cfg(not(unix))]
mod changed {
    use wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime;

    use super::{Descriptor, Files, PathFlags};

    pub fn at(_: &Files<'_>, _: &Descriptor, _: PathFlags, _: &str) -> Option<Datetime> {
        None
    }

    pub fn of(_: &Files<'_>, _: &Descriptor) -> Option<Datetime> {
        None
    }
}

#[cfg(not(target_os = "linux"))]
pub use elsewhere::*;

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    #[cfg(not(windows))]
    use wasmtime_wasi::p2::bindings::sync::filesystem::types::DirectoryEntry;
    use wasmtime_wasi::p2::bindings::sync::filesystem::types::Filesize;

    #[cfg(not(windows))]
    use super::super::files::Entries;
    #[cfg(windows)]
    pub use super::super::windows::{drop_entries, read_directory, read_directory_entry};
    use super::*;

    pub fn forget(_: &mut Files<'_>, _: &Descriptor) {}

    pub fn stat(files: &mut Files<'_>, descriptor: Descriptor) -> FsResult<DescriptorStat> {
        let status_change_timestamp = changed::of(files, &descriptor);
        let stat: DescriptorStat = now(wasi::HostDescriptor::stat(&mut files.wasi, descriptor))?.into();
        Ok(DescriptorStat { status_change_timestamp, ..stat })
    }

    pub fn read(
        files: &mut Files<'_>,
        file: Descriptor,
        length: Filesize,
        offset: Filesize,
    ) -> FsResult<(Vec<u8>, bool)> {
        now(wasi::HostDescriptor::read(&mut files.wasi, file, length, offset))
    }

    #[cfg(not(windows))]
    pub fn read_directory(files: &mut Files<'_>, folder: Descriptor) -> FsResult<Entries> {
        now(wasi::HostDescriptor::read_directory(&mut files.wasi, folder))
    }

    #[cfg(not(windows))]
    pub fn read_directory_entry(files: &mut Files<'_>, entries: Entries) -> FsResult<Option<DirectoryEntry>> {
        Ok(now(wasi::HostDirectoryEntryStream::read_directory_entry(&mut files.wasi, entries))?.map(Into::into))
    }

    #[cfg(not(windows))]
    pub fn drop_entries(files: &mut Files<'_>, entries: Entries) -> wasmtime::Result<()> {
        wasi::HostDirectoryEntryStream::drop(&mut files.wasi, entries)
    }
}

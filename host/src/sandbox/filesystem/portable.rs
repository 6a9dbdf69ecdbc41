//! The calls that happen for every file, through wasmtime-wasi, on any system.
//!
//! Its functions are asynchronous and never wait: blocking the calling thread is allowed. So one poll ends them, which
//! is cheaper than a turn of its runtime.

use std::pin::pin;

use wasmtime_wasi::p2::bindings::filesystem::types as wasi;
use wasmtime_wasi::runtime::{in_tokio, poll_noop};

use super::{Descriptor, DescriptorFlags, DescriptorStat, Files, FsResult, OpenFlags, PathFlags};

/// What is remembered between calls: nothing.
#[cfg(not(target_os = "linux"))]
#[derive(Default)]
pub(in crate::sandbox) struct Recent;

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
    Ok(now(wasi::HostDescriptor::stat_at(&mut files.wasi, folder, how.into(), path))?.into())
}

#[cfg(not(target_os = "linux"))]
pub use elsewhere::*;

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use super::super::{DirectoryEntry, Entries, Filesize};
    use super::*;

    pub fn forget(_: &mut Files<'_>, _: &Descriptor) {}

    pub fn stat(files: &mut Files<'_>, descriptor: Descriptor) -> FsResult<DescriptorStat> {
        Ok(now(wasi::HostDescriptor::stat(&mut files.wasi, descriptor))?.into())
    }

    pub fn read(
        files: &mut Files<'_>,
        file: Descriptor,
        length: Filesize,
        offset: Filesize,
    ) -> FsResult<(Vec<u8>, bool)> {
        now(wasi::HostDescriptor::read(&mut files.wasi, file, length, offset))
    }

    pub fn read_directory(files: &mut Files<'_>, folder: Descriptor) -> FsResult<Entries> {
        now(wasi::HostDescriptor::read_directory(&mut files.wasi, folder))
    }

    pub fn read_directory_entry(files: &mut Files<'_>, entries: Entries) -> FsResult<Option<DirectoryEntry>> {
        Ok(now(wasi::HostDirectoryEntryStream::read_directory_entry(&mut files.wasi, entries))?.map(Into::into))
    }

    pub fn drop_entries(files: &mut Files<'_>, entries: Entries) -> wasmtime::Result<()> {
        wasi::HostDirectoryEntryStream::drop(&mut files.wasi, entries)
    }
}

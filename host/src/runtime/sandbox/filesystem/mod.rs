//! `wasi:filesystem/types`, for reading.
//!
//! Calls that change anything are refused here, before they reach a filesystem. Calls that happen
//! for every file are made on the calling thread: by system calls where this module has them
//! (`linux`, and `windows` for listing), else through wasmtime-wasi (`portable`). Everything else
//! is wasmtime-wasi's.

mod files;
#[cfg(target_os = "linux")]
mod linux;
mod portable;
pub(super) mod recent;
#[cfg(test)]
mod tests;
#[cfg(windows)]
mod windows;

use wasmtime::component::{HasData, Linker, Resource};
use wasmtime_wasi::filesystem::{Descriptor as Opened, WasiFilesystemCtxView};
use wasmtime_wasi::p2::bindings::filesystem::preopens;
use wasmtime_wasi::p2::bindings::filesystem::types::ErrorCode;
use wasmtime_wasi::p2::bindings::sync::filesystem::types::{
    self, Advice, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, Filesize, Host, HostDescriptor,
    HostDirectoryEntryStream, MetadataHashValue, NewTimestamp, OpenFlags, PathFlags,
};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, FsError, FsResult};

use super::Sandbox;
#[cfg(not(target_os = "linux"))]
use crate::runtime::calls::Asked;
use crate::runtime::opened::OpenRoot;
use files::{Descriptor, Entries, Files};

#[cfg(target_os = "linux")]
use linux as hot;
#[cfg(not(target_os = "linux"))]
use portable as hot;

struct HasFiles;

impl HasData for HasFiles {
    type Data<'a> = Files<'a>;
}

fn files(sandbox: &mut Sandbox) -> Files<'_> {
    Files {
        wasi: WasiFilesystemCtxView { ctx: sandbox.wasi.filesystem(), table: &mut sandbox.table },
        recent: &mut sandbox.recent,
        roots: &sandbox.roots,
        calls: &sandbox.calls,
        blindfolded: sandbox.blindfolded,
    }
}

pub(super) fn link(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    preopens::add_to_linker::<Sandbox, HasFiles>(linker, files)?;
    types::add_to_linker::<Sandbox, HasFiles>(linker, files)
}

impl preopens::Host for Files<'_> {
    fn get_directories(&mut self) -> wasmtime::Result<Vec<(Descriptor, String)>> {
        let give = |OpenRoot { number, name, folder }: &OpenRoot| {
            let descriptor = self.wasi.table.push(Opened::Dir(folder.clone()))?;
            self.calls.preopened(descriptor.rep(), *number);
            Ok((descriptor, name.clone()))
        };
        self.roots.iter().map(give).collect()
    }
}

/// The answer to every call that would change something.
fn read_only<T>() -> FsResult<T> {
    Err(ErrorCode::NotPermitted.into())
}

impl Host for Files<'_> {
    fn convert_error_code(&mut self, error: FsError) -> wasmtime::Result<types::ErrorCode> {
        Host::convert_error_code(&mut self.wasi, error)
    }

    fn filesystem_error_code(
        &mut self,
        error: Resource<wasmtime::Error>,
    ) -> wasmtime::Result<Option<types::ErrorCode>> {
        Host::filesystem_error_code(&mut self.wasi, error)
    }
}

impl HostDescriptor for Files<'_> {
    // Calls for every file or folder.

    fn open_at(
        &mut self,
        folder: Descriptor,
        how: PathFlags,
        path: String,
        open: OpenFlags,
        flags: DescriptorFlags,
    ) -> FsResult<Descriptor> {
        let changes = OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::TRUNCATE;
        if open.intersects(changes) || flags.intersects(DescriptorFlags::WRITE | DescriptorFlags::MUTATE_DIRECTORY) {
            return read_only();
        }
        let _call = self.call_to_open(folder.rep(), &path, open.contains(OpenFlags::DIRECTORY))?;
        let descriptor = hot::open_at(self, folder, how, path, open, flags)?;
        self.calls.opened(descriptor.rep());
        Ok(descriptor)
    }

    fn stat(&mut self, descriptor: Descriptor) -> FsResult<DescriptorStat> {
        let _call = self.call(descriptor.rep(), "")?;
        hot::stat(self, descriptor)
    }

    fn stat_at(&mut self, folder: Descriptor, how: PathFlags, path: String) -> FsResult<DescriptorStat> {
        let _call = self.call(folder.rep(), &path)?;
        hot::stat_at(self, folder, how, path)
    }

    fn read(&mut self, file: Descriptor, length: Filesize, offset: Filesize) -> FsResult<(Vec<u8>, bool)> {
        if self.blindfolded {
            return Err(ErrorCode::Io.into());
        }
        let _call = self.call(file.rep(), "")?;
        hot::read(self, file, length, offset)
    }

    fn read_directory(&mut self, folder: Descriptor) -> FsResult<Entries> {
        let _call = self.call_to_open(folder.rep(), "", true)?;
        let entries = hot::read_directory(self, folder)?;
        self.calls.opened(entries.rep());
        Ok(entries)
    }

    fn drop(&mut self, descriptor: Descriptor) -> wasmtime::Result<()> {
        // The system may wait for storage when a file is closed.
        let number = descriptor.rep();
        let _call = self.call(number, "");
        hot::forget(self, &descriptor);
        let dropped = HostDescriptor::drop(&mut self.wasi, descriptor);
        self.calls.closed(number);
        dropped
    }

    // Rare calls.

    fn get_flags(&mut self, descriptor: Descriptor) -> FsResult<DescriptorFlags> {
        let _call = self.call(descriptor.rep(), "")?;
        self.wasi.get_flags(descriptor)
    }

    fn get_type(&mut self, descriptor: Descriptor) -> FsResult<DescriptorType> {
        let _call = self.call(descriptor.rep(), "")?;
        self.wasi.get_type(descriptor)
    }

    fn advise(&mut self, file: Descriptor, offset: Filesize, length: Filesize, advice: Advice) -> FsResult<()> {
        let _call = self.call(file.rep(), "")?;
        self.wasi.advise(file, offset, length, advice)
    }

    fn readlink_at(&mut self, folder: Descriptor, path: String) -> FsResult<String> {
        let _call = self.call(folder.rep(), &path)?;
        self.wasi.readlink_at(folder, path)
    }

    fn read_via_stream(&mut self, file: Descriptor, offset: Filesize) -> FsResult<Resource<DynInputStream>> {
        if self.blindfolded {
            return Err(ErrorCode::Io.into());
        }
        self.wasi.read_via_stream(file, offset)
    }

    fn is_same_object(&mut self, one: Descriptor, other: Descriptor) -> wasmtime::Result<bool> {
        self.wasi.is_same_object(one, other)
    }

    fn metadata_hash(&mut self, descriptor: Descriptor) -> FsResult<MetadataHashValue> {
        let _call = self.call(descriptor.rep(), "")?;
        self.wasi.metadata_hash(descriptor)
    }

    fn metadata_hash_at(&mut self, folder: Descriptor, how: PathFlags, path: String) -> FsResult<MetadataHashValue> {
        let _call = self.call(folder.rep(), &path)?;
        self.wasi.metadata_hash_at(folder, how, path)
    }

    // Calls that would change something.

    fn sync(&mut self, _: Descriptor) -> FsResult<()> {
        read_only()
    }

    fn sync_data(&mut self, _: Descriptor) -> FsResult<()> {
        read_only()
    }

    fn set_size(&mut self, _: Descriptor, _: Filesize) -> FsResult<()> {
        read_only()
    }

    fn set_times(&mut self, _: Descriptor, _: NewTimestamp, _: NewTimestamp) -> FsResult<()> {
        read_only()
    }

    fn set_times_at(
        &mut self,
        _: Descriptor,
        _: PathFlags,
        _: String,
        _: NewTimestamp,
        _: NewTimestamp,
    ) -> FsResult<()> {
        read_only()
    }

    fn write(&mut self, _: Descriptor, _: Vec<u8>, _: Filesize) -> FsResult<Filesize> {
        read_only()
    }

    fn write_via_stream(&mut self, _: Descriptor, _: Filesize) -> FsResult<Resource<DynOutputStream>> {
        read_only()
    }

    fn append_via_stream(&mut self, _: Descriptor) -> FsResult<Resource<DynOutputStream>> {
        read_only()
    }

    fn create_directory_at(&mut self, _: Descriptor, _: String) -> FsResult<()> {
        read_only()
    }

    fn link_at(&mut self, _: Descriptor, _: PathFlags, _: String, _: Descriptor, _: String) -> FsResult<()> {
        read_only()
    }

    fn rename_at(&mut self, _: Descriptor, _: String, _: Descriptor, _: String) -> FsResult<()> {
        read_only()
    }

    fn symlink_at(&mut self, _: Descriptor, _: String, _: String) -> FsResult<()> {
        read_only()
    }

    fn remove_directory_at(&mut self, _: Descriptor, _: String) -> FsResult<()> {
        read_only()
    }

    fn unlink_file_at(&mut self, _: Descriptor, _: String) -> FsResult<()> {
        read_only()
    }
}

impl HostDirectoryEntryStream for Files<'_> {
    fn read_directory_entry(&mut self, entries: Entries) -> FsResult<Option<DirectoryEntry>> {
        // Where entries are told one at a time.
        #[cfg(not(target_os = "linux"))]
        let _call = files::begin(self.calls, Asked { from: entries.rep(), path: "", of_folder: true, opens: false })?;
        hot::read_directory_entry(self, entries)
    }

    fn drop(&mut self, entries: Entries) -> wasmtime::Result<()> {
        self.calls.closed(entries.rep());
        hot::drop_entries(self, entries)
    }
}

//! Listing folders on Windows.
//!
//! wasmtime-wasi asks for the path of an open folder, takes `\\?\` off, and lists what is there. Of
//! a folder on a network share that leaves `UNC\server\share`, which is nowhere
//! (bytecodealliance/wasmtime#2650). Here the path stays as the system tells it. As there, no other
//! folder can take the place of one that is open.
#![allow(unsafe_code, reason = "Rust has no safe call for the path of an open folder")]

use std::ffi::OsString;
use std::fs::{self, File as Handle, ReadDir};
use std::io;
use std::os::windows::ffi::OsStringExt as _;
use std::os::windows::io::AsRawHandle as _;
use std::path::PathBuf;

use wasmtime::component::Resource;
use wasmtime_wasi::filesystem::Descriptor as Opened;
use wasmtime_wasi::p2::FsResult;
use wasmtime_wasi::p2::bindings::filesystem::types::ErrorCode;
use wasmtime_wasi::p2::bindings::sync::filesystem::types::{DescriptorType, DirectoryEntry};
use windows_sys::Win32::Storage::FileSystem::GetFinalPathNameByHandleW;

use super::files::{Descriptor, Entries, Files};

/// The most characters of a path.
const LONGEST: usize = 0x8000;

pub fn read_directory(files: &mut Files<'_>, folder: Descriptor) -> FsResult<Entries> {
    let Opened::Dir(folder) = files.wasi.table.get(&folder)? else { return Err(ErrorCode::NotDirectory.into()) };
    let listing = files.wasi.table.push(fs::read_dir(path_of(&folder.dir)?)?)?;
    Ok(Resource::new_own(listing.rep()))
}

pub fn read_directory_entry(files: &mut Files<'_>, entries: Entries) -> FsResult<Option<DirectoryEntry>> {
    let listing = files.wasi.table.get_mut(&Resource::<ReadDir>::new_borrow(entries.rep()))?;
    let Some(entry) = listing.next().transpose()? else { return Ok(None) };
    let type_ = match entry.file_type()? {
        kind if kind.is_symlink() => DescriptorType::SymbolicLink,
        kind if kind.is_dir() => DescriptorType::Directory,
        kind if kind.is_file() => DescriptorType::RegularFile,
        _ => DescriptorType::Unknown,
    };
    match entry.file_name().into_string() {
        Ok(name) => Ok(Some(DirectoryEntry { type_, name })),
        Err(_) => Err(ErrorCode::IllegalByteSequence.into()),
    }
}

pub fn drop_entries(files: &mut Files<'_>, entries: Entries) -> wasmtime::Result<()> {
    files.wasi.table.delete(Resource::<ReadDir>::new_own(entries.rep()))?;
    Ok(())
}

/// The path of an open folder, beginning with `\\?\`.
fn path_of(folder: &Handle) -> io::Result<PathBuf> {
    let mut path = vec![0; LONGEST];
    // SAFETY: the handle is open, and no more is written than there is room for.
    let length = unsafe { GetFinalPathNameByHandleW(folder.as_raw_handle(), path.as_mut_ptr(), LONGEST as u32, 0) };
    match path.get(..length as usize) {
        Some([]) => Err(io::Error::last_os_error()),
        Some(path) => Ok(OsString::from_wide(path).into()),
        None => Err(io::ErrorKind::InvalidFilename.into()),
    }
}

//! The calls that happen for every file, as system calls.
//!
//! Paths are resolved by `openat2` with `RESOLVE_BENEATH`: the kernel itself refuses `..`, absolute
//! paths and symbolic links that lead out of the folder. Where that system call is missing (Linux
//! before 5.6, some containers), wasmtime-wasi resolves paths step by step.

use std::ffi::CStr;
use std::fs::File as Handle;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{Access, AtFlags, FileType, Mode, OFlags, RawDir, ResolveFlags, SeekFrom, Stat};
use rustix::io::Errno;
use wasmtime::component::Resource;
use wasmtime_wasi::filesystem::{Descriptor as Opened, Dir, File};
use wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime;
use wasmtime_wasi::p2::bindings::filesystem::types::ErrorCode;
use wasmtime_wasi::p2::bindings::sync::filesystem::types::{
    DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, Filesize, OpenFlags, PathFlags,
};
use wasmtime_wasi::p2::{FsError, FsResult};
use wasmtime_wasi::{FsPerms, OpenMode};

use super::files::{Descriptor, Entries, Files, begin, is_plain_name};
use super::portable;
use crate::runtime::calls::Asked;

/// The most that one read returns.
const MOST_READ: usize = 64 * 1024;
/// Bytes of directory entries for one system call.
const ENTRIES: usize = 32 * 1024;

/// Where in a mode the type is: then it fits into a byte.
const TYPE_SHIFT: u32 = 12;
/// Directories whose memory is kept for the next ones.
const SPARE: usize = 8;

pub fn open_at(
    files: &mut Files<'_>,
    folder: Descriptor,
    how: PathFlags,
    mut path: String,
    open: OpenFlags,
    flags: DescriptorFlags,
) -> FsResult<Descriptor> {
    let from = directory(files, &folder)?;
    let mut wanted = OFlags::RDONLY;
    wanted.set(OFlags::NOFOLLOW, !how.contains(PathFlags::SYMLINK_FOLLOW));
    wanted.set(OFlags::DIRECTORY, open.contains(OpenFlags::DIRECTORY));
    // A folder that is not to be listed is only a place to go on from: storage that is far away is
    // not asked to open it.
    let is_place = open.contains(OpenFlags::DIRECTORY) && !flags.contains(DescriptorFlags::READ);
    wanted.set(OFlags::PATH, is_place);
    // A folder is opened by the way into it, so that one that may be read and not entered is
    // refused at once. The way would also follow a link.
    let enters = wanted.contains(OFlags::DIRECTORY) && !wanted.contains(OFlags::NOFOLLOW);
    let len = path.len();
    path.push_str(if enters { "/." } else { "" });
    let handle = match open_beneath(&from.dir, &path, wanted) {
        Ok(handle) => handle,
        Err(Errno::NOSYS) => {
            path.truncate(len);
            return portable::open_at(files, folder, how, path, open, flags);
        }
        Err(error) => return Err(refused(error)),
    };
    if open.contains(OpenFlags::DIRECTORY) {
        let mode = if is_place { OpenMode::empty() } else { OpenMode::READ };
        let folder = Dir::new(handle, FsPerms::ReadOnly, mode, true);
        let descriptor = files.wasi.table.push(Opened::Dir(folder))?;
        if !is_place {
            files.recent.folder = Some((descriptor.rep(), enters));
        }
        return Ok(descriptor);
    }
    let stat = rustix::fs::fstat(&handle).map_err(refused)?;
    let opened = match FileType::from_raw_mode(stat.st_mode) {
        FileType::Directory => Opened::Dir(Dir::new(handle, FsPerms::ReadOnly, OpenMode::READ, true)),
        _ => Opened::File(File::new(handle, FsPerms::ReadOnly, OpenMode::READ, true)),
    };
    let descriptor = files.wasi.table.push(opened)?;
    files.recent.stat = Some((descriptor.rep(), stat));
    Ok(descriptor)
}

pub fn forget(files: &mut Files<'_>, descriptor: &Descriptor) {
    files.recent.stat.take_if(|(recent, _)| *recent == descriptor.rep());
    files.recent.folder.take_if(|(recent, _)| *recent == descriptor.rep());
}

pub fn stat(files: &mut Files<'_>, descriptor: Descriptor) -> FsResult<DescriptorStat> {
    let opened = files.wasi.table.get(&descriptor)?;
    // Once: a second call asks whether something has changed.
    let stat = match files.recent.stat.take_if(|(recent, _)| *recent == descriptor.rep()) {
        Some((_, stat)) => stat,
        None => rustix::fs::fstat(handle(opened)).map_err(refused)?,
    };
    Ok(described(&stat))
}

pub fn stat_at(files: &mut Files<'_>, folder: Descriptor, how: PathFlags, path: String) -> FsResult<DescriptorStat> {
    let from = directory(files, &folder)?;
    let follow = how.contains(PathFlags::SYMLINK_FOLLOW);
    if is_plain_name(&path) {
        let stat = rustix::fs::statat(&from.dir, &*path, AtFlags::SYMLINK_NOFOLLOW).map_err(refused)?;
        if !(follow && FileType::from_raw_mode(stat.st_mode).is_symlink()) {
            return Ok(described(&stat));
        }
    }
    let mut wanted = OFlags::PATH;
    wanted.set(OFlags::NOFOLLOW, !follow);
    match open_beneath(&from.dir, &path, wanted) {
        Ok(handle) => Ok(described(&rustix::fs::fstat(handle).map_err(refused)?)),
        Err(Errno::NOSYS) => portable::stat_at(files, folder, how, path),
        Err(error) => Err(refused(error)),
    }
}

pub fn read(files: &mut Files<'_>, file: Descriptor, length: Filesize, offset: Filesize) -> FsResult<(Vec<u8>, bool)> {
    let Opened::File(file) = files.wasi.table.get(&file)? else { return Err(ErrorCode::BadDescriptor.into()) };
    let length = usize::try_from(length).unwrap_or(MOST_READ).min(MOST_READ);
    let mut bytes = Vec::with_capacity(length);
    if length > 0 {
        rustix::io::pread(&*file.file, rustix::buffer::spare_capacity(&mut bytes), offset).map_err(refused)?;
    }
    let ended = bytes.is_empty();
    Ok((bytes, ended))
}

/// A directory that is being read.
struct Listing {
    folder: Arc<Handle>,
    /// Entries that the system has told already: each a byte for its type, two for the length of
    /// its name, and the name.
    told: Vec<u8>,
    /// Where the next of them begins.
    next: usize,
}

pub fn read_directory(files: &mut Files<'_>, folder: Descriptor) -> FsResult<Entries> {
    let opened = files.recent.folder.take_if(|(recent, _)| *recent == folder.rep());
    let from = directory(files, &folder)?;
    let folder = if Arc::strong_count(&from.dir) == 1 && from.open_mode.contains(OpenMode::READ) {
        // This handle has no other reader, so its position may be used. A folder that may be read
        // and not entered is refused, as it is where the folder is opened once more.
        if !opened.is_some_and(|(_, may_enter)| may_enter) {
            rustix::fs::accessat(&*from.dir, c".", Access::EXISTS, AtFlags::empty()).map_err(refused)?;
        }
        if opened.is_none() {
            rustix::fs::seek(&*from.dir, SeekFrom::Start(0)).map_err(refused)?;
        }
        Arc::clone(&from.dir)
    } else {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Arc::new(rustix::fs::openat(&*from.dir, c".", flags, Mode::empty()).map_err(refused)?.into())
    };
    let mut listing = Listing { folder, told: files.recent.told.pop().unwrap_or_default(), next: 0 };
    listing.ask(&mut files.recent.buffer)?;
    let listing = files.wasi.table.push(listing)?;
    Ok(Resource::new_own(listing.rep()))
}

pub fn read_directory_entry(files: &mut Files<'_>, entries: Entries) -> FsResult<Option<DirectoryEntry>> {
    let listing = files.wasi.table.get_mut(&Resource::<Listing>::new_borrow(entries.rep()))?;
    if listing.next == listing.told.len() {
        let _call = begin(files.calls, Asked { from: entries.rep(), path: "", of_folder: true, opens: false })?;
        listing.ask(&mut files.recent.buffer)?;
    }
    listing.tell().transpose()
}

pub fn drop_entries(files: &mut Files<'_>, entries: Entries) -> wasmtime::Result<()> {
    let listing = files.wasi.table.delete(Resource::<Listing>::new_own(entries.rep()))?;
    if files.recent.told.len() < SPARE {
        files.recent.told.push(listing.told);
    }
    Ok(())
}

impl Listing {
    /// Asks the system for more entries. There are none at the end of the directory.
    fn ask(&mut self, buffer: &mut Vec<u8>) -> FsResult<()> {
        self.told.clear();
        self.next = 0;
        buffer.reserve(ENTRIES);
        let mut raw = RawDir::new(&*self.folder, buffer.spare_capacity_mut());
        while let Some(entry) = raw.next() {
            let entry = entry.map_err(refused)?;
            let name = entry.file_name();
            if name != c"." && name != c".." {
                let kind = kind_of(&self.folder, name, entry.file_type());
                self.told.push((kind.as_raw_mode() >> TYPE_SHIFT) as u8);
                let name = name.to_bytes();
                // An entry of the system's has 16 bits for its length, too.
                self.told.extend_from_slice(&(name.len() as u16).to_ne_bytes());
                self.told.extend_from_slice(name);
            }
            if raw.is_buffer_empty() && !self.told.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// The next entry of those that the system has told.
    fn tell(&mut self) -> Option<FsResult<DirectoryEntry>> {
        let (kind, rest) = self.told[self.next..].split_first()?;
        let (len, rest) = rest.split_first_chunk()?;
        let name = rest.get(..usize::from(u16::from_ne_bytes(*len)))?;
        self.next += 1 + len.len() + name.len();
        Some(match str::from_utf8(name) {
            Ok(name) => {
                let kind = FileType::from_raw_mode(u32::from(*kind) << TYPE_SHIFT);
                Ok(DirectoryEntry { type_: type_of(kind), name: name.to_owned() })
            }
            Err(_) => Err(ErrorCode::IllegalByteSequence.into()),
        })
    }
}

/// Some filesystems do not say of what type an entry is. What is gone meanwhile stays unknown.
fn kind_of(folder: &Handle, name: &CStr, kind: FileType) -> FileType {
    if kind != FileType::Unknown {
        return kind;
    }
    rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
        .map_or(kind, |stat| FileType::from_raw_mode(stat.st_mode))
}

/// Opens what is at `path` in or below `folder`. `NOSYS` when the kernel has no such call, or does
/// not let it through.
fn open_beneath(folder: &Handle, path: &str, wanted: OFlags) -> Result<Handle, Errno> {
    static MISSING: AtomicBool = AtomicBool::new(false);
    if MISSING.load(Ordering::Relaxed) {
        return Err(Errno::NOSYS);
    }
    let wanted = wanted | OFlags::CLOEXEC;
    // A named pipe must not make the caller wait for a writer, nor a terminal become ours.
    // `openat2` wants no such flags where nothing is really opened.
    let wanted = if wanted.contains(OFlags::PATH) { wanted } else { wanted | OFlags::NONBLOCK | OFlags::NOCTTY };
    let inside = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    // `AGAIN`: something was renamed meanwhile, so the kernel cannot tell. `PERM`: the way some
    // containers say `NOSYS`.
    for _ in 0..4 {
        match rustix::fs::openat2(folder, path, wanted, Mode::empty(), inside) {
            Err(Errno::AGAIN) => {}
            Err(Errno::PERM) => break,
            Err(Errno::NOSYS) => {
                MISSING.store(true, Ordering::Relaxed);
                break;
            }
            opened => return opened.map(Handle::from),
        }
    }
    Err(Errno::NOSYS)
}

fn directory<'a>(files: &'a Files<'_>, descriptor: &Descriptor) -> FsResult<&'a Dir> {
    match files.wasi.table.get(descriptor)? {
        Opened::Dir(folder) => Ok(folder),
        Opened::File(_) => Err(ErrorCode::NotDirectory.into()),
    }
}

fn handle(opened: &Opened) -> &Handle {
    match opened {
        Opened::File(file) => &file.file,
        Opened::Dir(folder) => &folder.dir,
    }
}

fn refused(error: Errno) -> FsError {
    match error {
        // A path that leads out of its folder.
        Errno::XDEV => ErrorCode::NotPermitted.into(),
        error => io::Error::from(error).into(),
    }
}

fn described(stat: &Stat) -> DescriptorStat {
    let time = |seconds: i64, nanoseconds: u64| {
        // Times before 1970 are huge unsigned seconds: the interface has no others.
        Some(Datetime { seconds: seconds as u64, nanoseconds: u32::try_from(nanoseconds).unwrap_or_default() })
    };
    DescriptorStat {
        type_: type_of(FileType::from_raw_mode(stat.st_mode)),
        link_count: stat.st_nlink as _,
        size: stat.st_size as u64,
        data_access_timestamp: time(stat.st_atime as _, stat.st_atime_nsec as _),
        data_modification_timestamp: time(stat.st_mtime as _, stat.st_mtime_nsec as _),
        status_change_timestamp: time(stat.st_ctime as _, stat.st_ctime_nsec as _),
    }
}

fn type_of(kind: FileType) -> DescriptorType {
    match kind {
        FileType::RegularFile => DescriptorType::RegularFile,
        FileType::Directory => DescriptorType::Directory,
        FileType::Symlink => DescriptorType::SymbolicLink,
        FileType::CharacterDevice => DescriptorType::CharacterDevice,
        FileType::BlockDevice => DescriptorType::BlockDevice,
        FileType::Fifo => DescriptorType::Fifo,
        FileType::Socket => DescriptorType::Socket,
        FileType::Unknown => DescriptorType::Unknown,
    }
}

//! The file system: the folder, behind latency and faults.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::future;
use std::io;
use std::num::NonZeroU32;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use fuse3::raw::Request;
use fuse3::raw::prelude::*;
use fuse3::{Inode, Result, Timestamp};
use futures_util::stream::{self, Stream};
use tokio::sync::Notify;

use crate::arguments::Options;
use crate::calls::{Call, Calls, InFlight};
use crate::faults::{Fault, Rule};
use crate::handles::Handles;
use crate::inodes::Inodes;
use crate::latency::Latency;
use crate::stalls::Stalls;

/// Background requests, which are the kernel's reads ahead, that may be in flight at once. By
/// default 12 may.
const BACKGROUND: u16 = 256;
/// Background requests from which on the kernel reads less ahead: three quarters, as by default.
const CONGESTED: u16 = BACKGROUND / 4 * 3;
/// Bytes that a write may have. There are none, and the buffer for requests is as large.
const MAX_WRITE: NonZeroU32 = NonZeroU32::new(4096).unwrap();
/// Bytes of a block in `st_blocks` and `statfs`.
const BLOCK: u32 = 4096;

/// Shows a folder. Its own calls of the system block, for microseconds while the folder is in
/// memory: a thread for each would cost more.
///
/// A listing gives names and kinds, and no attributes: the kernel has to ask for the attributes of
/// each file, so that every look at a file is a call.
pub struct SlowFolder {
    folder: PathBuf,
    timeout: Duration,
    rules: Vec<Rule>,
    latency: Latency,
    disconnect_after: Option<u64>,
    inodes: Inodes,
    files: Handles<File>,
    listings: Handles<Vec<Entry>>,
    status: Arc<Status>,
}

/// The counters and switches of a mount, for its owner.
pub struct Status {
    pub calls: Calls,
    pub stalls: Stalls,
    /// Notified when the connection is to end.
    pub disconnect: Notify,
}

struct Entry {
    inode: Inode,
    kind: FileType,
    name: OsString,
}

impl SlowFolder {
    /// The file system of a command line.
    ///
    /// # Errors
    /// Fails if the system gives no thread.
    pub fn new(options: Options) -> io::Result<Self> {
        let stalls = Stalls::new(options.interruptible);
        Ok(Self {
            folder: options.folder,
            timeout: options.timeout,
            rules: options.rules,
            latency: Latency::new(options.latency)?,
            disconnect_after: options.disconnect_after,
            inodes: Inodes::new(),
            files: Handles::new(),
            listings: Handles::new(),
            status: Arc::new(Status { calls: Calls::default(), stalls, disconnect: Notify::new() }),
        })
    }

    /// The counters and switches, which outlive the file system.
    pub fn status(&self) -> Arc<Status> {
        self.status.clone()
    }

    /// Counts a call, then applies the latency and the fault of its path.
    async fn begin(&self, request: Request, call: Call, path: &Path) -> Result<InFlight<'_>> {
        let in_flight = self.status.calls.begin(call);
        if self.disconnect_after.is_some_and(|last| in_flight.number > last) {
            self.status.disconnect.notify_one();
            return future::pending().await;
        }
        self.latency.wait().await;
        match Rule::first(&self.rules, call, path) {
            Some(Fault::Stall) => self.status.stalls.wait(request.unique).await?,
            Some(Fault::Fail) => return Err(libc::EIO.into()),
            None => {}
        }
        Ok(in_flight)
    }

    /// The path of an inode, relative to the folder.
    fn path(&self, inode: Inode) -> Result<Arc<Path>> {
        self.inodes.path(inode).ok_or_else(|| libc::ESTALE.into())
    }

    fn attributes(&self, path: &Path) -> Result<FileAttr> {
        Ok(attributes(self.inodes.number(path), &fs::symlink_metadata(self.folder.join(path))?))
    }

    fn listing(&self, path: &Path) -> Result<Vec<Entry>> {
        let list = |entry: io::Result<fs::DirEntry>| {
            let entry = entry?;
            let name = entry.file_name();
            let inode = self.inodes.number(&path.join(&name));
            Ok(Entry { inode, kind: kind(entry.file_type()?), name })
        };
        Ok(fs::read_dir(self.folder.join(path))?.map(list).collect::<io::Result<_>>()?)
    }

    /// The entries of a listing behind the first `offset`, each with the offset of the next.
    async fn entries(&self, request: Request, inode: Inode, handle: u64, offset: u64) -> Result<Vec<(i64, Entry)>> {
        let _call = self.begin(request, Call::Readdir, &self.path(inode)?).await?;
        let listing = self.listings.get(handle).ok_or(libc::EBADF)?;
        let entry = |(at, entry): (usize, &Entry)| {
            let Entry { inode, kind, ref name } = *entry;
            (at as i64 + 1, Entry { inode, kind, name: name.clone() })
        };
        Ok(listing.iter().enumerate().skip(offset as usize).map(entry).collect())
    }
}

impl Filesystem for SlowFolder {
    async fn init(&self, _: Request) -> Result<ReplyInit> {
        let mut reply = ReplyInit::new(MAX_WRITE);
        reply.max_background = Some(BACKGROUND);
        reply.congestion_threshold = Some(CONGESTED);
        Ok(reply)
    }

    async fn destroy(&self, _: Request) {}

    async fn lookup(&self, request: Request, parent: Inode, name: &OsStr) -> Result<ReplyEntry> {
        let path = self.inodes.child(parent, name).ok_or(libc::ESTALE)?;
        let _call = self.begin(request, Call::Lookup, &path).await?;
        Ok(ReplyEntry { ttl: self.timeout, attr: self.attributes(&path)?, generation: 0 })
    }

    async fn getattr(&self, request: Request, inode: Inode, _: Option<u64>, _: u32) -> Result<ReplyAttr> {
        let path = self.path(inode)?;
        let _call = self.begin(request, Call::Getattr, &path).await?;
        Ok(ReplyAttr { ttl: self.timeout, attr: self.attributes(&path)? })
    }

    async fn readlink(&self, request: Request, inode: Inode) -> Result<ReplyData> {
        let path = self.path(inode)?;
        let _call = self.begin(request, Call::Readlink, &path).await?;
        let target = fs::read_link(self.folder.join(&path))?;
        Ok(ReplyData { data: target.into_os_string().into_vec().into() })
    }

    async fn opendir(&self, request: Request, inode: Inode, _: u32) -> Result<ReplyOpen> {
        let path = self.path(inode)?;
        let _call = self.begin(request, Call::Opendir, &path).await?;
        Ok(ReplyOpen { fh: self.listings.open(self.listing(&path)?), flags: 0 })
    }

    async fn readdir<'a>(
        &'a self,
        request: Request,
        inode: Inode,
        handle: u64,
        offset: i64,
    ) -> Result<ReplyDirectory<impl Stream<Item = Result<DirectoryEntry>> + Send + 'a>> {
        let entries = self.entries(request, inode, handle, offset.cast_unsigned()).await?.into_iter();
        let entry = |(offset, Entry { inode, kind, name })| Ok(DirectoryEntry { inode, kind, name, offset });
        Ok(ReplyDirectory { entries: stream::iter(entries.map(entry)) })
    }

    /// Gives no more than `readdir`: the kernel takes an entry whose attributes have no inode for a
    /// name and a kind. It asks for this at the beginning of a listing, since fuse3 always offers
    /// it.
    async fn readdirplus<'a>(
        &'a self,
        request: Request,
        inode: Inode,
        handle: u64,
        offset: u64,
        _: u64,
    ) -> Result<ReplyDirectoryPlus<impl Stream<Item = Result<DirectoryEntryPlus>> + Send + 'a>> {
        let entries = self.entries(request, inode, handle, offset).await?.into_iter();
        let entry = |(offset, Entry { inode, kind, name })| {
            let (entry_ttl, attr_ttl) = (Duration::ZERO, Duration::ZERO);
            Ok(DirectoryEntryPlus { inode, generation: 0, kind, name, offset, attr: NONE, entry_ttl, attr_ttl })
        };
        Ok(ReplyDirectoryPlus { entries: stream::iter(entries.map(entry)) })
    }

    async fn releasedir(&self, _: Request, _: Inode, handle: u64, _: u32) -> Result<()> {
        let _call = self.status.calls.begin(Call::Releasedir);
        self.listings.close(handle);
        Ok(())
    }

    async fn open(&self, request: Request, inode: Inode, _: u32) -> Result<ReplyOpen> {
        let path = self.path(inode)?;
        let _call = self.begin(request, Call::Open, &path).await?;
        Ok(ReplyOpen { fh: self.files.open(File::open(self.folder.join(&path))?), flags: 0 })
    }

    async fn read(&self, request: Request, inode: Inode, handle: u64, offset: u64, size: u32) -> Result<ReplyData> {
        let _call = self.begin(request, Call::Read, &self.path(inode)?).await?;
        let file = self.files.get(handle).ok_or(libc::EBADF)?;
        Ok(ReplyData { data: read(&file, offset, size as usize)? })
    }

    async fn release(&self, _: Request, _: Inode, handle: u64, _: u32, _: u64, _: bool) -> Result<()> {
        let _call = self.status.calls.begin(Call::Release);
        self.files.close(handle);
        Ok(())
    }

    async fn statfs(&self, request: Request, inode: Inode) -> Result<ReplyStatFs> {
        let _call = self.begin(request, Call::Statfs, &self.path(inode)?).await?;
        let (blocks, bfree, bavail, files, ffree) = (0, 0, 0, 0, 0);
        Ok(ReplyStatFs { blocks, bfree, bavail, files, ffree, bsize: BLOCK, namelen: 255, frsize: BLOCK })
    }

    async fn interrupt(&self, _: Request, unique: u64) -> Result<()> {
        let _call = self.status.calls.begin(Call::Interrupt);
        self.status.stalls.interrupt(unique).await
    }
}

/// Reads until `size` bytes are there or the file ends: the kernel takes less for the end of the
/// file.
fn read(file: &File, offset: u64, size: usize) -> io::Result<Bytes> {
    let mut data = vec![0; size];
    let mut filled = 0;
    while filled < size {
        match file.read_at(&mut data[filled..], offset + filled as u64)? {
            0 => break,
            count => filled += count,
        }
    }
    data.truncate(filled);
    Ok(data.into())
}

/// No attributes.
const NONE: FileAttr = FileAttr {
    ino: 0,
    size: 0,
    blocks: 0,
    atime: Timestamp { sec: 0, nsec: 0 },
    mtime: Timestamp { sec: 0, nsec: 0 },
    ctime: Timestamp { sec: 0, nsec: 0 },
    kind: FileType::RegularFile,
    perm: 0,
    nlink: 0,
    uid: 0,
    gid: 0,
    rdev: 0,
    blksize: 0,
};

fn attributes(ino: Inode, metadata: &Metadata) -> FileAttr {
    FileAttr {
        ino,
        size: metadata.size(),
        blocks: metadata.blocks(),
        atime: Timestamp::new(metadata.atime(), metadata.atime_nsec() as u32),
        mtime: Timestamp::new(metadata.mtime(), metadata.mtime_nsec() as u32),
        ctime: Timestamp::new(metadata.ctime(), metadata.ctime_nsec() as u32),
        kind: kind(metadata.file_type()),
        perm: (metadata.mode() & 0o7777) as u16,
        nlink: metadata.nlink() as u32,
        uid: metadata.uid(),
        gid: metadata.gid(),
        rdev: metadata.rdev() as u32,
        blksize: BLOCK,
    }
}

fn kind(of: fs::FileType) -> FileType {
    match of {
        of if of.is_dir() => FileType::Directory,
        of if of.is_symlink() => FileType::Symlink,
        of if of.is_fifo() => FileType::NamedPipe,
        of if of.is_socket() => FileType::Socket,
        of if of.is_char_device() => FileType::CharDevice,
        of if of.is_block_device() => FileType::BlockDevice,
        _ => FileType::RegularFile,
    }
}

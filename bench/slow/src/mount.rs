//! A file system at its mountpoint.

use std::io;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fuse3::MountOptions;
use fuse3::raw::Session;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::filesystem::SlowFolder;

/// A mount. Dropping it unmounts, even while it is in use or calls stall.
pub struct Mount {
    point: PathBuf,
    connection: Option<Runtime>,
}

impl Mount {
    /// Mounts, by `fusermount3`. The receiver gets a message when the connection ends from outside.
    ///
    /// # Errors
    /// Fails if `fusermount3` is not there or refuses.
    pub fn new(filesystem: SlowFolder, point: &Path) -> io::Result<(Self, oneshot::Receiver<()>)> {
        let runtime = Runtime::new()?;
        let mut options = MountOptions::default();
        options.fs_name("slow-mount").read_only(true);
        let handle = runtime.block_on(Session::new(options).mount_with_unprivileged(filesystem, point))?;
        // It would unmount when it is dropped, but not while a call stalls.
        let mut handle = ManuallyDrop::new(handle);
        let (ended, end) = oneshot::channel();
        runtime.spawn(async move {
            // An error ends the connection as well.
            let _ = (&mut *handle).await;
            let _ = ended.send(());
        });
        Ok((Self { point: point.to_owned(), connection: Some(runtime) }, end))
    }

    /// Ends the connection: calls in flight fail with ECONNABORTED, all others with ENOTCONN. The
    /// mount stays.
    pub fn disconnect(&mut self) {
        if let Some(runtime) = self.connection.take() {
            // Every call that stalls holds the connection open until its task is dropped.
            runtime.shutdown_background();
        }
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily, because it may be in use. It fails when the mount is gone, which is as good.
        let mut unmount = Command::new("fusermount3");
        unmount.args(["-u", "-z", "-q", "--"]).arg(&self.point);
        let _ = unmount.stdin(Stdio::null()).stderr(Stdio::null()).status();
        self.disconnect();
    }
}

//! The ceiling of a mount: how fast it answers many calls at once.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use nix::fcntl::AtFlags;
use nix::sys::stat::fstatat;

/// A file, by its name in an open folder: its path would be looked up part by part.
type Place = (Arc<File>, OsString);

/// Looks at each file below a folder once, with `in_flight` calls at a time, and gives `{"seconds":
/// [...], "found": N}`. Finding the files is not in the time. Holds a descriptor for each folder.
///
/// # Errors
/// Fails if a folder cannot be listed or a file cannot be looked at.
pub fn measure(folder: &Path, in_flight: usize) -> io::Result<String> {
    let files = files(folder)?;
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    let look = || {
        while let Some((folder, name)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            fstatat(folder, name.as_os_str(), AtFlags::AT_SYMLINK_NOFOLLOW)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..in_flight).map(|_| scope.spawn(look)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(io::Error::other("panicked"))))
    })?;
    let seconds = start.elapsed().as_secs_f64();
    Ok(format!("{{\"seconds\": [{seconds}], \"found\": {}}}", files.len()))
}

fn files(folder: &Path) -> io::Result<Vec<Place>> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        let open = Arc::new(File::open(&folder)?);
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                files.push((open.clone(), entry.file_name()));
            }
        }
    }
    Ok(files)
}

//! The ceiling of a mount: how fast it answers many calls at once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

/// Looks at each file below a folder once, with `in_flight` calls at a time, and gives
/// `{"seconds": [...], "found": N}`. Finding the files is not in the time.
///
/// # Errors
/// Fails if a folder cannot be listed or a file cannot be looked at.
pub fn measure(folder: &Path, in_flight: usize) -> io::Result<String> {
    let files = files(folder)?;
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    let look = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            fs::symlink_metadata(file)?;
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

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() { &mut folders } else { &mut files }.push(entry.path());
        }
    }
    Ok(files)
}

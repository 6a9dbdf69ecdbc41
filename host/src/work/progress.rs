//! How far a scan is.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Counts of a scan, under way or at its end. They only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Folders that were listed.
    pub folders: u64,
    /// Audio files that were found in them.
    pub files: u64,
    /// Files that were passed over, though their extension is one of audio too; see
    /// [`ScannerBuilder::extension`](crate::ScannerBuilder::extension).
    pub passed_over: u64,
    /// Audio files that were read.
    pub tracks: u64,
    /// Problems: files and folders that could not be read or followed as usual.
    pub problems: u64,
    /// Time since the start.
    pub elapsed: Duration,
}

impl Progress {
    /// Files that were read, or found where reading was not asked for, per second.
    pub fn files_per_second(&self) -> f64 {
        let files = if self.tracks > 0 { self.tracks } else { self.files };
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 { files as f64 / seconds } else { 0.0 }
    }
}

/// The counts while they grow.
pub(crate) struct Counters {
    since: Instant,
    took: OnceLock<Duration>,
    folders: AtomicU64,
    files: AtomicU64,
    passed_over: AtomicU64,
    tracks: AtomicU64,
    problems: AtomicU64,
}

impl Counters {
    pub fn start() -> Self {
        let zero = || AtomicU64::new(0);
        Self {
            since: Instant::now(),
            took: OnceLock::new(),
            folders: zero(),
            files: zero(),
            passed_over: zero(),
            tracks: zero(),
            problems: zero(),
        }
    }

    pub fn add(&self, folders: u64, files: u64, tracks: u64, problems: u64) {
        for (counter, more) in
            [(&self.folders, folders), (&self.files, files), (&self.tracks, tracks), (&self.problems, problems)]
        {
            counter.fetch_add(more, Ordering::Relaxed);
        }
    }

    /// Files were passed over for their extension.
    pub fn pass_over(&self, files: u64) {
        self.passed_over.fetch_add(files, Ordering::Relaxed);
    }

    /// The scan is over, and its time stands still.
    pub fn stop(&self) {
        self.took.get_or_init(|| self.since.elapsed());
    }

    pub fn read(&self) -> Progress {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Progress {
            folders: count(&self.folders),
            files: count(&self.files),
            passed_over: count(&self.passed_over),
            tracks: count(&self.tracks),
            problems: count(&self.problems),
            elapsed: self.took.get().copied().unwrap_or_else(|| self.since.elapsed()),
        }
    }
}

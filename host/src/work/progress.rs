//! How far a scan is.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// How far a scan or a sync is. Counts only grow; totals may shrink as long as they are estimated.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let music = tempfile::tempdir()?;
/// # std::fs::write(music.path().join("1.mp3"), b"")?;
/// let mut scan = mt_scanner::Scanner::new(music.path())?.scan()?;
/// assert_eq!(scan.by_ref().count(), 1);
/// let progress = scan.progress();
/// assert_eq!((progress.done, progress.total_files, progress.is_estimated), (1, 1, false));
/// assert_eq!(progress.fraction(), Some(1.0));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// What is done at the moment.
    pub phase: Phase,
    /// Folders that were listed, or are as the library knows them.
    pub folders: u64,
    /// Audio files that were found in them.
    pub files: u64,
    /// Files that were passed over, though their extension is one of audio too; see
    /// [`ScannerBuilder::extension`](crate::ScannerBuilder::extension).
    pub passed_over: u64,
    /// Playlists that were passed over: they are no audio.
    pub playlists: u64,
    /// Audio files whose turn has come: they were read, or are as the library has them, or could
    /// not be read. None where files are only counted.
    pub done: u64,
    /// Audio files that were read.
    pub tracks: u64,
    /// Problems: files and folders that could not be read or followed as usual.
    pub problems: u64,
    /// Audio files that are to be done. While that is an estimate: of a sync those that the library
    /// knows, otherwise as many as the share of the folders lets expect that are done; and at least
    /// those that were found. 0 where folders alone tell how far it is: in a count, and
    /// in a quick sync.
    pub total_files: u64,
    /// Folders that are to be listed, estimated in the same way.
    pub total_folders: u64,
    /// Bytes of the files that are done, in an analysis of a library; else 0.
    pub done_bytes: u64,
    /// Bytes of the files that are to be done, in an analysis of a library; else 0.
    pub total_bytes: u64,
    /// Whether the totals may still change, because not every folder was listed.
    pub is_estimated: bool,
    /// A folder that is being worked on, as an absolute path.
    pub folder: Option<Arc<str>>,
    /// Time since the start of the scan, until its end.
    pub elapsed: Duration,
}

/// What a scan does at the moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// It waits for another sync of the library to end.
    Waiting,
    /// It lists folders and reads files.
    #[default]
    Scanning,
    /// It rests.
    Paused,
    /// All was looked at; what is missing or has moved is being found out.
    Finishing,
    /// It is over.
    Done,
}

impl Phase {
    /// The name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Scanning => "scanning",
            Self::Paused => "paused",
            Self::Finishing => "finishing",
            Self::Done => "done",
        }
    }
}

impl Progress {
    /// Files that were done, or found where they are only counted, per second since the start.
    pub fn files_per_second(&self) -> f64 {
        let files = if self.done > 0 { self.done } else { self.files };
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 { files as f64 / seconds } else { 0.0 }
    }

    /// The part that is done, between 0 and 1; `None` while nothing is known of the whole. It may
    /// run backwards while [`is_estimated`](Self::is_estimated).
    pub fn fraction(&self) -> Option<f64> {
        match self.phase {
            Phase::Waiting => return None,
            Phase::Finishing | Phase::Done => return Some(1.0),
            Phase::Scanning | Phase::Paused => {}
        }
        let (done, total) = match self {
            Self { total_bytes: 1.., .. } => (self.done_bytes, self.total_bytes),
            Self { total_files: 1.., .. } => (self.done, self.total_files),
            _ => (self.folders, self.total_folders),
        };
        (total > 0).then(|| (done as f64 / total as f64).min(1.0))
    }

    /// The time that is left, if the rest goes as quickly as what was done; `None` while that
    /// cannot be said.
    pub fn time_left(&self) -> Option<Duration> {
        let fraction = self.fraction().filter(|&fraction| fraction > 0.0 && self.phase != Phase::Paused)?;
        Duration::try_from_secs_f64(self.elapsed.as_secs_f64() * (1.0 - fraction) / fraction).ok()
    }
}

/// A smaller share of the work says nothing of the whole.
const TELLING: f64 = 0.01;

/// What is still to be done, as the queue of a scan has it.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    /// Folders that wait to be listed, or are being listed.
    pub folders: u64,
    /// The share of the work that is done, as far as one can tell.
    pub done: f64,
    /// A folder that is being worked on: the number of its root, and its path there.
    pub at: Option<(usize, String)>,
}

/// The counts while they grow.
pub(crate) struct Counters {
    since: Instant,
    took: OnceLock<Duration>,
    folders: AtomicU64,
    files: AtomicU64,
    passed_over: AtomicU64,
    playlists: AtomicU64,
    done: AtomicU64,
    tracks: AtomicU64,
    problems: AtomicU64,
    expected_files: AtomicU64,
    expected_folders: AtomicU64,
    by_folders: AtomicBool,
}

/// The counts of one step.
pub(crate) struct Counts {
    pub folders: u64,
    pub files: u64,
    pub passed_over: u64,
    pub playlists: u64,
    pub done: u64,
    pub tracks: u64,
    pub problems: u64,
}

impl Counters {
    /// `by_folders`: files are not done one by one.
    pub fn start(by_folders: bool) -> Self {
        let zero = || AtomicU64::new(0);
        Self {
            since: Instant::now(),
            took: OnceLock::new(),
            folders: zero(),
            files: zero(),
            passed_over: zero(),
            playlists: zero(),
            done: zero(),
            tracks: zero(),
            problems: zero(),
            expected_files: zero(),
            expected_folders: zero(),
            by_folders: AtomicBool::new(by_folders),
        }
    }

    pub fn add(&self, counts: Counts) {
        let Counts { folders, files, passed_over, playlists, done, tracks, problems } = counts;
        for (counter, more) in [
            (&self.folders, folders),
            (&self.files, files),
            (&self.passed_over, passed_over),
            (&self.playlists, playlists),
            (&self.done, done),
            (&self.tracks, tracks),
            (&self.problems, problems),
        ] {
            counter.fetch_add(more, Ordering::Relaxed);
        }
    }

    /// Problems that no step has told of.
    pub fn add_problems(&self, problems: u64) {
        self.problems.fetch_add(problems, Ordering::Relaxed);
    }

    /// Says how many files and folders there probably are. No files: folders alone will tell how
    /// far it is.
    #[cfg(feature = "library")]
    pub fn expect(&self, files: Option<u64>, folders: u64) {
        self.expected_files.store(files.unwrap_or(0), Ordering::Relaxed);
        self.expected_folders.store(folders, Ordering::Relaxed);
        self.by_folders.store(files.is_none(), Ordering::Relaxed);
    }

    /// The scan is over, and its time stands still.
    pub fn stop(&self) {
        self.took.get_or_init(|| self.since.elapsed());
    }

    /// How far it is; `ahead` is what is left, as long as the scan goes on.
    pub fn read(&self, ahead: Option<&Ahead>) -> Progress {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let took = self.took.get().copied();
        let (folders, files) = (count(&self.folders), count(&self.files));
        let (waiting, share) = ahead.map_or((0, 0.0), |ahead| (ahead.folders, ahead.done));
        let done = count(&self.done).min(files);
        let is_estimated = waiting > 0 && took.is_none();
        let (mut total_files, mut total_folders) = (files, folders + waiting);
        if is_estimated {
            // What nobody knows is as large as the share that is done lets it be.
            let whole = |part: u64| if share >= TELLING { (part as f64 / share) as u64 } else { 0 };
            let expected =
                |known: &AtomicU64, part| Some(count(known)).filter(|&known| known > 0).unwrap_or(whole(part));
            total_files = total_files.max(expected(&self.expected_files, done));
            total_folders = total_folders.max(expected(&self.expected_folders, folders));
        }
        Progress {
            phase: if took.is_some() { Phase::Done } else { Phase::Scanning },
            folders,
            files,
            passed_over: count(&self.passed_over),
            playlists: count(&self.playlists),
            done,
            tracks: count(&self.tracks),
            problems: count(&self.problems),
            total_files: if self.by_folders.load(Ordering::Relaxed) { 0 } else { total_files },
            total_folders,
            done_bytes: 0,
            total_bytes: 0,
            is_estimated,
            folder: None,
            elapsed: took.unwrap_or_else(|| self.since.elapsed()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(done: u64, total_files: u64) -> Progress {
        Progress { done, files: done, total_files, elapsed: Duration::from_secs(10), ..Progress::default() }
    }

    #[test]
    fn the_time_left_is_that_of_the_rest_at_the_same_pace() {
        assert_eq!(progress(100, 400).time_left(), Some(Duration::from_secs(30)));
        assert_eq!(progress(0, 400).time_left(), None);
        assert_eq!(progress(0, 0).fraction(), None);
        assert_eq!(progress(0, 400).fraction(), Some(0.0));
    }

    #[test]
    fn without_files_folders_tell_how_far_it_is() {
        let progress = Progress { folders: 3, total_folders: 4, ..progress(0, 0) };
        assert_eq!(progress.fraction(), Some(0.75));
    }

    #[test]
    fn where_bytes_are_known_they_tell_how_far_it_is() {
        let progress = Progress { done_bytes: 1, total_bytes: 4, ..progress(1, 2) };
        assert_eq!(progress.fraction(), Some(0.25));
    }

    #[test]
    fn who_waits_says_nothing_and_who_has_seen_all_is_done() {
        for (phase, fraction) in [(Phase::Waiting, None), (Phase::Finishing, Some(1.0)), (Phase::Done, Some(1.0))] {
            assert_eq!(Progress { phase, ..progress(1, 2) }.fraction(), fraction);
        }
    }

    #[test]
    fn what_is_expected_holds_until_all_is_listed() {
        let counters = Counters::start(false);
        let counts = Counts { folders: 1, files: 5, passed_over: 0, playlists: 0, done: 2, tracks: 2, problems: 0 };
        counters.add(counts);
        let ahead = |folders, done| counters.read(Some(&Ahead { folders, done, at: None }));
        assert_eq!((ahead(3, 0.0).total_files, ahead(3, 0.0).is_estimated), (5, true));
        assert_eq!(ahead(3, 0.0).total_folders, 4);
        assert_eq!((ahead(3, 0.02).total_files, ahead(3, 0.02).total_folders), (100, 50));
        counters.expected_files.store(40, Ordering::Relaxed);
        assert_eq!(ahead(3, 0.02).total_files, 40);
        assert_eq!((ahead(0, 0.5).total_files, ahead(0, 0.5).is_estimated), (5, false));
        counters.stop();
        assert_eq!(counters.read(None).phase, Phase::Done);
    }
}

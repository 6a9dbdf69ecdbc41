//! Scans: a scanner of one root or several, its options, and a scan under way.

pub(crate) mod arranged;
pub(crate) mod artwork;
pub(crate) mod builder;
pub(crate) mod comparison;
mod named;
pub(crate) mod scanner;
pub(crate) mod schema;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::runtime::error::Error;
use crate::runtime::opened::Opened;
use crate::work::door::Door;
use crate::work::plan::Plan;
use crate::work::pool::job::{Job, Next};
use crate::work::pool::{Batch, Watched};
use crate::work::progress::{Counters, Progress};
use mt_scanner_contract::Problem;

/// The items and problems of one step.
#[derive(Debug)]
#[non_exhaustive]
pub struct Step<T> {
    /// The root, as an absolute path.
    pub root: PathBuf,
    /// The items, in no certain order.
    pub items: Vec<T>,
    /// Problems: files and folders that could not be read or followed as usual.
    pub problems: Vec<Problem>,
}

/// A scan under way: an iterator over what it finds, as it is found and in no certain order.
///
/// An error ends the scan. Trouble with a file or folder is no error but one of
/// [`problems`](Self::problems). Dropping the iterator ends the scan as well, and waits for its
/// workers, which takes some ms.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let music = folder.path().join("Music");
/// # std::fs::create_dir_all(music.join("Artist/Album"))?;
/// # std::fs::write(music.join("Artist/Album/1.mp3"), b"")?;
/// use mt_scanner::{Outcome, Scanner};
///
/// let mut scan = Scanner::new(&music)?.scan()?;
/// for track in scan.by_ref() {
///     assert_eq!(track?.path, "Artist/Album/1.mp3");
/// }
/// // The file is empty, which is a problem and no error.
/// assert_eq!(scan.problems()[0].outcome, Outcome::Malformed);
/// assert_eq!((scan.progress().folders, scan.progress().tracks), (3, 1));
/// # Ok(())
/// # }
/// ```
pub struct Scan<T> {
    next: Box<dyn FnMut(Option<Duration>) -> Brought<T> + Send>,
    ready: std::vec::IntoIter<T>,
    problems: Vec<Problem>,
    control: Control,
}

/// A step, nothing in time, or the end.
type Brought<T> = Option<Result<Option<Step<T>>, Error>>;

/// Watches and cancels a scan, from any thread.
#[derive(Clone)]
pub struct Control {
    counters: Arc<Counters>,
    watched: Weak<dyn Watched>,
    cancelled: Arc<AtomicBool>,
}

impl<T: 'static> Scan<T> {
    /// Starts a scan; `items` makes of a batch what the iterator gives.
    pub(crate) fn start<D: Door>(
        (plan, opened): (Plan, Arc<Opened>),
        door: D,
        items: impl Fn(&Plan, usize, D::Rows) -> Vec<T> + Send + 'static,
    ) -> Result<Self, Error> {
        let mut job = Job::start(plan, opened, door)?;
        let control = Control::of(job.counters().clone(), job.watched(), job.cancelled().clone());
        let next = move |patience| match job.next(patience) {
            Ok(Next::Batch(Batch { root, rows, problems })) => {
                let plan = job.plan();
                let items = items(plan, root, rows);
                Some(Ok(Some(Step { root: plan.roots[root].path.clone(), items, problems })))
            }
            Ok(Next::NotYet) => Some(Ok(None)),
            Ok(Next::End) => None,
            Err(error) => Some(Err(error)),
        };
        Ok(Self { next: Box::new(next), ready: Vec::new().into_iter(), problems: Vec::new(), control })
    }
}

impl<T> Scan<T> {
    /// The next step, at once and with its problems; `None` when the scan is over. It takes the
    /// place of the iterator.
    ///
    /// # Errors
    ///
    /// As the iterator: an error ends the scan.
    pub fn next_step(&mut self) -> Option<Result<Step<T>, Error>> {
        (self.next)(None)?.transpose()
    }

    /// The same, but waits for `patience` at most: then there is no step yet. For callers that have
    /// something else to do, however long storage takes to answer.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let music = tempfile::tempdir()?;
    /// # std::fs::write(music.path().join("1.mp3"), b"")?;
    /// use std::time::Duration;
    ///
    /// use mt_scanner::Scanner;
    ///
    /// let mut scan = Scanner::new(music.path())?.scan()?;
    /// let mut found = 0;
    /// while let Some(step) = scan.next_step_within(Duration::from_millis(100)) {
    ///     found += step?.map_or(0, |step| step.items.len());
    /// }
    /// assert_eq!(found, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As the iterator: an error ends the scan.
    pub fn next_step_within(&mut self, patience: Duration) -> Option<Result<Option<Step<T>>, Error>> {
        (self.next)(Some(patience))
    }

    /// The problems so far. They are handed over: the next call gives those that were found since.
    pub fn problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    /// How far the scan is.
    pub fn progress(&self) -> Progress {
        self.control.progress()
    }

    /// Says how many files and folders there probably are; see [`Counters::expect`].
    #[cfg(feature = "library")]
    pub(crate) fn expect(&self, files: Option<u64>, folders: u64) {
        self.control.counters.expect(files, folders);
    }

    /// A handle that watches and cancels this scan from another thread.
    pub fn control(&self) -> Control {
        self.control.clone()
    }
}

impl<T> Iterator for Scan<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.ready.next() {
                return Some(Ok(item));
            }
            match self.next_step()? {
                Ok(Step { items, problems, .. }) => {
                    self.ready = items.into_iter();
                    self.problems.extend(problems);
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl Control {
    /// A handle for work with these counts. `cancelled` is what its workers look at.
    pub(crate) fn of(counters: Arc<Counters>, watched: Weak<dyn Watched>, cancelled: Arc<AtomicBool>) -> Self {
        Self { counters, watched, cancelled }
    }

    /// How far the scan is.
    pub fn progress(&self) -> Progress {
        self.watched.upgrade().map_or_else(|| self.counters.read(None), |scan| scan.progress())
    }

    /// Ends the scan: nothing new is begun, and what runs is interrupted within some 20 ms. Where
    /// it waits for the filesystem, it is left alone after a quarter of a second. The iterator
    /// gives what was already found.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether the scan was cancelled, or is over.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

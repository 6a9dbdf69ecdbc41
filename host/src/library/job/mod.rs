//! A sync in the background, for a caller that goes on meanwhile.

mod event;
mod feed;
mod life;

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use super::error::LibraryError;
use super::options::SyncOptions;
use super::report::{Observer, SyncReport};
use super::{Library, database};
use crate::runtime::error::Error;
use crate::scan::scanner::Scanner;
use crate::work::progress::Progress;
pub use event::{OwnedChange, SyncEvent};
use life::Life;

/// The most time that `cancel` waits.
const CANCELLING: Duration = Duration::from_millis(500);

/// A sync in the background, made by [`Library::start`]: watch it, pause it, cancel it, wait for
/// its result. Any thread may call its methods.
///
/// What happens is told as events, of which each is given once. Dropping the job cancels the sync,
/// and waits for its end as [`cancel`](Self::cancel) does; in a call of its observer, not at all.
pub struct SyncJob {
    life: Arc<Life>,
}

impl Library {
    /// [`sync`](Self::sync) in the background: in a thread of its own, with a connection of its
    /// own. This library may be used meanwhile; another sync waits for its turn. `observer` is
    /// called in that thread. `()` is none: the job's [events](SyncJob::events) need no observer.
    /// It returns at once: roots are looked at in that thread, too.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let music = folder.path().join("Music");
    /// # std::fs::create_dir_all(&music)?;
    /// # std::fs::write(music.join("1.mp3"), b"")?;
    /// use mt_scanner::{Library, Scanner, SyncEvent, SyncOptions};
    ///
    /// let scanner = Scanner::new(&music)?;
    /// let library = Library::open(folder.path().join("library.db"), &scanner)?;
    /// let job = library.start(&scanner, &SyncOptions::full(), ())?;
    /// for event in job.events() {
    ///     match event? {
    ///         SyncEvent::Progress(progress) => eprintln!("{} of {}", progress.done, progress.total_files),
    ///         SyncEvent::Change(change) => assert_eq!((&*change.change, &*change.path), ("added", "1.mp3")),
    ///         _ => {}
    ///     }
    /// }
    /// assert_eq!(job.result()?.added, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`LibraryError::Scan`] with [`Error::NoInstance`] if the system gives no thread. All that
    /// [`sync`](Self::sync) fails with comes from the job's [`result`](SyncJob::result).
    pub fn start(
        &self,
        scanner: &Scanner,
        options: &SyncOptions,
        observer: impl Observer + Send + 'static,
    ) -> Result<SyncJob, LibraryError> {
        let life = Arc::<Life>::default();
        let (path, schema, patience) = (self.path.clone(), self.schema.clone(), self.patience);
        let (scanner, options, own) = (scanner.clone(), options.clone(), life.clone());
        let work = move || {
            own.run(observer, |told| {
                let connection = database::open(&path, &schema)?;
                let library = Self { path, connection, schema, patience };
                let report = library.sync(&scanner, &options, told)?;
                Ok((library, report))
            });
        };
        let spawned = thread::Builder::new().name("mt-scanner job".into()).spawn(work);
        spawned.map_err(|error| Error::NoInstance { source: error.into() })?;
        Ok(SyncJob { life })
    }
}

impl SyncJob {
    /// How far the sync is.
    pub fn progress(&self) -> Progress {
        self.life.progress()
    }

    /// Lets the sync rest once it has written what it has found so far, until
    /// [`resume`](Self::resume) or [`cancel`](Self::cancel). The library stays locked for other
    /// syncs while it rests; anybody may read it.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let music = tempfile::tempdir()?;
    /// # let place = tempfile::tempdir()?;
    /// use mt_scanner::{Library, Scanner, SyncOptions};
    ///
    /// let scanner = Scanner::new(music.path())?;
    /// let library = Library::open(place.path().join("library.db"), &scanner)?;
    /// let job = library.start(&scanner, &SyncOptions::full(), ())?;
    /// job.pause();
    /// job.resume();
    /// assert_eq!(job.result()?.added, 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn pause(&self) {
        self.life.paused.store(true, Ordering::Relaxed);
    }

    /// Lets a sync that rests go on.
    pub fn resume(&self) {
        self.life.paused.store(false, Ordering::Relaxed);
    }

    /// Whether the sync is told to rest.
    pub fn is_paused(&self) -> bool {
        self.life.paused.load(Ordering::Relaxed)
    }

    /// Ends the sync, also one that rests. Returns when it has ended, after 0.5 s at most; in a
    /// call of its observer, at once.
    ///
    /// What it has written stays and is true: the next sync goes on from there.
    /// [`result`](Self::result) is [`LibraryError::Cancelled`] then. Cancelling what has ended does
    /// nothing.
    pub fn cancel(&self) {
        self.life.cancelled.store(true, Ordering::Relaxed);
        self.life.wait(CANCELLING);
    }

    /// Whether the sync has ended, in whatever way.
    pub fn is_done(&self) -> bool {
        self.life.has_ended()
    }

    /// Every event until the sync has ended, waiting for each: each [`SyncEvent::Notice`], and
    /// [`SyncEvent::Progress`] ten to twenty times a second; in the end each [`SyncEvent::Change`],
    /// each [`SyncEvent::Problem`] and the [`SyncEvent::Report`]. Nothing waits for who does not
    /// read them. An error of the sync is left to [`result`](Self::result).
    ///
    /// # Errors
    ///
    /// Those of [`Library::changes`], in place of changes.
    pub fn events(&self) -> impl Iterator<Item = Result<SyncEvent, LibraryError>> {
        std::iter::from_fn(|| self.life.feed.next_ever())
    }

    /// The next event, for a caller that has something else to do, such as the loop of a window.
    /// Waits for it, for `patience` at most: then there is none yet. `None` when all were read and
    /// the sync has ended.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let music = tempfile::tempdir()?;
    /// # let place = tempfile::tempdir()?;
    /// use std::time::Duration;
    ///
    /// use mt_scanner::{Library, Scanner, SyncEvent, SyncOptions};
    ///
    /// let scanner = Scanner::new(music.path())?;
    /// let library = Library::open(place.path().join("library.db"), &scanner)?;
    /// let job = library.start(&scanner, &SyncOptions::full(), ())?;
    /// while let Some(event) = job.next_event_within(Duration::from_millis(10)) {
    ///     if let Some(SyncEvent::Report(report)) = event? {
    ///         assert_eq!(report.added, 0);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`events`](Self::events).
    pub fn next_event_within(&self, patience: Duration) -> Option<Result<Option<SyncEvent>, LibraryError>> {
        self.life.feed.next(patience).map(Option::transpose)
    }

    /// Waits for the end of the sync, and gives its report.
    ///
    /// # Errors
    ///
    /// Those of [`Library::sync`], and [`LibraryError::Cancelled`] if it was cancelled.
    ///
    /// # Panics
    ///
    /// If the observer has panicked, with what it has panicked with.
    pub fn result(self) -> Result<SyncReport, LibraryError> {
        self.life.outcome().unwrap_or_else(|panic| resume_unwind(panic))
    }
}

impl Drop for SyncJob {
    fn drop(&mut self) {
        self.cancel();
        // The thread may still tell of changes, if it is not the one that drops the job.
        self.life.feed.close();
        if !self.life.is_inside() {
            self.life.feed.wait_for_end(CANCELLING);
        }
    }
}

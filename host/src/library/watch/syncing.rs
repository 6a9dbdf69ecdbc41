//! The syncs of a watch, and what becomes of roots that cannot be synced.

use std::path::Path;
use std::time::{Duration, Instant};

use super::Watch;
use super::inbox::Inbox;
use super::notice::{Notice, WatchObserver};
use crate::library::error::LibraryError;
use crate::library::options::SyncOptions;
use crate::library::report::{Change, Observer, SyncReport};
use crate::runtime::error::Error;
use crate::work::progress::Progress;
use mt_scanner_contract::Problem;

/// How long to wait before a library that is busy, or storage that does not answer, is tried again.
pub(super) const BETWEEN_ATTEMPTS: Duration = Duration::from_secs(5);

/// The extent of a sync.
pub(super) enum Extent {
    Folders(Vec<(usize, String)>),
    Whole(SyncOptions),
}

impl Watch<'_> {
    /// Syncs roots or folders in them; those that are not there are left out.
    pub(super) fn bring(
        &mut self,
        mut places: Vec<usize>,
        extent: Extent,
        observer: &mut (impl WatchObserver + Send),
    ) -> Result<(), LibraryError> {
        while !places.is_empty() {
            let options = match &extent {
                Extent::Whole(options) => options.clone(),
                Extent::Folders(folders) => {
                    let there = folders.iter().filter(|(place, _)| places.contains(place));
                    SyncOptions::folders(there.map(|(place, folder)| (&self.eyes[*place].root, folder.clone())))
                        .arranged()
                }
            };
            let error = match self.sync(&places, &options, observer) {
                Ok(None) => return Ok(()),
                Ok(Some(report)) => {
                    if let Extent::Whole(_) = extent {
                        self.settle(&places, &report, observer);
                    }
                    return Ok(());
                }
                Err(LibraryError::Busy { .. }) => {
                    observer.notice(Notice::Busy);
                    for &place in &places {
                        self.eyes[place].full.get_or_insert(Instant::now() + BETWEEN_ATTEMPTS);
                    }
                    return Ok(());
                }
                Err(error) => error,
            };
            let Some(place) = self.blamed(&error).filter(|place| places.contains(place)) else { return Err(error) };
            places.retain(|&other| other != place);
            if let LibraryError::RootEmptied { .. } = error {
                let eye = &mut self.eyes[place];
                if !eye.emptied {
                    observer.notice(Notice::RootGone { root: &eye.root, why: &error.to_string() });
                }
                eye.emptied = true;
                eye.synced(Duration::ZERO, self.options.interval);
            } else {
                self.lose(place, &error.to_string(), observer);
            }
        }
        Ok(())
    }

    /// The root that cannot be synced.
    fn blamed(&self, error: &LibraryError) -> Option<usize> {
        let root = match error {
            LibraryError::RootEmptied { root } => Path::new(root),
            LibraryError::Scan(
                Error::RootNotFound { path, .. } | Error::RootNotAFolder { path } | Error::RootUnreadable { path, .. },
            ) => path,
            _ => return None,
        };
        self.eyes.iter().position(|eye| eye.root == root)
    }

    /// These roots are as the disk is.
    pub(super) fn settle(&mut self, places: &[usize], report: &SyncReport, observer: &mut (impl WatchObserver + Send)) {
        for &place in places {
            let eye = &mut self.eyes[place];
            eye.synced(report.progress.elapsed, self.options.interval);
            if std::mem::take(&mut eye.emptied) {
                observer.notice(Notice::RootBack { root: &eye.root });
            }
        }
    }

    /// One sync; `None` if it was stopped.
    pub(super) fn sync(
        &self,
        places: &[usize],
        options: &SyncOptions,
        observer: &mut (impl WatchObserver + Send),
    ) -> Result<Option<SyncReport>, LibraryError> {
        let scanner = self.scanner.only(places);
        match self.library.sync(&scanner, options, &mut Stoppable { observer, inbox: &self.inbox }) {
            Ok(report) => {
                observer.synced(&report);
                if observer.is_cancelled() {
                    self.inbox.stop();
                }
                Ok(Some(report))
            }
            Err(LibraryError::Cancelled) => {
                self.inbox.stop();
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// The observer of the watch, and the handle that stops it, as the observer of one sync.
pub(super) struct Stoppable<'a, O> {
    pub observer: &'a mut O,
    pub inbox: &'a Inbox,
}

impl<O: WatchObserver> Observer for Stoppable<'_, O> {
    fn progress(&mut self, progress: &Progress) {
        self.observer.progress(progress);
    }

    fn is_cancelled(&mut self) -> bool {
        self.inbox.is_stopped() || self.observer.is_cancelled()
    }

    fn wants_changes(&self) -> bool {
        self.observer.wants_changes()
    }

    fn change(&mut self, change: Change<'_>) {
        self.observer.change(change);
    }

    fn problem(&mut self, problem: &Problem) {
        self.observer.problem(problem);
    }
}

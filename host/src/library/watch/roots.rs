//! Roots that come and go, or do not answer.

use std::path::Path;
use std::time::{Duration, Instant};

use mt_scanner_contract::{defaults, words};

use super::Watch;
use super::eye::Eye;
use super::look::{PATIENCE, Seen};
use super::notice::{Notice, WatchObserver};
use super::syncing::Stoppable;
use crate::library::attended::waited;
use crate::library::error::{LibraryError, Unwritten};
use crate::library::report::Observer as _;
use crate::library::roots::Roots;
use crate::runtime::apart::patiently;
use crate::runtime::error::Error;
use crate::runtime::instance::stopped_by_time;
use crate::work::progress::Progress;

impl Watch<'_> {
    /// Looks where the roots are, and takes the names that the library has for them. Fails if one
    /// is a file.
    pub(super) fn arrange(&mut self, observer: &mut impl WatchObserver) -> Result<(), LibraryError> {
        let library = self.library;
        let mut stoppable = Stoppable { observer, inbox: &self.inbox };
        let given = waited(&mut stoppable, |goes_on| Ok(self.scanner.all_of_roots_while(goes_on)?));
        let given = given.map_err(|error| library.unwritten(error))?;
        if let Some(root) = given.iter().find(|root| root.files.is_some()) {
            let file = root.files.iter().flatten().next().map(|file| root.native(file));
            return Err(Error::RootNotAFolder { path: file.unwrap_or_else(|| root.path.clone()) }.into());
        }
        let roots =
            waited(&mut stoppable, |goes_on| Roots::of(&self.scanner, (&library.connection, &library.schema), goes_on));
        let roots = match roots {
            Ok(roots) => roots,
            Err(Unwritten::Other(LibraryError::Cancelled)) => return Err(LibraryError::Cancelled),
            // What keeps the library from being read is told by the first sync.
            Err(_) => Roots::as_they_are(&self.scanner),
        };
        let checked = waited(&mut stoppable, |goes_on| Ok(roots.scanner.checked_while(goes_on)?));
        checked.map_err(|error| library.unwritten(error))?;
        roots.notices.iter().for_each(|notice| observer.root(notice));
        self.eyes = roots.scanner.roots().map(Eye::new).collect();
        self.inbox.expect(self.eyes.len());
        self.scanner = roots.scanner;
        Ok(())
    }

    /// Opens the eyes on all roots; gives those that answer.
    pub(super) fn open_all(&mut self, observer: &mut impl WatchObserver) -> Vec<usize> {
        let all: Vec<usize> = (0..self.eyes.len()).collect();
        let mut open = Vec::new();
        let inbox = self.inbox.clone();
        let mut stoppable = Stoppable { observer, inbox: &inbox };
        let mut goes_on = || {
            stoppable.progress(&Progress::default());
            !stoppable.is_cancelled()
        };
        for (place, seen) in self.looks(&all, false, defaults::STEP_OVERDUE, &mut goes_on) {
            match seen {
                Some(seen) => {
                    self.open(place, seen, observer);
                    open.push(place);
                }
                None => {
                    let root = &self.eyes[place].root;
                    observer.notice(Notice::RootGone { root, why: &silent(root, defaults::STEP_OVERDUE) });
                }
            }
        }
        open
    }

    /// Opens the eye on a root.
    pub(super) fn open(&mut self, place: usize, seen: Seen, observer: &mut impl WatchObserver) {
        let eye = &mut self.eyes[place];
        if let Some(why) = eye.open(place, &self.inbox, self.options.poll, seen) {
            observer.notice(Notice::Polling { root: &eye.root, every: self.options.interval, why: &why });
        }
    }

    /// A look at each of these roots, all at a time; `None` where the storage does not answer in
    /// time. `goes_on` is asked whether to wait any longer.
    pub(super) fn looks(
        &mut self,
        places: &[usize],
        afresh: bool,
        patience: Duration,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Vec<(usize, Option<Seen>)> {
        places.iter().for_each(|&place| self.eyes[place].look(afresh));
        places.iter().map(|&place| (place, self.eyes[place].seen(patience, goes_on))).collect()
    }

    /// Sees whether roots have come or gone.
    pub(super) fn check(&mut self, observer: &mut impl WatchObserver) {
        let all: Vec<usize> = (0..self.eyes.len()).collect();
        for (place, seen) in self.looks(&all, false, PATIENCE, &mut patiently) {
            let eye = &mut self.eyes[place];
            let Some(seen) = seen else {
                if eye.is_silent() && eye.is_open() {
                    let why = silent(&eye.root, defaults::FILE_TIMEOUT);
                    self.lose(place, &why, observer);
                }
                continue;
            };
            if eye.is_gone(&seen) {
                let why = format!("{}: {}", eye.root.display(), words::ROOT_NOT_FOUND);
                self.lose(place, &why, observer);
            } else if eye.is_new(&seen) {
                if eye.is_open() {
                    eye.close();
                } else {
                    // Its sync says whether it is as it was.
                    eye.emptied = true;
                }
                self.open(place, seen, observer);
                self.eyes[place].full = Some(Instant::now());
            }
        }
    }

    /// A root is not there.
    pub(super) fn lose(&mut self, place: usize, why: &str, observer: &mut impl WatchObserver) {
        let eye = &mut self.eyes[place];
        if eye.is_open() && !eye.emptied {
            observer.notice(Notice::RootGone { root: &eye.root, why });
        }
        eye.close();
    }
}

/// Says that a root has not answered for so long.
fn silent(root: &Path, limit: Duration) -> String {
    format!("{}: {}", root.display(), stopped_by_time(limit))
}

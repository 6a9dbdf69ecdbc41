//! Watching: events become batches, and each batch one sync of the folders that have changed.

mod eye;
mod folders;
mod inbox;
mod network;
mod notice;
mod options;
mod syncing;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Library, LibraryError, SyncOptions, knowledge};
use crate::Scanner;
use crate::door::Item as _;
use eye::Eye;
use inbox::{Inbox, Pending, native};
use syncing::Extent;

pub use notice::{Notice, WatchObserver};
pub use options::WatchOptions;

/// How often to see whether the roots are there.
const BETWEEN_CHECKS: Duration = Duration::from_secs(1);
/// Keeps a library up to date with the roots of a scanner; made by [`Library::watch`].
pub struct Watch<'a> {
    library: &'a Library,
    scanner: &'a Scanner,
    options: WatchOptions,
    inbox: Arc<Inbox>,
    eyes: Vec<Eye>,
}

/// Ends a watch, from any thread.
#[derive(Clone)]
pub struct StopWatch(Arc<Inbox>);

impl StopWatch {
    /// Ends it: at once while it waits, and after 100 ms or so in a sync, whose transactions so far stay and are true.
    pub fn stop(&self) {
        self.0.stop();
    }
}

impl Library {
    /// A watch of the scanner's roots, to be [run](Watch::run).
    pub fn watch<'a>(&'a self, scanner: &'a Scanner, options: WatchOptions) -> Watch<'a> {
        let eyes: Vec<Eye> = scanner.roots().map(Eye::new).collect();
        Watch { library: self, scanner, options, inbox: Arc::new(Inbox::new(eyes.len())), eyes }
    }
}

impl Watch<'_> {
    /// What ends it.
    pub fn stopper(&self) -> StopWatch {
        StopWatch(self.inbox.clone())
    }

    /// Syncs every root, then what changes, until it is stopped. Events are waited for before the first sync begins, so that
    /// nothing in between is missed.
    ///
    /// What happens at a time is one batch and one sync: it ends with a silence ([`WatchOptions::debounce`]). A root that vanishes,
    /// or is empty all of a sudden, changes no row; it is waited for. Links to folders are followed by syncs, not by
    /// events: what is changed in a folder shows under the links to it at the next full sync.
    ///
    /// # Errors
    ///
    /// Those of [`Library::sync`]; after the first sync only those of the component and the database.
    pub fn run(mut self, observer: &mut impl WatchObserver) -> Result<(), LibraryError> {
        self.scanner.check()?;
        for place in 0..self.eyes.len() {
            self.open(place, observer);
        }
        let first = self.options.first.clone();
        let all: Vec<usize> = (0..self.eyes.len()).collect();
        if let Some(report) = self.sync(&all, &first, observer)? {
            self.settle(&all, &report, observer);
        }
        let mut checked = Instant::now();
        loop {
            let due = self.eyes.iter().filter_map(Eye::due).chain([checked + BETWEEN_CHECKS]).min();
            let until = due.unwrap_or(checked);
            let Some(batch) = self.inbox.take(until, self.options.silence, self.options.longest) else { return Ok(()) };
            let is_quiet = batch.iter().all(Pending::is_empty);
            if !is_quiet || checked.elapsed() >= BETWEEN_CHECKS {
                self.check(observer);
                checked = Instant::now();
            }
            self.deal_with(batch, observer)?;
        }
    }

    /// Opens the eye on a root.
    fn open(&mut self, place: usize, observer: &mut impl WatchObserver) {
        let eye = &mut self.eyes[place];
        if let Some(why) = eye.open(place, &self.inbox, self.options.poll) {
            observer.notice(Notice::Polling { root: &eye.root, every: self.options.interval, why: &why });
        }
    }

    /// Sees whether roots have come or gone.
    fn check(&mut self, observer: &mut impl WatchObserver) {
        for place in 0..self.eyes.len() {
            let eye = &mut self.eyes[place];
            if eye.is_gone() {
                let why = format!("{}: the root does not exist", eye.root.display());
                self.lose(place, &why, observer);
            } else if eye.is_new() {
                if eye.is_open() {
                    eye.close();
                } else {
                    // Its sync says whether it is as it was.
                    eye.emptied = true;
                }
                self.open(place, observer);
                self.eyes[place].full = Some(Instant::now());
            }
        }
    }

    /// A root is not there.
    fn lose(&mut self, place: usize, why: &str, observer: &mut impl WatchObserver) {
        let eye = &mut self.eyes[place];
        if eye.is_open() && !eye.emptied {
            observer.notice(Notice::RootGone { root: &eye.root, why });
        }
        eye.close();
    }

    fn deal_with(&mut self, batch: Vec<Pending>, observer: &mut impl WatchObserver) -> Result<(), LibraryError> {
        for (place, pending) in batch.iter().enumerate() {
            self.judge(place, pending, observer);
        }
        let now = Instant::now();
        let touched = |place: usize| !batch[place].is_empty();
        let open = || self.eyes.iter().enumerate().filter(|(_, eye)| eye.is_open());
        let mut whole: Vec<usize> = open().filter(|(_, eye)| eye.wants_full(now)).map(|(place, _)| place).collect();
        let quick: Vec<usize> = open().filter(|(_, eye)| eye.wants_quick(now)).map(|(place, _)| place).collect();
        let partly: Vec<usize> = open().map(|(place, _)| place).filter(|&place| touched(place)).collect();
        if !whole.is_empty() {
            // What has moved from one root to another is seen within one sync.
            whole.extend(partly.iter().filter(|place| !whole.contains(place)).copied().collect::<Vec<_>>());
            self.bring(whole, Extent::Whole(SyncOptions::full()), observer)?;
        } else if !partly.is_empty() {
            let mut folders = Vec::new();
            for &place in &partly {
                let (real, known) = (&self.eyes[place].real, self.known(place)?);
                let changed = folders::folders(&batch[place], &known, |path| native(real, path).is_dir());
                folders.extend(changed.into_iter().map(|folder| (place, folder)));
            }
            self.bring(partly, Extent::Folders(folders), observer)?;
        }
        if !quick.is_empty() && !self.inbox.is_stopped() {
            self.bring(quick, Extent::Whole(SyncOptions::quick()), observer)?;
        }
        Ok(())
    }

    /// The folders of a root that the library knows.
    fn known(&self, place: usize) -> Result<BTreeSet<String>, LibraryError> {
        let name = self.scanner.names().nth(place).unwrap_or_default();
        let Library { connection, schema, .. } = self.library;
        let known = knowledge::folders(connection, schema, name).map_err(|error| self.library.unwritten(error))?;
        Ok(known.iter().map(|work| work.folder().to_owned()).collect())
    }

    /// What a batch says of the way in which a root is watched.
    fn judge(&mut self, place: usize, pending: &Pending, observer: &mut impl WatchObserver) {
        let eye = &mut self.eyes[place];
        if !eye.is_open() {
            return;
        }
        if let Some(why) = &pending.blind {
            eye.poll();
            observer.notice(Notice::Polling { root: &eye.root, every: self.options.interval, why });
        }
        if let Some(why) = &pending.lost {
            eye.lost_events();
            observer.notice(Notice::EventsLost { root: &eye.root, why });
            if cfg!(windows) && eye.has_events() {
                // There an overflow may be the end of a watch as well.
                self.open(place, observer);
            }
        }
        let eye = &mut self.eyes[place];
        if eye.emptied && !pending.is_empty() {
            eye.full = Some(Instant::now());
        }
    }
}

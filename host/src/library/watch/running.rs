//! The loop of a watch: from a batch of events to the sync that it asks for.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::Watch;
use super::eye::Eye;
use super::folders;
use super::inbox::{Pending, native};
use super::notice::{Notice, WatchObserver};
use super::syncing::Extent;
use crate::library::error::LibraryError;
use crate::library::options::SyncOptions;
use crate::library::{Library, knowledge};
use crate::work::door::item::Item as _;

/// How often to see whether the roots are there.
const BETWEEN_CHECKS: Duration = Duration::from_secs(1);

impl Watch<'_> {
    /// Syncs every root, then what changes, until it is stopped. Events are waited for before the
    /// first sync begins, so that nothing in between is missed.
    ///
    /// Events of one moment are one batch and one sync: it ends with a silence
    /// ([`WatchOptions::debounce`](crate::WatchOptions::debounce)). A root that vanishes, or is
    /// empty all of a sudden, changes no row; it is waited for. Links to folders are followed by
    /// syncs, not by events: what is changed in a folder shows under the links to it at the next
    /// full sync.
    ///
    /// # Errors
    ///
    /// As [`Library::sync`]; after the first sync the component and the database alone can fail.
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
            // Moves from one root to another are seen within one sync.
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

    /// Draws the consequences of lost events for the way in which a root is watched.
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

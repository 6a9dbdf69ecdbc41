//! The loop of a watch: from a batch of events to the sync that it asks for.

use std::time::{Duration, Instant};

use mt_scanner_contract::Events;

use super::Watch;
use super::eye::Eye;
use super::inbox::Pending;
use super::look::PATIENCE;
use super::notice::{Notice, WatchObserver};
use super::syncing::{BETWEEN_ATTEMPTS, Extent};
use crate::library::error::LibraryError;
use crate::library::options::SyncOptions;
use crate::library::{Library, knowledge};
use crate::runtime::apart::patiently;
use crate::runtime::error::Error;

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
    /// [`Error::RootNotAFolder`] if a root is a file, and as [`Library::sync`]; after the first
    /// sync the component and the database alone can fail.
    pub fn run(mut self, observer: &mut (impl WatchObserver + Send)) -> Result<(), LibraryError> {
        match self.arrange(observer) {
            Err(LibraryError::Cancelled) => return Ok(()),
            arranged => arranged?,
        }
        let mut begin = self.open_all(observer);
        if begin.is_empty() {
            // None answers: the sync says so.
            begin = (0..self.eyes.len()).collect();
        }
        let first = self.options.first.clone();
        if let Some(report) = self.sync(&begin, &first, observer)? {
            self.settle(&begin, &report, observer);
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

    fn deal_with(
        &mut self,
        batch: Vec<Pending>,
        observer: &mut (impl WatchObserver + Send),
    ) -> Result<(), LibraryError> {
        for (place, pending) in batch.iter().enumerate() {
            self.judge(place, pending, observer);
        }
        let silent = self.put_off_silent(&batch);
        let now = Instant::now();
        let touched = |place: usize| !batch[place].is_empty() && !silent.contains(&place);
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
                let changed = self.changed(place, &batch[place])?;
                folders.extend(changed.into_iter().map(|folder| (place, folder)));
            }
            self.bring(partly, Extent::Folders(folders), observer)?;
        }
        if !quick.is_empty() && !self.inbox.is_stopped() {
            self.bring(quick, Extent::Whole(SyncOptions::quick()), observer)?;
        }
        Ok(())
    }

    /// Puts off what is due of roots whose storage does not answer; gives these.
    fn put_off_silent(&mut self, batch: &[Pending]) -> Vec<usize> {
        let now = Instant::now();
        let wants = |eye: &Eye| eye.wants_full(now) || eye.wants_quick(now);
        let open = self.eyes.iter().enumerate().filter(|(_, eye)| eye.is_open());
        let due: Vec<usize> =
            open.filter(|(place, eye)| !batch[*place].is_empty() || wants(eye)).map(|(place, _)| place).collect();
        let looks = self.looks(&due, true, PATIENCE, &mut patiently);
        let silent: Vec<usize> = looks.into_iter().filter(|(_, seen)| seen.is_none()).map(|(place, _)| place).collect();
        for &place in &silent {
            let eye = &mut self.eyes[place];
            if !batch[place].is_empty() {
                // What was touched is seen by a full sync, when it answers.
                eye.full = Some(now);
            }
            eye.put_off(BETWEEN_ATTEMPTS);
        }
        silent
    }

    /// The folders of a root in which something has changed, as the library knows them.
    fn changed(&self, place: usize, pending: &Pending) -> Result<Vec<String>, LibraryError> {
        let root = self.scanner.names().nth(place).unwrap_or_default().to_owned();
        let Library { connection, schema, .. } = self.library;
        let known = knowledge::folders(connection, schema, &root).map_err(|error| self.library.unwritten(error))?;
        let events = pending.events.iter().map(|(path, event)| (path.clone(), *event)).collect();
        let unclear = |error: serde_json::Error| Error::InvalidAnswer { source: error.into() };
        let request = serde_json::to_string(&Events { root, known, events }).map_err(unclear)?;
        let folders = self.scanner.only(&[place]).folders_of_events(&request)?;
        Ok(serde_json::from_str(&folders).map_err(unclear)?)
    }

    /// Draws the consequences of lost events for the way in which a root is watched.
    fn judge(&mut self, place: usize, pending: &Pending, observer: &mut (impl WatchObserver + Send)) {
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
            // On Windows an overflow may be the end of a watch as well.
            if cfg!(windows)
                && eye.has_events()
                && let Some(why) = eye.watch(place, &self.inbox)
            {
                observer.notice(Notice::Polling { root: &eye.root, every: self.options.interval, why: &why });
            }
        }
        let eye = &mut self.eyes[place];
        if eye.emptied && !pending.is_empty() {
            eye.full = Some(Instant::now());
        }
    }
}

//! Roots that come and go, or do not answer.

use std::time::{Duration, Instant};

use mt_scanner_contract::{defaults, words};

use super::Watch;
use super::look::{PATIENCE, Seen};
use super::notice::{Notice, WatchObserver};
use crate::runtime::instance::stopped_by_time;

impl Watch<'_> {
    /// Opens the eyes on all roots; gives those that answer.
    pub(super) fn open_all(&mut self, observer: &mut impl WatchObserver) -> Vec<usize> {
        let all: Vec<usize> = (0..self.eyes.len()).collect();
        let mut open = Vec::new();
        for (place, seen) in self.looks(&all, false, defaults::STEP_OVERDUE) {
            match seen {
                Some(seen) => {
                    self.open(place, seen, observer);
                    open.push(place);
                }
                None => {
                    let why = stopped_by_time(defaults::STEP_OVERDUE);
                    observer.notice(Notice::RootGone { root: &self.eyes[place].root, why: &why });
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
    /// time.
    pub(super) fn looks(&mut self, places: &[usize], afresh: bool, patience: Duration) -> Vec<(usize, Option<Seen>)> {
        places.iter().for_each(|&place| self.eyes[place].look(afresh));
        places.iter().map(|&place| (place, self.eyes[place].seen(patience))).collect()
    }

    /// Sees whether roots have come or gone.
    pub(super) fn check(&mut self, observer: &mut impl WatchObserver) {
        let all: Vec<usize> = (0..self.eyes.len()).collect();
        for (place, seen) in self.looks(&all, false, PATIENCE) {
            let eye = &mut self.eyes[place];
            let Some(seen) = seen else {
                if eye.is_silent() && eye.is_open() {
                    self.lose(place, &stopped_by_time(defaults::FILE_TIMEOUT), observer);
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

//! Roots that come and go.

use std::time::Instant;

use mt_scanner_contract::words;

use super::Watch;
use super::notice::{Notice, WatchObserver};

impl Watch<'_> {
    /// Opens the eye on a root.
    pub(super) fn open(&mut self, place: usize, observer: &mut impl WatchObserver) {
        let eye = &mut self.eyes[place];
        if let Some(why) = eye.open(place, &self.inbox, self.options.poll) {
            observer.notice(Notice::Polling { root: &eye.root, every: self.options.interval, why: &why });
        }
    }

    /// Sees whether roots have come or gone.
    pub(super) fn check(&mut self, observer: &mut impl WatchObserver) {
        for place in 0..self.eyes.len() {
            let eye = &mut self.eyes[place];
            if eye.is_gone() {
                let why = format!("{}: {}", eye.root.display(), words::ROOT_NOT_FOUND);
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
    pub(super) fn lose(&mut self, place: usize, why: &str, observer: &mut impl WatchObserver) {
        let eye = &mut self.eyes[place];
        if eye.is_open() && !eye.emptied {
            observer.notice(Notice::RootGone { root: &eye.root, why });
        }
        eye.close();
    }
}

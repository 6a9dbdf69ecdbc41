//! A scan under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::door::Door;
use crate::pool::{Batch, Job, Plan};
use crate::progress::Counters;
use crate::{Error, Problem, Progress};

type Brought<T> = Result<(Vec<T>, Vec<Problem>), Error>;

/// A scan under way: an iterator over what it finds, as it is found and in no certain order.
///
/// An error ends the scan. What goes wrong with a file or folder is no error but one of [`problems`](Self::problems).
/// Dropping the iterator ends the scan as well, and waits for its workers, which takes some ms.
pub struct Scan<T> {
    next: Box<dyn FnMut() -> Option<Brought<T>> + Send>,
    ready: std::vec::IntoIter<T>,
    problems: Vec<Problem>,
    control: Control,
}

/// Watches and cancels a scan, from any thread.
#[derive(Clone)]
pub struct Control {
    counters: Arc<Counters>,
    cancelled: Arc<AtomicBool>,
}

impl<T: 'static> Scan<T> {
    /// Starts a scan; `items` makes of a batch what the iterator gives.
    pub(crate) fn start<D: Door>(
        plan: Plan,
        door: D,
        items: impl Fn(&Plan, usize, D::Rows) -> Vec<T> + Send + 'static,
    ) -> Result<Self, Error> {
        let mut job = Job::start(plan, door)?;
        let control = Control { counters: job.counters().clone(), cancelled: job.cancelled().clone() };
        let next = move || {
            let brought = job.next()?.map(|Batch { root, rows, problems }| (items(job.plan(), root, rows), problems));
            Some(brought)
        };
        Ok(Self { next: Box::new(next), ready: Vec::new().into_iter(), problems: Vec::new(), control })
    }
}

impl<T> Scan<T> {
    /// The problems so far. They are handed over: the next call gives those that were found since.
    pub fn problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    /// How far the scan is.
    pub fn progress(&self) -> Progress {
        self.control.progress()
    }

    /// What watches and cancels this scan from another thread.
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
            match (self.next)()? {
                Ok((items, problems)) => {
                    self.ready = items.into_iter();
                    self.problems.extend(problems);
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl Control {
    /// How far the scan is.
    pub fn progress(&self) -> Progress {
        self.counters.read()
    }

    /// Ends the scan: nothing new is begun, and what runs is interrupted within some 20 ms, unless it waits for the
    /// filesystem. The iterator gives what was already found.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether the scan was cancelled, or is over.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

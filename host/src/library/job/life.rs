//! The thread of a job: the sync, and then the events that are read from the library.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use mt_scanner_contract::Problem;
use mt_scanner_contract::roots::RootNotice;

use super::event::SyncEvent;
use super::feed::Feed;
use crate::library::Library;
use crate::library::error::LibraryError;
use crate::library::report::{Change, Observer, SyncReport};
use crate::work::progress::Progress;

/// The result of a sync, or what its observer has panicked with.
pub(super) type Outcome = Result<Result<SyncReport, LibraryError>, Box<dyn Any + Send>>;

/// What the thread of a job and its callers share.
#[derive(Default)]
pub(super) struct Life {
    pub feed: Feed,
    pub cancelled: AtomicBool,
    pub paused: AtomicBool,
    progress: Mutex<Progress>,
    state: Mutex<State>,
    ended: Condvar,
    thread: OnceLock<ThreadId>,
}

#[derive(Default)]
struct State {
    has_ended: bool,
    /// Until somebody takes it.
    outcome: Option<Outcome>,
}

impl Life {
    /// Lives it: syncs, and tells of the end.
    pub fn run(
        &self,
        mut observer: impl Observer + Send,
        sync: impl FnOnce(&mut Told<'_>) -> Result<(Library, SyncReport), LibraryError>,
    ) {
        let _ = self.thread.set(thread::current().id());
        let mut told = Told { observer: &mut observer, life: self, problems: Vec::new() };
        // Nobody goes on with what a panic has left.
        let synced = catch_unwind(AssertUnwindSafe(|| sync(&mut told)));
        let problems = told.problems;
        let mut done = None;
        self.end(synced.map(|synced| {
            synced.map(|(library, report)| {
                done = Some((library, report.clone()));
                report
            })
        }));
        if let Some((library, report)) = done
            && self.feed.wait_for_reader()
        {
            self.tell(&library, report, problems);
        }
        self.feed.end();
    }

    /// Tells of the end: what has changed is read from the library as it is asked for.
    fn tell(&self, library: &Library, report: SyncReport, problems: Vec<Problem>) {
        let changed = library.changes(Some(report.scan - 1), |change| {
            if change.scan == report.scan {
                self.feed.put_in_turn(Ok(SyncEvent::Change(change.into())));
            }
        });
        if let Err(error) = changed {
            self.feed.put_in_turn(Err(error));
        }
        for event in problems.into_iter().map(SyncEvent::Problem).chain([SyncEvent::Report(report)]) {
            self.feed.put_in_turn(Ok(event));
        }
    }

    fn end(&self, outcome: Outcome) {
        *self.lock() = State { has_ended: true, outcome: Some(outcome) };
        self.ended.notify_all();
    }

    /// How far the sync is.
    pub fn progress(&self) -> Progress {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the sync has ended.
    pub fn has_ended(&self) -> bool {
        self.lock().has_ended
    }

    /// Whether the caller is its own thread: a call of its observer.
    pub fn is_inside(&self) -> bool {
        self.thread.get() == Some(&thread::current().id())
    }

    /// Waits for its end, for `patience` at most. The job's own thread does not wait for itself.
    pub fn wait(&self, patience: Duration) {
        if !self.is_inside() {
            drop(self.ended.wait_timeout_while(self.lock(), patience, |state| !state.has_ended));
        }
    }

    /// Waits for the outcome. To be called once.
    pub fn outcome(&self) -> Outcome {
        loop {
            let waited = self.ended.wait_while(self.lock(), |state| state.outcome.is_none());
            if let Some(outcome) = waited.unwrap_or_else(PoisonError::into_inner).outcome.take() {
                return outcome;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The observer of a sync: the job, and the one that the caller has given.
pub(super) struct Told<'a> {
    observer: &'a mut (dyn Observer + Send),
    life: &'a Life,
    problems: Vec<Problem>,
}

impl Observer for Told<'_> {
    fn progress(&mut self, progress: &Progress) {
        self.life.progress.lock().unwrap_or_else(PoisonError::into_inner).clone_from(progress);
        self.life.feed.advance(progress.clone());
        self.observer.progress(progress);
    }

    fn root(&mut self, notice: &RootNotice) {
        self.life.feed.put(SyncEvent::Notice(notice.clone()));
        self.observer.root(notice);
    }

    fn is_cancelled(&mut self) -> bool {
        self.life.cancelled.load(Ordering::Relaxed) || self.observer.is_cancelled()
    }

    fn is_paused(&mut self) -> bool {
        self.life.paused.load(Ordering::Relaxed) || self.observer.is_paused()
    }

    fn wants_changes(&self) -> bool {
        self.observer.wants_changes()
    }

    fn change(&mut self, change: Change<'_>) {
        self.observer.change(change);
    }

    fn problem(&mut self, problem: &Problem) {
        self.problems.push(problem.clone());
        self.observer.problem(problem);
    }
}

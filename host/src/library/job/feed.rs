//! The feed of a job: what happens, in the order in which it does, for one reader.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::event::SyncEvent;
use crate::library::error::LibraryError;
use crate::work::progress::Progress;

/// The most events that wait to be read, of those that can wait to be told.
const WAITING: usize = 500;
/// Longer than anybody waits.
const EVER: Duration = Duration::from_secs(3600);

/// An event, or why what was changed cannot be read.
pub(super) type Event = Result<SyncEvent, LibraryError>;

/// Events that wait to be read. Progress is told as it stands: what nobody has read is replaced by
/// what comes after it.
#[derive(Default)]
pub(super) struct Feed {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    progress: Option<Progress>,
    waiting: VecDeque<Event>,
    /// Nothing more will happen.
    ended: bool,
    /// Somebody reads.
    is_read: bool,
    /// Nobody will read any more.
    closed: bool,
}

impl Feed {
    /// Tells how far the work is.
    pub fn advance(&self, progress: Progress) {
        self.lock().progress = Some(progress);
        self.changed.notify_all();
    }

    /// Tells of something at once, whether anybody reads or not.
    pub fn put(&self, event: SyncEvent) {
        self.lock().waiting.push_back(Ok(event));
        self.changed.notify_all();
    }

    /// Waits for somebody to read; false if nobody will.
    pub fn wait_for_reader(&self) -> bool {
        let nobody = |state: &mut State| !state.is_read && !state.closed;
        let state = self.changed.wait_while(self.lock(), nobody).unwrap_or_else(PoisonError::into_inner);
        !state.closed
    }

    /// Tells of something as soon as there is room: very many events keep pace with their reader.
    /// Of no use once nobody will read.
    pub fn put_in_turn(&self, event: Event) {
        let full = |state: &mut State| state.waiting.len() >= WAITING && !state.closed;
        let mut state = self.changed.wait_while(self.lock(), full).unwrap_or_else(PoisonError::into_inner);
        if !state.closed {
            state.waiting.push_back(event);
            self.changed.notify_all();
        }
    }

    /// The next event. Waits for it, for `patience` at most: `Some(None)` if there is none in time;
    /// `None` if all was read, and nothing more will happen.
    pub fn next(&self, patience: Duration) -> Option<Option<Event>> {
        let nothing = |state: &mut State| state.progress.is_none() && state.waiting.is_empty() && !state.ended;
        let mut state = self.lock();
        if !std::mem::replace(&mut state.is_read, true) {
            self.changed.notify_all();
        }
        drop(state);
        let mut state = self.wait_while(patience, nothing);
        // Before what it has brought.
        if let Some(progress) = state.progress.take() {
            return Some(Some(Ok(SyncEvent::Progress(progress))));
        }
        if let Some(event) = state.waiting.pop_front() {
            self.changed.notify_all();
            return Some(Some(event));
        }
        (!state.ended).then_some(None)
    }

    /// The next event; `None` if all was read, and nothing more will happen.
    pub fn next_ever(&self) -> Option<Event> {
        loop {
            if let Some(event) = self.next(EVER)? {
                return Some(event);
            }
        }
    }

    /// Nothing more will happen.
    pub fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }

    /// Nobody will read any more.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Waits for the end, for `patience` at most.
    pub fn wait_for_end(&self, patience: Duration) {
        drop(self.wait_while(patience, |state| !state.ended));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while(&self, patience: Duration, condition: impl FnMut(&mut State) -> bool) -> MutexGuard<'_, State> {
        let waited = self.changed.wait_timeout_while(self.lock(), patience, condition);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

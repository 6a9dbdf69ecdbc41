//! Where the thread of a scan hands over what it brings, and Python takes it.
//!
//! The taker waits for a moment only: it has to look after signals in between.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The most items that wait to be taken. The host's own queue holds some more.
const WAITING: usize = 2;

pub(crate) struct Handover<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    waiting: VecDeque<T>,
    /// Somebody may give more.
    gives: bool,
    /// Nobody wants any more.
    stopped: bool,
}

/// The outcome of taking.
pub(crate) enum Taken<T> {
    Something(T),
    /// Nothing in time.
    NotYet,
    /// Nothing any more.
    End,
}

impl<T> Handover<T> {
    pub fn new() -> Self {
        let state = State { waiting: VecDeque::new(), gives: false, stopped: false };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Somebody gives, until the end of what this returns.
    pub fn giver(&self) -> Giver<'_, T> {
        Giver(self)
    }

    /// Says that a giver is about to come.
    pub fn expect_giver(&self) {
        self.lock().gives = true;
    }

    /// Takes what comes within `patience`.
    pub fn take(&self, patience: Duration) -> Taken<T> {
        let nothing = |state: &State<T>| state.waiting.is_empty() && state.gives && !state.stopped;
        let mut state = self.wait_while(patience, nothing);
        match state.waiting.pop_front() {
            Some(item) => {
                self.changed.notify_all();
                Taken::Something(item)
            }
            None if nothing(&state) => Taken::NotYet,
            None => Taken::End,
        }
    }

    /// From now on nothing is wanted. The items that wait are dropped.
    pub fn stop(&self) {
        let mut state = self.lock();
        state.stopped = true;
        let dropped = std::mem::take(&mut state.waiting);
        self.changed.notify_all();
        drop(state);
        drop(dropped);
    }

    pub fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// Waits for the giver to leave; false if it has not within `patience`.
    pub fn is_left(&self, patience: Duration) -> bool {
        !self.wait_while(patience, |state| state.gives).gives
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while(&self, patience: Duration, condition: impl Fn(&State<T>) -> bool) -> MutexGuard<'_, State<T>> {
        let waited = self.changed.wait_timeout_while(self.lock(), patience, |state| condition(state));
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// The one who gives. When it goes, in whatever way, that is the end.
pub(crate) struct Giver<'a, T>(&'a Handover<T>);

impl<T> Giver<'_, T> {
    /// Gives, as soon as there is room; false if nothing is wanted any more.
    pub fn give(&self, item: T) -> bool {
        let handover = self.0;
        let full = |state: &mut State<T>| state.waiting.len() >= WAITING && !state.stopped;
        let waited = handover.changed.wait_while(handover.lock(), full);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        if state.stopped {
            return false;
        }
        state.waiting.push_back(item);
        handover.changed.notify_all();
        true
    }
}

impl<T> Drop for Giver<'_, T> {
    fn drop(&mut self) {
        self.0.lock().gives = false;
        self.0.changed.notify_all();
    }
}

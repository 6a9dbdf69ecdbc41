//! Answers of workers that wait to be read. There is room for some: a slow reader slows the workers
//! down, and memory stays bounded.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A bounded queue with many ends to put in and one to take out.
pub(crate) struct Answers<T> {
    most: usize,
    state: Mutex<State<T>>,
    came: Condvar,
    room: Condvar,
}

struct State<T> {
    waiting: VecDeque<T>,
    /// Whether the reader waits for one, and how many workers for room: nobody else is woken, since
    /// that is a call to the system.
    reading: bool,
    sending: usize,
    /// None will come any more.
    ended: bool,
    /// None is wanted any more.
    closed: bool,
}

/// The outcome of taking.
pub(crate) enum Taken<T> {
    Answer(T),
    /// Nothing in time.
    NotYet,
    /// Nothing any more.
    End,
}

impl<T> Answers<T> {
    /// Room for so many.
    pub fn new(most: usize) -> Self {
        let state = State { waiting: VecDeque::new(), reading: false, sending: 0, ended: false, closed: false };
        Self { most, state: Mutex::new(state), came: Condvar::new(), room: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an answer in as soon as there is room; false if none is wanted any more.
    pub fn send(&self, answer: T) -> bool {
        let full = |state: &mut State<T>| state.waiting.len() >= self.most && !state.closed;
        let mut state = self.lock();
        if full(&mut state) {
            state.sending += 1;
            state = self.room.wait_while(state, full).unwrap_or_else(PoisonError::into_inner);
            state.sending -= 1;
        }
        self.put(state, answer)
    }

    /// Puts an answer in whether there is room or not.
    pub fn push(&self, answer: T) {
        self.put(self.lock(), answer);
    }

    fn put(&self, mut state: MutexGuard<'_, State<T>>, answer: T) -> bool {
        if state.closed {
            return false;
        }
        state.waiting.push_back(answer);
        if state.reading {
            self.came.notify_one();
        }
        true
    }

    /// None will come any more. Those that wait can still be taken.
    pub fn end(&self) {
        self.lock().ended = true;
        self.came.notify_all();
    }

    /// None is wanted any more.
    pub fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        let dropped = std::mem::take(&mut state.waiting);
        self.room.notify_all();
        self.came.notify_all();
        drop(state);
        drop(dropped);
    }

    /// Takes an answer. Waits for it as long as `patience`, or as it takes.
    pub fn take(&self, patience: Option<Duration>) -> Taken<T> {
        let nothing = |state: &mut State<T>| state.waiting.is_empty() && !state.ended && !state.closed;
        let mut state = self.lock();
        if nothing(&mut state) {
            state.reading = true;
            state = match patience {
                None => self.came.wait_while(state, nothing).unwrap_or_else(PoisonError::into_inner),
                Some(patience) => {
                    let waited = self.came.wait_timeout_while(state, patience, nothing);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
            state.reading = false;
        }
        match state.waiting.pop_front() {
            Some(answer) => {
                if state.sending > 0 {
                    self.room.notify_one();
                }
                Taken::Answer(answer)
            }
            None if state.ended || state.closed => Taken::End,
            None => Taken::NotYet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_before_the_end_can_be_taken_after_it() {
        let answers = Answers::new(1);
        assert!(matches!(answers.take(Some(Duration::ZERO)), Taken::NotYet));
        assert!(answers.send(1));
        answers.push(2);
        answers.end();
        assert!(matches!(answers.take(None), Taken::Answer(1)));
        assert!(matches!(answers.take(None), Taken::Answer(2)));
        assert!(matches!(answers.take(None), Taken::End));
    }

    #[test]
    fn who_waits_for_room_is_released_when_nothing_is_wanted() {
        let answers = Answers::new(1);
        assert!(answers.send(1));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| answers.send(2));
            answers.close();
            assert!(!waiting.join().unwrap());
        });
        assert!(matches!(answers.take(None), Taken::End));
    }
}

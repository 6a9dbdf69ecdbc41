//! Threads that answer questions. Each is one that storage may keep waiting, has something of its
//! own, and stays for a moment: who asks about a file asks about the next one soon.

use std::any::Any;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{io, thread};

use super::calls::Calls;

/// How long a thread waits for the next question. A root that it has opened is open as long, and a
/// disk with that cannot be taken out.
const REST: Duration = Duration::from_millis(500);
/// Desks that are kept free. Who asks about one folder and another by turns has an instance for
/// each.
const FREE: usize = 4;

/// Desks at which nobody asks.
#[derive(Default)]
pub(crate) struct Desks(Mutex<Vec<Desk>>);

/// A desk, at which one asks at a time.
pub(crate) struct Desk {
    slot: Arc<Slot>,
    /// Those of the thread behind it.
    pub calls: Arc<Calls>,
    /// The folders that were asked about last.
    folders: Vec<PathBuf>,
}

/// What the thread behind a desk has for itself.
pub(crate) struct Own {
    pub calls: Arc<Calls>,
    /// Whatever answers leave there.
    pub kept: Option<Box<dyn Any>>,
}

/// Where a question lies until the thread behind the desk takes it.
#[derive(Default)]
struct Slot {
    question: Mutex<Option<Question>>,
    asked: Condvar,
    /// Whether nobody takes a question any more, or none will come. Written under the lock.
    is_closed: AtomicBool,
}

/// Answers with what the thread has.
pub(crate) type Question = Box<dyn FnOnce(&mut Own) + Send>;

impl Desks {
    fn lock(&self) -> MutexGuard<'_, Vec<Desk>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lays a question about these folders on a desk that is free, or on a new one. Who has the
    /// answer gives it back.
    pub fn put(&self, mut question: Question, folders: Vec<PathBuf>) -> io::Result<Desk> {
        loop {
            let free = self.choose(&folders);
            let mut desk = match free {
                Some(desk) => desk,
                None => Desk::open()?,
            };
            match desk.slot.put(question) {
                Ok(()) => {
                    desk.folders = folders;
                    return Ok(desk);
                }
                Err(back) => question = back,
            }
        }
    }

    /// Gives a desk back that has answered.
    pub fn give_back(&self, desk: Desk) {
        self.lock().push(desk);
    }

    /// One that has answered about these folders, or the one that was left alone for longest if
    /// there are many.
    fn choose(&self, folders: &[PathBuf]) -> Option<Desk> {
        let mut free = self.lock();
        let place = free.iter().rposition(|desk| desk.folders == folders);
        place.or((free.len() >= FREE).then_some(0)).map(|place| free.remove(place))
    }
}

impl Desk {
    fn open() -> io::Result<Self> {
        let (slot, calls) = (Arc::<Slot>::default(), Arc::<Calls>::default());
        let (questions, own_calls) = (slot.clone(), calls.clone());
        thread::Builder::new().name("mt-scanner desk".into()).spawn(move || {
            let mut own = Own { calls: own_calls, kept: None };
            while let Some(question) = questions.next() {
                question(&mut own);
            }
        })?;
        Ok(Self { slot, calls, folders: Vec::new() })
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _question = self.slot.lock();
        self.slot.is_closed.store(true, Ordering::Relaxed);
        self.slot.asked.notify_one();
    }
}

impl Slot {
    fn lock(&self) -> MutexGuard<'_, Option<Question>> {
        self.question.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Relaxed)
    }

    /// Gives the question back if nobody is there any more.
    fn put(&self, question: Question) -> Result<(), Question> {
        let mut laid = self.lock();
        if self.is_closed() {
            return Err(question);
        }
        *laid = Some(question);
        self.asked.notify_one();
        Ok(())
    }

    /// The next question; `None` if none has come for a moment, or none will.
    fn next(&self) -> Option<Question> {
        let none_yet = |laid: &mut Option<_>| laid.is_none() && !self.is_closed();
        let waited = self.asked.wait_timeout_while(self.lock(), REST, none_yet);
        let (mut laid, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let question = laid.take();
        if question.is_none() {
            self.is_closed.store(true, Ordering::Relaxed);
        }
        question
    }
}

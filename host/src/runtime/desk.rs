//! Instances that answer questions. Each is in a thread of its own, since storage may keep it
//! waiting, and stays there for a moment: who asks about a file asks about the next one soon.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use mt_scanner_contract::Outcome;
use mt_scanner_contract::defaults::HANG_MARGIN;
use wasmtime::Store;

use super::asked::Asked;
use super::calls::Calls;
use super::component::Compiled;
use super::error::Error;
use super::identity::{Identity, identity};
use super::instance::stopped_by_time;
use super::limits::{Limits, Stop};
use super::opened::Opened;
use super::root::Root;
use super::sandbox::Sandbox;
use super::world::World;

/// How long an instance waits for the next question. Its root is open as long, and a disk with that
/// cannot be taken out.
const REST: Duration = Duration::from_millis(500);
/// Desks that are kept free. Who asks about one folder and another by turns has an instance for
/// each.
const FREE: usize = 4;

/// The desks of a component at which nobody asks.
pub(crate) struct Desks<W: World>(Mutex<Vec<Desk<W>>>);

/// A desk, at which one asks at a time.
struct Desk<W: World> {
    slot: Arc<Slot<W>>,
    /// Those of all its instances.
    calls: Arc<Calls>,
    /// What was asked about last.
    roots: Vec<Root>,
}

/// Where a question lies until the thread behind the desk takes it.
struct Slot<W: World> {
    question: Mutex<Option<Question<W>>>,
    asked: Condvar,
    /// Whether nobody takes a question any more, or none will come. Written under the lock.
    is_closed: AtomicBool,
}

type Question<W> = Box<dyn FnOnce(&mut Clerk<W>) + Send>;

/// Who answers.
struct Clerk<W: World> {
    compiled: Arc<Compiled<W>>,
    calls: Arc<Calls>,
    own: Option<Own<W>>,
}

/// An instance, and what it was made for.
struct Own<W: World> {
    asked: Asked<W>,
    roots: Vec<(Root, Identity)>,
    limits: Limits,
}

impl<W: World> Default for Desks<W> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<W: World> Compiled<W> {
    /// Makes a call; `what`: its name. The instance sees these roots and nothing else, and answers
    /// the next question about the same folders. Storage that does not answer ends it like a
    /// component that takes too long.
    pub fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        limits: &Limits,
        roots: Vec<Root>,
        what: &str,
        call: impl FnOnce(&W, &mut Store<Sandbox>) -> wasmtime::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let (sender, answers) = channel();
        let (own_roots, own_limits, name) = (roots.clone(), *limits, what.to_owned());
        let question: Question<W> = Box::new(move |clerk| {
            let _ = sender.send(clerk.answer(own_roots, own_limits, &name, call));
        });
        let desk = self.put(question, roots)?;
        let limit = limits.file_timeout;
        match answers.recv_timeout(limit.saturating_add(HANG_MARGIN)) {
            Ok(answer) => {
                self.desks.lock().push(desk);
                answer
            }
            Err(_) => {
                desk.calls.close();
                let (call, detail) = (what.to_owned(), stopped_by_time(limit));
                Err(Error::Ended { call, outcome: Outcome::Timeout, detail, source: Stop::Abandoned.into() })
            }
        }
    }

    /// Lays a question about these roots on a desk that is free, or on a new one.
    fn put(self: &Arc<Self>, mut question: Question<W>, roots: Vec<Root>) -> Result<Desk<W>, Error> {
        loop {
            let free = self.desks.free(&roots);
            let mut desk = match free {
                Some(desk) => desk,
                None => Desk::open(self)?,
            };
            match desk.slot.put(question) {
                Ok(()) => {
                    desk.roots = roots;
                    return Ok(desk);
                }
                Err(back) => question = back,
            }
        }
    }
}

impl<W: World> Desks<W> {
    fn lock(&self) -> MutexGuard<'_, Vec<Desk<W>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that has answered about these roots, or the one that was left alone for longest if there
    /// are many.
    fn free(&self, roots: &[Root]) -> Option<Desk<W>> {
        let mut free = self.lock();
        let place = free.iter().rposition(|desk| desk.roots == roots);
        place.or((free.len() >= FREE).then_some(0)).map(|place| free.remove(place))
    }
}

impl<W: World> Desk<W> {
    fn open(compiled: &Arc<Compiled<W>>) -> Result<Self, Error> {
        let slot = Arc::new(Slot { question: Mutex::default(), asked: Condvar::new(), is_closed: false.into() });
        let calls = Arc::<Calls>::default();
        let (compiled, questions, own_calls) = (compiled.clone(), slot.clone(), calls.clone());
        let work = move || {
            let mut clerk = Clerk { compiled, calls: own_calls, own: None };
            while let Some(question) = questions.next() {
                question(&mut clerk);
            }
        };
        let started = thread::Builder::new().name("mt-scanner desk".into()).spawn(work);
        started.map_err(|error| Error::NoInstance { source: error.into() })?;
        Ok(Self { slot, calls, roots: Vec::new() })
    }
}

impl<W: World> Drop for Desk<W> {
    fn drop(&mut self) {
        let _question = self.slot.lock();
        self.slot.is_closed.store(true, Ordering::Relaxed);
        self.slot.asked.notify_one();
    }
}

impl<W: World> Slot<W> {
    fn lock(&self) -> MutexGuard<'_, Option<Question<W>>> {
        self.question.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Relaxed)
    }

    /// Gives the question back if nobody is there any more.
    fn put(&self, question: Question<W>) -> Result<(), Question<W>> {
        let mut laid = self.lock();
        if self.is_closed() {
            return Err(question);
        }
        *laid = Some(question);
        self.asked.notify_one();
        Ok(())
    }

    /// The next question; `None` if none has come for a moment, or none will.
    fn next(&self) -> Option<Question<W>> {
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

impl<W: World> Clerk<W> {
    fn answer<T>(
        &mut self,
        roots: Vec<Root>,
        limits: Limits,
        what: &str,
        call: impl FnOnce(&W, &mut Store<Sandbox>) -> wasmtime::Result<T>,
    ) -> Result<T, Error> {
        let roots = roots.into_iter().map(identified).collect::<Result<Vec<_>, _>>()?;
        let is_for_them = |own: &Own<W>| own.roots == roots && own.limits == limits;
        let mut own = match self.own.take().filter(is_for_them) {
            Some(own) => own,
            None => self.hire(roots, limits)?,
        };
        let answer = own.asked.call(what, call)?;
        if !own.asked.is_bloated() {
            self.own = Some(own);
        }
        Ok(answer)
    }

    fn hire(&self, roots: Vec<(Root, Identity)>, limits: Limits) -> Result<Own<W>, Error> {
        let these: Arc<[Root]> = roots.iter().map(|(root, _)| root.clone()).collect();
        let opened = Opened::none(&these);
        for (number, root) in these.iter().enumerate() {
            root.check()?;
            opened.open(number)?;
        }
        let asked = Asked::new(&self.compiled, &limits, &opened, self.calls.clone())?;
        Ok(Own { asked, roots, limits })
    }
}

/// A root, and which folder that is now: one that was replaced has the same name.
fn identified(root: Root) -> Result<(Root, Identity), Error> {
    match identity(&root.path) {
        Some(identity) => Ok((root, identity)),
        None => Err(root.check().err().unwrap_or(Error::RootNotAFolder { path: root.path })),
    }
}

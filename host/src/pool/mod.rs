//! The pool: worker threads, each with an instance of its own, that pull from one stack of work.
//!
//! - The stack is last in, first out: depth first, so that little work is pending at a time.
//! - A worker takes several items a step when the stack is long, and little at a time while others have nothing to do, so
//!   that work spreads.
//! - Workers start as work appears: a small folder does not pay for many instances.
//! - What was found waits in a bounded queue. Whoever reads slowly slows the workers down; memory stays bounded.
//! - A step that ends its instance gives its items back as suspects (`suspect`).

mod stack;
mod suspect;
mod worker;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::component::Compiled;
use crate::door::{Door, Found};
use crate::progress::Counters;
use crate::root::Root;
use crate::ticker::Ticker;
use crate::{Error, Limits, Problem, Walking};
use stack::{Bounds, Load, Stack};

/// Answers that may wait to be read, for each worker.
const WAITING: usize = 2;

/// A scan that is to be done.
#[derive(Clone)]
pub(crate) struct Plan {
    pub compiled: Arc<Compiled>,
    pub roots: Arc<[Root]>,
    pub workers: usize,
    pub walking: Walking,
    pub limits: Limits,
    /// The most files and folders in one step.
    pub items: u32,
}

/// What one step brought.
pub(crate) struct Batch<R> {
    pub root: usize,
    pub rows: R,
    pub problems: Vec<Problem>,
}

type Message<R> = Result<Batch<R>, Error>;

/// A scan under way, as its reader sees it.
pub(crate) struct Job<D: Door> {
    pool: Arc<Pool<D>>,
    answers: Option<Receiver<Message<D::Rows>>>,
    // Ends after the workers have: one that is stuck needs it.
    _ticker: Ticker,
}

/// A scan under way, as its workers see it.
struct Pool<D: Door> {
    plan: Plan,
    door: D,
    cancelled: Arc<AtomicBool>,
    counters: Arc<Counters>,
    state: Mutex<State<D::Work>>,
    changed: Condvar,
}

struct State<W> {
    stack: Stack<W>,
    /// Workers that may bring more work.
    busy: usize,
    /// Workers that wait for work.
    idle: usize,
    workers: Vec<JoinHandle<()>>,
}

impl<D: Door> Job<D> {
    /// Starts a scan.
    pub fn start(plan: Plan, door: D) -> Result<Self, Error> {
        let no_thread = |error: std::io::Error| Error::NoInstance { source: error.into() };
        let ticker = Ticker::start(&plan.compiled.engine).map_err(no_thread)?;
        let (sender, answers) = sync_channel(WAITING * plan.workers);
        let stack = Stack::new((0..plan.roots.len()).map(|root| (root, door.begin(root))));
        let pool = Arc::new(Pool {
            state: Mutex::new(State { stack, busy: 0, idle: 0, workers: Vec::new() }),
            changed: Condvar::new(),
            cancelled: Arc::default(),
            counters: Arc::new(Counters::start()),
            door,
            plan,
        });
        Pool::hire(&pool, &mut pool.lock(), &sender).map_err(no_thread)?;
        Ok(Self { pool, answers: Some(answers), _ticker: ticker })
    }

    /// What the next step brought; `None` when the scan is over.
    pub fn next(&mut self) -> Option<Message<D::Rows>> {
        let message = self.answers.as_ref()?.recv().ok();
        if !matches!(message, Some(Ok(_))) {
            self.stop();
        }
        message
    }

    pub fn plan(&self) -> &Plan {
        &self.pool.plan
    }

    pub fn counters(&self) -> &Arc<Counters> {
        &self.pool.counters
    }

    pub fn cancelled(&self) -> &Arc<AtomicBool> {
        &self.pool.cancelled
    }

    /// Ends the scan and waits for its workers, which is a matter of ms: even an endless loop is interrupted.
    fn stop(&mut self) {
        self.pool.cancel();
        // Workers that wait for room in the queue wait no more.
        self.answers = None;
        self.pool.counters.stop();
        let workers = std::mem::take(&mut self.pool.lock().workers);
        for worker in workers {
            let _ = worker.join();
        }
    }
}

impl<D: Door> Drop for Job<D> {
    fn drop(&mut self) {
        self.stop();
    }
}

impl<D: Door> Pool<D> {
    fn lock(&self) -> MutexGuard<'_, State<D::Work>> {
        // What a worker does under the lock leaves the state whole even where it panics.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
        let _state = self.lock();
        self.changed.notify_all();
    }

    /// Starts a worker if there is work for it.
    fn hire(
        pool: &Arc<Self>,
        state: &mut State<D::Work>,
        answers: &SyncSender<Message<D::Rows>>,
    ) -> std::io::Result<()> {
        let wanted = |state: &State<D::Work>| {
            let useful = pool.plan.workers.min(state.stack.len() + state.busy);
            state.workers.len() < useful && state.idle < state.stack.len() && !pool.is_cancelled()
        };
        while wanted(state) {
            let (shared, answers) = (pool.clone(), answers.clone());
            let name = "mt-scanner worker".to_owned();
            match std::thread::Builder::new().name(name).spawn(move || worker::run(&shared, &answers)) {
                Ok(worker) => state.workers.push(worker),
                Err(error) if state.workers.is_empty() => return Err(error),
                // The present ones do the work.
                Err(_) => break,
            }
        }
        Ok(())
    }

    /// The next work, or `None` when there is none and nobody who could bring any.
    fn take(&self) -> Option<Load<D::Work>> {
        let Plan { workers, items, .. } = self.plan;
        let bounds = Bounds { workers, items, handed_in: D::MOST_HANDED_IN, reads: D::READS };
        let mut state = self.lock();
        loop {
            if self.is_cancelled() {
                self.changed.notify_all();
                return None;
            }
            let idle = state.idle;
            if let Some(load) = state.stack.take(bounds, idle) {
                state.busy += 1;
                return Some(load);
            }
            if state.busy == 0 {
                self.changed.notify_all();
                return None;
            }
            state.idle += 1;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }

    /// Takes in the counts of a step, and parts its answer from its work.
    fn count(&self, load: &Load<D::Work>, found: Found<D::Rows, D::Work>) -> (Batch<D::Rows>, Vec<D::Work>) {
        let Found { folders, files, tracks, rows, problems, work } = found;
        self.counters.add(folders, files, tracks, problems.len() as u64);
        (Batch { root: load.root(), rows, problems }, work)
    }

    /// Takes in the work of a step.
    fn give(pool: &Arc<Self>, load: &Load<D::Work>, work: Vec<D::Work>, answers: &SyncSender<Message<D::Rows>>) {
        let mut state = pool.lock();
        let more = work.len();
        state.stack.give(load, work);
        pool.settle(&mut state, more);
        let _ = Self::hire(pool, &mut state, answers);
    }

    /// Gives back a load whose step did not return.
    fn suspect(&self, load: Load<D::Work>) {
        let mut state = self.lock();
        let more = state.stack.suspect(load);
        self.settle(&mut state, more);
    }

    /// A worker has done its step, and there are so many items more.
    fn settle(&self, state: &mut State<D::Work>, more: usize) {
        state.busy -= 1;
        if state.busy == 0 || more > 1 {
            self.changed.notify_all();
        } else if more == 1 {
            self.changed.notify_one();
        }
    }
}

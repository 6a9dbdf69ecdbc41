//! The pool: worker threads, each with an instance of its own, that pull from one queue of work.
//!
//! - Each root has a stack of work, last in, first out: depth first, so that little work is pending
//!   at a time. Workers spread over the roots (`queue`).
//! - A worker takes several items a step when the stack is long, and little at a time while others
//!   have nothing to do, so that work spreads.
//! - Workers start as work appears: a small folder does not pay for many instances. More than cores
//!   work only while steps wait for storage (`crew`).
//! - Answers wait in a bounded queue. A slow reader slows the workers down; memory stays bounded.
//! - Symbolic links wait until all else of their root is done (`links`).
//! - A step that ends its instance gives its items back as suspects (`suspect`).
//! - A worker whose step does not return is abandoned, and another one takes its place
//!   (`supervision`).

pub(crate) mod answers;
mod crew;
pub(crate) mod hung;
pub(crate) mod job;
mod links;
mod queue;
pub(crate) mod rounds;
mod stack;
mod supervision;
mod suspect;
mod worker;
mod workers;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::door::item::Item;
use super::door::{Door, Failure, Found, Request};
use super::plan::{Plan, Settings};
use super::progress::{Ahead, Counters, Counts, Progress};
use crate::runtime::bindings::Scanner;
use crate::runtime::calls::Avoided;
use crate::runtime::error::Error;
use crate::runtime::instance::Instance;
use crate::runtime::opened::Opened;
use crate::runtime::own::{Own, Shared};
use crate::runtime::waiting::Waiting;
use answers::Answers;
use crew::Crew;
use mt_scanner_contract::Budget;
use mt_scanner_contract::Problem;
use queue::{Brought, Queue};
use stack::{Bounds, Load};
use workers::Workers;

/// The rows and problems of one step.
pub(crate) struct Batch<R> {
    pub root: usize,
    pub rows: R,
    pub problems: Vec<Problem>,
}

type Message<R> = Result<Batch<R>, Error>;

/// A scan under way, as its workers see it.
struct Pool<D: Door> {
    plan: Plan,
    opened: Arc<Opened>,
    door: D,
    cancelled: Arc<AtomicBool>,
    counters: Arc<Counters>,
    answers: Answers<Message<D::Rows>>,
    avoided: Arc<Avoided>,
    state: Mutex<State<D::Work>>,
    /// There is work, or none any more.
    changed: Condvar,
    /// A worker has left.
    left: Condvar,
}

struct State<W> {
    queue: Queue<W>,
    /// Workers that may bring more work.
    busy: usize,
    /// Those of them whose steps stall: others work in their places.
    stalled: usize,
    /// Workers that wait for work.
    idle: usize,
    crew: Crew,
    workers: Workers<W>,
}

impl<W> State<W> {
    /// How many workers may work.
    fn places(&self) -> usize {
        self.crew.size() + self.stalled
    }
}

/// A load, and what it is to be asked with.
struct Taken<W> {
    load: Arc<Load<W>>,
    entered: Arc<str>,
}

/// A step that is back.
enum Back<W> {
    /// With all that it was given.
    Whole,
    /// It stalled, and others do what it was given, but for this.
    Parted(Arc<Load<W>>),
    /// Nobody waits for it any more: the worker is to leave everything alone.
    Abandoned,
}

/// A scan that somebody watches.
pub(crate) trait Watched: Send + Sync {
    /// How far it is.
    fn progress(&self) -> Progress;
}

impl<D: Door> Watched for Pool<D> {
    fn progress(&self) -> Progress {
        let mut state = self.lock();
        let mut ahead = Ahead { folders: state.queue.folders(), done: state.queue.done(), at: None };
        for (_, _, step) in state.workers.at_work() {
            let work = step.load.work();
            ahead.folders += work.iter().filter(|item| !item.is_files()).count() as u64;
            ahead.at = ahead.at.or_else(|| work.first().map(|item| (step.load.root(), item.folder().to_owned())));
        }
        drop(state);
        let mut progress = self.counters.read(Some(&ahead));
        progress.folder = ahead.at.map(|(root, folder)| self.plan.roots[root].native(&folder).to_string_lossy().into());
        progress
    }
}

impl<D: Door> Pool<D> {
    fn lock(&self) -> MutexGuard<'_, State<D::Work>> {
        // A worker that panics under the lock leaves the state whole.
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

    /// Whether there is work for one more worker.
    fn wants_worker(&self, state: &State<D::Work>) -> bool {
        let pending = state.queue.len();
        let useful = state.places().min(pending + state.busy);
        state.workers.len() < useful && state.idle < pending && !self.is_cancelled()
    }

    /// The next work for a worker, or `None` when there is none and no busy worker can bring any.
    fn take(&self, worker: u64) -> Option<Taken<D::Work>> {
        let items = self.plan.settings.items;
        let mut state = self.lock();
        loop {
            if self.is_cancelled() {
                self.changed.notify_all();
                return None;
            }
            let places = state.places();
            let bounds = Bounds { workers: places, items, handed_in: D::MOST_HANDED_IN, reads: D::READS };
            let idle = state.idle;
            // Above that, workers rest: those that are busy take the next work themselves.
            let may_work = state.busy < places;
            if may_work && let Some(load) = state.queue.take(bounds, idle) {
                let load = Arc::new(load);
                let entered = state.queue.entered(load.root());
                state.workers.begin(worker, load.clone());
                state.busy += 1;
                return Some(Taken { load, entered });
            }
            if may_work && state.busy == 0 {
                self.changed.notify_all();
                return None;
            }
            state.idle += 1;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }

    /// Says that a worker's step is back.
    fn is_back(&self, worker: u64) -> Back<D::Work> {
        let mut state = self.lock();
        let Some(step) = state.workers.end(worker) else { return Back::Abandoned };
        state.stalled -= usize::from(step.stalls);
        if step.parted { Back::Parted(step.load) } else { Back::Whole }
    }

    /// Takes in the counts of a step, and parts its answer from its work.
    fn count(&self, load: &Load<D::Work>, found: Found<D::Rows, D::Work>) -> (Batch<D::Rows>, Brought<D::Work>) {
        let Found { folders, files, passed_over, playlists, tracks, done, rows, mut problems, work, entered } = found;
        if self.avoided.any() {
            self.lock().queue.hung(load.root()).tell(&mut problems);
        }
        let problems_found = problems.len() as u64;
        self.counters.add(Counts { folders, files, passed_over, playlists, done, tracks, problems: problems_found });
        (Batch { root: load.root(), rows, problems }, Brought { work, entered })
    }

    /// Takes in the work of a step, and how much of its time it waited.
    fn give(&self, load: &Load<D::Work>, brought: Brought<D::Work>, waiting: Waiting) {
        let mut state = self.lock();
        let more = state.queue.give(load, brought);
        state.crew.learn(waiting.took, waiting.waited);
        self.settle(&mut state, more);
    }

    /// The instance of a worker for work of a root.
    fn running<'a>(&self, own: &'a mut Own<Scanner>, root: usize) -> Result<&'a mut Instance<Scanner>, Error> {
        let Settings { compiled, limits, .. } = &self.plan.settings;
        own.running(&Shared { compiled, opened: &self.opened, limits, cancelled: &self.cancelled }, root)
    }

    /// Asks for a step, and stops it after the time `limit`.
    fn step(
        &self,
        own: &mut Own<Scanner>,
        taken: &Taken<D::Work>,
        work: &[D::Work],
        budget: Budget,
        limit: Duration,
        blind: bool,
    ) -> Result<Found<D::Rows, D::Work>, Failure> {
        let root = taken.load.root();
        let instance = self.running(own, root)?;
        let root = &self.plan.roots[root];
        let (walking, reading, entered) =
            (&self.plan.settings.walking(root), &self.plan.settings.reading, &*taken.entered);
        self.door.step(instance, Request { root: &root.name, work, budget, walking, reading, limit, entered, blind })
    }

    /// Gives back a load whose step ended its instance.
    fn suspect(&self, load: Arc<Load<D::Work>>) {
        let mut state = self.lock();
        let more = state.queue.suspect(Arc::unwrap_or_clone(load));
        self.settle(&mut state, more);
    }

    /// Gives back what was left to a step that stalled, and is back after all.
    fn retry(&self, load: Arc<Load<D::Work>>) {
        let mut state = self.lock();
        let more = state.queue.retry(Arc::unwrap_or_clone(load));
        self.settle(&mut state, more);
    }

    /// Ends a step of a worker that has brought `more` items of work.
    fn settle(&self, state: &mut State<D::Work>, more: usize) {
        state.busy -= 1;
        // To wake nobody is a call to the system as well.
        if state.idle > 0 && (state.busy == 0 || more > 1) {
            self.changed.notify_all();
        } else if state.idle > 0 && more == 1 {
            self.changed.notify_one();
        }
    }

    /// The problems of a root whose words the component does not know.
    fn push_problems(&self, root: usize, problems: Vec<Problem>) {
        if !problems.is_empty() {
            self.counters.add_problems(problems.len() as u64);
            self.answers.push(Ok(Batch { root, rows: D::Rows::default(), problems }));
        }
    }

    /// A worker leaves. The last one says that no answer comes any more.
    fn leave(&self, worker: u64, failure: Option<Error>) {
        let mut state = self.lock();
        if !state.workers.leave(worker) {
            return;
        }
        if let Some(error) = failure {
            self.cancelled.store(true, Ordering::Relaxed);
            self.changed.notify_all();
            self.answers.push(Err(error));
        }
        if state.workers.len() == 0 {
            self.end(&mut state);
        }
        self.left.notify_all();
    }

    /// Nobody works any more. Tells what nobody was told of.
    fn end(&self, state: &mut State<D::Work>) {
        for root in 0..self.plan.roots.len() {
            self.push_problems(root, state.queue.hung(root).rest());
        }
        self.answers.end();
    }
}

//! The pool: worker threads, each with an instance of its own, that pull from one stack of work.
//!
//! - The stack is last in, first out: depth first, so that little work is pending at a time.
//! - A worker takes several items a step when the stack is long, and little at a time while others
//!   have nothing to do, so that work spreads.
//! - Workers start as work appears: a small folder does not pay for many instances. More than cores
//!   work only while steps wait for storage (`crew`).
//! - Batches wait in a bounded queue. A slow reader slows the workers down; memory stays bounded.
//! - Symbolic links wait until all else of their root is done (`links`).
//! - A step that ends its instance gives its items back as suspects (`suspect`).

mod crew;
pub(crate) mod job;
mod links;
mod stack;
mod suspect;
mod worker;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::door::{Door, Failure, Found, Request};
use super::plan::Plan;
use super::progress::Counters;
use crate::runtime::bindings::Scanner;
use crate::runtime::error::Error;
use crate::runtime::instance::Instance;
use crate::runtime::waiting::Waiting;
use crew::Crew;
use links::Links;
use mt_scanner_contract::Budget;
use mt_scanner_contract::Problem;
use stack::{Bounds, Load, Stack};

/// The rows and problems of one step.
pub(crate) struct Batch<R> {
    pub root: usize,
    pub rows: R,
    pub problems: Vec<Problem>,
}

/// The work that a step brings.
struct Brought<W> {
    work: Vec<W>,
    /// The places that links have led to, where it has judged some.
    entered: Option<String>,
}

type Message<R> = Result<Batch<R>, Error>;

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
    links: Links<W>,
    /// Workers that may bring more work.
    busy: usize,
    /// Workers that wait for work.
    idle: usize,
    crew: Crew,
    workers: Vec<JoinHandle<()>>,
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
        let useful = state.crew.size().min(state.stack.len() + state.busy);
        state.workers.len() < useful && state.idle < state.stack.len() && !self.is_cancelled()
    }

    /// The next work, or `None` when there is none and no busy worker can bring any.
    fn take(&self) -> Option<Load<D::Work>> {
        let items = self.plan.items;
        let mut state = self.lock();
        loop {
            let workers = state.crew.size();
            let bounds = Bounds { workers, items, handed_in: D::MOST_HANDED_IN, reads: D::READS };
            if self.is_cancelled() {
                self.changed.notify_all();
                return None;
            }
            let idle = state.idle;
            // Above that, workers rest: those that are busy take the next work themselves.
            let may_work = state.busy < workers;
            let State { stack, links, .. } = &mut *state;
            if may_work && let Some(load) = links.next(stack, items).or_else(|| stack.take(bounds, idle)) {
                links.begin(load.root());
                state.busy += 1;
                return Some(load);
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

    /// Takes in the counts of a step, and parts its answer from its work.
    fn count(&self, load: &Load<D::Work>, found: Found<D::Rows, D::Work>) -> (Batch<D::Rows>, Brought<D::Work>) {
        let Found { folders, files, passed_over, tracks, rows, problems, work, entered } = found;
        self.counters.add(folders, files, tracks, problems.len() as u64);
        self.counters.pass_over(passed_over);
        (Batch { root: load.root(), rows, problems }, Brought { work, entered })
    }

    /// Takes in the work of a step, and how much of its time it waited.
    fn give(&self, load: &Load<D::Work>, brought: Brought<D::Work>, waiting: Waiting) {
        let mut state = self.lock();
        let work = state.links.end(load.root(), brought.work, brought.entered);
        let more = work.len();
        state.crew.learn(waiting.took, waiting.waited);
        state.stack.give(load, work);
        self.settle(&mut state, more);
    }

    /// The instance, made now if there is none.
    fn running<'a>(&self, instance: &'a mut Option<Instance<Scanner>>) -> Result<&'a mut Instance<Scanner>, Error> {
        let Plan { compiled, roots, limits, .. } = &self.plan;
        Ok(match instance {
            Some(instance) => instance,
            None => instance.insert(Instance::new(compiled, roots, limits, self.cancelled.clone())?),
        })
    }

    /// Asks for a step, and stops it after the time `limit`.
    fn step(
        &self,
        instance: &mut Instance<Scanner>,
        root: usize,
        work: &[D::Work],
        budget: Budget,
        limit: Duration,
    ) -> Result<Found<D::Rows, D::Work>, Failure> {
        let entered = self.lock().links.entered(root);
        let root = &self.plan.roots[root].name;
        let (walking, entered) = (&self.plan.walking, entered.as_ref());
        self.door.step(instance, Request { root, work, budget, walking, limit, entered })
    }

    /// Gives back a load whose step did not return.
    fn suspect(&self, load: Load<D::Work>) {
        let mut state = self.lock();
        let more = match state.links.suspect(load) {
            Some(load) => state.stack.suspect(load),
            None => 0,
        };
        self.settle(&mut state, more);
    }

    /// Ends a step of a worker that has brought `more` items of work.
    fn settle(&self, state: &mut State<D::Work>, more: usize) {
        state.busy -= 1;
        if state.busy == 0 || more > 1 {
            self.changed.notify_all();
        } else if more == 1 {
            self.changed.notify_one();
        }
    }
}

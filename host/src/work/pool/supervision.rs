//! Supervision: steps that do not return.
//!
//! The clock's thread looks at the workers. A step whose call to the filesystem takes long gives
//! its place to another worker, for the other roots, and all of its load but what it is at. A step
//! that is over its time in such a call is abandoned: what it asked of is named and not asked
//! again, its load goes back to the queue, and its thread ends whenever the call returns.

use std::sync::Arc;
use std::time::{Duration, Instant};

use mt_scanner_contract::defaults::{HANG_MARGIN, STEP_OVERDUE};
use mt_scanner_contract::words::{self, filled};
use mt_scanner_contract::{Outcome, Problem};

use super::hung::Hung;
use super::rounds::{Due, Rounds};
use super::stack::Load;
use super::workers::Worker;
use super::{Pool, State, worker};
use crate::runtime::calls::Place;
use crate::runtime::error::Error;
use crate::runtime::instance::stopped_by_time;
use crate::runtime::limits::Limits;
use crate::work::door::Door;
use crate::work::door::item::Item;

/// Whether a folder is listed in one call, which may take as long as the listing.
const LISTS_AT_ONCE: bool = !cfg!(any(target_os = "linux", windows));

/// Looks after the workers of a pool.
pub(super) struct Supervisor<D: Door> {
    pool: Arc<Pool<D>>,
    rounds: Rounds,
}

impl<D: Door> Supervisor<D> {
    pub fn of(pool: Arc<Pool<D>>) -> Self {
        Self { pool, rounds: Rounds::default() }
    }

    /// Called at every tick of the clock.
    pub fn tick(&mut self) {
        match self.rounds.tick(self.pool.is_cancelled()) {
            Due::Look if self.pool.look(Instant::now()) => self.pool.replace(),
            Due::Look | Due::Nothing => {}
            Due::Tell => self.pool.cancel(),
            Due::Abandon => self.pool.abandon_all(),
        }
    }
}

/// A call that is over its time.
struct Overdue {
    worker: u64,
    since: Instant,
    limit: Duration,
    of_folder: bool,
}

impl<D: Door> Pool<D> {
    /// Looks at the workers; whether places were left to others.
    fn look(&self, now: Instant) -> bool {
        let mut state = self.lock();
        let State { workers, queue, stalled, .. } = &mut *state;
        let (mut overdue, mut changed) = (Vec::new(), false);
        for (worker, calls, step) in workers.at_work() {
            let call = calls.under_way();
            let seen = match (call, step.call) {
                (Some(call), Some((number, seen))) if call.number == number => seen,
                _ => {
                    step.call = call.map(|call| (call.number, now));
                    continue;
                }
            };
            let (Some(call), took) = (call, now.saturating_duration_since(seen)) else { continue };
            let root = step.load.root();
            if took >= STEP_OVERDUE && !step.stalls {
                step.stalls = true;
                *stalled += 1;
                queue.stalls(root);
                // What lies at or below the folder of the call may wait for the same thing.
                let folder = calls.folder().map(|place| place.path);
                if let Some((at, rest)) = folder.and_then(|folder| step.load.parted(&folder))
                    && queue.lend(rest)
                {
                    step.load = Arc::new(at);
                    step.parted = true;
                }
                changed = true;
            }
            let of_folder = call.of_folder;
            let Limits { file_timeout, listing_timeout, .. } = self.plan.settings.limits;
            let limit = if of_folder && LISTS_AT_ONCE { listing_timeout } else { file_timeout };
            // Several calls of a step may be slow together: then its deadline comes first, and the
            // guilty one is found one by one.
            let is_over =
                took >= limit && now.saturating_duration_since(call.since) >= limit.saturating_add(HANG_MARGIN);
            if is_over || (step.stalls && queue.is_given_up(root)) {
                overdue.push(Overdue { worker, since: seen, limit, of_folder });
            }
        }
        for step in overdue {
            self.abandon(&mut state, &step, now);
            changed = true;
        }
        if changed {
            self.changed.notify_all();
        }
        changed
    }

    /// Abandons a worker, and takes its load back.
    fn abandon(&self, state: &mut State<D::Work>, overdue: &Overdue, now: Instant) {
        let Some(Worker { calls, step: Some(step), .. }) = state.workers.abandon(overdue.worker) else { return };
        let place = calls.close();
        state.busy -= 1;
        state.stalled -= usize::from(step.stalls);
        let root = step.load.root();
        if !state.queue.is_given_up(root) {
            if let Some(place) = place {
                self.name(state, &step.load, place, overdue);
            }
            state.queue.hung(root).count(overdue.since, now);
            if state.queue.hung(root).are_too_many() {
                self.give_up(state, root, Hung::too_many(&self.plan.roots[root].name));
            }
        }
        state.queue.put_back(Arc::unwrap_or_clone(step.load));
    }

    /// Names the place of a call that did not return.
    fn name(&self, state: &mut State<D::Work>, load: &Load<D::Work>, place: Place, overdue: &Overdue) {
        let is_folder = |work: &D::Work| !work.is_files() && work.folder() == place.path;
        let of_folder = overdue.of_folder || load.work().iter().any(is_folder);
        let words = if of_folder { words::LISTING_FAILED } else { words::READING_FAILED };
        let detail = filled(words, &[("why", &stopped_by_time(overdue.limit))]);
        let Place { root, path } = place.clone();
        let problem = Problem { root: self.plan.roots[root].name.clone(), path, outcome: Outcome::Timeout, detail };
        if place.path.is_empty() {
            // Without the root itself there is nothing to go on with.
            self.give_up(state, root, problem);
        } else {
            self.avoided.add(place);
            state.queue.hung(root).add(problem);
        }
    }

    /// Gives a root up: what is pending of it is dropped.
    fn give_up(&self, state: &mut State<D::Work>, root: usize, problem: Problem) {
        if state.queue.is_given_up(root) {
            return;
        }
        let hung = state.queue.hung(root);
        hung.give_up();
        let mut problems = hung.rest();
        problems.push(problem);
        state.queue.clear(root);
        self.push_problems(root, problems);
    }

    /// The component refused a step. If that is because a root went away after it was looked at,
    /// the others go on without it.
    pub(super) fn lose_root(&self, load: Arc<Load<D::Work>>, error: Error) -> Result<(), Error> {
        let detail = match &error {
            Error::RootNotFound { .. } => words::ROOT_NOT_FOUND,
            Error::RootNotAFolder { .. } => words::ROOT_NOT_A_FOLDER,
            Error::RootUnreadable { .. } => words::ROOT_UNREADABLE,
            _ => return Err(error),
        };
        let root = load.root();
        if self.plan.roots.len() == 1 {
            return Err(error);
        }
        let (name, path) = (self.plan.roots[root].name.clone(), String::new());
        let problem = Problem { root: name, path, outcome: Outcome::Unreadable, detail: detail.to_owned() };
        let mut state = self.lock();
        self.give_up(&mut state, root, problem);
        state.queue.put_back(Arc::unwrap_or_clone(load));
        self.settle(&mut state, 0);
        Ok(())
    }

    /// Lets other workers work in the places of those that stall or were abandoned.
    fn replace(self: &Arc<Self>) {
        let hired = worker::hire(self);
        let mut state = self.lock();
        if state.workers.len() == 0 {
            if let Err(source) = hired {
                self.answers.push(Err(Error::NoInstance { source: source.into() }));
            }
            self.end(&mut state);
        }
    }

    /// Abandons every worker.
    pub(super) fn abandon_all(&self) {
        let mut state = self.lock();
        for number in state.workers.numbers() {
            if let Some(worker) = state.workers.abandon(number) {
                worker.calls.close();
                state.busy -= usize::from(worker.step.is_some());
            }
        }
        self.answers.end();
        self.left.notify_all();
    }
}

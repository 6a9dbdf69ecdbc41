//! The workers, and the files that wait for them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mt_scanner_contract::Problem;

use super::background;
use super::file::{self, Looked, Share};
use super::plan::{Plan, Waiting};
use super::report::FileReport;
use crate::runtime::bindings::analyser::Analyser as Exports;
use crate::runtime::calls::{Avoided, Calls};
use crate::runtime::error::Error;
use crate::runtime::instance::Instance;
use crate::runtime::own::Own;
use crate::scan::Scan;
use crate::work::door::typed::RelativePaths;
use crate::work::pool::Watched;
use crate::work::pool::answers::Answers;
use crate::work::pool::hung::Hung;
use crate::work::progress::{Ahead, Counters, Counts, Progress};

/// Answers that may wait to be read, for each worker.
const WAITING: usize = 4;
/// Whoever finds files looks this often whether they are still wanted.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// The next thing that work on files brings.
pub(crate) enum Brought {
    Report(Waiting, Box<FileReport>),
    /// There is no report of a file.
    Lost {
        file: Waiting,
        problem: Problem,
        /// Whether the file is the reason, and would be again.
        by_itself: bool,
    },
    /// Of what was found on the way to files.
    Problems(Vec<Problem>),
}

/// Work on files under way.
pub(super) struct Pool {
    pub plan: Plan,
    pub counters: Arc<Counters>,
    pub answers: Answers<Result<Brought, Error>>,
    avoided: Arc<Avoided>,
    state: Mutex<State>,
    /// There is a file, or there will be none any more.
    changed: Condvar,
    /// A worker has left.
    left: Condvar,
}

pub(super) struct State {
    pub waiting: VecDeque<Waiting>,
    /// Of each root the calls that did not return.
    hung: Vec<Hung>,
    /// Whether more files may be found.
    finding: bool,
    idle: usize,
    next: u64,
    /// The workers that are present, by their numbers.
    pub workers: BTreeMap<u64, Worker>,
}

impl State {
    /// A call of a root did not return. Gives the root up if it was one too many, and says whether
    /// that is so now.
    pub fn hangs(&mut self, root: usize, since: Instant) -> bool {
        let hung = &mut self.hung[root];
        hung.count(since, Instant::now());
        let gives_up = hung.are_too_many() && !hung.is_given_up();
        if gives_up {
            hung.give_up();
            self.waiting.retain(|file| file.root != root);
        }
        gives_up
    }
}

/// A worker, as others see it.
pub(super) struct Worker {
    pub calls: Arc<Calls>,
    pub file: Option<Waiting>,
    /// How far it is with it.
    share: Arc<Share>,
}

impl Watched for Pool {
    fn progress(&self) -> Progress {
        let state = self.lock();
        let at = state.workers.values().find_map(|worker| worker.file.clone());
        let ahead = Ahead { folders: u64::from(state.finding), done: 0.0, at: None };
        drop(state);
        let mut progress = self.counters.read(Some(&ahead));
        progress.folder = at.map(|Waiting { root, path }| {
            let folder = path.rfind('/').map_or("", |end| &path[..end]);
            self.plan.roots[root].native(folder).to_string_lossy().into()
        });
        progress
    }
}

impl Pool {
    pub fn new(plan: Plan) -> Self {
        let hung = plan.roots.iter().map(|_| Hung::default()).collect();
        let state = State { waiting: VecDeque::new(), hung, finding: true, idle: 0, next: 0, workers: BTreeMap::new() };
        Self {
            counters: Arc::new(Counters::start(false)),
            answers: Answers::new(WAITING * plan.task.workers),
            avoided: Arc::default(),
            plan,
            state: Mutex::new(state),
            changed: Condvar::new(),
            left: Condvar::new(),
        }
    }

    pub fn lock(&self) -> MutexGuard<'_, State> {
        // It is whole between any two statements that could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn is_cancelled(&self) -> bool {
        self.plan.cancelled.load(Ordering::Relaxed)
    }

    /// Nothing new is begun.
    pub fn cancel(&self) {
        self.plan.cancelled.store(true, Ordering::Relaxed);
        let _state = self.lock();
        self.changed.notify_all();
    }

    /// Finds the files that the workers are to look at.
    pub fn find(self: &Arc<Self>, mut scan: Scan<RelativePaths>) {
        let number = |root: &std::path::Path| self.plan.roots.iter().position(|known| known.path == root);
        let mut before = Progress::default();
        while let Some(step) = scan.next_step_within(BETWEEN_LOOKS) {
            if self.is_cancelled() {
                break;
            }
            let step = match step {
                Ok(Some(step)) => step,
                Ok(None) => continue,
                Err(error) => {
                    self.fail(error);
                    break;
                }
            };
            let paths = step.items.iter().flat_map(RelativePaths::iter).map(Arc::from);
            let root = number(&step.root).unwrap_or_default();
            let found: Vec<Waiting> = paths.map(|path| Waiting { root, path }).collect();
            let problems = step.problems;
            self.count(&mut before, scan.progress(), found.len(), problems.len());
            self.add(found);
            if !problems.is_empty() {
                self.answers.send(Ok(Brought::Problems(problems)));
            }
        }
        self.count(&mut before, scan.progress(), 0, 0);
        self.all_added();
    }

    /// More files for the workers.
    pub fn add(self: &Arc<Self>, files: impl IntoIterator<Item = Waiting>) {
        let mut state = self.lock();
        let State { waiting, hung, .. } = &mut *state;
        waiting.extend(files.into_iter().filter(|file| !hung[file.root].is_given_up()));
        drop(state);
        self.hire();
    }

    /// No more files come.
    pub fn all_added(&self) {
        let mut state = self.lock();
        state.finding = false;
        self.settle(&mut state);
    }

    /// The files that are worked on, each with the share of it that is done.
    pub fn under_way(&self) -> Vec<(Waiting, f64)> {
        let state = self.lock();
        let at = |worker: &Worker| Some((worker.file.clone()?, worker.share.get()));
        state.workers.values().filter_map(at).collect()
    }

    /// Takes in what the scan has counted since `before`.
    fn count(&self, before: &mut Progress, now: Progress, files: usize, problems: usize) {
        self.counters.add(Counts {
            folders: now.folders - before.folders,
            files: files as u64,
            passed_over: now.passed_over - before.passed_over,
            playlists: now.playlists - before.playlists,
            done: 0,
            tracks: 0,
            problems: problems as u64,
        });
        *before = now;
    }

    /// Starts workers for as long as files wait for one more, and wakes those that rest.
    pub fn hire(self: &Arc<Self>) {
        let mut state = self.lock();
        while state.workers.len() < self.plan.task.workers && state.waiting.len() > state.idle && !self.is_cancelled() {
            let number = state.next;
            let calls = Arc::new(Calls::new(self.avoided.clone()));
            let (pool, own) = (self.clone(), Own::new(number, calls.clone()));
            let share = Arc::new(Share::default());
            let (name, told) = ("mt-scanner analyser".to_owned(), share.clone());
            match std::thread::Builder::new().name(name).spawn(move || pool.work(own, &told)) {
                Ok(_) => {
                    state.next += 1;
                    state.workers.insert(number, Worker { calls, file: None, share });
                }
                Err(source) if state.workers.is_empty() => {
                    drop(state);
                    return self.fail(Error::NoInstance { source: source.into() });
                }
                // The present ones do the work.
                Err(_) => break,
            }
        }
        self.changed.notify_all();
    }

    /// Works until there is nothing left to do, or the worker was abandoned.
    fn work(self: &Arc<Self>, mut own: Own<Exports>, share: &Share) {
        if self.plan.task.background {
            background::give_way();
        }
        while let Some(file) = self.take(own.number) {
            let looked = file::look_at(&self.plan, &mut own, &file, share);
            if own.instance.as_ref().is_some_and(Instance::is_bloated) {
                own.drop_instance();
            }
            if !self.is_back(own.number) {
                return;
            }
            let wanted = match looked {
                Ok(Looked::At(report)) => {
                    self.done(1, 0);
                    self.answers.send(Ok(Brought::Report(file, report)))
                }
                Ok(Looked::Lost(problem)) => self.lost(file, problem, true),
                Ok(Looked::Refused(problem)) => self.lost(file, problem, false),
                Ok(Looked::Cancelled) => false,
                Err(error) => {
                    self.fail(error);
                    false
                }
            };
            if !wanted {
                break;
            }
        }
        own.drop_instance();
        let mut state = self.lock();
        state.workers.remove(&own.number);
        self.settle(&mut state);
    }

    /// A file has no report; whether anybody wants to know.
    fn lost(&self, file: Waiting, problem: Problem, by_itself: bool) -> bool {
        self.done(0, 1);
        self.answers.send(Ok(Brought::Lost { file, problem, by_itself }))
    }

    /// A file is done: with a report, or with a problem.
    pub fn done(&self, reports: u64, problems: u64) {
        let counts = Counts { folders: 0, files: 0, passed_over: 0, playlists: 0, done: 1, tracks: reports, problems };
        self.counters.add(counts);
    }

    /// Problems that are of no file.
    pub fn count_problems(&self, count: usize) {
        let problems = count as u64;
        self.counters.add(Counts { folders: 0, files: 0, passed_over: 0, playlists: 0, done: 0, tracks: 0, problems });
    }

    /// The next file for a worker, or `None` when there will be none.
    fn take(&self, number: u64) -> Option<Waiting> {
        let mut state = self.lock();
        loop {
            if self.is_cancelled() {
                return None;
            }
            if let Some(file) = state.waiting.pop_front() {
                if let Some(worker) = state.workers.get_mut(&number) {
                    worker.file = Some(file.clone());
                    worker.share.reset();
                }
                return Some(file);
            }
            if !state.finding {
                return None;
            }
            state.idle += 1;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }

    /// A worker is done with its file; false if nobody waits for it any more.
    fn is_back(&self, number: u64) -> bool {
        self.lock().workers.get_mut(&number).is_some_and(|worker| worker.file.take().is_some())
    }

    fn fail(&self, error: Error) {
        self.answers.push(Err(error));
        self.cancel();
    }

    /// A worker has left, or all files are found. The last one says that no answer comes any more.
    pub fn settle(&self, state: &mut State) {
        let is_over = state.waiting.is_empty() || self.is_cancelled();
        if !state.finding && state.workers.is_empty() && is_over {
            self.answers.end();
        }
        self.changed.notify_all();
        self.left.notify_all();
    }

    /// Leaves everybody alone who is still there after a moment.
    pub fn leave(&self, moment: Duration) {
        let present = |state: &mut State| !state.workers.is_empty() || state.finding;
        let left = self.left.wait_timeout_while(self.lock(), moment, present);
        let (mut state, _) = left.unwrap_or_else(PoisonError::into_inner);
        for (_, worker) in std::mem::take(&mut state.workers) {
            worker.calls.close();
        }
        state.finding = false;
        self.settle(&mut state);
    }
}

//! Work on files under way: its workers, and the clock that looks after them.

use std::sync::Arc;
use std::time::Duration;

use super::plan::{Plan, Task, Waiting};
use super::pool::{Brought, Pool};
use super::supervision::Supervisor;
use crate::runtime::error::Error;
use crate::runtime::opened::Opened;
use crate::runtime::root::Root;
use crate::runtime::ticker::Ticker;
use crate::scan::Control;
use crate::work::pool::Watched;
use crate::work::pool::answers::Taken;
use crate::work::pool::rounds::LEAVING;

/// Work on files. It ends when it is dropped.
pub(crate) struct Job {
    pub(super) pool: Arc<Pool>,
    control: Control,
    // Ends after the workers have: one that is stuck needs it.
    _ticker: Ticker,
}

impl Job {
    /// Work in these roots, without files yet.
    pub fn start(task: Task, roots: Arc<[Root]>, opened: Arc<Opened>) -> Result<Self, Error> {
        let plan = Plan { task, roots, opened, cancelled: Arc::default(), rest: Default::default() };
        let pool = Arc::new(Pool::new(plan));
        let watched: Arc<dyn Watched> = pool.clone();
        let control = Control::of(pool.counters.clone(), Arc::downgrade(&watched), pool.plan.cancelled.clone());
        let mut supervisor = Supervisor::of(pool.clone());
        let ticker = Ticker::start(&pool.plan.task.compiled.engine, move || supervisor.tick())
            .map_err(|error| Error::NoInstance { source: error.into() })?;
        Ok(Self { pool, control, _ticker: ticker })
    }

    /// Watches and cancels it from another thread.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// What it brings next, in at most `patience`: then there is nothing yet, and `Ok(None)`;
    /// `None` when it is over. An error ends it.
    pub fn take(&self, patience: Option<Duration>) -> Option<Result<Option<Brought>, Error>> {
        match self.pool.answers.take(patience) {
            Taken::Answer(Ok(brought)) => Some(Ok(Some(brought))),
            Taken::NotYet => Some(Ok(None)),
            Taken::Answer(Err(error)) => {
                self.stop();
                Some(Err(error))
            }
            Taken::End => {
                self.stop();
                None
            }
        }
    }

    fn stop(&self) {
        self.pool.cancel();
        // Workers that wait for room wait no more.
        self.pool.answers.close();
        self.pool.counters.stop();
        self.pool.leave(LEAVING);
    }
}

/// What a library that names the files needs.
impl Job {
    /// How many files wait for a worker.
    pub fn waiting(&self) -> usize {
        self.pool.lock().waiting.len()
    }

    /// More files to work on.
    pub fn add(&self, files: Vec<Waiting>) {
        self.pool.add(files);
    }

    /// No more files come, and those that wait are worked on.
    pub fn all_added(&self) {
        self.pool.all_added();
    }

    /// No more files come, and none that waits is begun.
    pub fn begin_no_more(&self) {
        self.pool.lock().waiting.clear();
        self.pool.all_added();
    }

    /// Lets its workers rest, or go on.
    pub fn rest(&self, wanted: bool) {
        self.pool.plan.rest.set(wanted);
    }

    /// The files that are worked on, each with the share of it that is done.
    pub fn under_way(&self) -> Vec<(Waiting, f64)> {
        self.pool.under_way()
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.stop();
    }
}

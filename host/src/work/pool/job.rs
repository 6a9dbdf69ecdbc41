//! A scan under way, as its reader sees it.

use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::available_parallelism;

use super::crew::Crew;
use super::links::Links;
use super::stack::Stack;
use super::{Message, Pool, State, worker};
use crate::runtime::error::Error;
use crate::runtime::ticker::Ticker;
use crate::work::door::Door;
use crate::work::plan::Plan;
use crate::work::progress::Counters;

/// Answers that may wait to be read, for each worker.
const WAITING: usize = 2;

/// A scan under way. Dropping it ends the scan and waits for its workers.
pub(crate) struct Job<D: Door> {
    pool: Arc<Pool<D>>,
    answers: Option<Receiver<Message<D::Rows>>>,
    // Ends after the workers have: one that is stuck needs it.
    _ticker: Ticker,
}

impl<D: Door> Job<D> {
    /// Starts a scan.
    pub fn start(plan: Plan, door: D) -> Result<Self, Error> {
        let no_thread = |error: std::io::Error| Error::NoInstance { source: error.into() };
        let ticker = Ticker::start(&plan.compiled.engine).map_err(no_thread)?;
        let cores = available_parallelism().map_or(1, usize::from);
        let (sender, answers) = sync_channel(WAITING * cores.min(plan.workers));
        let stack = Stack::new((0..plan.roots.len()).map(|root| (root, door.begin(root))));
        let crew = Crew::new(cores, plan.workers);
        let pool = Arc::new(Pool {
            state: Mutex::new(State {
                stack,
                links: Links::new(plan.roots.len()),
                busy: 0,
                idle: 0,
                crew,
                workers: Vec::new(),
            }),
            changed: Condvar::new(),
            cancelled: Arc::default(),
            counters: Arc::new(Counters::start()),
            door,
            plan,
        });
        worker::hire(&pool, &sender).map_err(no_thread)?;
        Ok(Self { pool, answers: Some(answers), _ticker: ticker })
    }

    /// The batch of the next step; `None` when the scan is over.
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

    /// Ends the scan and waits for its workers, which is a matter of ms: even an endless loop is
    /// interrupted.
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

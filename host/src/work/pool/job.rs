//! A scan under way, as its reader sees it.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread::available_parallelism;
use std::time::Duration;

use super::answers::{Answers, Taken};
use super::crew::Crew;
use super::queue::Queue;
use super::rounds::LEAVING;
use super::supervision::Supervisor;
use super::workers::Workers;
use super::{Batch, Pool, State, Watched, worker};
use crate::runtime::error::Error;
use crate::runtime::opened::Opened;
use crate::runtime::ticker::Ticker;
use crate::work::door::Door;
use crate::work::plan::Plan;
use crate::work::progress::Counters;

/// Answers that may wait to be read, for each worker.
const WAITING: usize = 2;

/// A scan under way. Dropping it ends the scan and waits for its workers, for a moment.
pub(crate) struct Job<D: Door> {
    pool: Arc<Pool<D>>,
    // Ends after the workers have: one that is stuck needs it.
    _ticker: Ticker,
}

/// The next thing that a scan brings.
pub(crate) enum Next<R> {
    Batch(Batch<R>),
    /// Nothing in time.
    NotYet,
    /// Nothing any more.
    End,
}

impl<D: Door> Job<D> {
    /// Starts a scan.
    pub fn start(plan: Plan, opened: Arc<Opened>, door: D) -> Result<Self, Error> {
        let no_thread = |error: std::io::Error| Error::NoInstance { source: error.into() };
        let cores = available_parallelism().map_or(1, usize::from);
        let state = State {
            queue: Queue::new(plan.roots.iter().enumerate().map(|(number, root)| door.begin(number, root))),
            busy: 0,
            stalled: 0,
            idle: 0,
            crew: Crew::new(cores, plan.settings.most_workers()),
            workers: Workers::none(),
        };
        let pool = Arc::new(Pool {
            state: Mutex::new(state),
            changed: Condvar::new(),
            left: Condvar::new(),
            cancelled: Arc::default(),
            counters: Arc::new(Counters::start(!D::READS)),
            answers: Answers::new(WAITING * cores.min(plan.settings.most_workers())),
            avoided: Arc::default(),
            opened,
            door,
            plan,
        });
        let mut supervisor = Supervisor::of(pool.clone());
        let ticker =
            Ticker::start(&pool.plan.settings.compiled.engine, move || supervisor.tick()).map_err(no_thread)?;
        worker::hire(&pool).map_err(no_thread)?;
        if pool.lock().workers.len() == 0 {
            // There is no work.
            pool.answers.end();
        }
        Ok(Self { pool, _ticker: ticker })
    }

    /// The batch of the next step. Waits as long as `patience`, or as it takes.
    pub fn next(&mut self, patience: Option<Duration>) -> Result<Next<D::Rows>, Error> {
        let taken = match self.pool.answers.take(patience) {
            Taken::Answer(Ok(batch)) => return Ok(Next::Batch(batch)),
            Taken::NotYet => return Ok(Next::NotYet),
            Taken::Answer(Err(error)) => Err(error),
            Taken::End => Ok(Next::End),
        };
        self.stop();
        taken
    }

    pub fn plan(&self) -> &Plan {
        &self.pool.plan
    }

    /// The scan, for somebody who watches it and does not keep it.
    pub fn watched(&self) -> Weak<dyn Watched> {
        let pool: Arc<dyn Watched> = self.pool.clone();
        Arc::downgrade(&pool)
    }

    pub fn counters(&self) -> &Arc<Counters> {
        &self.pool.counters
    }

    pub fn cancelled(&self) -> &Arc<AtomicBool> {
        &self.pool.cancelled
    }

    /// Ends the scan and waits for its workers, which is a matter of ms: even an endless loop is
    /// interrupted. One that hangs in a call to the filesystem is abandoned.
    fn stop(&mut self) {
        let pool = &self.pool;
        pool.cancel();
        // Workers that wait for room wait no more.
        pool.answers.close();
        pool.counters.stop();
        let present = |state: &mut State<D::Work>| state.workers.len() > 0;
        drop(pool.left.wait_timeout_while(pool.lock(), LEAVING, present).unwrap_or_else(PoisonError::into_inner));
        pool.abandon_all();
        let ending = pool.lock().workers.take_ending();
        for worker in ending {
            let _ = worker.join();
        }
    }
}

impl<D: Door> Drop for Job<D> {
    fn drop(&mut self) {
        self.stop();
    }
}

//! Supervision: calls to the filesystem that do not return, and ends that somebody asks for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use mt_scanner_contract::defaults::HANG_MARGIN;
use mt_scanner_contract::words::{self, filled};
use mt_scanner_contract::{Outcome, Problem};

use super::pool::{Brought, Pool, Worker};
use crate::runtime::instance::stopped_by_time;
use crate::work::pool::hung::Hung;
use crate::work::pool::rounds::{Due, Rounds};

/// Looks after the workers.
pub(super) struct Supervisor {
    pool: Arc<Pool>,
    rounds: Rounds,
}

impl Supervisor {
    pub fn of(pool: Arc<Pool>) -> Self {
        Self { pool, rounds: Rounds::default() }
    }

    /// Called at every tick of the clock.
    pub fn tick(&mut self) {
        match self.rounds.tick(self.pool.is_cancelled()) {
            Due::Nothing => {}
            Due::Look => self.look(),
            Due::Tell => self.pool.cancel(),
            Due::Abandon => self.pool.leave(Duration::ZERO),
        }
    }

    /// Abandons workers whose calls do not return: the file of each is named, and another worker
    /// takes its place. A root with too many of them is given up.
    fn look(&self) {
        let pool = &self.pool;
        let limit = pool.plan.task.limits.file_timeout;
        let mut state = pool.lock();
        let hangs = |worker: &Worker| {
            let since = worker.calls.under_way()?.since;
            (since.elapsed() >= limit.saturating_add(HANG_MARGIN)).then_some(since)
        };
        let hung: Vec<(u64, Instant)> =
            state.workers.iter().filter_map(|(number, worker)| Some((*number, hangs(worker)?))).collect();
        let abandoned: Vec<_> =
            hung.iter().filter_map(|(number, since)| Some((state.workers.remove(number)?, *since))).collect();
        let any = !abandoned.is_empty();
        let roots = abandoned.iter().filter_map(|(worker, since)| Some((worker.file.as_ref()?.root, *since)));
        let given_up: Vec<usize> =
            roots.filter(|&(root, since)| state.hangs(root, since)).map(|(root, _)| root).collect();
        drop(state);
        for (worker, _) in abandoned {
            worker.calls.close();
            if let Some(file) = worker.file {
                let (root, path) = (pool.plan.roots[file.root].name.clone(), file.path.to_string());
                let detail = filled(words::READING_FAILED, &[("why", &stopped_by_time(limit))]);
                pool.done(0, 1);
                // Whether there is room or not: this thread is the clock.
                let problem = Problem { root, path, outcome: Outcome::Timeout, detail };
                pool.answers.push(Ok(Brought::Lost { file, problem, by_itself: false }));
            }
        }
        let too_many = |root: usize| Hung::too_many(&pool.plan.roots[root].name);
        if !given_up.is_empty() {
            pool.count_problems(given_up.len());
            pool.answers.push(Ok(Brought::Problems(given_up.into_iter().map(too_many).collect())));
        }
        if any {
            pool.hire();
            pool.settle(&mut pool.lock());
        }
    }
}

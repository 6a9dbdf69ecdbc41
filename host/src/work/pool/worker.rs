//! The life of a worker.

use std::sync::Arc;
use std::time::Duration;

use super::stack::Load;
use super::{Back, Pool, suspect};
use crate::runtime::bindings::Scanner;
use crate::runtime::calls::Calls;
use crate::runtime::error::Error;
use crate::runtime::instance::{Instance, Unreturned};
use crate::runtime::own::Own;
use crate::work::door::{Door, Failure};
use mt_scanner_contract::{Budget, defaults};

/// Starts workers for as long as there is work for one more.
pub(super) fn hire<D: Door>(pool: &Arc<Pool<D>>) -> std::io::Result<()> {
    let mut state = pool.lock();
    while pool.wants_worker(&state) {
        let calls = Arc::new(Calls::new(pool.avoided.clone()));
        let (shared, own) = (pool.clone(), calls.clone());
        let start = |number| {
            let name = "mt-scanner worker".to_owned();
            std::thread::Builder::new().name(name).spawn(move || run(&shared, number, own))
        };
        match state.workers.hire(calls, start) {
            Ok(()) => {}
            Err(error) if state.workers.len() == 0 => return Err(error),
            // The present ones do the work.
            Err(_) => break,
        }
    }
    Ok(())
}

/// Works until there is nothing left to do.
fn run<D: Door>(pool: &Arc<Pool<D>>, number: u64, calls: Arc<Calls>) {
    let mut own = Own::new(number, calls);
    let failure = work_on(pool, &mut own).err();
    own.drop_instance();
    pool.leave(number, failure);
}

/// Works; leaves at once when the worker was abandoned.
fn work_on<D: Door>(pool: &Arc<Pool<D>>, own: &mut Own<Scanner>) -> Result<(), Error> {
    while let Some(taken) = pool.take(own.number) {
        let load = &taken.load;
        let found = match &**load {
            Load::Step { work, items, only_list, .. } => {
                let milliseconds = defaults::STEP_MILLISECONDS;
                let budget = Budget { items: *items, milliseconds, only_list: *only_list };
                // A file that the step has begun when its time is over has its own.
                let limit =
                    pool.plan.settings.limits.file_timeout.saturating_add(Duration::from_millis(milliseconds.into()));
                pool.step(own, &taken, work, budget, limit, false)
            }
            Load::Suspect { work, .. } => suspect::look_at(pool, own, &taken, work),
        };
        let waiting = own.instance.as_mut().map(Instance::take_waiting).unwrap_or_default();
        if found.is_err() || own.instance.as_ref().is_some_and(Instance::is_bloated) {
            own.drop_instance();
        }
        match pool.is_back(own.number) {
            Back::Whole => {}
            Back::Abandoned => return Ok(()),
            Back::Parted(load) => {
                match found {
                    Ok(_) | Err(Failure::Unreturned(Unreturned::Ended(_))) => {
                        pool.retry(load);
                        continue;
                    }
                    // Others may wait for what this step would have brought.
                    Err(Failure::Unreturned(Unreturned::Cancelled)) => {
                        pool.cancel();
                        return Ok(());
                    }
                    Err(Failure::Refused(error)) => {
                        pool.lose_root(load, error)?;
                        continue;
                    }
                }
            }
        }
        let found = match found {
            Ok(found) => found,
            Err(Failure::Unreturned(Unreturned::Ended(_))) => {
                pool.suspect(taken.load);
                continue;
            }
            Err(Failure::Unreturned(Unreturned::Cancelled)) => {
                // Others may wait for what this step would have brought.
                pool.cancel();
                return Ok(());
            }
            Err(Failure::Refused(error)) => {
                pool.lose_root(taken.load, error)?;
                continue;
            }
        };
        // Each answer wakes the reader. Of a step that has only listed folders, the counters tell.
        let brings = if D::READS { found.tracks > 0 || D::brings(&found.rows) } else { found.files > 0 };
        let worth_sending = brings || !found.problems.is_empty();
        // The answer goes before the work that it brings: a folder's row is written no later than
        // those of folders below it, of which a sync that finds the folder unknown does not ask.
        let (batch, brought) = pool.count(load, found);
        let unwanted = worth_sending && !pool.answers.send(Ok(batch));
        pool.give(load, brought, waiting);
        let _ = hire(pool);
        if unwanted {
            return Ok(());
        }
    }
    Ok(())
}

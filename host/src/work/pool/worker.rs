//! The life of a worker.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use super::stack::Load;
use super::{Message, Pool, suspect};
use crate::runtime::error::Error;
use crate::runtime::instance::{Instance, Unreturned};
use crate::work::door::{Door, Failure};
use mt_scanner_contract::Budget;

/// Time a step: progress is seen, and other workers get what was found, at least so often.
const MILLISECONDS: u32 = 50;

/// Starts workers for as long as there is work for one more.
pub(super) fn hire<D: Door>(pool: &Arc<Pool<D>>, answers: &SyncSender<Message<D::Rows>>) -> std::io::Result<()> {
    let mut state = pool.lock();
    while pool.wants_worker(&state) {
        let (shared, answers) = (pool.clone(), answers.clone());
        let name = "mt-scanner worker".to_owned();
        match std::thread::Builder::new().name(name).spawn(move || run(&shared, &answers)) {
            Ok(worker) => state.workers.push(worker),
            Err(error) if state.workers.is_empty() => return Err(error),
            // The present ones do the work.
            Err(_) => break,
        }
    }
    Ok(())
}

/// Works until there is nothing left to do.
fn run<D: Door>(pool: &Arc<Pool<D>>, answers: &SyncSender<Message<D::Rows>>) {
    if let Err(error) = work_on(pool, answers) {
        pool.cancel();
        let _ = answers.send(Err(error));
    }
}

fn work_on<D: Door>(pool: &Arc<Pool<D>>, answers: &SyncSender<Message<D::Rows>>) -> Result<(), Error> {
    let mut instance = None;
    while let Some(load) = pool.take() {
        let found = match &load {
            Load::Step { root, work, items, only_list, .. } => {
                let instance = pool.running(&mut instance)?;
                let budget = Budget { items: *items, milliseconds: MILLISECONDS, only_list: *only_list };
                // A file that the step has begun when its time is over has its own.
                let limit = pool.plan.limits.file_timeout.saturating_add(Duration::from_millis(MILLISECONDS.into()));
                pool.step(instance, *root, work, budget, limit)
            }
            Load::Suspect { root, work, .. } => suspect::look_at(pool, &mut instance, *root, work),
        };
        let found = match found {
            Ok(found) => found,
            Err(Failure::Unreturned(Unreturned::Ended(_))) => {
                instance = None;
                pool.suspect(load);
                continue;
            }
            Err(Failure::Unreturned(Unreturned::Cancelled)) => {
                // Others may wait for what this step would have brought.
                pool.cancel();
                return Ok(());
            }
            Err(Failure::Refused(error)) => return Err(error),
        };
        if instance.as_ref().is_some_and(Instance::is_bloated) {
            instance = None;
        }
        // Each answer wakes the reader. Of a step that has only listed folders, the counters tell.
        let brings = if D::READS { found.tracks > 0 || D::brings(&found.rows) } else { found.files > 0 };
        let worth_sending = brings || !found.problems.is_empty();
        let waiting = instance.as_mut().map(Instance::take_waiting).unwrap_or_default();
        // The answer goes before the work that it brings: a folder's row is written no later than
        // those of folders below it, of which a sync that finds the folder unknown does not ask.
        let (batch, brought) = pool.count(&load, found);
        let unwanted = worth_sending && answers.send(Ok(batch)).is_err();
        pool.give(&load, brought, waiting);
        let _ = hire(pool, answers);
        if unwanted {
            return Ok(());
        }
    }
    Ok(())
}

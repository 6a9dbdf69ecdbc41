//! The life of a worker.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use super::stack::Load;
use super::{Message, Pool, suspect};
use crate::Error;
use crate::bindings::exports::mt::scanner::scan::Budget;
use crate::door::{Door, Failure, Found, Request};
use crate::instance::{Instance, Unreturned};

/// Time a step: progress is seen, and other workers get what was found, at least so often.
const MILLISECONDS: u32 = 50;

/// Works until there is nothing left to do.
pub(super) fn run<D: Door>(pool: &Arc<Pool<D>>, answers: &SyncSender<Message<D::Rows>>) {
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
                let instance = running(pool, &mut instance)?;
                let budget = Budget { items: *items, milliseconds: MILLISECONDS, only_list: *only_list };
                step(pool, instance, *root, work, budget)
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
        // The answer goes before the work that it brings: a folder's row is written no later than those of folders below
        // it, of which a sync that finds the folder unknown does not ask.
        let (batch, work) = pool.count(&load, found);
        let unwanted = worth_sending && answers.send(Ok(batch)).is_err();
        Pool::give(pool, &load, work, answers);
        if unwanted {
            return Ok(());
        }
    }
    Ok(())
}

/// The instance, made now if there is none.
pub(super) fn running<'a, D: Door>(
    pool: &Pool<D>,
    instance: &'a mut Option<Instance>,
) -> Result<&'a mut Instance, Error> {
    let plan = &pool.plan;
    Ok(match instance {
        Some(instance) => instance,
        None => instance.insert(Instance::new(&plan.compiled, &plan.roots, &plan.limits, pool.cancelled.clone())?),
    })
}

/// Asks for a step.
pub(super) fn step<D: Door>(
    pool: &Pool<D>,
    instance: &mut Instance,
    root: usize,
    work: &[D::Work],
    budget: Budget,
) -> Result<Found<D::Rows, D::Work>, Failure> {
    let root = &pool.plan.roots[root].name;
    pool.door.step(instance, Request { root, work, budget, walking: pool.plan.walking })
}

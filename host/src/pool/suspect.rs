//! Suspects: work whose step ended its instance. It is done again, one folder or file at a time, so that the guilty one
//! can be named.

use super::Pool;
use super::worker::{running, step};
use crate::bindings::exports::mt::scanner::scan::{Budget, Work};
use crate::door::{Door, Failure, Found};
use crate::instance::{Ended, Instance, Unreturned};
use crate::{Outcome, Problem};

/// Lists one folder, or reads one file. What ends the instance becomes a problem.
pub(super) fn look_at<D: Door>(
    pool: &Pool<D>,
    instance: &mut Option<Instance>,
    root: usize,
    work: &Work,
) -> Result<Found<D::Rows>, Failure> {
    let items = work.files.is_some().into();
    let looked =
        step(pool, running(pool, instance)?, root, std::slice::from_ref(work), Budget { items, milliseconds: 0 });
    match looked {
        Err(Failure::Unreturned(Unreturned::Ended(ended))) => {
            *instance = None;
            match &work.files {
                Some(files) => see_from_outside(pool, root, work, files.first(), &ended),
                None => Ok(left_out(pool, root, work, &ended)),
            }
        }
        looked => looked,
    }
}

/// A folder whose listing ended the instance.
fn left_out<D: Door>(pool: &Pool<D>, root: usize, work: &Work, ended: &Ended) -> Found<D::Rows> {
    let problem = Problem {
        root: pool.plan.roots[root].name.clone(),
        path: work.folder.clone(),
        outcome: ended.outcome,
        detail: format!("the folder was left out: listing {}", ended.detail),
    };
    Found { problems: vec![problem], ..Found::default() }
}

/// A file whose reading ended the instance. The component reports it once more, and this time cannot read it: that gives
/// its row, with the fingerprint and without the rest.
fn see_from_outside<D: Door>(
    pool: &Pool<D>,
    root: usize,
    work: &Work,
    file: Option<&String>,
    ended: &Ended,
) -> Result<Found<D::Rows>, Failure> {
    let mut blind = None;
    let instance = running(pool, &mut blind)?;
    instance.blindfold();
    let mut found = match step(pool, instance, root, std::slice::from_ref(work), Budget { items: 1, milliseconds: 0 }) {
        Err(Failure::Unreturned(Unreturned::Ended(_))) => Found::default(),
        found => found?,
    };
    let name = file.map_or("", String::as_str);
    let path = if work.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", work.folder) };
    found.problems.retain(|problem| problem.path != path || problem.outcome != Outcome::Unreadable);
    found.problems.push(Problem {
        root: pool.plan.roots[root].name.clone(),
        path,
        outcome: ended.outcome,
        detail: format!("reading {}", ended.detail),
    });
    Ok(found)
}

//! Suspects: work whose step ended its instance. It is done again, one folder or file at a time, so
//! that the guilty one can be named.

use super::{Pool, Taken};
use crate::runtime::bindings::Scanner;
use crate::runtime::instance::{Ended, Unreturned};
use crate::runtime::limits::Limits;
use crate::runtime::own::Own;
use crate::work::door::item::Item;
use crate::work::door::{Door, Failure, Found};
use mt_scanner_contract::Budget;
use mt_scanner_contract::words::{self, filled};
use mt_scanner_contract::{Outcome, Problem};

/// Lists one folder, or reads one file. What ends the instance becomes a problem.
pub(super) fn look_at<D: Door>(
    pool: &Pool<D>,
    own: &mut Own<Scanner>,
    taken: &Taken<D::Work>,
    work: &D::Work,
) -> Result<Found<D::Rows, D::Work>, Failure> {
    let budget = Budget { items: 1, milliseconds: 0, only_list: !work.is_files() };
    let Limits { file_timeout, listing_timeout, .. } = pool.plan.settings.limits;
    let limit = if work.is_files() { file_timeout } else { listing_timeout };
    let looked = pool.step(own, taken, std::slice::from_ref(work), budget, limit, false);
    match looked {
        Err(Failure::Unreturned(Unreturned::Ended(ended))) => {
            own.drop_instance();
            if work.is_files() {
                see_from_outside(pool, own, taken, work, &ended)
            } else {
                Ok(left_out(pool, taken, work, &ended))
            }
        }
        looked => looked,
    }
}

/// A folder whose listing ended the instance.
fn left_out<D: Door>(pool: &Pool<D>, taken: &Taken<D::Work>, work: &D::Work, ended: &Ended) -> Found<D::Rows, D::Work> {
    let problem = Problem {
        root: pool.plan.roots[taken.load.root()].name.clone(),
        path: work.folder().to_owned(),
        outcome: ended.outcome,
        detail: filled(words::LISTING_FAILED, &[("why", &ended.detail)]),
    };
    Found { problems: vec![problem], ..Found::default() }
}

/// A file whose reading ended the instance. The component reports it once more, and this time
/// cannot read it: that gives its row, with the fingerprint and without the rest.
fn see_from_outside<D: Door>(
    pool: &Pool<D>,
    own: &mut Own<Scanner>,
    taken: &Taken<D::Work>,
    work: &D::Work,
    ended: &Ended,
) -> Result<Found<D::Rows, D::Work>, Failure> {
    let root = taken.load.root();
    if !(pool.plan.settings.walking.archives && work.has_mark()) {
        // An archive has to be opened for what is known of its members.
        pool.running(own, root)?.blindfold();
    }
    let budget = Budget { items: 1, milliseconds: 0, only_list: false };
    let seen = pool.step(own, taken, std::slice::from_ref(work), budget, pool.plan.settings.limits.file_timeout, true);
    own.drop_instance();
    let mut found = match seen {
        Err(Failure::Unreturned(Unreturned::Ended(_))) => Found::default(),
        found => found?,
    };
    let (folder, name) = (work.folder(), work.first_file());
    let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
    found.problems.retain(|problem| problem.path != path || problem.outcome != Outcome::Unreadable);
    found.problems.push(Problem {
        root: pool.plan.roots[root].name.clone(),
        path,
        outcome: ended.outcome,
        detail: filled(words::READING_FAILED, &[("why", &ended.detail)]),
    });
    Ok(found)
}

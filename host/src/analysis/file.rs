//! The work on one file: it leases an instance until it is done.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use mt_scanner_contract::words::{self, filled};
use mt_scanner_contract::{Outcome, Problem};

use super::plan::{Plan, Task, Waiting};
use super::report::FileReport;
use crate::runtime::bindings::analyser::Analyser as Exports;
use crate::runtime::bindings::analyser::exports::mt::scanner::analysis;
use crate::runtime::error::Error;
use crate::runtime::instance::{Ended, Unreturned, stopped_by_time};
use crate::runtime::own::{Own, Shared};

/// The most time of one piece of work: a file is left this soon when it is to be.
const SLICE: Duration = Duration::from_millis(100);

/// The share of a file that is done, in millionths.
#[derive(Default)]
pub(super) struct Share(AtomicU32);

impl Share {
    fn set(&self, (done, total): (u64, u64)) {
        let share = if total > 0 { done as f64 / total as f64 } else { 0.0 };
        self.0.store((share.min(1.0) * 1e6) as u32, Ordering::Relaxed);
    }

    /// Nothing of the next file is done.
    pub fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Between 0 and 1.
    pub fn get(&self) -> f64 {
        f64::from(self.0.load(Ordering::Relaxed)) / 1e6
    }
}

/// What became of a file.
pub(super) enum Looked {
    At(Box<FileReport>),
    /// It could not be opened.
    Refused(Problem),
    /// It has cost its instance.
    Lost(Problem),
    /// Nobody wants to know any more.
    Cancelled,
}

/// Works on a file to its end.
pub(super) fn look_at(plan: &Plan, own: &mut Own<Exports>, file: &Waiting, share: &Share) -> Result<Looked, Error> {
    let root = &plan.roots[file.root].name;
    let problem = |outcome, why: &str| {
        let detail = filled(words::READING_FAILED, &[("why", why)]);
        Problem { root: root.clone(), path: file.path.to_string(), outcome, detail }
    };
    let lost = |outcome, why: &str| Looked::Lost(problem(outcome, why));
    let refused = |outcome, why| Ok(Looked::Refused(problem(outcome, why)));
    match report_of(plan, own, file, share) {
        Ok(text) => Ok(Looked::At(Box::new(FileReport::of(root, &text)?))),
        Err(End::Unreturned(unreturned)) => {
            own.drop_instance();
            Ok(match unreturned {
                Unreturned::Cancelled => Looked::Cancelled,
                Unreturned::Ended(Ended { outcome, detail, .. }) => lost(outcome, &detail),
            })
        }
        Err(End::Stands) => {
            own.drop_instance();
            Ok(lost(Outcome::Timeout, &stopped_by_time(plan.task.limits.file_timeout)))
        }
        Err(End::Refused(error)) => match error {
            Error::FileNotFound { .. } | Error::RootNotFound { .. } | Error::RootNotAFolder { .. } => {
                refused(Outcome::Vanished, words::FILE_NOT_FOUND)
            }
            // The path is that of the file, or that of its root.
            Error::RootUnreadable { .. } => refused(Outcome::Unreadable, words::FILE_UNREADABLE),
            Error::EscapesRoot { .. } => refused(Outcome::EscapesRoot, words::ESCAPES_ROOT),
            error => Err(error),
        },
    }
}

/// Why there is no report.
enum End {
    Unreturned(Unreturned),
    /// It makes no progress.
    Stands,
    /// It cannot be opened, or there is no instance.
    Refused(Error),
}

impl From<Unreturned> for End {
    fn from(unreturned: Unreturned) -> Self {
        Self::Unreturned(unreturned)
    }
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// The component's report.
fn report_of(
    plan: &Plan,
    own: &mut Own<Exports>,
    Waiting { root, path }: &Waiting,
    share: &Share,
) -> Result<String, End> {
    let Plan { task: Task { compiled, limits, request, .. }, opened, cancelled, rest, .. } = plan;
    let limit = limits.file_timeout;
    let instance = own.running(&Shared { compiled, opened, limits, cancelled }, *root)?;
    let request = (*request).into();
    let root = &plan.roots[*root].name;
    let open = instance
        .call(limit, |exports, store| exports.mt_scanner_analysis().analysis().call_open(store, root, path, request))?;
    let file = open.map_err(Error::from)?;
    let slice = SLICE.min(limit / 2).as_millis().try_into().unwrap_or(u32::MAX);
    let (mut reached, mut since) = (None, Instant::now());
    let report = loop {
        let state = instance
            .call(limit, |exports, store| exports.mt_scanner_analysis().analysis().call_advance(store, file, slice))?;
        let progress = match state {
            analysis::State::Done(report) => break report,
            analysis::State::Working(progress) => (progress.done, progress.total),
        };
        share.set(progress);
        let rested = rest.take(cancelled);
        if cancelled.load(Ordering::Relaxed) {
            return Err(Unreturned::Cancelled.into());
        }
        if rested || reached.replace(progress) != Some(progress) {
            since = Instant::now();
        } else if since.elapsed() >= limit {
            return Err(End::Stands);
        }
    };
    instance.call(limit, |_, store| file.resource_drop(store))?;
    Ok(report)
}

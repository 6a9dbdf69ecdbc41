//! The work on one file: it leases an instance until it is done.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use mt_scanner_contract::words::{self, filled};
use mt_scanner_contract::{Outcome, Problem};

use super::plan::{Plan, Task, Waiting};
use super::report::{Depth, FileReport};
use crate::runtime::bindings::analyser::Analyser as Exports;
use crate::runtime::bindings::analyser::exports::mt::scanner::analysis;
use crate::runtime::error::Error;
use crate::runtime::instance::{Ended, Unreturned, stopped_by_time};
use crate::runtime::own::{Own, Shared};

/// The most time of one piece of work: a file is left this soon when it is to be.
const SLICE: Duration = Duration::from_millis(100);

/// What became of a file.
pub(super) enum Looked {
    At(FileReport),
    /// It could not be opened, or has cost its instance.
    Lost(Problem),
    /// Nobody wants to know any more.
    Cancelled,
}

impl From<Depth> for analysis::Depth {
    fn from(depth: Depth) -> Self {
        match depth {
            Depth::Header => Self::Header,
            Depth::Stream => Self::Stream,
            Depth::Audio => Self::Audio,
        }
    }
}

/// Works on a file to its end.
pub(super) fn look_at(plan: &Plan, own: &mut Own<Exports>, file: &Waiting) -> Result<Looked, Error> {
    let root = &plan.roots[file.root].name;
    let lost = |outcome, why: &str| {
        let detail = filled(words::READING_FAILED, &[("why", why)]);
        Looked::Lost(Problem { root: root.clone(), path: file.path.to_string(), outcome, detail })
    };
    match report_of(plan, own, file) {
        Ok(text) => FileReport::of(root, &text).map(Looked::At),
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
                Ok(lost(Outcome::Vanished, words::FILE_NOT_FOUND))
            }
            Error::RootUnreadable { .. } => Ok(lost(Outcome::Unreadable, words::ROOT_UNREADABLE)),
            Error::EscapesRoot { .. } => Ok(lost(Outcome::EscapesRoot, words::ESCAPES_ROOT)),
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
fn report_of(plan: &Plan, own: &mut Own<Exports>, Waiting { root, path }: &Waiting) -> Result<String, End> {
    let Plan { task: Task { compiled, limits, depth, .. }, opened, cancelled, .. } = plan;
    let limit = limits.file_timeout;
    let instance = own.running(&Shared { compiled, opened, limits, cancelled }, *root)?;
    let request =
        analysis::Request { depth: Some((*depth).into()), hashes: false, loudness: false, fingerprint: false };
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
        if cancelled.load(Ordering::Relaxed) {
            return Err(Unreturned::Cancelled.into());
        }
        if reached.replace(progress) != Some(progress) {
            since = Instant::now();
        } else if since.elapsed() >= limit {
            return Err(End::Stands);
        }
    };
    instance.call(limit, |_, store| file.resource_drop(store))?;
    Ok(report)
}

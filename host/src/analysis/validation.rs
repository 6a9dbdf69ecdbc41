//! A validation under way, as its reader sees it.

use std::sync::Arc;
use std::time::Duration;

use mt_scanner_contract::Problem;

use super::plan::{Plan, Task};
use super::pool::{Brought, Pool};
use super::report::FileReport;
use super::supervision::Supervisor;
use crate::runtime::error::Error;
use crate::runtime::ticker::Ticker;
use crate::scan::Control;
use crate::scan::scanner::Scanner;
use crate::work::pool::Watched;
use crate::work::pool::answers::Taken;
use crate::work::pool::supervision::LEAVING;
use crate::work::progress::Progress;

/// A validation under way: an iterator over reports, as files are done and in no certain order.
///
/// An error ends it. A file that cannot be opened, or that ends its instance by a trap, its time or
/// its memory, is no error but one of [`problems`](Self::problems). Dropping the iterator ends the
/// validation as well, and waits for its workers, which takes some ms.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let music = tempfile::tempdir()?;
/// # std::fs::write(music.path().join("1.mp3"), b"")?;
/// use mt_scanner::Analyser;
///
/// let mut validation = Analyser::builder().root(music.path()).build()?.validate()?;
/// let control = validation.control();
/// assert_eq!(validation.by_ref().count(), 1);
/// assert!(validation.problems().is_empty());
/// assert_eq!((control.progress().done, control.progress().total_files), (1, 1));
/// # Ok(())
/// # }
/// ```
pub struct Validation {
    pool: Arc<Pool>,
    control: Control,
    problems: Vec<Problem>,
    // Ends after the workers have: one that is stuck needs it.
    _ticker: Ticker,
}

impl Validation {
    /// Starts one of the files that the scanner finds.
    pub(super) fn start(scanner: &Scanner, task: Task) -> Result<Self, Error> {
        let no_thread = |error: std::io::Error| Error::NoInstance { source: error.into() };
        let (scan, opened) = scanner.checked()?;
        let pool = Arc::new(Pool::new(Plan { task, roots: scan.roots, opened, cancelled: Arc::default() }));
        let watched: Arc<dyn Watched> = pool.clone();
        let control = Control::of(pool.counters.clone(), Arc::downgrade(&watched), pool.plan.cancelled.clone());
        let mut supervisor = Supervisor::of(pool.clone());
        let ticker = Ticker::start(&pool.plan.task.compiled.engine, move || supervisor.tick()).map_err(no_thread)?;
        let (finder, scan) = (pool.clone(), scanner.relative_paths()?);
        let name = "mt-scanner finder".to_owned();
        std::thread::Builder::new().name(name).spawn(move || finder.find(scan)).map_err(no_thread)?;
        Ok(Self { pool, control, problems: Vec::new(), _ticker: ticker })
    }

    /// The next report, but waits for `patience` at most: then there is none yet, and `Ok(None)`;
    /// `None` when the validation is over.
    ///
    /// # Errors
    ///
    /// As the iterator: an error ends the validation.
    pub fn next_within(&mut self, patience: Duration) -> Option<Result<Option<FileReport>, Error>> {
        self.take(Some(patience))
    }

    /// The problems so far. They are handed over: the next call gives those that were found since.
    pub fn problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    /// How far it is. The total is an estimate until every folder was listed.
    pub fn progress(&self) -> Progress {
        self.control.progress()
    }

    /// A handle that watches and cancels this validation from another thread.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    fn take(&mut self, patience: Option<Duration>) -> Option<Result<Option<FileReport>, Error>> {
        match self.pool.answers.take(patience) {
            Taken::Answer(Ok(Brought::Report(report))) => Some(Ok(Some(*report))),
            Taken::Answer(Ok(Brought::Problems(problems))) => {
                self.problems.extend(problems);
                Some(Ok(None))
            }
            Taken::NotYet => Some(Ok(None)),
            Taken::Answer(Err(error)) => {
                self.stop();
                Some(Err(error))
            }
            Taken::End => {
                self.stop();
                None
            }
        }
    }

    fn stop(&self) {
        self.pool.cancel();
        // Workers that wait for room wait no more.
        self.pool.answers.close();
        self.pool.counters.stop();
        self.pool.leave(LEAVING);
    }
}

impl Iterator for Validation {
    type Item = Result<FileReport, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(report) = self.take(None)?.transpose() {
                return Some(report);
            }
        }
    }
}

impl Drop for Validation {
    fn drop(&mut self) {
        self.stop();
    }
}

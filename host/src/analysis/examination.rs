//! An examination under way, as its reader sees it.

use std::time::Duration;

use mt_scanner_contract::Problem;

use super::job::Job;
use super::plan::Task;
use super::pool::Brought;
use super::report::FileReport;
use crate::runtime::error::Error;
use crate::scan::Control;
use crate::scan::scanner::Scanner;
use crate::work::progress::Progress;

/// An examination of files under way: an iterator over reports, as files are done and in no certain
/// order.
///
/// An error ends it. A file that cannot be opened, or that ends its instance by a trap, its time or
/// its memory, is no error but one of [`problems`](Self::problems). Dropping the iterator ends the
/// examination as well, and waits for its workers, which takes some ms.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let music = tempfile::tempdir()?;
/// # std::fs::write(music.path().join("1.mp3"), b"")?;
/// use mt_scanner::{Analyser, Depth, Scanner};
///
/// let analyser = Analyser::new(&Scanner::new(music.path())?)?;
/// let mut examination = analyser.validate(Depth::Stream)?;
/// let control = examination.control();
/// assert_eq!(examination.by_ref().count(), 1);
/// assert!(examination.problems().is_empty());
/// assert_eq!((control.progress().done, control.progress().total_files), (1, 1));
/// # Ok(())
/// # }
/// ```
pub struct Examination {
    job: Job,
    problems: Vec<Problem>,
}

impl Examination {
    /// Starts one of the files that the scanner finds.
    pub(super) fn start(scanner: &Scanner, task: Task) -> Result<Self, Error> {
        let (scan, opened) = scanner.checked()?;
        let job = Job::start(task, scan.roots, opened)?;
        let (finder, scan) = (job.pool.clone(), scanner.relative_paths()?);
        let name = "mt-scanner finder".to_owned();
        std::thread::Builder::new()
            .name(name)
            .spawn(move || finder.find(scan))
            .map_err(|error| Error::NoInstance { source: error.into() })?;
        Ok(Self { job, problems: Vec::new() })
    }

    /// The next report, but waits for `patience` at most: then there is none yet, and `Ok(None)`;
    /// `None` when the examination is over.
    ///
    /// # Errors
    ///
    /// As the iterator: an error ends the examination.
    pub fn next_within(&mut self, patience: Duration) -> Option<Result<Option<FileReport>, Error>> {
        self.take(Some(patience))
    }

    /// The problems so far. They are handed over: the next call gives those that were found since.
    pub fn problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    /// How far it is. The total is an estimate until every folder was listed.
    pub fn progress(&self) -> Progress {
        self.job.control().progress()
    }

    /// A handle that watches and cancels this examination from another thread.
    pub fn control(&self) -> Control {
        self.job.control().clone()
    }

    fn take(&mut self, patience: Option<Duration>) -> Option<Result<Option<FileReport>, Error>> {
        Some(self.job.take(patience)?.map(|brought| match brought? {
            Brought::Report(_, report) => Some(*report),
            Brought::Lost { problem, .. } => {
                self.problems.push(problem);
                None
            }
            Brought::Problems(problems) => {
                self.problems.extend(problems);
                None
            }
        }))
    }
}

impl Iterator for Examination {
    type Item = Result<FileReport, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(report) = self.take(None)?.transpose() {
                return Some(report);
            }
        }
    }
}

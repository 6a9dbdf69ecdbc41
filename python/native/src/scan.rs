//! A scan, as Python sees it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use std::{process, thread};

use mt_scanner::{Control, Error, Progress};
use pyo3::prelude::*;

use crate::failure::raised;
use crate::handover::{Handover, Taken};
use crate::plan::duration;
use crate::questions::{Question, Questions};
use crate::running::{Found, Order};

/// The longest time without a look at signals and at other things of the caller: Ctrl-C is answered
/// this soon.
pub(crate) const PATIENCE: Duration = Duration::from_millis(50);

/// A scan: an iterator over what its steps bring, as tuples of the root, rows of tracks as JSON
/// text, paths, problems, and in a sync changes as JSON text.
///
/// It begins with the first `next`. Everything else may be called from any thread at any time.
#[pyclass(frozen)]
pub(crate) struct Scan {
    order: Mutex<Option<Order>>,
    control: Arc<OnceLock<Control>>,
    handover: Arc<Handover<Result<Found, Error>>>,
    questions: Arc<Questions>,
    /// The process that made it. A fork of it has none of the scan's threads, and its locks as they
    /// happened to be.
    process: u32,
}

/// How far a scan is: tuples of Python have twelve values at most.
type Told = ((u64, u64, u64, u64, f64, u64, u64), (u64, u64, u64, bool, Option<String>, &'static str));

#[pymethods]
impl Scan {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    /// The results of the next step; empty ones if nothing comes for a while, so that the caller
    /// can see to other things. Other threads of Python go on meanwhile.
    ///
    /// Raises `Failure`.
    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Found>> {
        py.detach(|| self.begin()).map_err(raised)?;
        match py.detach(|| self.handover.take(PATIENCE)) {
            Taken::Something(found) => found.map(Some).map_err(raised),
            Taken::NotYet => {
                py.check_signals()?;
                Ok(Some(Found::default()))
            }
            Taken::End => Ok(None),
        }
    }

    /// The fields of `Progress`, in its order.
    #[getter]
    fn progress(&self) -> Told {
        let progress = self.control.get().map(Control::progress).unwrap_or_default();
        let Progress { folders, files, tracks, problems, elapsed, passed_over, playlists, .. } = progress;
        let Progress { done, total_files, total_folders, is_estimated, folder, phase, .. } = progress;
        (
            (folders, files, tracks, problems, elapsed.as_secs_f64(), passed_over, playlists),
            (done, total_files, total_folders, is_estimated, folder.map(|folder| folder.to_string()), phase.name()),
        )
    }

    /// The next question of a sync's workers: its number, the root, and folders, each with the name
    /// behind which its files are asked for. Waits for it; `None` at the end of the scan.
    fn asked(&self, py: Python<'_>) -> Option<Question> {
        py.detach(|| self.questions.next())
    }

    /// Answers the question of this number.
    fn answer(&self, number: u64, known: Vec<String>) {
        self.questions.answer(number, known);
    }

    /// Ends the scan. Nothing more comes out of it, and what runs is interrupted. A forked process
    /// leaves it alone.
    fn stop(&self) {
        if self.process != process::id() {
            return;
        }
        // In this order: a worker without an answer fails, and nobody is to take that for the
        // scan's own failure.
        self.handover.stop();
        if let Some(control) = self.control.get() {
            control.cancel();
        }
        self.questions.close();
    }

    /// Waits for the workers of a scan that ends; false if they have not within `seconds`.
    fn join(&self, py: Python<'_>, seconds: f64) -> PyResult<bool> {
        let until = Instant::now() + duration(seconds);
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if py.detach(|| self.handover.is_left(left.min(PATIENCE))) {
                return Ok(true);
            }
            if left.is_zero() {
                return Ok(false);
            }
            py.check_signals()?;
        }
    }
}

impl Scan {
    pub fn new(order: Order, questions: Arc<Questions>) -> Self {
        Self {
            order: Mutex::new(Some(order)),
            control: Arc::default(),
            handover: Arc::new(Handover::new()),
            questions,
            process: process::id(),
        }
    }

    /// Starts a thread, if nobody has, that begins the scan and reads it: it may wait as long as it
    /// takes, for roots that do not answer, for the next step, and for the workers at the end.
    fn begin(&self) -> Result<(), Error> {
        let order = self.order.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(order) = order.filter(|_| !self.handover.is_stopped()) else { return Ok(()) };
        self.handover.expect_giver();
        let (control, handover, questions) = (self.control.clone(), self.handover.clone(), self.questions.clone());
        let read = move || {
            let giver = handover.giver();
            match order.begin() {
                Ok(mut running) => {
                    let control = control.get_or_init(|| running.control().clone());
                    if handover.is_stopped() {
                        control.cancel();
                    }
                    while let Some(found) = running.next() {
                        if !giver.give(found) {
                            break;
                        }
                    }
                }
                Err(error) => drop(giver.give(Err(error))),
            }
            questions.close();
        };
        if let Err(error) = thread::Builder::new().name("mt-scanner reader".into()).spawn(read) {
            drop(self.handover.giver());
            self.questions.close();
            return Err(Error::NoInstance { source: error.into() });
        }
        Ok(())
    }
}

impl Drop for Scan {
    /// Leaves the rest to the scan's own threads: the interpreter does not wait for them.
    fn drop(&mut self) {
        self.stop();
    }
}

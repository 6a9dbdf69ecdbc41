//! A scan, as Python sees it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use mt_scanner::{Control, Error, Progress};
use pyo3::prelude::*;

use crate::failure::raised;
use crate::handover::{Handover, Taken};
use crate::plan::duration;
use crate::running::{Found, Order};

/// The longest time without a look at signals: Ctrl-C is answered this soon.
const PATIENCE: Duration = Duration::from_millis(200);

/// A scan: an iterator over what its steps bring, as tuples of the root, rows of tracks as JSON text, paths, problems, and in a
/// sync changes as JSON text.
///
/// It begins with the first `next`. Everything else may be called from any thread at any time.
#[pyclass(frozen)]
pub(crate) struct Scan {
    order: Mutex<Option<Order>>,
    control: OnceLock<Control>,
    handover: Arc<Handover<Result<Found, Error>>>,
}

#[pymethods]
impl Scan {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    /// What the next step brought. Other threads of Python go on meanwhile.
    ///
    /// Raises `Failure`.
    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Found>> {
        py.detach(|| self.begin()).map_err(raised)?;
        loop {
            match py.detach(|| self.handover.take(PATIENCE)) {
                Taken::Something(found) => return found.map(Some).map_err(raised),
                Taken::NotYet => py.check_signals()?,
                Taken::End => return Ok(None),
            }
        }
    }

    /// Folders, files, tracks, problems, and the time since the start in s.
    #[getter]
    fn progress(&self) -> (u64, u64, u64, u64, f64) {
        let Progress { folders, files, tracks, problems, elapsed, .. } =
            self.control.get().map(Control::progress).unwrap_or_default();
        (folders, files, tracks, problems, elapsed.as_secs_f64())
    }

    /// Ends the scan. Nothing more comes out of it, and what runs is interrupted.
    fn stop(&self) {
        self.handover.stop();
        if let Some(control) = self.control.get() {
            control.cancel();
        }
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
    pub fn new(order: Order) -> Self {
        Self { order: Mutex::new(Some(order)), control: OnceLock::new(), handover: Arc::new(Handover::new()) }
    }

    /// Starts the scan, if nobody has, and a thread that reads it: that one may wait as long as it takes, for the next
    /// step as well as for the workers at the end.
    fn begin(&self) -> Result<(), Error> {
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(order) = order.take() else { return Ok(()) };
        if self.handover.is_stopped() {
            return Ok(());
        }
        let mut running = order.begin()?;
        let control = self.control.get_or_init(|| running.control().clone());
        if self.handover.is_stopped() {
            control.cancel();
        }
        self.handover.expect_giver();
        let handover = self.handover.clone();
        let read = move || {
            let giver = handover.giver();
            while let Some(found) = running.next() {
                if !giver.give(found) {
                    break;
                }
            }
            drop(running);
        };
        if let Err(error) = thread::Builder::new().name("mt-scanner reader".into()).spawn(read) {
            drop(self.handover.giver());
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

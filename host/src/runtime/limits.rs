//! Time and memory: how much of them one call may take, and what stops an instance that takes more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mt_scanner_contract::defaults;
use wasmtime::{ResourceLimiter, UpdateDeadline};

/// Limits of one call of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The most time for one file, and for one call of the system.
    pub file_timeout: Duration,
    /// The most time for the names of one folder: a hundred thousand take theirs on a slow disk or
    /// network.
    pub listing_timeout: Duration,
    /// The most linear memory of an instance in bytes.
    pub memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_timeout: defaults::FILE_TIMEOUT,
            listing_timeout: defaults::LISTING_TIMEOUT,
            memory: defaults::MEMORY,
        }
    }
}

/// Why the host stopped an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stop {
    #[error("the call took longer than its limit")]
    Timeout,
    #[error("the instance asked for more memory than its limit")]
    Memory,
    #[error("the scan was cancelled")]
    Cancelled,
    #[error("a call to the filesystem did not return in time")]
    Abandoned,
}

/// Watches over an instance.
pub(crate) struct Watch {
    /// The most linear memory in bytes, and how much there is.
    memory: usize,
    used: usize,
    deadline: Instant,
    cancelled: Arc<AtomicBool>,
}

impl Watch {
    pub fn new(memory: usize, cancelled: Arc<AtomicBool>) -> Self {
        Self { memory, used: 0, deadline: Instant::now(), cancelled }
    }

    /// How much linear memory there is, in bytes. It never shrinks.
    pub fn used(&self) -> usize {
        self.used
    }

    /// Sets the time limit of a call that begins now.
    pub fn begin(&mut self, limit: Duration) {
        self.deadline = Instant::now() + limit;
    }

    /// How much of the call's time is left.
    pub fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Stops the instance if its time is over or its scan was cancelled. Called at every epoch.
    pub fn at_epoch(&self) -> wasmtime::Result<UpdateDeadline> {
        if self.cancelled.load(Ordering::Relaxed) {
            Err(Stop::Cancelled.into())
        } else if Instant::now() >= self.deadline {
            Err(Stop::Timeout.into())
        } else {
            Ok(UpdateDeadline::Continue(1))
        }
    }
}

impl ResourceLimiter for Watch {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired > self.memory {
            return Err(Stop::Memory.into());
        }
        self.used = desired;
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= 100_000)
    }
}

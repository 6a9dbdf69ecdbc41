//! Calls that are not answered.

use std::collections::HashMap;
use std::future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fuse3::{Errno, Result};
use tokio::sync::{oneshot, watch};

/// How long an interrupt of a call that is not stalled waits before the kernel is asked to repeat
/// it.
const AGAIN: Duration = Duration::from_millis(1);

/// The calls that stall now.
pub struct Stalls {
    released: watch::Sender<bool>,
    interruptible: bool,
    /// By the numbers that the kernel gives to calls.
    waiting: Mutex<HashMap<u64, oneshot::Sender<()>>>,
}

impl Stalls {
    /// Without `interruptible`, only a release ends a stall.
    pub fn new(interruptible: bool) -> Self {
        Self { released: watch::Sender::new(false), interruptible, waiting: Mutex::default() }
    }

    /// Comes back when stalls are released.
    ///
    /// # Errors
    /// `EINTR` if the call was interrupted first.
    pub async fn wait(&self, unique: u64) -> Result<()> {
        let (interrupt, interrupted) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(unique, interrupt);
        let mut released = self.released.subscribe();
        let outcome = tokio::select! {
            _ = released.wait_for(|released| *released) => Ok(()),
            _ = interrupted => Err(libc::EINTR.into()),
        };
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&unique);
        outcome
    }

    /// Answers FUSE_INTERRUPT for the call `unique`.
    ///
    /// # Errors
    /// `EAGAIN` if the call does not stall. Either it was answered meanwhile, and the kernel drops
    /// the interrupt, or it has not come to its stall yet, and the kernel repeats the interrupt.
    pub async fn interrupt(&self, unique: u64) -> Result<()> {
        if !self.interruptible {
            return future::pending().await;
        }
        let stalled = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&unique);
        match stalled {
            Some(interrupt) => interrupt.send(()).map_err(|()| Errno::from(libc::EAGAIN)),
            None => {
                tokio::time::sleep(AGAIN).await;
                Err(libc::EAGAIN.into())
            }
        }
    }

    /// Lets all stalled calls go on. From now on none stalls.
    pub fn release(&self) {
        self.released.send_replace(true);
    }
}

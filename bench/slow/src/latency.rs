//! The latency of calls.

use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// Lets calls wait side by side, each for the same time. One thread wakes them: tokio's own timers
/// round up to 1 ms.
pub struct Latency {
    each: Duration,
    waiting: mpsc::Sender<(Instant, oneshot::Sender<()>)>,
}

impl Latency {
    /// Starts the thread. It ends with the result.
    ///
    /// # Errors
    /// Fails if the system gives no thread.
    pub fn new(each: Duration) -> io::Result<Self> {
        let (waiting, calls) = mpsc::channel::<(Instant, oneshot::Sender<()>)>();
        thread::Builder::new().name("latency".to_owned()).spawn(move || {
            // All wait equally long, so they are due in the order of their arrival.
            for (due, wake) in calls {
                thread::sleep(due.saturating_duration_since(Instant::now()));
                // A call that was dropped while it waited needs no waking.
                let _ = wake.send(());
            }
        })?;
        Ok(Self { each, waiting })
    }

    /// Comes back when the latency is over.
    pub async fn wait(&self) {
        if self.each.is_zero() {
            return;
        }
        let (wake, woken) = oneshot::channel();
        if self.waiting.send((Instant::now() + self.each, wake)).is_ok() {
            // It fails only if the thread is gone, and with it the mount.
            let _ = woken.await;
        }
    }
}

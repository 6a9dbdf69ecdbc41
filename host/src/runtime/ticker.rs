//! The clock behind deadlines.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use wasmtime::Engine;

/// Time between two epochs: deadlines and cancellation are exact to one tick.
const TICK: Duration = Duration::from_millis(20);

/// Lets an engine's epoch advance for as long as it lives.
pub(crate) struct Ticker {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    /// Lets the epoch advance, and calls `at_tick` as often.
    pub fn start(engine: &Engine, mut at_tick: impl FnMut() + Send + 'static) -> std::io::Result<Self> {
        let engine = engine.weak();
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new().name("mt-scanner clock".into()).spawn(move || {
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                let Some(engine) = engine.upgrade() else { break };
                engine.increment_epoch();
                at_tick();
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

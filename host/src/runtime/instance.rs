//! One instance of a component: a store of its own, limits, and one call at a time.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use wasmtime::{Store, Trap};

use super::calls::Calls;
use super::component::Compiled;
use super::error::{Error, Source};
use super::limits::{Limits, Stop};
use super::opened::OpenRoot;
use super::sandbox::Sandbox;
use super::waiting::{Stopwatch, Waiting};
use super::world::World;
use mt_scanner_contract::Outcome;
use mt_scanner_contract::words::{self, filled};

/// An instance whose memory has grown beyond this many bytes is replaced when it has done its step:
/// it never shrinks.
const BLOATED: usize = 32 << 20;

/// An instance. After a call that did not return it is of no use any more.
pub(crate) struct Instance<W> {
    store: Store<Sandbox>,
    exports: W,
    waiting: Waiting,
    /// The most linear memory in bytes.
    memory: usize,
}

/// A call that did not return.
pub(crate) enum Unreturned {
    /// The scan was cancelled.
    Cancelled,
    /// Time, memory or a trap ended it.
    Ended(Ended),
}

/// How a call ended its instance.
#[derive(Debug)]
pub(crate) struct Ended {
    /// `Timeout`, `Memory` or `Trap`.
    pub outcome: Outcome,
    /// In words, to follow `reading` or `listing`.
    pub detail: String,
    pub source: Source,
}

impl<W: World> Instance<W> {
    /// A new instance that sees nothing but these roots, and notes its calls to the filesystem in
    /// `calls`.
    pub fn new(
        compiled: &Compiled<W>,
        roots: Vec<OpenRoot>,
        limits: &Limits,
        cancelled: Arc<AtomicBool>,
        calls: Arc<Calls>,
    ) -> Result<Self, Error> {
        let sandbox = Sandbox::new(roots, limits, cancelled, calls);
        let mut store = Store::new(&compiled.engine, sandbox);
        store.limiter(|sandbox| &mut sandbox.watch);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|store| store.data().watch.at_epoch());
        store.data_mut().watch.begin(limits.file_timeout);
        store.data().calls().begin_step();
        let exports = W::instantiate(&compiled.prepared, &mut store)
            .map_err(|error| Error::NoInstance { source: error.into() })?;
        Ok(Self { store, exports, waiting: Waiting::default(), memory: limits.memory })
    }

    /// Makes a call, and stops it after the time `limit`.
    pub fn call<T>(
        &mut self,
        limit: Duration,
        call: impl FnOnce(&W, &mut Store<Sandbox>) -> wasmtime::Result<T>,
    ) -> Result<T, Unreturned> {
        self.store.data_mut().watch.begin(limit);
        self.store.data().calls().begin_step();
        self.store.set_epoch_deadline(1);
        let stopwatch = Stopwatch::start();
        let called = call(&self.exports, &mut self.store);
        self.waiting.add(stopwatch.stop());
        called.map_err(|error| self.ended(error, limit))
    }

    /// How long its calls took since the last time that this was asked, and how much they waited.
    pub fn take_waiting(&mut self) -> Waiting {
        std::mem::take(&mut self.waiting)
    }

    /// Whether it sees the root with this number.
    pub fn sees(&self, root: usize) -> bool {
        self.store.data().sees(root)
    }

    /// Whether it keeps more memory than it should go on with.
    pub fn is_bloated(&self) -> bool {
        self.store.data().watch.used() > BLOATED
    }

    /// From now on no file can be read; it can still be seen that it is there.
    pub fn blindfold(&mut self) {
        self.store.data_mut().blindfold();
    }

    fn ended(&self, error: wasmtime::Error, limit: Duration) -> Unreturned {
        let (outcome, detail) = match error.downcast_ref::<Stop>() {
            Some(Stop::Cancelled | Stop::Abandoned) => return Unreturned::Cancelled,
            Some(Stop::Timeout) => (Outcome::Timeout, stopped_by_time(limit)),
            Some(Stop::Memory) => {
                let mebibytes = (self.memory as f64 / 1_048_576.0).to_string();
                (Outcome::Memory, filled(words::STOPPED_BY_MEMORY, &[("mebibytes", &mebibytes)]))
            }
            None => {
                let mut said = self.store.data().last_words();
                if said.is_empty() {
                    said = error.downcast_ref::<Trap>().map_or_else(|| error.root_cause().to_string(), Trap::to_string);
                }
                (Outcome::Trap, filled(words::CRASHED, &[("why", &said)]))
            }
        };
        Unreturned::Ended(Ended { outcome, detail, source: error.into() })
    }
}

/// The words for a call that has taken longer than `limit`.
pub(crate) fn stopped_by_time(limit: Duration) -> String {
    filled(words::STOPPED_BY_TIME, &[("seconds", &limit.as_secs_f64().to_string())])
}

//! An instance that is asked, and the clock that ends its calls.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::Store;

use super::calls::Calls;
use super::component::Compiled;
use super::error::Error;
use super::instance::{Ended, Instance, Unreturned};
use super::limits::{Limits, Stop};
use super::opened::Opened;
use super::sandbox::Sandbox;
use super::ticker::Ticker;
use super::world::World;

/// An instance that is asked.
pub(crate) struct Asked<W: World> {
    instance: Instance<W>,
    /// The most time of one call.
    limit: Duration,
    // Ends after the instance.
    _ticker: Ticker,
}

impl<W: World> Asked<W> {
    /// A new instance, which sees these roots.
    pub fn new(compiled: &Compiled<W>, limits: &Limits, opened: &Opened, calls: Arc<Calls>) -> Result<Self, Error> {
        let ticker = Ticker::start(&compiled.engine, || {});
        let ticker = ticker.map_err(|error| Error::NoInstance { source: error.into() })?;
        let instance = Instance::new(compiled, opened.open_roots(), limits, Arc::default(), calls)?;
        Ok(Self { instance, limit: limits.file_timeout, _ticker: ticker })
    }

    /// A new instance, which sees no file.
    pub fn blind(compiled: &Compiled<W>, limits: &Limits) -> Result<Self, Error> {
        Self::new(compiled, limits, &Opened::none(&Arc::from([])), Arc::default())
    }

    /// Whether it keeps more memory than it should go on with.
    pub fn is_bloated(&self) -> bool {
        self.instance.is_bloated()
    }

    /// Makes a call; `what`: its name. After one that fails the instance is of no use any more.
    pub fn call<T>(
        &mut self,
        what: &str,
        call: impl FnOnce(&W, &mut Store<Sandbox>) -> wasmtime::Result<T>,
    ) -> Result<T, Error> {
        self.instance.call(self.limit, call).map_err(|unreturned| match unreturned {
            Unreturned::Ended(Ended { outcome, detail, source }) => {
                Error::Ended { call: what.to_owned(), outcome, detail, source }
            }
            // Nobody cancels it: it was abandoned, and nobody hears of this.
            Unreturned::Cancelled => Error::NoInstance { source: Stop::Abandoned.into() },
        })
    }
}

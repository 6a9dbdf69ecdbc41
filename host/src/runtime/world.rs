//! Worlds of the contract that components export.

use wasmtime::Store;
use wasmtime::component::InstancePre;

use super::bindings::analyser::{Analyser, AnalyserPre};
use super::bindings::{Scanner, ScannerPre};
use super::error::{LoadError, Source};
use super::sandbox::Sandbox;

/// A world of the contract: the exports of an instance, typed by its bindings.
pub(crate) trait World: Sized + 'static {
    /// A component whose exports are known to be those of the world.
    type Prepared: Send + Sync;

    /// Finds the exports in a component. Fails if one is missing or of another type.
    fn prepare(component: InstancePre<Sandbox>) -> wasmtime::Result<Self::Prepared>;

    /// Why a component without these exports cannot be used.
    fn refusal(component: String, source: Source) -> LoadError;

    /// A new instance in a store of its own.
    fn instantiate(prepared: &Self::Prepared, store: &mut Store<Sandbox>) -> wasmtime::Result<Self>;
}

impl World for Scanner {
    type Prepared = ScannerPre<Sandbox>;

    fn prepare(component: InstancePre<Sandbox>) -> wasmtime::Result<Self::Prepared> {
        ScannerPre::new(component)
    }

    fn refusal(component: String, source: Source) -> LoadError {
        LoadError::NotAScanner { component, source }
    }

    fn instantiate(prepared: &Self::Prepared, store: &mut Store<Sandbox>) -> wasmtime::Result<Self> {
        prepared.instantiate(store)
    }
}

impl World for Analyser {
    type Prepared = AnalyserPre<Sandbox>;

    fn prepare(component: InstancePre<Sandbox>) -> wasmtime::Result<Self::Prepared> {
        AnalyserPre::new(component)
    }

    fn refusal(component: String, source: Source) -> LoadError {
        LoadError::NotAnAnalyser { component, source }
    }

    fn instantiate(prepared: &Self::Prepared, store: &mut Store<Sandbox>) -> wasmtime::Result<Self> {
        prepared.instantiate(store)
    }
}

//! A component, compiled once and shared by all its instances.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine};

use crate::bindings::ScannerPre;
use crate::sandbox::{self, Sandbox};
use crate::{LoadError, engine};

/// The component that comes with this crate.
pub(crate) static WASM: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/mt_scanner.wasm"));
/// The same, compiled ahead of time; empty if the build script could not do so for this kind of processor.
static CODE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/mt_scanner.cwasm"));

/// A component that is known to be a scanner and to import nothing but what scanners may.
pub(crate) struct Compiled {
    pub engine: Engine,
    pub instances: ScannerPre<Sandbox>,
}

/// The component that comes with this crate, loaded on first use.
pub(crate) fn built_in() -> Result<Arc<Compiled>, LoadError> {
    static LOADED: OnceLock<Arc<Compiled>> = OnceLock::new();
    if let Some(loaded) = LOADED.get() {
        return Ok(loaded.clone());
    }
    let loaded = Compiled::new("the built-in component", load_built_in)?;
    Ok(LOADED.get_or_init(|| Arc::new(loaded)).clone())
}

/// Another component, compiled now.
pub(crate) fn from_file(path: &Path) -> Result<Arc<Compiled>, LoadError> {
    let bytes = std::fs::read(path).map_err(|source| LoadError::Unreadable { path: path.to_owned(), source })?;
    let loaded = Compiled::new(&path.display().to_string(), |config| {
        let engine = Engine::new(config)?;
        let component = Component::from_binary(&engine, &bytes)?;
        Ok((engine, component))
    })?;
    Ok(Arc::new(loaded))
}

fn load_built_in(config: &Config) -> wasmtime::Result<(Engine, Component)> {
    let engine = Engine::new(config)?;
    // SAFETY: the build script made these bytes with `precompile_component`, and nobody can have changed them since.
    let component = match unsafe { Component::deserialize(&engine, CODE) } {
        Ok(component) => component,
        // A processor without what the compiler took for granted, or of another kind.
        Err(_) => Component::from_binary(&engine, WASM)?,
    };
    Ok((engine, component))
}

impl fmt::Debug for Compiled {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Compiled").finish_non_exhaustive()
    }
}

impl Compiled {
    fn new(name: &str, load: impl FnOnce(&Config) -> wasmtime::Result<(Engine, Component)>) -> Result<Self, LoadError> {
        let invalid = |error: wasmtime::Error| LoadError::Invalid { component: name.to_owned(), source: error.into() };
        let (engine, component) = load(&engine::config()).map_err(invalid)?;
        let types = component.component_type();
        let imports: Vec<&str> = types.imports(&engine).map(|(name, _)| name).collect();
        if let Some(import) = sandbox::refused(imports.into_iter()) {
            return Err(LoadError::ImportRefused { component: name.to_owned(), import: import.to_owned() });
        }
        let mut linker = Linker::new(&engine);
        sandbox::link(&mut linker).map_err(invalid)?;
        let instances = linker
            .instantiate_pre(&component)
            .and_then(ScannerPre::new)
            .map_err(|error| LoadError::NotAScanner { component: name.to_owned(), source: error.into() })?;
        Ok(Self { engine, instances })
    }
}

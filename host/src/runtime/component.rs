//! A component, compiled once and shared by all its instances.
#![allow(unsafe_code, reason = "code that was compiled ahead of time is trusted")]

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine};

use super::engine;
use super::error::LoadError;
use super::sandbox::{imports, link};
use super::world::World;

/// A component that is known to export a world and to import nothing but what components may.
pub(crate) struct Compiled<W: World> {
    pub engine: Engine,
    pub prepared: W::Prepared,
}

/// A component that comes with this crate. It is loaded on first use, and never before.
pub(crate) struct BuiltIn<W: World> {
    /// As WebAssembly.
    pub wasm: &'static [u8],
    /// The same, compiled ahead of time; empty if the build script could not do so for this kind of
    /// processor.
    code: &'static [u8],
    loaded: OnceLock<Arc<Compiled<W>>>,
}

impl<W: World> BuiltIn<W> {
    /// `code` is what the build script has made of `wasm`.
    pub const fn new(wasm: &'static [u8], code: &'static [u8]) -> Self {
        Self { wasm, code, loaded: OnceLock::new() }
    }

    fn load(&self, config: &Config) -> wasmtime::Result<(Engine, Component)> {
        let engine = Engine::new(config)?;
        // SAFETY: the build script made these bytes with `precompile_component`, and they are part
        // of this binary since.
        let component = match unsafe { Component::deserialize(&engine, self.code) } {
            Ok(component) => component,
            // A processor without what the compiler took for granted, or of another kind.
            Err(_) => Component::from_binary(&engine, self.wasm)?,
        };
        Ok((engine, component))
    }
}

/// The component that comes with this crate.
pub(crate) fn built_in<W: World>() -> Result<Arc<Compiled<W>>, LoadError> {
    let built_in = W::built_in();
    if let Some(loaded) = built_in.loaded.get() {
        return Ok(loaded.clone());
    }
    let loaded = Compiled::new("the built-in component", |config| built_in.load(config))?;
    Ok(built_in.loaded.get_or_init(|| Arc::new(loaded)).clone())
}

/// Another component, compiled now.
pub(crate) fn from_file<W: World>(path: &Path) -> Result<Arc<Compiled<W>>, LoadError> {
    let bytes = std::fs::read(path).map_err(|source| LoadError::Unreadable { path: path.to_owned(), source })?;
    let loaded = Compiled::new(&path.display().to_string(), |config| {
        let engine = Engine::new(config)?;
        let component = Component::from_binary(&engine, &bytes)?;
        Ok((engine, component))
    })?;
    Ok(Arc::new(loaded))
}

impl<W: World> fmt::Debug for Compiled<W> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Compiled").finish_non_exhaustive()
    }
}

impl<W: World> Compiled<W> {
    fn new(name: &str, load: impl FnOnce(&Config) -> wasmtime::Result<(Engine, Component)>) -> Result<Self, LoadError> {
        let invalid = |error: wasmtime::Error| LoadError::Invalid { component: name.to_owned(), source: error.into() };
        let (engine, component) = load(&engine::config()).map_err(invalid)?;
        let types = component.component_type();
        let imports: Vec<&str> = types.imports(&engine).map(|(name, _)| name).collect();
        if let Some(import) = imports::refused(imports.into_iter()) {
            return Err(LoadError::ImportRefused { component: name.to_owned(), import: import.to_owned() });
        }
        let mut linker = Linker::new(&engine);
        link::link(&mut linker).map_err(invalid)?;
        let prepared = linker
            .instantiate_pre(&component)
            .and_then(W::prepare)
            .map_err(|error| W::refusal(name.to_owned(), error.into()))?;
        Ok(Self { engine, prepared })
    }
}

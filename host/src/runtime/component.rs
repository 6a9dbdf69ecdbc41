//! A component, compiled once and shared by all its instances.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine};

use super::desk::Desks;
use super::engine;
use super::error::LoadError;
use super::sandbox::{imports, link};
use super::world::World;

/// A component that is known to export a world and to import nothing but what components may.
pub(crate) struct Compiled<W: World> {
    pub engine: Engine,
    pub prepared: W::Prepared,
    /// Where questions are asked that are no scan.
    pub(super) desks: Desks,
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
    /// A component that `load` gives, called `name` in errors.
    pub fn new(
        name: &str,
        load: impl FnOnce(&Config) -> wasmtime::Result<(Engine, Component)>,
    ) -> Result<Self, LoadError> {
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
        Ok(Self { engine, prepared, desks: Desks::default() })
    }
}

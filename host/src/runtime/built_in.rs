//! The components that come with this crate. Each is loaded on first use, and never before.
#![allow(unsafe_code, reason = "code that was compiled ahead of time is trusted")]

use std::sync::{Arc, OnceLock};

use wasmtime::component::Component;
use wasmtime::{Config, Engine};

use super::bindings::Scanner;
use super::bindings::analyser::Analyser;
use super::component::Compiled;
use super::error::LoadError;
use super::world::World;

/// A world of which this crate has a component.
pub(crate) trait BuiltIn: World {
    /// The component as WebAssembly.
    const WASM: &'static [u8];
    /// The same, compiled ahead of time; empty if the build script could not do so for this kind of
    /// processor.
    const CODE: &'static [u8];

    /// Where it is kept once it is loaded.
    fn place() -> &'static OnceLock<Arc<Compiled<Self>>>;

    /// The component, loaded on first use.
    fn load() -> Result<Arc<Compiled<Self>>, LoadError> {
        let place = Self::place();
        if let Some(loaded) = place.get() {
            return Ok(loaded.clone());
        }
        let loaded = Compiled::new("the built-in component", |config| unpacked(config, Self::WASM, Self::CODE))?;
        Ok(place.get_or_init(|| Arc::new(loaded)).clone())
    }
}

impl BuiltIn for Scanner {
    const WASM: &'static [u8] = include_bytes!(concat!(env!("OUT_DIR"), "/mt_scanner.wasm"));
    const CODE: &'static [u8] = include_bytes!(concat!(env!("OUT_DIR"), "/mt_scanner.cwasm"));

    fn place() -> &'static OnceLock<Arc<Compiled<Self>>> {
        static LOADED: OnceLock<Arc<Compiled<Scanner>>> = OnceLock::new();
        &LOADED
    }
}

impl BuiltIn for Analyser {
    const WASM: &'static [u8] = include_bytes!(concat!(env!("OUT_DIR"), "/mt_scanner_analyser.wasm"));
    const CODE: &'static [u8] = include_bytes!(concat!(env!("OUT_DIR"), "/mt_scanner_analyser.cwasm"));

    fn place() -> &'static OnceLock<Arc<Compiled<Self>>> {
        static LOADED: OnceLock<Arc<Compiled<Analyser>>> = OnceLock::new();
        &LOADED
    }
}

fn unpacked(config: &Config, wasm: &[u8], code: &[u8]) -> wasmtime::Result<(Engine, Component)> {
    let engine = Engine::new(config)?;
    // SAFETY: the build script made these bytes with `precompile_component`, and they are part of
    // this binary since.
    let component = match unsafe { Component::deserialize(&engine, code) } {
        Ok(component) => component,
        // A processor without what the compiler took for granted, or of another kind.
        Err(_) => Component::from_binary(&engine, wasm)?,
    };
    Ok((engine, component))
}

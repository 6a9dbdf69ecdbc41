//! Gets the component, and compiles it ahead of time for the machine that the host is built for, if
//! that has a processor of the same kind as this one: compilers for all the others would make every
//! build heavier.
//!
//! `MT_SCANNER_COMPONENT` names a ready component; without it `guest/build.py` builds one.

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

#[path = "src/runtime/engine.rs"]
mod engine;

fn main() {
    if let Err(error) = run() {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/runtime/engine.rs");
    println!("cargo::rerun-if-env-changed=MT_SCANNER_COMPONENT");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let path = match env::var_os("MT_SCANNER_COMPONENT").filter(|path| !path.is_empty()) {
        Some(path) => PathBuf::from(path),
        None => build_component()?,
    };
    println!("cargo::rerun-if-changed={}", path.display());
    let component =
        fs::read(&path).map_err(|error| format!("the component {} cannot be read: {error}", path.display()))?;
    let code = if env::var("CARGO_CFG_TARGET_ARCH")? == env::consts::ARCH {
        compile(&component)
            .map_err(|error| format!("the component {} cannot be compiled: {error:#}", path.display()))?
    } else {
        println!(
            "cargo::warning=the component is not compiled ahead of time for another kind of processor: the host does so at its start"
        );
        Vec::new()
    };
    fs::write(out.join("mt_scanner.wasm"), component)?;
    fs::write(out.join("mt_scanner.cwasm"), code)?;
    Ok(())
}

/// Machine code for the target, for any processor of its kind and not only for this one.
fn compile(component: &[u8]) -> wasmtime::Result<Vec<u8>> {
    let mut config = engine::config();
    config.target(&env::var("TARGET").unwrap_or_default())?;
    wasmtime::Engine::new(&config)?.precompile_component(component)
}

fn build_component() -> Result<PathBuf, Box<dyn Error>> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets CARGO_MANIFEST_DIR")?).join("..");
    for input in ["wit", "contract", "guest", "Cargo.toml", "rust-toolchain.toml"] {
        println!("cargo::rerun-if-changed={}", root.join(input).display());
    }
    let script = root.join("guest").join("build.py");
    let mut reasons = String::new();
    for python in ["python3", "python"] {
        let run = match Command::new(python).arg(&script).output() {
            Ok(run) => run,
            Err(error) => {
                reasons += &format!("  {python} cannot be run: {error}\n");
                continue;
            }
        };
        if !run.status.success() {
            return Err(format!("the component cannot be built:\n{}", String::from_utf8_lossy(&run.stderr)).into());
        }
        return Ok(PathBuf::from(String::from_utf8(run.stdout)?.trim()));
    }
    Err(format!(
        "the component is built by {}, which needs Python:\n{reasons}\
         Either put Python on the PATH, or name a ready component: MT_SCANNER_COMPONENT=/path/to/mt_scanner.wasm",
        script.display()
    )
    .into())
}

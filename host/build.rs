//! Gets the components, and compiles them ahead of time for the machine that the host is built for,
//! if that has a processor of the same kind as this one: compilers for all the others would make
//! every build heavier.
//!
//! `MT_SCANNER_COMPONENT` names a ready scanner, `MT_SCANNER_ANALYSER` a ready analyser; what they
//! do not name `guest/build.py` builds.

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

/// The components: the name of the file, what names a ready one, the name for `guest/build.py`, and
/// what an x86-64 processor has to have beside the least of its kind.
const COMPONENTS: [(&str, &str, &str, &[&str]); 2] = [
    ("mt_scanner", "MT_SCANNER_COMPONENT", "scanner", &[]),
    ("mt_scanner_analyser", "MT_SCANNER_ANALYSER", "analyser", &SINCE_2013),
];
/// The level x86-64-v3. Vectors and rounding are up to twenty times slower without it, and they are
/// what the analyser is made of. An older processor does not take the code, and compiles its own.
const SINCE_2013: [&str; 11] = [
    "has_sse3",
    "has_ssse3",
    "has_sse41",
    "has_sse42",
    "has_popcnt",
    "has_avx",
    "has_avx2",
    "has_fma",
    "has_bmi1",
    "has_bmi2",
    "has_lzcnt",
];

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
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let is_of_this_kind = env::var("CARGO_CFG_TARGET_ARCH")? == env::consts::ARCH;
    if !is_of_this_kind {
        println!(
            "cargo::warning=the components are not compiled ahead of time for another kind of processor: the host does so when it needs one"
        );
    }
    for (file, variable, name, features) in COMPONENTS {
        println!("cargo::rerun-if-env-changed={variable}");
        let path = match env::var_os(variable).filter(|path| !path.is_empty()) {
            Some(path) => PathBuf::from(path),
            None => build_component(name, variable)?,
        };
        println!("cargo::rerun-if-changed={}", path.display());
        let failed = |what, error| format!("the component {} cannot be {what}: {error}", path.display());
        let component = fs::read(&path).map_err(|error| failed("read", error.to_string()))?;
        let code = if is_of_this_kind {
            compile(&component, features).map_err(|error| failed("compiled", format!("{error:#}")))?
        } else {
            Vec::new()
        };
        fs::write(out.join(file).with_extension("wasm"), component)?;
        fs::write(out.join(file).with_extension("cwasm"), code)?;
    }
    Ok(())
}

/// Machine code for the target, for any processor of its kind with these features, and not only for
/// this one.
fn compile(component: &[u8], features: &[&str]) -> wasmtime::Result<Vec<u8>> {
    let mut config = engine::config();
    config.target(&env::var("TARGET").unwrap_or_default())?;
    if env::consts::ARCH == "x86_64" {
        features.iter().for_each(|feature| require(&mut config, feature));
    }
    wasmtime::Engine::new(&config)?.precompile_component(component)
}

#[allow(unsafe_code, reason = "flags of the compiler may be wrong for the processor")]
fn require(config: &mut wasmtime::Config, feature: &str) {
    // SAFETY: whoever loads the code checks that the processor has the feature.
    unsafe {
        config.cranelift_flag_enable(feature);
    }
}

fn build_component(name: &str, variable: &str) -> Result<PathBuf, Box<dyn Error>> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets CARGO_MANIFEST_DIR")?).join("..");
    for input in ["wit", "contract", "guest", "Cargo.toml", "rust-toolchain.toml"] {
        println!("cargo::rerun-if-changed={}", root.join(input).display());
    }
    let script = root.join("guest").join("build.py");
    let mut reasons = String::new();
    for python in ["python3", "python"] {
        let run = match Command::new(python).arg(&script).args(["--component", name]).output() {
            Ok(run) => run,
            Err(error) => {
                reasons += &format!("  {python} cannot be run: {error}\n");
                continue;
            }
        };
        if !run.status.success() {
            return Err(format!("the {name} cannot be built:\n{}", String::from_utf8_lossy(&run.stderr)).into());
        }
        return Ok(PathBuf::from(String::from_utf8(run.stdout)?.trim()));
    }
    Err(format!(
        "the {name} is built by {}, which needs Python:\n{reasons}\
         Either put Python on the PATH, or name a ready component: {variable}=/path/to/it.wasm",
        script.display()
    )
    .into())
}

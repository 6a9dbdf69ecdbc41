//! Generates from `wit/` what would otherwise be written twice: the record of a track with its
//! columns, the outcomes, and the description of both for hosts in other languages
//! (`contract.json`, a custom section of the component).

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use wit_parser::Resolve;

#[path = "src/changes.rs"]
mod changes;
#[path = "src/defaults.rs"]
mod defaults;
#[path = "src/generate/mod.rs"]
mod generate;
#[path = "src/imports.rs"]
mod imports;
#[path = "src/verdict.rs"]
mod verdict;

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets CARGO_MANIFEST_DIR")?);
    let (wit, words, help) = (root.join("../wit"), root.join("words.json"), root.join("help.json"));
    let sources =
        ["generate", "changes.rs", "defaults.rs", "imports.rs", "verdict.rs"].map(|name| root.join("src").join(name));
    for input in [&wit, &words, &help].into_iter().chain(&sources) {
        println!("cargo::rerun-if-changed={}", input.display());
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(&wit)?;
    let [words, help] = [fs::read_to_string(&words)?, fs::read_to_string(&help)?];
    let contract = generate::Contract::of(&resolve, package, &words, &help)?;
    fs::write(out.join("records.rs"), contract.records())?;
    fs::write(out.join("words.rs"), contract.words())?;
    fs::write(out.join("help.rs"), contract.help())?;
    fs::write(out.join("contract.json"), contract.json())?;
    Ok(())
}

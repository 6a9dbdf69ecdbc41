//! The component as a command for the wasmtime CLI.
//!
//! Reports are JSON lines on stdout, files that cannot be opened lines on stderr. Exit code 0:
//! done. 1: wrong usage, a path that is not there, or a file that is damaged or truncated; WASI 0.2
//! knows no other codes.

mod arguments;

use std::io::{self, Write};

use mt_scanner_contract::ScanError;

use crate::analysis::Analysis;
use crate::disk;
use arguments::Command;

/// Only a component can be run; natively the export has nobody to call it.
#[cfg(target_family = "wasm")]
mod export {
    #![allow(unsafe_code, reason = "the export has a raw form")]

    struct Cli;

    wasip2::cli::command::export!(Cli);

    impl wasip2::exports::cli::run::Guest for Cli {
        fn run() -> Result<(), ()> {
            super::main()
        }
    }
}

/// Runs the command line that the host gave.
fn main() -> Result<(), ()> {
    match arguments::parse(wasip2::cli::environment::get_arguments().into_iter().skip(1)) {
        Ok(Some(command)) => run(&command),
        Ok(None) => {
            print!("{}", arguments::HELP);
            Ok(())
        }
        Err(error) => {
            eprintln!("mt_scanner_analyser: {error}\n\n{}", arguments::HELP);
            Err(())
        }
    }
}

fn run(command: &Command) -> Result<(), ()> {
    let files = disk::files(&command.path).map_err(|error| complain(&error))?;
    let mut is_sound = true;
    for (root, path) in files {
        let file = match disk::open(&root, &path) {
            Ok(file) => file,
            Err(error) => {
                complain(&error);
                is_sound = false;
                continue;
            }
        };
        let mut work = Analysis::new(&path, file.source, file.size, command.request);
        let report = loop {
            if let Some(report) = work.report() {
                break report;
            }
            work.step();
        };
        match writeln!(io::stdout().lock(), "{report}") {
            Ok(()) => {}
            // Whoever read the output has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            Err(error) => {
                eprintln!("mt_scanner_analyser: writing the output: {error}");
                return Err(());
            }
        }
        is_sound &= !work.is_bad();
    }
    if is_sound { Ok(()) } else { Err(()) }
}

/// Says an error in the words of every command line of this project.
fn complain(error: &ScanError) {
    let (_, path, why) = error.parts();
    eprintln!("mt_scanner_analyser: {path}: {why}");
}

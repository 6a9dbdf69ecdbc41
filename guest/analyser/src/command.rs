//! The component as a command for the wasmtime CLI.
//!
//! Reports are JSON lines on stdout, files that cannot be opened lines on stderr. Exit code 0:
//! done. 1: wrong usage, a path that is not there, or a file that is damaged or truncated; WASI 0.2
//! knows no other codes.

mod arguments;

use std::collections::BTreeMap;
use std::io::{self, Write};

use mt_scanner_contract::ScanError;
use serde_json::Value;

use crate::album;
use crate::analysis::Analysis;
use crate::disk;
use crate::grouping::{Grouping, Track};
use arguments::{Command, Output};

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
    let mut albums = Albums::default();
    let mut grouping = Grouping::default();
    for (number, (root, path)) in (1..).zip(files) {
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
        match command.output {
            Output::Groups => grouping.take(Track::of_file(number, &root, work.track(), report)),
            Output::Albums => albums.take(&path, report),
            Output::Reports => {}
        }
        if command.output != Output::Groups && !say(report)? {
            return Ok(());
        }
        is_sound &= !work.is_bad();
    }
    let lines = match command.output {
        Output::Groups => grouping.lines(),
        Output::Albums => albums.lines(),
        Output::Reports => Vec::new(),
    };
    for line in lines {
        if !say(&line)? {
            return Ok(());
        }
    }
    if is_sound { Ok(()) } else { Err(()) }
}

/// Prints a line. Says whether more are wanted: whoever read the output may have seen enough.
fn say(line: &str) -> Result<bool, ()> {
    match writeln!(io::stdout().lock(), "{line}") {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => {
            eprintln!("mt_scanner_analyser: writing the output: {error}");
            Err(())
        }
    }
}

/// The tracks of each folder, for its loudness.
#[derive(Default)]
struct Albums(BTreeMap<String, Vec<(String, Option<f64>)>>);

impl Albums {
    fn take(&mut self, path: &str, report: &str) {
        let report: Value = serde_json::from_str(report).unwrap_or_default();
        let loudness = &report["loudness"];
        if let Some(blocks) = loudness["blocks"].as_str() {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            self.0.entry(folder.to_owned()).or_default().push((blocks.to_owned(), loudness["true_peak"].as_f64()));
        }
    }

    /// A line for each folder with several tracks.
    fn lines(&self) -> Vec<String> {
        let line = |(folder, tracks): (&String, &Vec<(String, Option<f64>)>)| {
            let blocks = tracks.iter().map(|(blocks, peak)| (Some(blocks.as_str()), *peak));
            // They are this component's own.
            let loudness = album::of_tracks(blocks).ok()?;
            Some(serde_json::json!({"folder": folder, "tracks": tracks.len(), "loudness": loudness}).to_string())
        };
        self.0.iter().filter(|(_, tracks)| tracks.len() > 1).filter_map(line).collect()
    }
}

/// Says an error in the words of every command line of this project.
fn complain(error: &ScanError) {
    let (_, path, why) = error.parts();
    eprintln!("mt_scanner_analyser: {path}: {why}");
}

//! The commands, one a file.

mod artwork;
mod benchmark;
mod changes;
mod count;
mod index;
mod inspect;
mod json;
mod purge;
mod scan;
mod watch;

use std::io::Write;

use clap::CommandFactory;

use crate::arguments::{Arguments, Command};
use crate::done::Done;
use crate::failure::Failure;

pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    match &arguments.command {
        Command::Scan(folders) => scan::run(folders),
        Command::Count(folders) => count::run(folders),
        Command::Index { folders, library, sync } => index::run(folders, &library.db, sync),
        Command::Watch { folders, library, watch } => watch::run(folders, &library.db, watch),
        Command::Purge { library, missing_for, output } => purge::run(&library.db, *missing_for, output),
        Command::Inspect { file, output, sandbox } => inspect::run(file, output, sandbox),
        Command::Artwork { file, artwork, output, sandbox } => artwork::run(file, artwork, output, sandbox),
        Command::Benchmark { folders, iterations } => benchmark::run(folders, *iterations),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "mt-scan", &mut script);
            std::io::stdout().write_all(&script)?;
            Ok(Done::Clean)
        }
    }
}

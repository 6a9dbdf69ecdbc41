//! `mt-scan`: scans music folders inside a WebAssembly sandbox.

mod arguments;
mod commands;
mod done;
mod failure;
mod screen;
mod summary;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;
use done::Done;
use failure::Failure;

const PROBLEMS: u8 = 1;
const COULD_NOT_RUN: u8 = 3;
const READER_LEFT: u8 = 141;

fn main() -> ExitCode {
    match commands::run(&Arguments::parse()) {
        Ok(Done::Clean) => ExitCode::SUCCESS,
        Ok(Done::WithProblems) => ExitCode::from(PROBLEMS),
        // `head`, for one, has seen enough.
        Err(Failure::ReaderLeft) => ExitCode::from(READER_LEFT),
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "mt-scan: {}", screen::shown(&failure.to_string()));
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

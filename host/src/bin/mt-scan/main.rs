//! `mt-scan`: scans music folders inside a WebAssembly sandbox.

mod arguments;
mod commands;
mod done;
mod failure;
mod help;
mod interruption;
mod screen;
mod summary;

use std::process::ExitCode;

use clap::FromArgMatches;

use arguments::Arguments;
use done::Done;
use failure::Failure;

const PROBLEMS: u8 = 1;
const COULD_NOT_RUN: u8 = 3;
const READER_LEFT: u8 = 141;

fn main() -> ExitCode {
    let arguments = match Arguments::from_arg_matches(&help::command().get_matches()) {
        Ok(arguments) => arguments,
        Err(wrong) => wrong.exit(),
    };
    match commands::run(&arguments) {
        Ok(Done::Clean) => ExitCode::SUCCESS,
        Ok(Done::WithProblems) => ExitCode::from(PROBLEMS),
        Ok(Done::InPart) => ExitCode::from(COULD_NOT_RUN),
        Err(Failure::Interrupted) => interruption::end(),
        // `head`, for one, has seen enough.
        Err(Failure::ReaderLeft) => ExitCode::from(READER_LEFT),
        Err(failure) => {
            failure.tell();
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

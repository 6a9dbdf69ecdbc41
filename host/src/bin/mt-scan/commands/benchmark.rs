//! `mt-scan benchmark`.

use std::io::{Write, stdout};
use std::num::NonZeroU32;

use crate::arguments::Folders;
use crate::done::Done;
use crate::failure::Failure;

pub fn run(folders: &Folders, iterations: NonZeroU32) -> Result<Done, Failure> {
    let milliseconds = folders.scanner()?.benchmark(iterations.get())?.as_secs_f64() * 1000.0;
    if folders.output.json || folders.events {
        let event = if folders.events { "\"event\":\"report\"," } else { "" };
        writeln!(stdout(), "{{{event}\"milliseconds\":{milliseconds},\"iterations\":{iterations}}}")?;
    } else {
        writeln!(stdout(), "{milliseconds:.3}")?;
    }
    Ok(Done::Clean)
}

//! `mt-scan count`.

use std::io::{Write, stderr, stdout};

use super::json::tell;
use crate::arguments::Folders;
use crate::done::Done;
use crate::failure::Failure;
use crate::summary::Problems;

pub fn run(folders: &Folders) -> Result<Done, Failure> {
    let (files, problems) = folders.scanner()?.count_with_problems(None)?;
    if folders.output.json {
        writeln!(stdout(), "{{\"files\":{files}}}")?;
        tell(&problems)?;
    } else {
        writeln!(stdout(), "{files}")?;
        if !folders.output.quiet {
            let mut sum = Problems::default();
            sum.add(&problems);
            sum.show(&mut stderr().lock())?;
        }
    }
    Ok(Done::with(&folders.output, !problems.is_empty()))
}

//! `mt-scan count`.

use std::io::{Write, stderr, stdout};

use mt_scanner::Scanner;
use mt_scanner::report::Report;

use super::json::tell;
use crate::arguments::Folders;
use crate::done::Done;
use crate::failure::Failure;
use crate::summary::Problems;

pub fn run(folders: &Folders) -> Result<Done, Failure> {
    let scanner = folders.scanner()?;
    let (files, problems) = scanner.count_with_problems(None)?;
    let any = !problems.is_empty();
    if folders.output.json {
        writeln!(stdout(), "{{\"files\":{files}}}")?;
        tell(&problems)?;
    } else {
        writeln!(stdout(), "{files}")?;
        if any && !folders.output.quiet {
            let problems = Problems::from(problems).told();
            stderr().lock().write_all(Scanner::in_words(&Report::Problems { problems })?.as_bytes())?;
        }
    }
    Ok(Done::with(&folders.output, any))
}

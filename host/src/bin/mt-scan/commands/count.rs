//! `mt-scan count`.

use std::io::{Write, stderr, stdout};

use mt_scanner::Progress;
use mt_scanner::Scanner;
use mt_scanner::report::Report;

use super::json::{tell, tell_of_root, tell_passed_over};
use crate::arguments::Folders;
use crate::done::Done;
use crate::failure::Failure;
use crate::interruption;
use crate::summary::Problems;

pub fn run(folders: &Folders) -> Result<Done, Failure> {
    let scanner = folders.scanner()?;
    scanner.notices().iter().try_for_each(|notice| tell_of_root(folders.output.json, notice))?;
    let mut scan = scanner.counting()?;
    interruption::cancels(scan.control());
    for step in scan.by_ref() {
        step?;
    }
    if interruption::is_asked() {
        return Err(Failure::Interrupted);
    }
    let (Progress { files, passed_over, playlists, .. }, problems) = (scan.progress(), scan.problems());
    let any = !problems.is_empty();
    if folders.output.json {
        writeln!(stdout(), "{{\"files\":{files}}}")?;
        tell(&problems)?;
        tell_passed_over(passed_over, playlists)?;
    } else {
        writeln!(stdout(), "{files}")?;
        if (any || passed_over + playlists > 0) && !folders.output.quiet {
            let problems = Problems::from(problems).told();
            let report = Report::Problems { problems, passed_over, playlists };
            stderr().lock().write_all(Scanner::in_words(&report)?.as_bytes())?;
        }
    }
    Ok(Done::with(&folders.output, any))
}

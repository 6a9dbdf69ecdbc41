//! `mt-scan validate`, `hash`, `loudness` and `fingerprint`: files are examined, and what was found
//! is told.

use std::io::{BufWriter, Write, stderr, stdout};
use std::time::Duration;

use mt_scanner::report::Report;
use mt_scanner::{Analyser, FileReport, Progress, Request, Scanner};

use super::events;
use super::json::{tell, tell_of_root, tell_passed_over};
use crate::arguments::Files;
use crate::done::Done;
use crate::failure::Failure;
use crate::interruption;
use crate::screen::Bar;
use crate::summary::{Problems, Sum};

/// The bar moves and output is written at least this often, however long a file takes.
const PATIENCE: Duration = Duration::from_millis(100);

/// What people are told of files.
pub trait Telling {
    /// Whether stdout has nothing but a line for each file.
    const LISTS: bool = false;

    /// The line about a file; nothing is told of some.
    fn of_file(&mut self, report: &FileReport) -> Option<String>;

    /// What is told when all is done.
    fn at_the_end(&mut self, _analyser: &Analyser) -> Result<String, Failure> {
        Ok(String::new())
    }

    /// The same of all files together, for who wants no more than what was asked for.
    fn sum(&mut self, _files: &Sum) -> String {
        String::new()
    }
}

/// Examines files, and tells people or programs.
pub fn run<T: Telling>(files: &Files, request: Request, telling: &mut T) -> Result<Done, Failure> {
    let (analyser, output) = (files.analyser()?, &files.output);
    if files.events {
        return events::examine(&analyser, request, output);
    }
    analyser.scanner().notices().iter().try_for_each(|notice| tell_of_root(output.json, notice))?;
    let mut examination = analyser.examine(request)?;
    interruption::cancels(examination.control());
    let (mut sum, mut problems) = (Sum::default(), Problems::default());
    let mut bar = Bar::new(output);
    let mut out = BufWriter::new(stdout());
    while let Some(report) = examination.next_within(PATIENCE) {
        if let Some(report) = report? {
            sum.add(&report);
            if output.json {
                // In one piece: Ctrl-C leaves whole lines.
                out.write_all((report.json + "\n").as_bytes())?;
            } else if let Some(line) = telling.of_file(&report) {
                bar.beside(|| writeln!(out, "{line}").and_then(|()| out.flush()))?;
            }
        } else {
            out.flush()?;
        }
        let more = examination.problems();
        problems.add(&more);
        if output.json {
            tell(&more)?;
        }
        bar.show(|| examination.progress());
    }
    drop(bar);
    out.flush()?;
    if interruption::is_asked() {
        return Err(Failure::Interrupted);
    }
    let (any, Progress { passed_over, playlists, .. }) = (problems.any(), examination.progress());
    if output.json {
        tell_passed_over(passed_over, playlists)?;
    } else {
        out.write_all(telling.at_the_end(&analyser)?.as_bytes())?;
        if !output.quiet {
            out.write_all(telling.sum(&sum).as_bytes())?;
            if any || passed_over + playlists > 0 {
                let report = Report::Problems { problems: problems.told(), passed_over, playlists };
                let told = Scanner::in_words(&report)?;
                match T::LISTS {
                    true => stderr().write_all(told.as_bytes())?,
                    false => out.write_all(told.as_bytes())?,
                }
            }
        }
        out.flush()?;
    }
    Ok(if sum.verdicts.any_bad() { Done::WithProblems } else { Done::with(output, any) })
}

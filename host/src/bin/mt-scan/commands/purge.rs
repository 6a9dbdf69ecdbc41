//! `mt-scan purge`.

use std::io::{Write, stdout};
use std::path::Path;
use std::time::Duration;

use mt_scanner::report::Report;
use mt_scanner::{Library, Scanner};

use super::database::existing;
use crate::arguments::Output;
use crate::done::Done;
use crate::failure::Failure;

pub fn run(db: &Path, missing_for: Duration, output: &Output) -> Result<Done, Failure> {
    let db = existing(db)?;
    let scanner = Scanner::builder().build()?;
    let purged = Library::open(db, &scanner)?.purge(missing_for)?;
    if output.json {
        writeln!(stdout(), r#"{{"purged":{purged}}}"#)?;
    } else if !output.quiet {
        stdout().write_all(Scanner::in_words(&Report::Purge { tracks: purged })?.as_bytes())?;
    }
    Ok(Done::Clean)
}

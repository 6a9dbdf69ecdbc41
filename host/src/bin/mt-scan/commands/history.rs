//! `mt-scan changes`.

use std::io::Write;
use std::path::Path;

use mt_scanner::{Library, Scanner};

use super::changes::Lines;
use super::database::existing;
use crate::arguments::Output;
use crate::done::Done;
use crate::failure::Failure;

pub fn run(db: &Path, since: Option<i64>, output: &Output) -> Result<Done, Failure> {
    let db = existing(db)?;
    let library = Library::open(db, &Scanner::builder().build()?)?;
    let mut lines = Lines::new(output.json, true);
    library.changes(since, |change| {
        if !lines.has_failed() {
            lines.take(change);
        }
    })?;
    lines.finish()?.flush()?;
    Ok(Done::Clean)
}

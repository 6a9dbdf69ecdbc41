//! `mt-scan scan`.

use std::io::{BufWriter, Write, stdout};

use mt_scanner::report::Report;
use mt_scanner::{Progress, Scanner};

use super::json::{Lines, tell, tell_of_root, tell_passed_over};
use crate::arguments::Folders;
use crate::done::Done;
use crate::failure::Failure;
use crate::interruption;
use crate::screen::Bar;
use crate::summary::{Kinds, Problems, reached};

pub fn run(folders: &Folders) -> Result<Done, Failure> {
    let scanner = folders.scanner()?;
    scanner.notices().iter().try_for_each(|notice| tell_of_root(folders.output.json, notice))?;
    let problems = if folders.output.json { lines(&scanner)? } else { summary(&scanner, folders)? };
    Ok(Done::with(&folders.output, problems))
}

/// Writes tracks as they come; gives whether there were problems.
fn lines(scanner: &Scanner) -> Result<bool, Failure> {
    let lines = Lines::new(&scanner.columns()?)?;
    let mut scan = scanner.rows()?;
    interruption::cancels(scan.control());
    let mut out = BufWriter::with_capacity(1 << 16, stdout().lock());
    let mut any = false;
    while let Some(rows) = scan.next() {
        lines.write(&mut out, &rows?)?;
        let problems = scan.problems();
        any |= !problems.is_empty();
        tell(&problems)?;
    }
    out.flush()?;
    if interruption::is_asked() {
        return Err(Failure::Interrupted);
    }
    let Progress { passed_over, playlists, .. } = scan.progress();
    tell_passed_over(passed_over, playlists)?;
    Ok(any)
}

fn summary(scanner: &Scanner, folders: &Folders) -> Result<bool, Failure> {
    let mut kinds = Kinds::default();
    let mut problems = Problems::default();
    let mut scan = scanner.scan()?;
    interruption::cancels(scan.control());
    let mut bar = Bar::new(&folders.output);
    while let Some(track) = scan.next() {
        kinds.add(&track?);
        problems.add(&scan.problems());
        bar.show(|| scan.progress());
    }
    problems.add(&scan.problems());
    drop(bar);
    if interruption::is_asked() {
        return Err(Failure::Interrupted);
    }
    let any = problems.any();
    if !folders.output.quiet {
        let (kinds, progress) = (kinds.rows(), reached(&scan.progress()));
        let text = Scanner::in_words(&Report::Scan { kinds, problems: problems.told(), progress })?;
        stdout().lock().write_all(text.as_bytes())?;
    }
    Ok(any)
}

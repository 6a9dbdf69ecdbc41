//! `mt-scan index`.

use std::io::Write;
use std::path::Path;

use mt_scanner::report::{Kind, Report, Synced, SyncedLine};
use mt_scanner::{Change, Library, LibraryError, Observer, Problem, Progress, RootNotice, Scanner};
use rusqlite::Row;

use super::changes::Lines;
use super::json::{tell, tell_of_root, tell_passed_over};
use crate::arguments::{Folders, Sync};
use crate::done::Done;
use crate::failure::Failure;
use crate::interruption;
use crate::screen::Bar;
use crate::summary::{Problems, changed, reached};

pub fn run(folders: &Folders, db: &Path, sync: &Sync) -> Result<Done, Failure> {
    let output = &folders.output;
    let scanner = folders.scanner()?;
    let mut seen = Seen {
        json: output.json,
        bar: Bar::new(output),
        problems: Problems::default(),
        lines: Lines::new(output.json, sync.verbose && !output.quiet),
    };
    let (report, library) = if sync.dry_run {
        (Library::rehearse(db, &scanner, &sync.options(), &mut seen).map_err(ended)?, None)
    } else {
        scanner.check()?;
        let library = Library::open(db, &scanner)?;
        (library.sync(&scanner, &sync.options(), &mut seen).map_err(ended)?, Some(library))
    };
    let Seen { bar, problems, lines, .. } = seen;
    drop(bar);
    let mut out = lines.finish()?;
    let problems_found = report.problems > 0;
    let (progress, changes) = (reached(&report.progress), changed(&report));
    if output.json {
        let report = Synced { scan: report.scan, changes, problems: report.problems, progress };
        serde_json::to_writer(&mut out, &SyncedLine { report })?;
        out.write_all(b"\n")?;
    } else if !output.quiet {
        let problems = problems.told();
        if sync.verbose && report.changed() > 0 {
            writeln!(out)?;
        }
        let report = match library {
            Some(library) => {
                let (kinds, size) = summary(&library)?;
                let path = library.path().to_string_lossy().into_owned();
                Report::Index { kinds, problems, progress, changes, path, size }
            }
            None => Report::Rehearsal { problems, changes },
        };
        out.write_all(Scanner::in_words(&report)?.as_bytes())?;
    }
    out.flush()?;
    if output.json {
        tell_passed_over(progress.passed_over, progress.playlists)?;
    }
    Ok(Done::with(output, problems_found))
}

/// Why a sync ended early.
pub fn ended(error: LibraryError) -> Failure {
    match error {
        LibraryError::Cancelled => Failure::Interrupted,
        error => error.into(),
    }
}

/// A sync, as it is told on its way.
struct Seen {
    json: bool,
    bar: Bar,
    problems: Problems,
    lines: Lines,
}

impl Observer for Seen {
    fn progress(&mut self, progress: &Progress) {
        self.bar.show(|| progress.clone());
    }

    fn is_cancelled(&mut self) -> bool {
        interruption::is_asked()
    }

    fn root(&mut self, notice: &RootNotice) {
        let written = tell_of_root(self.json, notice);
        self.lines.note(written);
    }

    fn wants_changes(&self) -> bool {
        self.lines.wanted
    }

    fn change(&mut self, change: Change<'_>) {
        if !self.lines.has_failed() {
            self.lines.take(change);
        }
    }

    fn problem(&mut self, problem: &Problem) {
        let one = std::slice::from_ref(problem);
        if !self.json {
            self.problems.add(one);
        } else if !self.lines.has_failed() {
            self.lines.note(tell(one));
        }
    }
}

/// The kinds of the library's tracks in the roots of the sync, and its size in bytes.
fn summary(library: &Library) -> Result<(Vec<Kind>, u64), Failure> {
    let failed = |error: rusqlite::Error| Failure::Work(error.into());
    let number = |row: &Row<'_>, place: usize| row.get::<_, i64>(place).map(i64::unsigned_abs);
    let kind = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, number(row, 2)?, number(row, 3)?, number(row, 4)?));
    let connection = library.connection();
    let mut statement = connection.prepare(library.statement("kinds")?).map_err(failed)?;
    let kinds = statement.query_map([], kind).and_then(Iterator::collect).map_err(failed)?;
    // Not that of the file: the latest pages are beside it until the library is closed.
    let sql = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    let size = connection.query_row(sql, [], |row| number(row, 0)).map_err(failed)?;
    Ok((kinds, size))
}

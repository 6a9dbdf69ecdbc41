//! `mt-scan index`.

use std::collections::HashSet;
use std::io::{BufWriter, Write, stdout};
use std::path::Path;

use mt_scanner::{Library, Scanner, SyncReport};
use rusqlite::types::ValueRef;

use super::{Done, json::Lines, tell};
use crate::arguments::Folders;
use crate::failure::Failure;
use crate::screen::{Bar, shown};
use crate::summary::{Summary, size, thousands};

pub fn run(folders: &Folders, db: &Path) -> Result<Done, Failure> {
    let output = &folders.output;
    let scanner = folders.scanner()?;
    let library = Library::open(db, &scanner)?;
    let report = if output.json {
        lines(&library, &scanner)?
    } else {
        let mut bar = Bar::new(output);
        library.sync(&scanner, |progress| bar.show(|| *progress))?
    };
    if output.json {
        tell(&report.problems)?;
    } else if !output.quiet {
        let mut out = stdout().lock();
        summary(&library, &scanner)?.show(&mut out, &report.problems, &report.progress)?;
        let counts = [(report.added, "new"), (report.modified, "changed"), (report.unchanged, "as before")];
        let counts = counts.map(|(count, what)| format!("{} {what}", thousands(count)));
        let bytes = library.path().metadata().map_or(0, |file| file.len());
        writeln!(out, "\n{}: {} ({})", shown(&library.path().to_string_lossy()), counts.join(", "), size(bytes))?;
    }
    Ok(Done::with(output, !report.problems.is_empty()))
}

/// What the library has of the scanner's roots, whenever it was found.
fn summary(library: &Library, scanner: &Scanner) -> Result<Summary, Failure> {
    let roots: HashSet<String> = scanner.roots().map(|root| root.to_string_lossy().into_owned()).collect();
    let mut summary = Summary::default();
    let failed = |error: rusqlite::Error| Failure::Work(error.into());
    let mut statement = library.connection().prepare(library.statement("tracks")?).map_err(failed)?;
    let place = |name: &str| statement.column_names().position(|column| column == name);
    let places = [place("format"), place("codec"), place("duration_ms"), place("size")];
    let mut rows = statement.query([]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        let [format, codec, duration, size] =
            places.map(|place| place.and_then(|place| row.get_ref(place).ok()).unwrap_or(ValueRef::Null));
        let text = |value: ValueRef<'_>| value.as_str().ok().map(str::to_owned);
        let number = |value: ValueRef<'_>| value.as_i64().ok().and_then(|number| u64::try_from(number).ok());
        // The first column is the root.
        if row.get_ref(0).ok().and_then(|root| root.as_str().ok()).is_some_and(|root| roots.contains(root)) {
            summary.add_one(
                text(format).as_deref(),
                text(codec).as_deref(),
                number(duration),
                number(size).unwrap_or(0),
            );
        }
    }
    Ok(summary)
}

/// Brings what is found into the library, and writes it as JSON lines as well.
fn lines(library: &Library, scanner: &Scanner) -> Result<SyncReport, Failure> {
    let lines = Lines::new(&scanner.columns()?)?;
    let mut out = BufWriter::with_capacity(1 << 16, stdout().lock());
    let mut written = Ok(());
    let report = library.sync_and(
        scanner,
        |_| {},
        |rows| {
            if written.is_ok() {
                written = lines.write(&mut out, rows);
            }
        },
    )?;
    written?;
    out.flush()?;
    Ok(report)
}

//! `mt-scan index`.

use std::collections::HashSet;
use std::io::{BufWriter, StdoutLock, Write, stdout};
use std::path::Path;

use mt_scanner::{Library, Observer, Problem, Progress, Rows, Scanner, SyncReport};
use rusqlite::types::ValueRef;

use super::{Done, json::Lines, tell};
use crate::arguments::Folders;
use crate::failure::Failure;
use crate::screen::{Bar, shown};
use crate::summary::{Problems, Summary, size, thousands};

pub fn run(folders: &Folders, db: &Path) -> Result<Done, Failure> {
    let output = &folders.output;
    let scanner = folders.scanner()?;
    let library = Library::open(db, &scanner)?;
    let report = if output.json {
        let mut lines = Written::new(&scanner)?;
        let report = library.sync(&scanner, &mut lines)?;
        lines.finish()?;
        report
    } else {
        let mut seen = Shown { bar: Bar::new(output), problems: Problems::default() };
        let report = library.sync(&scanner, &mut seen)?;
        let Shown { bar, problems } = seen;
        drop(bar);
        if !output.quiet {
            show(&library, &scanner, &report, problems)?;
        }
        report
    };
    Ok(Done::with(output, report.progress.problems > 0))
}

/// For people.
struct Shown {
    bar: Bar,
    problems: Problems,
}

impl Observer for Shown {
    fn progress(&mut self, progress: &Progress) {
        self.bar.show(|| *progress);
    }

    fn problems(&mut self, problems: &[Problem]) {
        self.problems.add(problems);
    }
}

/// JSON lines of what is brought into the library.
struct Written {
    lines: Lines,
    out: BufWriter<StdoutLock<'static>>,
    so_far: Result<(), Failure>,
}

impl Written {
    fn new(scanner: &Scanner) -> Result<Self, Failure> {
        let lines = Lines::new(&scanner.columns()?)?;
        Ok(Self { lines, out: BufWriter::with_capacity(1 << 16, stdout().lock()), so_far: Ok(()) })
    }

    fn finish(mut self) -> Result<(), Failure> {
        self.so_far?;
        Ok(self.out.flush()?)
    }
}

impl Observer for Written {
    fn wants_rows(&self) -> bool {
        true
    }

    fn rows(&mut self, rows: &Rows) {
        if self.so_far.is_ok() {
            self.so_far = self.lines.write(&mut self.out, rows);
        }
    }

    fn problems(&mut self, problems: &[Problem]) {
        if self.so_far.is_ok() {
            self.so_far = tell(problems);
        }
    }
}

fn show(library: &Library, scanner: &Scanner, report: &SyncReport, problems: Problems) -> Result<(), Failure> {
    let mut out = stdout().lock();
    summary(library, scanner)?.show(&mut out, problems, &report.progress)?;
    let counts = [(report.added, "new"), (report.modified, "changed"), (report.unchanged, "as before")];
    let counts = counts.map(|(count, what)| format!("{} {what}", thousands(count)));
    let bytes = library.path().metadata().map_or(0, |file| file.len());
    writeln!(out, "\n{}: {} ({})", shown(&library.path().to_string_lossy()), counts.join(", "), size(bytes))?;
    Ok(())
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

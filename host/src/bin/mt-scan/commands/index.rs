//! `mt-scan index`.

use std::collections::HashSet;
use std::io::{self, BufWriter, StdoutLock, Write, stdout};
use std::path::Path;

use mt_scanner::{Change, Library, Observer, Problem, Progress, Scanner, SyncReport};
use rusqlite::types::ValueRef;

use super::json::tell;
use crate::arguments::{Folders, Sync};
use crate::done::Done;
use crate::failure::Failure;
use crate::numbers::{size, thousands};
use crate::screen::{Bar, shown};
use crate::summary::{Problems, Summary};

pub fn run(folders: &Folders, db: &Path, sync: &Sync) -> Result<Done, Failure> {
    let output = &folders.output;
    let scanner = folders.scanner()?;
    let mut seen = Seen {
        json: output.json,
        verbose: sync.verbose,
        bar: Bar::new(output),
        problems: Problems::default(),
        out: BufWriter::with_capacity(1 << 16, stdout().lock()),
        so_far: Ok(()),
    };
    let (report, library) = if sync.dry_run {
        (Library::rehearse(db, &scanner, &sync.options(), &mut seen)?, None)
    } else {
        scanner.check()?;
        let library = Library::open(db, &scanner)?;
        (library.sync(&scanner, &sync.options(), &mut seen)?, Some(library))
    };
    let Seen { bar, problems, mut out, so_far, .. } = seen;
    drop(bar);
    so_far?;
    if !output.json && !output.quiet {
        if sync.verbose && changed(&report) > 0 {
            writeln!(out)?;
        }
        match library {
            Some(library) => show(&mut out, &library, &scanner, &report, problems)?,
            None => {
                problems.show(&mut out)?;
                writeln!(out, "nothing was written; a sync would find: {}", counts(&report))?;
            }
        }
    }
    out.flush()?;
    Ok(Done::with(output, report.problems > 0))
}

/// Writes the changes and problems of a sync.
struct Seen {
    json: bool,
    verbose: bool,
    bar: Bar,
    problems: Problems,
    out: BufWriter<StdoutLock<'static>>,
    so_far: Result<(), Failure>,
}

impl Observer for Seen {
    fn progress(&mut self, progress: &Progress) {
        self.bar.show(|| *progress);
    }

    fn wants_changes(&self) -> bool {
        self.json || self.verbose
    }

    fn change(&mut self, change: Change<'_>) {
        if self.so_far.is_err() {
            return;
        }
        self.so_far = line(&mut self.out, change, self.json).map_err(Failure::from);
    }

    fn problem(&mut self, problem: &Problem) {
        let one = std::slice::from_ref(problem);
        if !self.json {
            self.problems.add(one);
        } else if self.so_far.is_ok() {
            self.so_far = tell(one);
        }
    }
}

/// One change, for machines or for people.
pub(super) fn line(out: &mut impl Write, change: Change<'_>, json: bool) -> io::Result<()> {
    if json {
        return writeln!(out, "{}", change.json);
    }
    match change.former_path.filter(|_| change.change == "moved") {
        Some(former) => writeln!(out, "moved     {} -> {}", shown(former), shown(change.path)),
        None => writeln!(out, "{:8}  {}", change.change, shown(change.path)),
    }
}

pub(super) fn changed(report: &SyncReport) -> u64 {
    report.added + report.modified + report.moved + report.missing + report.restored
}

/// The counts of a sync, in the words of the summary.
pub(super) fn counts(report: &SyncReport) -> String {
    let counts = [
        (report.added, "new"),
        (report.modified, "changed"),
        (report.moved, "moved"),
        (report.restored, "back again"),
        (report.missing, "missing"),
        (report.unchanged, "as before"),
    ];
    let told = counts.into_iter().filter(|&(count, what)| count > 0 || matches!(what, "new" | "changed" | "as before"));
    told.map(|(count, what)| format!("{} {what}", thousands(count))).collect::<Vec<_>>().join(", ")
}

fn show(
    out: &mut impl Write,
    library: &Library,
    scanner: &Scanner,
    report: &SyncReport,
    problems: Problems,
) -> Result<(), Failure> {
    summary(library, scanner)?.show(out, problems, &report.progress)?;
    // Not that of the file: what was written last is beside it until the library is closed.
    let sql = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    let bytes = library.connection().query_row(sql, [], |row| row.get::<_, i64>(0)).map_or(0, i64::unsigned_abs);
    writeln!(out, "\n{}: {} ({})", shown(&library.path().to_string_lossy()), counts(report), size(bytes))?;
    Ok(())
}

/// A summary of the library's tracks in the scanner's roots, whenever they were found.
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

//! `mt-scan watch`.

use std::collections::HashSet;
use std::io::{self, BufWriter, StdoutLock, Write, stderr, stdout};
use std::path::Path;

use mt_scanner::{Change, Library, Notice, Observer, Problem, Progress, SyncReport, WatchObserver};
use serde::Serialize;

use super::index::{changed, counts, line};
use super::json::tell;
use crate::arguments::{Folders, Watch};
use crate::done::Done;
use crate::failure::Failure;
use crate::numbers::number;
use crate::screen::{Bar, shown};
use crate::summary::Problems;

/// The exit code of a command that Ctrl-C has ended, as shells show it.
const INTERRUPTED: i32 = 130;

pub fn run(folders: &Folders, db: &Path, watch: &Watch) -> Result<Done, Failure> {
    let output = &folders.output;
    let scanner = folders.scanner()?;
    scanner.check()?;
    let library = Library::open(db, &scanner)?;
    let watching = library.watch(&scanner, watch.options());
    let (stop, mut asked) = (watching.stopper(), false);
    ctrlc::set_handler(move || {
        if std::mem::replace(&mut asked, true) {
            // Twice: at once. What is committed is true.
            std::process::exit(INTERRUPTED);
        }
        stop.stop();
    })
    .map_err(|error| Failure::Work(error.into()))?;
    let mut seen = Seen {
        json: output.json,
        quiet: output.quiet,
        verbose: watch.verbose,
        bar: Some(Bar::new(output)),
        told: HashSet::new(),
        news: Vec::new(),
        out: BufWriter::with_capacity(1 << 16, stdout().lock()),
        so_far: Ok(()),
    };
    watching.run(&mut seen)?;
    seen.so_far?;
    Ok(Done::with(output, !seen.told.is_empty()))
}

/// Writes the changes and problems of each batch.
struct Seen {
    json: bool,
    quiet: bool,
    verbose: bool,
    /// The bar of the first sync.
    bar: Option<Bar>,
    /// Problems that were named.
    told: HashSet<(String, String, String)>,
    /// Problems of this batch.
    news: Vec<Problem>,
    out: BufWriter<StdoutLock<'static>>,
    so_far: Result<(), Failure>,
}

impl Seen {
    fn batch(&mut self, report: &SyncReport) -> Result<(), Failure> {
        let is_first = self.bar.take().is_some();
        let news = std::mem::take(&mut self.news);
        if self.json {
            tell(&news)?;
        } else if !self.quiet && (is_first || changed(report) > 0 || !news.is_empty()) {
            let mut problems = Problems::default();
            problems.add(&news);
            problems.show(&mut self.out)?;
            let seconds = report.progress.elapsed.as_secs_f64();
            let read = number(report.progress.tracks, "file");
            writeln!(self.out, "{} ({read} read, {seconds:.2} s)", counts(report))?;
        }
        Ok(self.out.flush()?)
    }

    fn say(&self, notice: &Notice<'_>) -> io::Result<()> {
        #[derive(Serialize)]
        struct Line<'a> {
            notice: &'a str,
            detail: &'a str,
        }
        let detail = notice.to_string();
        if self.json {
            let line = serde_json::to_string(&Line { notice: notice.name(), detail: &detail })?;
            writeln!(stderr(), "{line}")
        } else {
            writeln!(stderr(), "mt-scan: {}", shown(&detail))
        }
    }

    fn note(&mut self, written: Result<(), Failure>) {
        if self.so_far.is_ok() {
            self.so_far = written;
        }
    }
}

impl Observer for Seen {
    fn progress(&mut self, progress: &Progress) {
        if let Some(bar) = &mut self.bar {
            bar.show(|| *progress);
        }
    }

    fn is_cancelled(&mut self) -> bool {
        self.so_far.is_err()
    }

    fn wants_changes(&self) -> bool {
        self.json || self.verbose
    }

    fn change(&mut self, change: Change<'_>) {
        let written = line(&mut self.out, change, self.json).map_err(Failure::from);
        self.note(written);
    }

    fn problem(&mut self, problem: &Problem) {
        let Problem { root, path, outcome, .. } = problem;
        if self.told.insert((root.clone(), path.clone(), outcome.name().to_owned())) {
            self.news.push(problem.clone());
        }
    }
}

impl WatchObserver for Seen {
    fn synced(&mut self, report: &SyncReport) {
        let written = self.batch(report);
        self.note(written);
    }

    fn notice(&mut self, notice: Notice<'_>) {
        let written = self.say(&notice).map_err(Failure::from);
        self.note(written);
    }
}

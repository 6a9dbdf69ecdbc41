//! `mt-scan watch`.

use std::collections::HashSet;
use std::io::Write;
use std::path::Path;

use mt_scanner::report::Report;
use mt_scanner::{
    Change, Library, Notice, Observer, Problem, Progress, RootNotice, Scanner, StopWatch, SyncReport, WatchObserver,
};

use super::changes::Lines;
use super::json::{tell, tell_notice, tell_of_root, tell_passed_over};
use crate::arguments::{Folders, Watch};
use crate::done::Done;
use crate::failure::Failure;
use crate::screen::Bar;
use crate::summary::{Problems, changed, reached};

/// The exit code of a command that Ctrl-C has ended, as shells show it.
const INTERRUPTED: i32 = 130;

pub fn run(folders: &Folders, db: &Path, watch: &Watch) -> Result<Done, Failure> {
    let output = &folders.output;
    let scanner = folders.scanner()?;
    scanner.check()?;
    let library = Library::open(db, &scanner)?;
    let watching = library.watch(&scanner, watch.options());
    stop_at_ctrl_c(watching.stopper())?;
    let mut seen = Seen {
        json: output.json,
        quiet: output.quiet,
        bar: Some(Bar::new(output)),
        told: HashSet::new(),
        news: Vec::new(),
        lines: Lines::new(output.json, watch.verbose && !output.quiet),
    };
    watching.run(&mut seen)?;
    let any = !seen.told.is_empty();
    seen.lines.finish()?.flush()?;
    Ok(Done::with(output, any))
}

/// Lets Ctrl-C end a watch.
pub fn stop_at_ctrl_c(stop: StopWatch) -> Result<(), Failure> {
    let mut asked = false;
    let handler = move || {
        if std::mem::replace(&mut asked, true) {
            // Twice: at once. What is committed is true.
            std::process::exit(INTERRUPTED);
        }
        stop.stop();
    };
    ctrlc::set_handler(handler).map_err(|error| Failure::Work(error.into()))
}

/// A watch, as it is told batch by batch.
struct Seen {
    json: bool,
    quiet: bool,
    /// That of the first sync.
    bar: Option<Bar>,
    /// Problems that were named.
    told: HashSet<(String, String, String)>,
    /// Problems of this batch.
    news: Vec<Problem>,
    lines: Lines,
}

impl Seen {
    fn batch(&mut self, report: &SyncReport) -> Result<(), Failure> {
        let is_first = self.bar.take().is_some();
        let news = std::mem::take(&mut self.news);
        self.lines.write()?;
        let mut progress = reached(&report.progress);
        if !is_first {
            // Said once: later batches come to the same folders again.
            (progress.passed_over, progress.playlists) = (0, 0);
        }
        if self.json {
            tell(&news)?;
            tell_passed_over(progress.passed_over, progress.playlists)?;
        } else if !self.quiet && (is_first || report.changed() > 0 || !news.is_empty()) {
            let (problems, changes) = (Problems::from(news).told(), changed(report));
            let batch = Report::Batch { problems, changes, progress };
            self.lines.out.write_all(Scanner::in_words(&batch)?.as_bytes())?;
        }
        Ok(self.lines.out.flush()?)
    }
}

impl Observer for Seen {
    fn progress(&mut self, progress: &Progress) {
        if let Some(bar) = &mut self.bar {
            bar.show(|| progress.clone());
        }
    }

    fn is_cancelled(&mut self) -> bool {
        self.lines.has_failed()
    }

    fn root(&mut self, notice: &RootNotice) {
        let written = tell_of_root(self.json, notice);
        self.lines.note(written);
    }

    fn wants_changes(&self) -> bool {
        self.lines.wanted
    }

    fn change(&mut self, change: Change<'_>) {
        self.lines.take(change);
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
        self.lines.note(written);
    }

    fn notice(&mut self, notice: Notice<'_>) {
        let written = tell_notice(self.json, notice.name(), &notice.to_string());
        self.lines.note(written);
    }
}

//! `--events`: what happens, as JSON lines on stdout for programs.

use std::collections::HashSet;
use std::io::{BufWriter, Stdout, Write, stdout};
use std::path::Path;
use std::time::{Duration, Instant};

use mt_scanner::report::Synced;
use mt_scanner::{
    Analyser, Change, Examined, FileReport, Library, Notice, Observer, Problem, Progress, Request, RootNotice, Scan,
    Scanner, SyncReport, WatchObserver, event,
};
use serde::Serialize;

use super::json::{Lines, in_time};
use crate::arguments::{Analyse, Folders, Output, Sync, Watch};
use crate::done::Done;
use crate::failure::Failure;
use crate::interruption;
use crate::summary::{Sum, changed, reached};

/// Least time between two lines of progress.
const BETWEEN_REPORTS: Duration = Duration::from_millis(50);

/// `mt-scan scan --events`.
pub fn scan(folders: &Folders) -> Result<Done, Failure> {
    let scanner = folders.scanner()?;
    let columns = Lines::new(&scanner.columns()?)?;
    let scan = scanner.rows()?;
    each(folders, &scanner, scan, |out, rows| columns.write_behind(out, "\"event\":\"track\",", rows))
}

/// `mt-scan count --events`.
pub fn count(folders: &Folders) -> Result<Done, Failure> {
    let scanner = folders.scanner()?;
    each(folders, &scanner, scanner.counting()?, |_, ()| Ok(()))
}

/// `mt-scan index --events`.
pub fn index(folders: &Folders, db: &Path, sync: &Sync) -> Result<Done, Failure> {
    let scanner = folders.scanner()?;
    let mut events = Events::default();
    let report = if sync.dry_run {
        Library::rehearse(db, &scanner, &sync.options(), &mut events)
    } else {
        scanner.check()?;
        Library::open(db, &scanner)?.sync(&scanner, &sync.options(), &mut events)
    };
    let report = report.map_err(super::index::ended)?;
    events.synced(&report);
    events.finish()?;
    Ok(Done::with(&folders.output, report.problems > 0))
}

/// `mt-scan watch --events`.
pub fn watch(folders: &Folders, db: &Path, watch: &Watch) -> Result<Done, Failure> {
    let scanner = folders.scanner()?;
    scanner.check()?;
    let library = Library::open(db, &scanner)?;
    let watching = library.watch(&scanner, watch.options());
    super::watch::stop_at_ctrl_c(watching.stopper())?;
    let mut events = Events { told: Some(HashSet::new()), ..Events::default() };
    watching.run(&mut events)?;
    let any = events.told.as_ref().is_some_and(|told| !told.is_empty());
    events.finish()?;
    Ok(Done::with(&folders.output, any))
}

/// `mt-scan validate --events`, and the others that examine files.
pub fn examine(analyser: &Analyser, request: Request, output: &Output) -> Result<Done, Failure> {
    let mut examination = analyser.examine(request)?;
    interruption::cancels(examination.control());
    let mut events = Events::default();
    analyser.scanner().notices().iter().for_each(|notice| events.root(notice));
    events.progress(&examination.progress());
    let (mut sum, mut problems, mut reported) = (Sum::default(), 0, Instant::now());
    while let Some(report) = examination.next_within(BETWEEN_REPORTS) {
        if let Some(report) = report? {
            sum.add(&report);
            events.file(&report);
        }
        for problem in examination.problems() {
            problems += 1;
            events.problem(&problem);
        }
        if reported.elapsed() >= BETWEEN_REPORTS {
            reported = Instant::now();
            events.progress(&examination.progress());
        }
        if events.so_far.is_err() {
            break;
        }
    }
    if interruption::is_asked() {
        return Err(Failure::Interrupted);
    }
    let progress = examination.progress();
    events.progress(&progress);
    let verdicts = request.depth.map(|_| sum.verdicts);
    events.report(&Examined { files: sum.files, problems, verdicts, progress: reached(&progress) });
    events.finish()?;
    Ok(if sum.verdicts.any_bad() { Done::WithProblems } else { Done::with(output, problems > 0) })
}

/// `mt-scan analyse --events`.
pub fn analyse(analyse: &Analyse) -> Result<Done, Failure> {
    let mut events = Events::default();
    let report = super::analyse::analysed(analyse, &mut events)?;
    events.report(&super::analyse::told(&report));
    events.finish()?;
    Ok(Done::with(&analyse.output, report.problems > 0))
}

/// Tells of a scan. `found` writes what it finds.
fn each<T>(
    folders: &Folders,
    scanner: &Scanner,
    mut scan: Scan<T>,
    found: impl Fn(&mut BufWriter<Stdout>, &T) -> Result<(), Failure>,
) -> Result<Done, Failure> {
    interruption::cancels(scan.control());
    let mut events = Events::default();
    scanner.notices().iter().for_each(|notice| events.root(notice));
    events.progress(&scan.progress());
    let (mut problems, mut reported) = (0, Instant::now());
    while let Some(step) = scan.next_step_within(BETWEEN_REPORTS) {
        if let Some(step) = step? {
            problems += step.problems.len() as u64;
            step.problems.iter().for_each(|problem| events.problem(problem));
            for item in &step.items {
                let written = found(&mut events.out, item);
                events.note(written);
            }
        }
        if reported.elapsed() >= BETWEEN_REPORTS {
            reported = Instant::now();
            events.progress(&scan.progress());
        }
        if events.so_far.is_err() {
            break;
        }
    }
    if interruption::is_asked() {
        return Err(Failure::Interrupted);
    }
    let progress = scan.progress();
    events.progress(&progress);
    events.report(&event::Scanned { files: progress.files, problems, progress: reached(&progress) });
    events.finish()?;
    Ok(Done::with(&folders.output, problems > 0))
}

/// Writes events. The first failure is kept, and ends the work.
struct Events {
    out: BufWriter<Stdout>,
    /// In a watch, problems that were told: each is told once.
    told: Option<HashSet<(String, String, String)>>,
    so_far: Result<(), Failure>,
}

impl Default for Events {
    fn default() -> Self {
        Self { out: BufWriter::with_capacity(1 << 16, stdout()), told: None, so_far: Ok(()) }
    }
}

impl Events {
    fn line(&mut self, event: &impl Serialize) {
        let written = serde_json::to_writer(&mut self.out, event).map_err(Failure::from);
        let written = written.and_then(|()| Ok(self.out.write_all(b"\n")?));
        self.note(written);
    }

    fn report(&mut self, report: &impl Serialize) {
        self.line(&event::Event::Report(report));
    }

    fn note(&mut self, written: Result<(), Failure>) {
        if self.so_far.is_ok() {
            self.so_far = written;
        }
    }

    fn flush(&mut self) {
        let written = self.out.flush();
        self.note(written.map_err(Failure::from));
    }

    fn finish(mut self) -> Result<(), Failure> {
        self.flush();
        self.so_far
    }
}

impl Observer for Events {
    fn progress(&mut self, progress: &Progress) {
        self.line(&event::Event::<()>::Progress(in_time(progress)));
        self.flush();
    }

    fn root(&mut self, notice: &RootNotice) {
        let RootNotice { kind, root, detail } = notice;
        self.line(&event::Event::<()>::Notice { notice: kind.clone(), detail: format!("{root}: {detail}") });
    }

    fn is_cancelled(&mut self) -> bool {
        self.so_far.is_err() || interruption::is_asked()
    }

    fn wants_changes(&self) -> bool {
        true
    }

    fn change(&mut self, change: Change<'_>) {
        let json = change.json.strip_prefix('{').unwrap_or(change.json);
        let written = writeln!(self.out, "{{\"event\":\"change\",{json}");
        self.note(written.map_err(Failure::from));
    }

    fn file(&mut self, report: &FileReport) {
        let json = report.json.strip_prefix('{').unwrap_or(&report.json);
        let written = writeln!(self.out, "{{\"event\":\"file\",{json}");
        self.note(written.map_err(Failure::from));
    }

    fn problem(&mut self, problem: &Problem) {
        let Problem { root, path, outcome, .. } = problem;
        let name = || (root.clone(), path.clone(), outcome.name().to_owned());
        if self.told.as_mut().is_none_or(|told| told.insert(name())) {
            self.line(&event::Event::<()>::Problem(problem.into()));
        }
    }
}

impl WatchObserver for Events {
    fn synced(&mut self, report: &SyncReport) {
        let (changes, progress) = (changed(report), reached(&report.progress));
        self.report(&Synced { scan: report.scan, changes, problems: report.problems, progress });
        self.flush();
    }

    fn notice(&mut self, notice: Notice<'_>) {
        self.line(&event::Event::<()>::Notice { notice: notice.name().into(), detail: notice.to_string() });
        self.flush();
    }
}

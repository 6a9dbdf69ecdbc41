//! The lane: files of the library go through the workers, and what comes out is written.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use mt_scanner_contract::Problem;
use serde_json::{Value, json};

use super::super::Library;
use super::super::attended::BETWEEN_REPORTS;
use super::super::error::{LibraryError, Unwritten};
use super::super::report::Observer;
use super::super::sync::BETWEEN_LOOKS;
use super::super::writer::Writer;
use super::roots::Roots;
use crate::analysis::analyser::Analyser;
use crate::analysis::job::Job;
use crate::analysis::plan::{Task, Waiting};
use crate::analysis::pool::Brought;
use crate::analysis::report::FileReport;
use crate::analysis::request::Request;
use crate::runtime::root::Root;
use crate::work::progress::{Phase, Progress};

/// Files that are asked for at a time.
const PAGE: u32 = 64;

/// What is asked, and of which analyser.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub request: Request,
    /// The version of the analyser.
    pub version: u32,
}

/// A file of the library, as the library knows it.
struct Known {
    id: i64,
    size: u64,
    mtime_ns: i64,
}

/// How much there is, or is done.
#[derive(Default, Clone, Copy)]
struct Amount {
    files: u64,
    bytes: u64,
}

/// The files of an analysis that was begun.
pub(super) struct Lane<'a> {
    library: &'a Library,
    asked: Asked,
    roots: Arc<[Root]>,
    job: Job,
    /// The files that wait or are worked on.
    under_way: HashMap<Waiting, Known>,
    /// The place of the last file that was handed in.
    after: i64,
    /// Whether more files are to be handed in.
    is_open: bool,
    /// When no more files are to be begun; `None` once that is so, or if there is no such time.
    until: Option<Instant>,
    total: Amount,
    done: Amount,
    /// The most bytes that were said to be done.
    reached: Cell<u64>,
    analysed: u64,
    problems: u64,
    since: Instant,
}

impl<'a> Lane<'a> {
    /// Starts the workers; tells of roots that are not there.
    pub fn start(
        library: &'a Library,
        analyser: &Analyser,
        asked: Asked,
        roots: Roots,
        observer: &mut impl Observer,
    ) -> Result<Self, Unwritten> {
        let Roots { there, opened, problems, .. } = roots;
        problems.iter().for_each(|problem| observer.problem(problem));
        let total = library.schema.first(&library.connection, "analysis-total", &[], |row| {
            let count = |name| row.get::<_, i64>(name).map(i64::unsigned_abs);
            Ok(Amount { files: count("files")?, bytes: count("bytes")? })
        })?;
        let task = Task { background: true, ..analyser.task(asked.request) };
        Ok(Self {
            library,
            asked,
            job: Job::start(task, there.clone(), opened)?,
            roots: there,
            under_way: HashMap::new(),
            after: 0,
            is_open: true,
            until: None,
            total,
            done: Amount::default(),
            reached: Cell::default(),
            analysed: 0,
            problems: problems.len() as u64,
            since: Instant::now(),
        })
    }

    /// Works until no file is left, or the time is over and what was begun is done. If the observer
    /// wants an end, what is done is written and the rest is left.
    pub fn run(&mut self, time: Option<Duration>, observer: &mut impl Observer) -> Result<(), Unwritten> {
        observer.progress(&self.progress());
        self.until = time.and_then(|time| self.since.checked_add(time));
        let mut writer = Writer::new(&self.library.connection, &self.library.schema);
        let mut reported = Instant::now();
        loop {
            self.hand_in()?;
            match self.job.take(Some(BETWEEN_LOOKS)) {
                None => return writer.finish(),
                Some(Ok(Some(brought))) => self.take_in(brought, &mut writer, observer)?,
                Some(Ok(None)) => {}
                Some(Err(error)) => {
                    writer.finish()?;
                    return Err(error.into());
                }
            }
            writer.commit_in_time()?;
            if reported.elapsed() >= BETWEEN_REPORTS {
                observer.progress(&self.progress());
                self.rest(&mut writer, observer)?;
                if observer.is_cancelled() {
                    writer.finish()?;
                    return Err(LibraryError::Cancelled.into());
                }
                reported = Instant::now();
            }
        }
    }

    /// Ends the workers; gives how many files have a report, and the number of problems.
    pub fn end(self) -> (u64, u64) {
        (self.analysed, self.problems)
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        let worked = self.job.under_way();
        let begun = worked.iter().filter_map(|(file, share)| Some(self.under_way.get(file)?.size as f64 * share));
        let mut progress = self.job.control().progress();
        progress.phase = Phase::Scanning;
        progress.files = self.total.files;
        progress.total_files = self.total.files;
        progress.done = self.done.files;
        progress.tracks = self.analysed;
        progress.problems = self.problems;
        // What has left its worker and is not taken in yet counts as not begun for a moment.
        self.reached.set(self.reached.get().max(self.done.bytes + begun.sum::<f64>() as u64));
        progress.done_bytes = self.reached.get().min(self.total.bytes);
        progress.total_bytes = self.total.bytes;
        progress.is_estimated = false;
        progress.elapsed = self.since.elapsed();
        progress
    }

    /// Hands in as many files that some always wait, until there are none or the time is over.
    fn hand_in(&mut self) -> Result<(), Unwritten> {
        if self.until.is_some_and(|until| Instant::now() >= until) {
            (self.until, self.is_open) = (None, false);
            self.job.begin_no_more();
        }
        if self.is_open && self.job.waiting() < PAGE as usize {
            match self.next_files()? {
                Some(files) => self.job.add(files),
                None => {
                    self.job.all_added();
                    self.is_open = false;
                }
            }
        }
        Ok(())
    }

    /// Some of the next files, which are noted as under way; `None` if there are no more.
    fn next_files(&mut self) -> Result<Option<Vec<Waiting>>, Unwritten> {
        let Library { connection, schema, .. } = self.library;
        let mut statement = connection.prepare_cached(schema.single("analysis-next")?)?;
        let mut rows = statement.query((self.after, PAGE))?;
        let (mut files, before) = (Vec::new(), self.after);
        while let Some(row) = rows.next()? {
            self.after = row.get("place")?;
            let (root, path) = (row.get_ref("root")?.as_str().map_err(rusqlite::Error::from)?, row.get_ref("path")?);
            let size = row.get::<_, i64>("size")?.unsigned_abs();
            let Some(root) = self.roots.iter().position(|known| known.name == root) else {
                // Its root is not there.
                self.total.files -= 1;
                self.total.bytes -= size;
                continue;
            };
            let file = Waiting { root, path: Arc::from(path.as_str().map_err(rusqlite::Error::from)?) };
            self.under_way.insert(file.clone(), Known { id: row.get("id")?, size, mtime_ns: row.get("mtime_ns")? });
            files.push(file);
        }
        Ok((self.after > before).then_some(files))
    }

    /// Takes in what workers bring.
    fn take_in(
        &mut self,
        brought: Brought,
        writer: &mut Writer<'_>,
        observer: &mut impl Observer,
    ) -> Result<(), Unwritten> {
        match brought {
            Brought::Report(file, report) => {
                observer.file(&report);
                self.analysed += 1;
                let FileReport { json, .. } = *report;
                self.write(&file, "analysed", &[("report", json.into())], writer)
            }
            Brought::Lost { file, problem, by_itself } => {
                self.tell(&problem, observer);
                let Problem { outcome, detail, .. } = problem;
                // Storage that was not there, or a file that has gone, may be there the next time.
                let failure = [("outcome", json!(outcome.name())), ("detail", detail.into())];
                match by_itself {
                    true => self.write(&file, "analysis-failed", &failure, writer),
                    false => {
                        self.count(&file);
                        Ok(())
                    }
                }
            }
            Brought::Problems(problems) => {
                problems.iter().for_each(|problem| self.tell(problem, observer));
                Ok(())
            }
        }
    }

    fn tell(&mut self, problem: &Problem, observer: &mut impl Observer) {
        self.problems += 1;
        observer.problem(problem);
    }

    /// Writes what became of a file.
    fn write(
        &mut self,
        file: &Waiting,
        statement: &'static str,
        found: &[(&str, Value)],
        writer: &mut Writer<'_>,
    ) -> Result<(), Unwritten> {
        let Some(Known { id, size, mtime_ns }) = self.count(file) else { return Ok(()) };
        let Asked { request, version } = self.asked;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let mut values = vec![
            ("id", id.into()),
            ("size", size.into()),
            ("mtime_ns", mtime_ns.into()),
            ("depth", json!(request.depth.map(|depth| depth.name()))),
            ("hashes", u8::from(request.hashes).into()),
            ("loudness", u8::from(request.loudness).into()),
            ("fingerprints", u8::from(request.fingerprint).into()),
            ("version", version.into()),
            ("analysed_at", now.into()),
        ];
        values.extend_from_slice(found);
        writer.execute(statement, &values)
    }

    /// A file is done.
    fn count(&mut self, file: &Waiting) -> Option<Known> {
        let known = self.under_way.remove(file)?;
        self.done.files += 1;
        self.done.bytes += known.size;
        Some(known)
    }

    /// Rests for as long as the observer wants to, with all written.
    fn rest(&mut self, writer: &mut Writer<'_>, observer: &mut impl Observer) -> Result<(), Unwritten> {
        let mut rested = false;
        while observer.is_paused() && !observer.is_cancelled() {
            if !rested {
                self.job.rest(true);
                writer.commit()?;
                rested = true;
            }
            std::thread::sleep(BETWEEN_REPORTS);
            observer.progress(&Progress { phase: Phase::Paused, ..self.progress() });
        }
        if rested {
            self.job.rest(false);
        }
        Ok(())
    }
}

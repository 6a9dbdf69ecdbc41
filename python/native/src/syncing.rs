//! A sync of a library by the host, and what Python gets of it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use mt_scanner::{Change, Library, LibraryError, Observer, Problem, Progress, Scanner, SyncOptions};
use pyo3::prelude::*;

use crate::failure::raised_by_library;

/// How often to look at signals: Ctrl-C is answered this soon.
const PATIENCE: Duration = Duration::from_millis(200);

/// How a sync is to be done: the attributes of `mt_scanner._wish.Wish`, where they are explained.
#[derive(FromPyObject)]
pub(crate) struct Wish {
    mode: String,
    confirm_empty: bool,
    folders: Option<Vec<(PathBuf, String)>>,
    on_progress: Option<Py<PyAny>>,
    on_change: Option<Py<PyAny>>,
}

/// Counts by their names, problems in the order of the contract, and the progress at the end.
pub(crate) type Report = (Vec<(&'static str, u64)>, Vec<[String; 4]>, Counts);

/// Folders, files, tracks, problems, and the time since the start in s.
pub(crate) type Counts = (u64, u64, u64, u64, f64);

pub(crate) fn counts(progress: &Progress) -> Counts {
    (progress.folders, progress.files, progress.tracks, progress.problems, progress.elapsed.as_secs_f64())
}

/// The version, the migrations, and the statements by name.
pub(crate) type Schema = (u32, Vec<(u32, String)>, Vec<(String, Vec<String>)>);

pub(crate) fn schema(py: Python<'_>, scanner: &Scanner) -> PyResult<Schema> {
    py.detach(|| Library::schema(scanner)).map_err(raised_by_library)
}

/// Brings the library at `path` up to date.
pub(crate) fn sync(py: Python<'_>, scanner: &Scanner, path: PathBuf, wish: Wish) -> PyResult<Report> {
    let options = match &wish.folders {
        Some(folders) => SyncOptions::folders(folders.iter().cloned()),
        None if wish.mode == "quick" => SyncOptions::quick(),
        None => SyncOptions::full(),
    };
    let options = options.confirm_empty(wish.confirm_empty);
    let mut seen = Seen { wish, problems: Vec::new(), raised: None, looked: Instant::now() };
    let synced = py.detach(|| -> Result<_, LibraryError> {
        scanner.check()?;
        Library::open(path, scanner)?.sync(scanner, &options, &mut seen)
    });
    if let Some(raised) = seen.raised {
        return Err(raised);
    }
    let report = synced.map_err(raised_by_library)?;
    let named = vec![
        ("added", report.added),
        ("modified", report.modified),
        ("moved", report.moved),
        ("missing", report.missing),
        ("restored", report.restored),
        ("unchanged", report.unchanged),
    ];
    Ok((named, seen.problems, counts(&report.progress)))
}

/// What a sync tells, on its way to Python.
struct Seen {
    wish: Wish,
    problems: Vec<[String; 4]>,
    /// What a function of Python's has raised. It ends the sync.
    raised: Option<PyErr>,
    looked: Instant,
}

impl Seen {
    fn call(&mut self, call: impl FnOnce(&Wish, Python<'_>) -> PyResult<()>) {
        if self.raised.is_none() {
            self.raised = Python::attach(|py| call(&self.wish, py)).err();
        }
    }
}

impl Observer for Seen {
    fn progress(&mut self, progress: &Progress) {
        let counts = counts(progress);
        self.call(|wish, py| match &wish.on_progress {
            Some(function) => function.call1(py, (counts,)).map(|_| ()),
            None => Ok(()),
        });
    }

    fn is_cancelled(&mut self) -> bool {
        if self.looked.elapsed() >= PATIENCE {
            self.looked = Instant::now();
            self.call(|_, py| py.check_signals());
        }
        self.raised.is_some()
    }

    fn wants_changes(&self) -> bool {
        self.wish.on_change.is_some()
    }

    fn change(&mut self, change: Change<'_>) {
        self.call(|wish, py| match &wish.on_change {
            Some(function) => function.call1(py, (change.json,)).map(|_| ()),
            None => Ok(()),
        });
    }

    fn problem(&mut self, problem: &Problem) {
        let Problem { root, path, outcome, detail } = problem.clone();
        self.problems.push([root, path, outcome.name().to_owned(), detail]);
    }
}

//! A scan of the host, and what Python gets of each of its steps.

use std::path::{MAIN_SEPARATOR, PathBuf};

use mt_scanner::{Changes, Comparison, Control, Error, Problem, RelativePaths, Rows, Scan, ScannerBuilder, Step};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use crate::questions::Asking;

/// The results of a scan.
pub(crate) enum Mode {
    Tracks,
    Paths,
    Count,
    Sync(Comparison<Asking>),
}

/// A scan that has not begun.
pub(crate) struct Order {
    pub scanner: ScannerBuilder,
    pub mode: Mode,
    /// The scan ends as soon as that many files were found.
    pub limit: Option<u64>,
}

/// What one step brought: the root, rows of tracks as the text of a JSON array, paths, problems in
/// the order of the contract, and changes as the text of a JSON object. Texts are empty where there
/// is nothing.
pub(crate) type Found = (String, String, FullPaths, Vec<[String; 4]>, String);

/// Paths below a root. Python gets them whole, as its system writes them; each is put together only
/// there.
#[derive(Default)]
pub(crate) struct FullPaths {
    root: PathBuf,
    relative: Vec<RelativePaths>,
}

impl FullPaths {
    fn is_empty(&self) -> bool {
        self.relative.iter().all(RelativePaths::is_empty)
    }
}

impl<'py> IntoPyObject<'py> for FullPaths {
    type Target = PyList;
    type Output = Bound<'py, PyList>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        // With its separator at the end.
        let mut path = name(self.root.join(""));
        let root = path.len();
        let paths = self.relative.iter().flat_map(RelativePaths::iter).map(|relative| {
            path.truncate(root);
            match MAIN_SEPARATOR {
                '/' => path.push_str(relative),
                separator => path.extend(relative.chars().map(|letter| if letter == '/' { separator } else { letter })),
            }
            PyString::new(py, &path)
        });
        PyList::new(py, paths.collect::<Vec<_>>())
    }
}

/// A scan that has begun.
pub(crate) struct Running {
    scan: Kind,
    control: Control,
    limit: Option<u64>,
}

enum Kind {
    Tracks(Scan<Rows>),
    Paths(Scan<RelativePaths>),
    Count(Scan<()>),
    Sync(Scan<Changes>),
}

impl Order {
    /// Looks at the roots, and starts. Storage that does not answer keeps it waiting for a moment.
    pub fn begin(self) -> Result<Running, Error> {
        let scanner = self.scanner.build()?;
        let (scan, control) = match self.mode {
            Mode::Tracks => {
                let scan = scanner.rows()?;
                let control = scan.control();
                (Kind::Tracks(scan), control)
            }
            Mode::Paths => {
                let scan = scanner.relative_paths()?;
                let control = scan.control();
                (Kind::Paths(scan), control)
            }
            Mode::Count => {
                let scan = scanner.counting()?;
                let control = scan.control();
                (Kind::Count(scan), control)
            }
            Mode::Sync(comparison) => {
                let scan = scanner.compare(comparison)?;
                let control = scan.control();
                (Kind::Sync(scan), control)
            }
        };
        Ok(Running { scan, control, limit: self.limit })
    }
}

impl Running {
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// The results of the next step that has more than counts.
    pub fn next(&mut self) -> Option<Result<Found, Error>> {
        loop {
            if self.limit.is_some_and(|limit| self.control.progress().files >= limit) {
                return None;
            }
            let found = match &mut self.scan {
                Kind::Tracks(scan) => scan.next_step()?.map(|step| found(step, |rows, found| found.1 = text(&rows))),
                Kind::Paths(scan) => scan.next_step()?.map(|step| found(step, |paths, found| found.2.relative = paths)),
                Kind::Count(scan) => scan.next_step()?.map(|step| found(step, |_, _| {})),
                Kind::Sync(scan) => {
                    scan.next_step()?.map(|step| found(step, |changes, found| found.4 = json(&changes)))
                }
            };
            match found {
                Ok((_, rows, paths, problems, changes))
                    if rows.is_empty() && paths.is_empty() && problems.is_empty() && changes.is_empty() => {}
                found => return Some(found),
            }
        }
    }
}

fn found<T>(step: Step<T>, fill: impl FnOnce(Vec<T>, &mut Found)) -> Found {
    let problems = step
        .problems
        .into_iter()
        .map(|Problem { root, path, outcome, detail }| [root, path, outcome.name().to_owned(), detail]);
    let paths = FullPaths { root: step.root.clone(), relative: Vec::new() };
    let mut found = (name(step.root), String::new(), paths, problems.collect(), String::new());
    fill(step.items, &mut found);
    found
}

/// Changes as the text of one object; no text if there are none. A step brings one lot.
fn json(changes: &[Changes]) -> String {
    changes.iter().find(|changes| !changes.is_empty()).map(Changes::to_json).unwrap_or_default()
}

/// Rows as the text of one array, which Python parses at once; no text if there is none.
fn text(rows: &[Rows]) -> String {
    let mut text = String::new();
    for row in rows.iter().flat_map(Rows::iter) {
        text.push(if text.is_empty() { '[' } else { ',' });
        text.push_str(row);
    }
    if !text.is_empty() {
        text.push(']');
    }
    text
}

/// A path that came out of the sandbox: it is UTF-8.
fn name(path: PathBuf) -> String {
    path.into_os_string().into_string().unwrap_or_else(|path| path.to_string_lossy().into_owned())
}

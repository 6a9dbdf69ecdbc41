//! A component, compiled once and used for any number of scans.

use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use mt_scanner::{Error, Scanner};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::failure::raised;
use crate::plan::{Limits, Plan, Reading};
use crate::scan::{PATIENCE, Scan};

/// The tables and statements of a library: the version, the migrations, and the statements by name.
type Schema = (u32, Vec<(u32, String)>, Vec<(String, Vec<String>)>);

/// A component: the one that this module carries, or the one at `path`, which is compiled now.
///
/// Raises `Failure` if it cannot be used.
#[pyclass(frozen)]
pub(crate) struct Component {
    /// Without roots. Those of the scans have the component from it.
    scanner: Scanner,
}

#[pymethods]
impl Component {
    #[new]
    #[pyo3(signature = (path = None))]
    fn new(py: Python<'_>, path: Option<PathBuf>) -> PyResult<Self> {
        let scanner = py.detach(|| {
            let builder = Scanner::builder();
            match path {
                Some(path) => builder.component(path),
                None => builder,
            }
            .build()
        });
        scanner.map(|scanner| Self { scanner }).map_err(raised)
    }

    /// Whether the file at `path` is the component that this module carries, byte for byte.
    #[staticmethod]
    fn is_carried(path: PathBuf) -> PyResult<bool> {
        Ok(std::fs::read(path)? == Scanner::built_in_component())
    }

    /// A scan that begins when it is first asked for something.
    fn scan(&self, py: Python<'_>, plan: Plan) -> PyResult<Scan> {
        let questions = Arc::default();
        Ok(Scan::new(plan.order(py, &self.scanner, &questions)?, questions))
    }

    /// The tables and statements of a library: the version, the migrations, and the statements by
    /// name.
    ///
    /// Raises `Failure`.
    fn schema(&self, py: Python<'_>) -> PyResult<Schema> {
        let mt_scanner::Schema { version, migrations, statements } =
            py.detach(|| self.scanner.schema()).map_err(raised)?;
        let migrations = migrations.into_iter().map(|migration| (migration.version, migration.sql));
        let statements = statements.into_iter().map(|statement| (statement.name, statement.sql));
        Ok((version, migrations.collect(), statements.collect()))
    }

    /// The folders of a root in which something has changed; request and answer are JSON text.
    ///
    /// Raises `Failure`.
    fn folders_of_events(&self, py: Python<'_>, root: PathBuf, request: &str) -> PyResult<String> {
        let builder = Scanner::builder().component_of(&self.scanner).root(&root);
        let request = request.to_owned();
        answered(py, move || builder.build()?.folders_of_events(&request))
    }

    /// Folders and files that were named, arranged as roots; request and answer are JSON text.
    ///
    /// Raises `Failure`.
    #[staticmethod]
    fn arrange_roots(py: Python<'_>, request: &str) -> PyResult<String> {
        py.detach(|| Scanner::arrange_roots(request)).map_err(raised)
    }

    /// A report for people, from JSON text.
    ///
    /// Raises `Failure`.
    #[staticmethod]
    fn in_words(py: Python<'_>, report: &str) -> PyResult<String> {
        py.detach(|| Scanner::in_words_of_json(report)).map_err(raised)
    }

    /// The pictures of a file as JSON text (`artwork-json` in `wit/pictures.wit`).
    ///
    /// Raises `Failure`.
    #[expect(clippy::too_many_arguments, reason = "they are those of the request, and the limits")]
    fn artwork(
        &self,
        py: Python<'_>,
        root: PathBuf,
        path: PathBuf,
        all: bool,
        data: bool,
        from: usize,
        limits: Limits,
    ) -> PyResult<String> {
        let builder = limits.set(Scanner::builder().component_of(&self.scanner).root(&root));
        answered(py, move || builder.build()?.artwork_json(root.join(path), all, data, from))
    }

    /// One file as JSON text: an object with the keys `track`, `problems` and `tags`.
    ///
    /// Raises `Failure`.
    fn inspect(
        &self,
        py: Python<'_>,
        root: PathBuf,
        path: PathBuf,
        reading: Reading,
        limits: Limits,
    ) -> PyResult<String> {
        let builder = Scanner::builder().component_of(&self.scanner).root(&root);
        let builder = limits.set(reading.set(builder));
        answered(py, move || builder.build()?.inspect_json(root.join(path)))
    }
}

/// The answer of a call that storage may keep waiting: a thread makes it, and this one looks after
/// signals.
fn answered<T: Send + 'static>(
    py: Python<'_>,
    call: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> PyResult<T> {
    let (sender, answers) = channel();
    thread::Builder::new().name("mt-scanner call".into()).spawn(move || {
        let _ = sender.send(call());
    })?;
    let answers = Mutex::new(answers);
    loop {
        let answer = py.detach(|| answers.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(PATIENCE));
        match answer {
            Ok(answer) => return answer.map_err(raised),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => return Err(PyRuntimeError::new_err("the call has panicked")),
        }
    }
}

//! What Python's library knows, for the workers of a sync.

use mt_scanner::{Comparison, Knowledge, Source};
use pyo3::prelude::*;

/// The attributes of `mt_scanner._engine.plan.Sync`, where they are explained.
///
/// The library is Python's, and so is SQLite: two copies of it in one process would not see each other's locks.
#[derive(FromPyObject)]
pub(crate) struct Sync {
    deep: bool,
    begin: Py<PyAny>,
    known: Py<PyAny>,
}

/// Asks Python.
pub(crate) struct Memory {
    known: Py<PyAny>,
}

impl Sync {
    /// The sync of these roots.
    pub fn comparison(self, py: Python<'_>, roots: &[String]) -> PyResult<Comparison<Memory>> {
        let begin = |root: &String| self.begin.call1(py, (root,))?.extract(py);
        let begin = roots.iter().map(begin).collect::<PyResult<_>>()?;
        Ok(Comparison { knowledge: Memory { known: self.known }, deep: self.deep, begin })
    }
}

impl Knowledge for Memory {
    fn known(&self, root: &str, folders: &[(&str, Option<&str>)]) -> Result<Vec<String>, Source> {
        Python::attach(|py| Ok(self.known.call1(py, (root, folders))?.extract(py)?))
    }
}

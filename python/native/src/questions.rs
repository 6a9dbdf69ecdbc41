//! Questions of a sync's workers, which a thread of Python answers.
//!
//! No thread of Rust attaches to the interpreter. A worker leaves its question here and waits for
//! the answer or for the end of the scan, so one that outlives the interpreter finds nothing of it
//! to touch.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use mt_scanner::{Comparison, Knowledge, Source};
use pyo3::prelude::*;

/// The attributes of `mt_scanner._engine.plan.Sync`, where they are explained. `known` answers the
/// questions.
///
/// The library is Python's, and so is SQLite: two copies of it in one process would not see each
/// other's locks.
#[derive(FromPyObject)]
pub(crate) struct Sync {
    deep: bool,
    begin: Py<PyAny>,
}

/// The number of a question, the root, and its folders, each with the name behind which its files
/// are asked for.
pub(crate) type Question = (u64, String, Vec<(String, Option<String>)>);

/// Questions that wait, and answers that wait for their workers.
#[derive(Default)]
pub(crate) struct Questions {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    asked: VecDeque<Question>,
    answered: HashMap<u64, Vec<String>>,
    latest: u64,
    closed: bool,
}

/// The workers' side.
pub(crate) struct Asking(Arc<Questions>);

impl Sync {
    /// The sync of these roots. Its workers ask `questions`.
    pub fn comparison(
        self,
        py: Python<'_>,
        roots: &[String],
        questions: &Arc<Questions>,
    ) -> PyResult<Comparison<Asking>> {
        let begin = |root: &String| self.begin.call1(py, (root,))?.extract(py);
        let begin = roots.iter().map(begin).collect::<PyResult<_>>()?;
        Ok(Comparison { knowledge: Asking(questions.clone()), deep: self.deep, begin })
    }
}

impl Knowledge for Asking {
    fn known(&self, root: &str, folders: &[(&str, Option<&str>)]) -> Result<Vec<String>, Source> {
        let folders = folders.iter().map(|(folder, after)| (folder.to_string(), after.map(str::to_owned)));
        self.0.ask(root.to_owned(), folders.collect()).ok_or_else(|| "the scan was stopped".into())
    }
}

impl Questions {
    /// Asks, and waits for the answer; none once the questions are closed.
    fn ask(&self, root: String, folders: Vec<(String, Option<String>)>) -> Option<Vec<String>> {
        let mut state = self.lock();
        if state.closed {
            return None;
        }
        state.latest += 1;
        let number = state.latest;
        state.asked.push_back((number, root, folders));
        self.changed.notify_all();
        let waits = |state: &mut State| !state.closed && !state.answered.contains_key(&number);
        let mut state = self.changed.wait_while(state, waits).unwrap_or_else(PoisonError::into_inner);
        state.answered.remove(&number)
    }

    /// Waits for the next question; none once the questions are closed.
    pub fn next(&self) -> Option<Question> {
        let nothing = |state: &mut State| !state.closed && state.asked.is_empty();
        let mut state = self.changed.wait_while(self.lock(), nothing).unwrap_or_else(PoisonError::into_inner);
        state.asked.pop_front()
    }

    /// Answers the question of this number.
    pub fn answer(&self, number: u64, known: Vec<String>) {
        let mut state = self.lock();
        if !state.closed {
            state.answered.insert(number, known);
            self.changed.notify_all();
        }
    }

    /// Ends every wait, now and later.
    pub fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.asked.clear();
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Plans of Python: the attributes of `mt_scanner._engine.plan.Plan`, where they are explained.

use std::sync::Arc;
use std::time::Duration;

use mt_scanner::{ArrangedRoot, FollowLinks, Scanner, ScannerBuilder};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::questions::{Questions, Sync};
use crate::running::{Mode, Order};

/// The longest time; more counts as this long.
const LONG: Duration = Duration::from_secs(365 * 24 * 3600);

#[derive(FromPyObject)]
pub(crate) struct Plan {
    whole: Vec<Root>,
    mode: String,
    walking: Walking,
    reading: Reading,
    limits: Limits,
    workers: usize,
    items: Option<u32>,
    limit: Option<u64>,
    sync: Option<Sync>,
}

/// A root, as the package has arranged it.
#[derive(FromPyObject)]
struct Root {
    name: String,
    files: Option<Vec<String>>,
    inside: Vec<String>,
}

#[derive(FromPyObject)]
struct Walking {
    follow_links: String,
    hidden_folders: bool,
    ignored_folders: bool,
    extensions: Vec<String>,
    archives: bool,
}

/// What shapes values.
#[derive(FromPyObject)]
pub(crate) struct Reading {
    legacy_charset: String,
    cue: bool,
}

/// The most that one file may cost.
#[derive(FromPyObject)]
pub(crate) struct Limits {
    seconds: f64,
    memory: usize,
}

impl Plan {
    /// The scan, ready to begin. The workers of a sync ask `questions`.
    pub fn order(mut self, py: Python<'_>, component: &Scanner, questions: &Arc<Questions>) -> PyResult<Order> {
        let mode = match (self.mode.as_str(), self.sync.take()) {
            ("tracks", _) => Mode::Tracks,
            ("paths", _) => Mode::Paths,
            ("count", _) => Mode::Count,
            ("sync", Some(sync)) => {
                // The files that are meant are in the work that it begins with.
                self.whole.iter_mut().for_each(|root| root.files = None);
                let names: Vec<String> = self.whole.iter().map(|root| root.name.clone()).collect();
                Mode::Sync(sync.comparison(py, &names, questions)?)
            }
            (other, _) => return Err(PyValueError::new_err(format!("there is no mode {other:?}"))),
        };
        let limit = self.limit;
        Ok(Order { scanner: self.scanner(component)?, mode, limit })
    }

    /// What makes a scanner of the roots.
    fn scanner(self, component: &Scanner) -> PyResult<ScannerBuilder> {
        let Walking { follow_links, hidden_folders, ignored_folders, extensions, archives } = self.walking;
        let follow_links = FollowLinks::named(&follow_links)
            .ok_or_else(|| PyValueError::new_err(format!("there is no follow_links {follow_links:?}")))?;
        let mut builder = Scanner::builder()
            .component_of(component)
            .arranged(self.whole.into_iter().map(Root::arranged))
            .workers(self.workers)
            .follow_links(follow_links)
            .hidden_folders(hidden_folders)
            .ignored_folders(ignored_folders)
            .extensions(extensions)
            .archives(archives);
        builder = self.reading.set(builder);
        if let Some(items) = self.items {
            builder = builder.items(items);
        }
        Ok(self.limits.set(builder))
    }
}

impl Root {
    fn arranged(self) -> ArrangedRoot {
        let Self { name, files, inside } = self;
        ArrangedRoot { name, files, inside }
    }
}

impl Reading {
    pub fn set(&self, builder: ScannerBuilder) -> ScannerBuilder {
        builder.legacy_charset(&self.legacy_charset).cue(self.cue)
    }
}

impl Limits {
    pub fn set(&self, builder: ScannerBuilder) -> ScannerBuilder {
        builder.file_timeout(duration(self.seconds)).memory_limit(self.memory)
    }
}

/// A time in s that may be endless.
pub(crate) fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(LONG).min(LONG)
}

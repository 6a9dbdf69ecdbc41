//! Plans: what files are to be looked at with.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::report::Depth;
use crate::runtime::bindings::analyser::Analyser as Exports;
use crate::runtime::component::Compiled;
use crate::runtime::limits::Limits;
use crate::runtime::opened::Opened;
use crate::runtime::root::Root;

/// What an analyser is to do, whatever the roots.
#[derive(Clone)]
pub(super) struct Task {
    pub compiled: Arc<Compiled<Exports>>,
    pub workers: usize,
    pub depth: Depth,
    pub limits: Limits,
}

/// The same in these roots.
pub(super) struct Plan {
    pub task: Task,
    pub roots: Arc<[Root]>,
    pub opened: Arc<Opened>,
    pub cancelled: Arc<AtomicBool>,
}

/// A file that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waiting {
    /// The number of its root.
    pub root: usize,
    pub path: Arc<str>,
}

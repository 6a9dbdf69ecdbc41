//! Plans: what files are to be looked at with.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::request::Request;
use super::rest::Rest;
use crate::runtime::bindings::analyser::Analyser as Exports;
use crate::runtime::component::Compiled;
use crate::runtime::limits::Limits;
use crate::runtime::opened::Opened;
use crate::runtime::root::Root;

/// What an analyser is to do, whatever the roots.
#[derive(Clone)]
pub(crate) struct Task {
    pub compiled: Arc<Compiled<Exports>>,
    pub workers: usize,
    pub request: Request,
    pub limits: Limits,
    /// Whether it is to disturb nobody.
    pub background: bool,
}

/// The same in these roots.
pub(super) struct Plan {
    pub task: Task,
    pub roots: Arc<[Root]>,
    pub opened: Arc<Opened>,
    pub cancelled: Arc<AtomicBool>,
    pub rest: Rest,
}

/// A file that waits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Waiting {
    /// The number of its root.
    pub root: usize,
    pub path: Arc<str>,
}

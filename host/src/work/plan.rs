//! Plans: what a scan is to be done with.

use std::borrow::Cow;
use std::sync::Arc;

use crate::runtime::bindings::Scanner;
use crate::runtime::component::Compiled;
use crate::runtime::limits::Limits;
use crate::runtime::root::Root;
use mt_scanner_contract::{Reading, Walking};

/// The most workers of a scan. Above some dozens of calls in flight, network filesystems queue
/// them.
const WORKERS: usize = 64;

/// A scan that is to be done.
#[derive(Clone)]
pub(crate) struct Plan {
    pub roots: Arc<[Root]>,
    pub settings: Settings,
}

/// How to scan, whatever the roots.
#[derive(Clone)]
pub(crate) struct Settings {
    pub compiled: Arc<Compiled<Scanner>>,
    /// The most workers, if somebody has named a number.
    pub workers: Option<usize>,
    pub walking: Walking,
    pub reading: Reading,
    pub limits: Limits,
    /// The most files and folders in one step.
    pub items: u32,
}

impl Settings {
    /// The most workers of a scan.
    pub fn most_workers(&self) -> usize {
        self.workers.unwrap_or(WORKERS)
    }

    /// Where a scan of a root goes.
    pub fn walking(&self, root: &Root) -> Cow<'_, Walking> {
        if root.inside.is_empty() {
            return Cow::Borrowed(&self.walking);
        }
        Cow::Owned(Walking { roots_inside: root.inside.clone(), ..self.walking.clone() })
    }
}

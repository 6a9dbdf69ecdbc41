//! The doors of a component: ways to ask for a step, and the answer of each.

pub(crate) mod item;
pub(crate) mod rows;
pub(crate) mod sync;
pub(crate) mod typed;

use std::time::Duration;

use mt_scanner_contract::{Budget, Problem, Reading, Walking};

use crate::runtime::bindings::Scanner;
use crate::runtime::bindings::exports::mt::scanner::scan::Work;
use crate::runtime::error::Error;
use crate::runtime::instance::{Instance, Unreturned};
use crate::runtime::root::Root;
use item::Item;

/// A way to ask for a step.
pub(crate) trait Door: Send + Sync + 'static {
    /// Work as this door knows it.
    type Work: Item;
    /// Rows of a step, beside its counts and problems.
    type Rows: Default + Send + 'static;
    /// The most items of work that are worth handing in at a time; those that a step does not come
    /// to are handed back.
    const MOST_HANDED_IN: usize;
    /// Whether files are read, and not only found.
    const READS: bool;

    /// The work that a scan of the root with this number begins with, the first on top.
    fn begin(&self, _number: usize, root: &Root) -> Vec<Self::Work> {
        vec![root.files.as_ref().map_or_else(Self::Work::whole, |files| Self::Work::named(files))]
    }

    /// Whether there are rows, where the counts of a step do not say so.
    fn brings(_rows: &Self::Rows) -> bool {
        false
    }

    fn step(
        &self,
        instance: &mut Instance<Scanner>,
        request: Request<'_, Self::Work>,
    ) -> Result<Found<Self::Rows, Self::Work>, Failure>;
}

/// The request for a step.
pub(crate) struct Request<'a, W = Work> {
    pub root: &'a str,
    pub work: &'a [W],
    pub budget: Budget,
    pub walking: &'a Walking,
    pub reading: &'a Reading,
    /// The time after which the step is stopped.
    pub limit: Duration,
    /// The places that links have led to so far, in the component's words.
    pub entered: &'a str,
    /// The files get their rows and are not opened. The typed contract has no word for it.
    pub blind: bool,
}

/// The answer of a step.
pub(crate) struct Found<R, W = Work> {
    pub folders: u64,
    pub files: u64,
    /// Files that were passed over for their extension.
    pub passed_over: u64,
    /// Playlists that were passed over.
    pub playlists: u64,
    /// How many files the rows are of.
    pub tracks: u64,
    /// Files whose turn has come, whatever has become of them.
    pub done: u64,
    pub rows: R,
    pub problems: Vec<Problem>,
    pub work: Vec<W>,
    /// What to hand in as `entered` from now on, if it is something else.
    pub entered: Option<String>,
}

impl<R: Default, W> Default for Found<R, W> {
    fn default() -> Self {
        Self {
            folders: 0,
            files: 0,
            passed_over: 0,
            playlists: 0,
            tracks: 0,
            done: 0,
            rows: R::default(),
            problems: Vec::new(),
            work: Vec::new(),
            entered: None,
        }
    }
}

impl<R> Found<R> {
    /// Adds what was found after this. Of the rows, the later ones stay.
    fn add(&mut self, later: Self) {
        self.folders += later.folders;
        self.files += later.files;
        self.passed_over += later.passed_over;
        self.playlists += later.playlists;
        self.tracks += later.tracks;
        self.done += later.done;
        self.rows = later.rows;
        self.problems.extend(later.problems);
        self.work.extend(later.work);
        self.entered = later.entered.or(self.entered.take());
    }
}

/// Why a step has found nothing.
pub(crate) enum Failure {
    /// The instance did not return.
    Unreturned(Unreturned),
    /// The component refused, or did not make sense.
    Refused(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<Unreturned> for Failure {
    fn from(unreturned: Unreturned) -> Self {
        Self::Unreturned(unreturned)
    }
}

//! The doors of a component through which a step can be asked for, and what comes out of each.

mod count;
mod paths;
mod rows;
mod tracks;

use std::time::Duration;

use crate::bindings::exports::mt::scanner::scan::{Budget, Work};
use crate::instance::{Instance, Unreturned};
use crate::{Error, Problem, Walking};

pub(crate) use count::Count;
pub(crate) use paths::Paths;
pub use rows::Rows;
pub(crate) use rows::RowsDoor;
pub(crate) use tracks::Tracks;

/// A way to ask for a step.
pub(crate) trait Door: Send + Sync + 'static {
    /// What a step brings, besides counts and problems.
    type Rows: Default + Send + 'static;
    /// The most items of work that are worth handing in at a time; those that a step does not come to are handed back.
    const MOST_HANDED_IN: usize;

    fn step(&self, instance: &mut Instance, request: Request<'_>) -> Result<Found<Self::Rows>, Failure>;
}

/// What is asked of a step.
pub(crate) struct Request<'a> {
    pub root: &'a str,
    pub work: &'a [Work],
    pub budget: Budget,
    pub walking: Walking,
}

impl Request<'_> {
    /// The time that the step takes by itself.
    fn time(&self) -> Duration {
        Duration::from_millis(self.budget.milliseconds.into())
    }
}

/// What a step has found.
#[derive(Default)]
pub(crate) struct Found<R> {
    pub folders: u64,
    pub files: u64,
    /// How many tracks the rows are.
    pub tracks: u64,
    pub rows: R,
    pub problems: Vec<Problem>,
    pub work: Vec<Work>,
}

impl<R> Found<R> {
    /// Adds what was found after this. Of the rows, the later ones stay.
    fn add(&mut self, later: Self) {
        self.folders += later.folders;
        self.files += later.files;
        self.tracks += later.tracks;
        self.rows = later.rows;
        self.problems.extend(later.problems);
        self.work.extend(later.work);
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

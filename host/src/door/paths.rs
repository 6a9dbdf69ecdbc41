//! Paths.

use super::{Door, Failure, Found, Request, tracks::typed};
use crate::bindings::exports::mt::scanner::scan::{Mode, Work};
use crate::instance::Instance;

pub(crate) struct Paths;

/// Paths of audio files, relative to their root and with `/` on every system: one text.
#[derive(Default)]
pub struct RelativePaths(String);

impl RelativePaths {
    /// The paths.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split_terminator('\0')
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Door for Paths {
    type Work = Work;
    type Rows = RelativePaths;
    const MOST_HANDED_IN: usize = 256;
    const READS: bool = false;

    fn step(&self, instance: &mut Instance, request: Request<'_>) -> Result<Found<RelativePaths>, Failure> {
        typed(instance, request, Mode::Paths, |result| (RelativePaths(std::mem::take(&mut result.paths)), 0))
    }
}
